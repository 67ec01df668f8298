package outbox

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"tikaline/booking"
)

// one sends a claimed notice, or records why not. Until it is handed over it may be
// given back; from then on its outcome is recorded even if ctx ends.
func (r *run) one(ctx context.Context, c Claimed) {
	if d, decided := r.Settings.beforeSending(c, r.now()); decided {
		r.record(ctx, c, d)
		return
	}
	m, err := r.word(ctx, c.Notice)
	if err != nil {
		r.record(ctx, c, r.renderFailed(ctx, c, err))
		return
	}
	m.ID, m.To, m.Kind, m.Medium = c.ID, c.To, c.Kind, c.Medium
	deadline := r.Settings.deadline(c)
	var last *Try // the refusal of the provider before, not yet stored
	for {
		l := r.reserve(ctx, c, m)
		if l == nil {
			r.record(ctx, c, r.noProvider(ctx, c, last))
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
		d := r.send(ctx, c, l, m)
		if d.Next == nil {
			r.record(ctx, c, d)
			return
		}
		last = d.Next
		c.Tried = append(c.Tried, *last)
		for _, e := range d.Events {
			r.Observer.Happened(c.Kind, l.name, e)
		}
	}
}

// reserve chooses the provider for a message and waits until its rate allows the
// message; nil is that none may have it now.
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
		// To wait longer than the lease is of no use, nor is it when a more
		// urgent message should go first.
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

// choices returns the lanes that may be given a notice now, the best first.
func (r *run) choices(c Claimed) []*lane {
	return choices(lanesOf(r.lanes, c.Medium), historyOf(c.Tried), r.Settings.Tries, r.Settings.rule(c.Notice).Urgent)
}

// renderFailed returns the decision for a notice that Word gave no words.
func (r *run) renderFailed(ctx context.Context, c Claimed, err error) decision {
	if ctx.Err() != nil {
		return decide(outcome{Interrupted: true}, r.situation(ctx, c, time.Time{}, nil))
	}
	r.Log.Error("notice not worded", "err", err, "kind", c.Kind, "to", c.To.Tail())
	return decide(outcome{NotRendered: renderFailure(err)}, r.situation(ctx, c, time.Time{}, nil))
}

// noProvider returns the decision where reserve has found no provider. last is a
// refusal that is not stored yet.
func (r *run) noProvider(ctx context.Context, c Claimed, last *Try) decision {
	s := r.situation(ctx, c, time.Time{}, last)
	s.Pause = time.Second + r.Settings.Jitter(time.Second) // or it would be claimed again at once
	return decide(outcome{NoProvider: true}, s)
}

// handOver records the provider and the attempt before the provider is asked, and
// reports whether the notice is still ours. If we die after it, the notice is not
// taken for one that was never sent.
func (r *run) handOver(ctx context.Context, c *Claimed, l *lane, last *Try) bool {
	if ctx.Err() != nil {
		r.record(ctx, *c, decide(outcome{Interrupted: true}, r.situation(ctx, *c, time.Time{}, last)))
		return false
	}
	now := r.now()
	h := Handover{
		Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Lease: now.Add(r.Settings.Lease),
		Provider: l.name, Attempt: c.Attempts + 1, Try: last,
	}
	ours, err := r.Store.Hand(ctx, now, h)
	if err != nil {
		r.Log.Error("recording a handover failed", "err", err, "kind", c.Kind, "to", c.To.Tail())
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

// send gives the message to the provider and returns the decision that follows.
func (r *run) send(ctx context.Context, c Claimed, l *lane, m Message) decision {
	begun := r.now()
	given, cancel := r.untilShutdown(ctx, r.Settings.rule(c.Notice).SendTimeout)
	receipt, err := l.send(given, m)
	cancel()
	if err == nil {
		l.breaker.done(r.now(), true)
		return decide(outcome{Taken: &receipt}, situation{Begun: begun, Provider: l.name})
	}
	f := sendFailure(err)
	l.breaker.done(r.now(), f.works())
	r.Log.Info("message not taken", "provider", l.name, "kind", c.Kind, "to", c.To.Tail(), "attempt", c.Attempts, "policy", f.Policy, "code", clean(f.Code))
	return decide(outcome{Failed: f}, r.situation(ctx, c, begun, nil))
}

// untilShutdown returns a context for one request to a provider. It ends after
// timeout, and once ctx has ended after ShutdownGrace at the latest: a provider
// that hangs must not hold up a shutdown. What it was given is then in doubt, as
// after a crash.
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

// word calls Word. A panic there is an error of this one notice.
func (r *run) word(ctx context.Context, n booking.Notice) (_ Message, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return r.Word(ctx, n)
}

// send calls the provider's Send. After a panic there the message is Ambiguous.
func (l *lane) send(ctx context.Context, m Message) (_ Receipt, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Failure{Policy: Ambiguous, Code: "panic"}
		}
	}()
	return l.Provider.Send(ctx, m)
}

// record stores a decision and counts its events. Where that fails the lease ends
// by itself: what was handed over is then in doubt.
func (r *run) record(ctx context.Context, c Claimed, d decision) {
	if d.Stop {
		if err := r.Store.Stop(context.WithoutCancel(ctx), c.To, r.now()); err != nil {
			r.Log.Error("recording that a number wants no messages failed", "err", err, "to", c.To.Tail())
		}
	}
	ch := d.Change
	ch.Cell, ch.ID = c.To.Cell(), c.ID
	done, err := r.Store.Record(ctx, r.now(), ch)
	if err != nil {
		r.Log.Error("recording what became of a message failed", "err", err, "kind", c.Kind, "to", c.To.Tail(), "status", ch.Status)
		return
	}
	if done == nil {
		return
	}
	for _, e := range d.Events {
		r.Observer.Happened(c.Kind, c.Provider, e)
	}
}

// clean returns a provider's code or id fit to be stored and shown: printable and
// at most 80 letters.
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

// priorities lists every priority.
var priorities = []booking.Priority{
	booking.PriorityOTP, booking.PriorityReply, booking.PriorityConfirm, booking.PriorityChange, booking.PriorityReminder,
}
