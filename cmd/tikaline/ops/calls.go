package ops

import (
	"context"
	"fmt"
	"io"
	"time"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/ivr"
	"tikaline/locales"
)

// callsCommand shows an operator what became of calls.
type callsCommand struct {
	List    callsList    `cmd:"" help:"The last calls, the latest first."`
	Waiting callsWaiting `cmd:"" help:"Callers who wait for an agent."`
	Owed    callsPending `cmd:"" help:"Calls back that are owed, those due first, first."`

	Fallback callsFallback `cmd:"" help:"Print what callers hear where we are away altogether, for Twilio to keep (a TwiML Bin): its voice fallback address."`
}

type callsList struct {
	Database
	Limit int `default:"50" help:"Show at most so many."`
}

type callsWaiting struct {
	Database
	Limit int `default:"50" help:"Show at most so many."`
}

type callsPending struct {
	Database
	Limit int `default:"50" help:"Show at most so many."`
}

// numberTail is what is shown of a number.
func numberTail(n booking.MSISDN) string {
	if n == "" {
		return "none"
	}
	return "…" + n.Tail()
}

// Run prints calls: of a number its last three digits.
func (c *callsList) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		all, err := db.Store.Calls.LastCalls(ctx, c.Limit)
		if err != nil {
			return err
		}
		return columns(w.Out, "BEGAN\tNUMBER\tWAY\tBY\tLANGUAGE\tOUTCOME\tLASTED\tSTEPS\n", func(t io.Writer) {
			for _, l := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", l.StartedAt.In(booking.India).Format("2006-01-02 15:04"), numberTail(l.Number),
					l.Direction, l.Provider, l.Language, l.Outcome, l.Lasted().Round(time.Second), l.Steps)
			}
		})
	})
}

// Run prints who waits, and where their conversations stood.
func (c *callsWaiting) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		service := &calls.Service{Store: db.Store.Calls, Now: w.Now}
		all, err := service.WaitingHandOvers(ctx, c.Limit)
		if err != nil {
			return err
		}
		return columns(w.Out, "SINCE\tNUMBER\tLANGUAGE\tAT\tWHY\n", func(t io.Writer) {
			for _, h := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s.%s\t%s\n", h.QueuedAt.In(booking.India).Format("15:04:05"), numberTail(h.Call.Number), h.Language, h.Flow, h.Step, h.Why)
			}
		})
	})
}

// Run prints which call-backs are pending, and why the last attempt failed.
func (c *callsPending) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		all, err := db.Store.Calls.OpenCallBacks(ctx, c.Limit)
		if err != nil {
			return err
		}
		return columns(w.Out, "DUE\tNUMBER\tATTEMPT\tASKED\tWHY\n", func(t io.Writer) {
			for _, b := range all {
				fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", b.Due.In(booking.India).Format("2006-01-02 15:04"), numberTail(b.Number), b.Attempt,
					b.AskedAt.In(booking.India).Format("2006-01-02 15:04"), b.Why)
			}
		})
	})
}

// callsFallback prints what is said where none of us answers.
type callsFallback struct {
	Voices map[string]string `name:"ivr-voices" env:"TIKALINE_IVR_VOICES" help:"As for serve."`
}

// Run prints the document.
func (c *callsFallback) Run(w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	b, err := ivr.TwilioFallback(words, c.Voices)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.Out, "%s\n", b)
	return err
}
