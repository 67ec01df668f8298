package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tikaline/booking"
)

// one brings a claimed notice as far as it comes now. Until it is handed over it
// may be given back; from then on it is seen through, whatever becomes of ctx.
func (r *run) one(ctx context.Context, c Claimed) {
	deadline := r.Settings.deadline(c)
	now := r.now()
	switch {
	case c.Stopped && r.Settings.rule(c.Notice).Stops:
		r.end(ctx, c, EventStopped, string(Stopped), nil)
		return
	case !now.Before(deadline):
		r.end(ctx, c, EventExpired, "expired", nil)
		return
	}
	if at := r.Settings.wakes(c.Notice, now); at.After(now) {
		// What was meant for the night is as fresh in the morning.
		r.note(ctx, c, EventPostponed, Change{Held: c.Lease, Status: Queued, Due: at, ResetValidity: true})
		return
	}
	m, err := r.word(ctx, c.Notice)
	if err != nil {
		r.renderFailed(ctx, c, err, deadline)
		return
	}
	m.ID, m.To, m.Kind, m.Medium = c.ID, c.To, c.Kind, c.Medium
	var last *Try // how the provider before refused it, not yet stored
	for {
		l := r.reserve(ctx, c, m)
		if l == nil {
			r.noProvider(ctx, c, last)
			return
		}
		if !r.handOver(ctx, &c, l, last) {
			l.breaker.cancel()
			return
		}
		m.Validity = max(deadline.Sub(r.now()), time.Second)
		m.Report = ""
		if l.Report != nil {
			m.Report = l.Report(Token(r.Settings.Key, Mark{Cell: c.To.Cell(), ID: c.ID, Attempt: c.Attempts, Provider: l.name}))
		}
		if last = r.send(ctx, &c, l, m, deadline); last == nil {
			return
		}
	}
}

// reserve finds who is to be given a message now and waits for its turn there;
// nil is nobody.
func (r *run) reserve(ctx context.Context, c Claimed, m Message) *lane {
	rule := r.Settings.rule(c.Notice)
	patience := r.Settings.Lease / 3
	if rule.Urgent {
		patience = min(patience, rule.SendTimeout)
	}
	for _, l := range r.choices(c) {
		if !l.breaker.allow(r.now()) {
			continue
		}
		// A turn that comes after the lease is of no use, nor is one that
		// comes when a more urgent message should have it.
		if l.pace.wait(ctx, m.Template.Header, m.Segments, patience) {
			return l
		}
		l.breaker.cancel()
		if !rule.Urgent {
			return nil
		}
	}
	return nil
}

// choices is who may be given a notice now, the best first.
func (r *run) choices(c Claimed) []*lane {
	return choices(lanesOf(r.lanes, c.Medium), historyOf(c.Tried), r.Settings.Tries, r.Settings.rule(c.Notice).Urgent)
}

// noProvider gives a notice back, or up where every provider has refused it.
// last is a refusal that is not stored yet.
func (r *run) noProvider(ctx context.Context, c Claimed, last *Try) {
	if len(r.choices(c)) == 0 {
		reason := "no provider"
		if len(c.Tried) > 0 {
			reason = c.Tried[len(c.Tried)-1].Code
		}
		r.end(ctx, c, EventDead, reason, last)
		return
	}
	ch := Change{Held: c.Lease, Status: Queued, Try: last}
	if ctx.Err() == nil {
		ch.Due = r.now().Add(time.Second + r.Settings.Jitter(time.Second)) // not at once, again and again
	}
	r.note(ctx, c, "", ch)
}

