package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tikaline/booking"
	"tikaline/postgres"
)

// callsCommand shows an operator what became of calls.
type callsCommand struct {
	List    callsList    `cmd:"" help:"The last calls, the latest first."`
	Waiting callsWaiting `cmd:"" help:"Callers who wait for an agent."`
	Owed    callsOwed    `cmd:"" help:"Calls back that are owed, those due first, first."`

	Fallback callsFallback `cmd:"" help:"Print what callers hear where we are away altogether, for Twilio to keep (a TwiML Bin): its voice fallback address."`
}

type callsList struct {
	database
	Limit int `default:"50" help:"Show at most so many."`
}

type callsWaiting struct {
	database
	Limit int `default:"50" help:"Show at most so many."`
}

type callsOwed struct {
	database
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
func (c *callsList) Run(ctx context.Context, w world) error {
	return c.with(ctx, w, func(s *postgres.Store) error {
		all, err := s.LastCalls(ctx, c.Limit)
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
func (c *callsWaiting) Run(ctx context.Context, w world) error {
	return c.with(ctx, w, func(s *postgres.Store) error {
		core := &booking.Core{Store: s, Now: w.Now}
		all, err := core.WaitingHandOvers(ctx, c.Limit)
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

// Run prints which calls back are owed, and why the last attempt failed.
func (c *callsOwed) Run(ctx context.Context, w world) error {
	return c.with(ctx, w, func(s *postgres.Store) error {
		all, err := s.OwedCalls(ctx, c.Limit)
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
