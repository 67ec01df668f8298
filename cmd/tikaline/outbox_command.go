package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
	"tikaline/postgres"
)

// outboxCommand shows an operator what became of messages.
type outboxCommand struct {
	List  outboxList  `cmd:"" help:"How many messages stand where; of those that were sent, of the last day."`
	Dead  outboxDead  `cmd:"" help:"Messages that were given up, failed or were never confirmed, the latest first."`
	Again outboxAgain `cmd:"" help:"Send messages of that list again."`
}

type outboxList struct {
	database
	Since time.Duration `default:"24h" help:"Of what was sent or delivered, count what was owed in so long. All else is counted whole."`
}

type outboxDead struct {
	database
	Limit int `default:"50" help:"Show at most so many."`
}

type outboxAgain struct {
	database
	ID []string `arg:"" name:"id" help:"Ids as the list of the dead shows them."`
}

// Run prints how many messages stand where.
func (c *outboxList) Run(ctx context.Context, w world) error {
	return c.with(ctx, w, func(s *postgres.Store) error {
		all, err := s.Count(ctx, w.Now().Add(-c.Since))
		if err != nil {
			return err
		}
		return columns(w.Out, "STATUS\tREASON\tMESSAGES\n", func(t io.Writer) {
			for _, n := range all {
				fmt.Fprintf(t, "%s\t%s\t%d\n", n.Status, n.Reason, n.Count)
			}
		})
	})
}

// Run prints the dead letters: of a number its last three digits, of a text
// nothing.
func (c *outboxDead) Run(ctx context.Context, w world) error {
	return c.with(ctx, w, func(s *postgres.Store) error {
		all, err := s.Dead(ctx, c.Limit)
		if err != nil {
			return err
		}
		return columns(w.Out, "ID\tTO\tKIND\tSTATUS\tREASON\tSINCE\tTRIED\n", func(t io.Writer) {
			for _, l := range all {
				fmt.Fprintf(t, "%s\t…%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.To.Tail(), l.Kind, l.Status, l.Reason,
					l.Updated.In(booking.India).Format("2006-01-02 15:04"), tried(l.Tried))
			}
		})
	})
}

// tried is a letter's attempts in a few words.
func tried(all []outbox.Try) string {
	s := ""
	for _, t := range all {
		if s != "" {
			s += ", "
		}
		if t.Provider != "" {
			s += t.Provider + " "
		}
		s += t.At.In(booking.India).Format("15:04")
		if t.Code != "" {
			s += " " + t.Code
		}
	}
	return s
}

// Run sends letters again.
func (c *outboxAgain) Run(ctx context.Context, w world) error {
	ids := make([]uuid.UUID, len(c.ID))
	for i, id := range c.ID {
		var err error
		if ids[i], err = uuid.Parse(id); err != nil {
			return fmt.Errorf("%q is not an id of a message: %w", id, err)
		}
	}
	return c.with(ctx, w, func(s *postgres.Store) error {
		done, err := s.Requeue(ctx, w.Now(), ids...)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Out, "%d of %d will be sent again.\n", len(done), len(ids))
		if len(done) < len(ids) {
			return fmt.Errorf("%d are not among the dead: see  tikaline outbox dead", len(ids)-len(done))
		}
		return nil
	})
}

// with does something with the store.
func (d database) with(ctx context.Context, w world, do func(*postgres.Store) error) (err error) {
	db, err := d.open(ctx, postgres.Options{Log: slog.New(slog.NewTextHandler(w.Err, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: w.Now})
	if err != nil {
		return err
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopStore)
		defer cancel()
		if e := db.close(stop); err == nil {
			err = e
		}
	}()
	return do(db.store)
}

// columns prints lines with their cells under each other.
func columns(out io.Writer, head string, lines func(io.Writer)) error {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprint(t, head)
	lines(t)
	return t.Flush()
}