// handOver writes down who is about to have the message, before they have it:
// should we die now, nobody takes it for one that was never sent.
func (r *run) handOver(ctx context.Context, c *Claimed, l *lane, last *Try) bool {
	if ctx.Err() != nil {
		r.note(ctx, *c, "", Change{Held: c.Lease, Status: Queued, Try: last})
		return false
	}
	now := r.now()
	h := Handover{
		Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Lease: now.Add(r.Settings.Lease),
		Provider: l.name, Attempt: c.Attempts + 1, Try: last,
	}
	ours, err := r.hand.do(ctx, h)
	if err != nil {
		r.Log.Error("noting a handover failed", "err", err, "kind", c.Kind, "to", c.To.Tail())
	}
	if err != nil || !ours {
		return false
	}
	if c.Attempts == 0 {
		r.Observer.Waited(c.Priority, now.Sub(c.Due))
	}
	c.Lease, c.Attempts, c.Provider = h.Lease, h.Attempt, l.name
	return true
}

// send gives the message to the provider and notes what became of it. It
// returns the refusal where the next provider should be asked at once.
func (r *run) send(ctx context.Context, c *Claimed, l *lane, m Message, deadline time.Time) *Try {
	begun := r.now()
	rule := r.Settings.rule(c.Notice)
	given, cancel := r.untilShutdown(ctx, rule.SendTimeout)
	receipt, err := l.send(given, m)
	cancel()
	if err == nil {
		l.breaker.done(r.now(), true)
		ch := Change{Status: Sent, ProviderID: clean(receipt.ProviderID), Try: &Try{At: begun, Provider: l.name}}
		event := EventSent
		if receipt.Delivered {
			ch.Status, event = Delivered, EventDelivered
		}
		r.note(ctx, *c, event, ch)
		return nil
	}
	f := new(Failure)
	if !errors.As(err, &f) {
		f = &Failure{Policy: Ambiguous, Code: "no answer"}
	}
	l.breaker.done(r.now(), f.Policy == GiveUp || f.Policy == Stopped)
	t := &Try{At: begun, Provider: l.name, Policy: f.Policy, Code: clean(f.Code)}
	r.Log.Info("message not taken", "provider", l.name, "kind", c.Kind, "to", c.To.Tail(), "attempt", c.Attempts, "policy", f.Policy, "code", t.Code)
	c.Tried = append(c.Tried, *t)
	if rule.Urgent && r.untried(*c) && r.now().Before(deadline) {
		switch f.Policy {
		case GiveUp, Stopped:
		case Retry, Elsewhere:
			r.Observer.Happened(c.Kind, l.name, EventElsewhere)
			return t
		default: // it may come twice
			t.Policy = Ambiguous
			c.Tried[len(c.Tried)-1] = *t
			r.Observer.Happened(c.Kind, l.name, EventAmbiguous)
			r.Observer.Happened(c.Kind, l.name, EventResent)
			return t
		}
	}
	switch f.Policy {
	case Elsewhere:
		r.Observer.Happened(c.Kind, l.name, EventElsewhere)
		return t
	case Retry:
		due := r.now().Add(r.Settings.pause(historyOf(c.Tried).tries, f.After))
		if due.Before(deadline) {
			r.note(ctx, *c, EventRetried, Change{Held: c.Lease, Status: Queued, Due: due, Reason: t.Code, Try: t})
			return nil
		}
		if r.otherIsFresh(*c) {
			t.Policy = Elsewhere // or it would be asked again at once
			c.Tried[len(c.Tried)-1] = *t
			r.Observer.Happened(c.Kind, l.name, EventElsewhere)
			return t
		}
		r.end(ctx, *c, EventDead, t.Code, t)
	case GiveUp:
		r.end(ctx, *c, EventDead, t.Code, t)
	case Stopped:
		if err := r.Store.Stop(context.WithoutCancel(ctx), c.To, r.now()); err != nil {
			r.Log.Error("noting that a number wants no messages failed", "err", err, "to", c.To.Tail())
		}
		r.end(ctx, *c, EventStopped, string(Stopped), t)
	default: // Ambiguous, and whatever a provider makes up
		t.Policy = Ambiguous
		r.note(ctx, *c, EventAmbiguous, Change{Held: c.Lease, Status: Sending, Doubt: true, Lease: r.now().Add(rule.Grace), Reason: t.Code, Try: t})
	}
	return nil
}

