package ops

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
)

// outboxCommand shows an operator what became of messages.
type outboxCommand struct {
	List  outboxList  `cmd:"" help:"How many messages stand where; of those that were sent, of the last day."`
	Dead  outboxDead  `cmd:"" help:"Messages that were given up, failed or were never confirmed, the latest first."`
	Again outboxAgain `cmd:"" help:"Send messages of that list again."`
}

type outboxList struct {
	Database
	Since time.Duration `default:"24h" help:"Count sent and delivered notices only of this long; notices of any other status are all counted."`
}

type outboxDead struct {
	Database
	Limit int `default:"50" help:"Show at most so many."`
}

type outboxAgain struct {
	Database
	ID []string `arg:"" name:"id" help:"Ids as the list of the dead shows them."`
}

// Run prints how many messages stand where.
func (c *outboxList) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		all, err := db.Store.Outbox.Count(ctx, w.Now().Add(-c.Since))
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
func (c *outboxDead) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		all, err := db.Store.Outbox.Dead(ctx, c.Limit)
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
func (c *outboxAgain) Run(ctx context.Context, w World) error {
	ids := make([]uuid.UUID, len(c.ID))
	for i, id := range c.ID {
		var err error
		if ids[i], err = uuid.Parse(id); err != nil {
			return fmt.Errorf("%q is not an id of a message: %w", id, err)
		}
	}
	return c.with(ctx, w, func(db *DB) error {
		done, err := db.Store.Outbox.Requeue(ctx, w.Now(), ids...)
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
