package outbox

import (
	"context"
	"time"
)

// sweepMost bounds what one look at the doubtful takes on.
const sweepMost = 500

// watch settles what stayed 'sending', and tells how long the queue waits.
func (s *shift) watch(ctx context.Context) {
	tick := time.NewTicker(s.Settings.Sweep)
	defer tick.Stop()
	for {
		s.sweep(ctx)
		s.age(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep looks at what is 'sending' longer than it may: handed over by a worker
// that has died since, or in doubt for longer than a report may take.
func (s *shift) sweep(ctx context.Context) {
	list, err := s.Store.Stale(ctx, s.now(), sweepMost)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("looking for doubtful messages failed", "err", err)
		}
		return
	}
	for _, c := range list {
		s.wg.Go(func() { s.settle(ctx, c) })
	}
}

func (s *shift) settle(ctx context.Context, c Claimed) {
	now := s.now()
	switch {
	case !c.Doubt:
		// Its worker died between the handover and the provider's answer.
		s.note(ctx, c, EventRecovered, Change{Held: c.Lease, Status: Sending, Doubt: true, Lease: now.Add(s.Settings.rule(c.Notice).Grace), Reason: "worker lost",
			Try: &Try{At: now, Provider: c.Provider, Policy: Ambiguous, Code: "worker lost"}})
	case historyOf(c.Tried).doubts <= s.Settings.rule(c.Notice).Resend && now.Before(s.Settings.deadline(c)):
		s.note(ctx, c, EventResent, Change{Held: c.Lease, Status: Queued, Due: now, Reason: "resent in doubt"})
	default:
		// Rather not at all than twice. A late report is still believed, and
		// the operator sees it among the doubtful.
		s.note(ctx, c, EventUnconfirmed, Change{Held: c.Lease, Status: Sent, Doubt: true, Reason: "unconfirmed"})
	}
}

func (s *shift) age(ctx context.Context) {
	now := s.now()
	due, err := s.Store.Oldest(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("asking for the queue's age failed", "err", err)
		}
		return
	}
	for _, p := range priorities {
		age := time.Duration(0)
		if at, waits := due[p]; waits {
			age = now.Sub(at)
		}
		s.Observer.Oldest(p, age)
	}
}