// untried tells whether there is a provider with whom nothing went wrong yet.
func (r *run) untried(c Claimed) bool {
	h := historyOf(c.Tried)
	return slices.ContainsFunc(lanesOf(r.lanes, c.Medium), func(l *lane) bool {
		return l.name != c.Provider && !h.refused[l.name] && h.troubles(l.name) == 0
	})
}

// untilShutdown is how long a provider may take: timeout, and once ctx has
// ended no more than ShutdownGrace. A provider that hangs must not hold up a stop; what
// it was given is then in doubt, as after a crash.
func (r *run) untilShutdown(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	given, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-given.Done():
		case <-time.After(r.Settings.ShutdownGrace):
			cancel()
		}
	})
	return given, func() { stop(); cancel() }
}

// otherIsFresh tells whether somebody else could still try, when time is too
// short for another try by who has just failed.
func (r *run) otherIsFresh(c Claimed) bool {
	h := historyOf(c.Tried)
	return slices.ContainsFunc(lanesOf(r.lanes, c.Medium), func(l *lane) bool {
		return l.name != c.Provider && !h.refused[l.name] && h.retries[l.name] < r.Settings.Tries
	})
}

// word is Word; a panic there is the fault of one notice, not of all.
func (r *run) word(ctx context.Context, n booking.Notice) (_ Message, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return r.Word(ctx, n)
}

// send is the provider's Send; after a panic there nobody knows what was sent.
func (l *lane) send(ctx context.Context, m Message) (_ Receipt, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Failure{Policy: Ambiguous, Code: "panic"}
		}
	}()
	return l.Provider.Send(ctx, m)
}

// renderFailed is a notice that could not be worded.
func (r *run) renderFailed(ctx context.Context, c Claimed, err error, deadline time.Time) {
	if ctx.Err() != nil {
		r.note(ctx, c, "", Change{Held: c.Lease, Status: Queued})
		return
	}
	r.Log.Error("notice not worded", "err", err, "kind", c.Kind, "to", c.To.Tail())
	t := &Try{At: r.now(), Policy: Retry, Code: "no words"}
	var f *Failure
	if errors.As(err, &f) {
		t.Policy, t.Code = f.Policy, clean(f.Code)
	}
	due := r.now().Add(r.Settings.pause(historyOf(c.Tried).tries+1, 0))
	if t.Policy != Retry || !due.Before(deadline) {
		r.end(ctx, c, EventDead, t.Code, t)
		return
	}
	r.note(ctx, c, EventRetried, Change{Held: c.Lease, Status: Queued, Due: due, Reason: t.Code, Try: t})
}

// end gives a notice up for a reason.
func (r *run) end(ctx context.Context, c Claimed, e Event, reason string, t *Try) {
	r.note(ctx, c, e, Change{Held: c.Lease, Status: Dead, Reason: reason, Try: t})
}

// note writes down what became of a notice, and counts it. Where that fails the
// lease ends by itself: what was handed over is then in doubt.
func (r *run) note(ctx context.Context, c Claimed, e Event, ch Change) {
	ch.Cell, ch.ID = c.To.Cell(), c.ID
	done, err := r.record.do(ctx, ch)
	if err != nil {
		r.Log.Error("noting what became of a message failed", "err", err, "kind", c.Kind, "to", c.To.Tail(), "status", ch.Status)
		return
	}
	if done != nil && e != "" {
		r.Observer.Happened(c.Kind, c.Provider, e)
	}
}

// clean is a provider's code or id fit to be stored and shown.
func clean(code string) string {
	code = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(code, ""))
	const most = 80
	if r := []rune(code); len(r) > most {
		code = string(r[:most])
	}
	return code
}

// priorities is every priority there is.
var priorities = []booking.Priority{
	booking.PriorityOTP, booking.PriorityReply, booking.PriorityConfirm, booking.PriorityChange, booking.PriorityReminder,
}
