package outbox

import (
	"context"
	"errors"
	"time"
)

// An outcome is the result of trying to send a notice: exactly one of its fields is
// set.
type outcome struct {
	Taken       *Receipt // the provider has the message
	Failed      *Failure // the provider was asked, and does not or may not have it
	NotRendered *Failure // Word returned no words for the notice
	NoProvider  bool     // no provider could be asked now
	Interrupted bool     // ctx ended before a provider was asked
}

// A situation is everything else that a decision depends on.
type situation struct {
	Now      time.Time
	Deadline time.Time // when the validity of the notice ends
	Held     time.Time // the lease under which the notice is ours
	Stopping bool      // ctx has ended

	Begun    time.Time     // when this attempt began
	Provider string        // the provider that was asked
	Urgent   bool          // of the notice's Rule, like Grace
	Grace    time.Duration // how long a delivery report is waited for
	Pause    time.Duration // our own backoff before the next attempt

	Untried  bool   // there is another provider that has not failed with it yet
	Fresh    bool   // there is another provider that may still be asked
	Anybody  bool   // some provider may still be asked, this one included
	Why      string // why no provider may be asked: the code of the last attempt, or "no provider"
	Unstored *Try   // the refusal of the provider before, not stored yet
}

// A decision is what follows from an outcome: either the next provider is asked at
// once, or a Change is recorded.
type decision struct {
	Next   *Try    // not nil: ask the next provider now, and store this attempt with what comes of that
	Change Change  // otherwise; without its Cell and ID
	Stop   bool    // first record that the number wants no messages
	Events []Event // with a Change they are counted once it is recorded
}

// decide returns what follows from an outcome. It is pure: send.go carries it out.
func decide(o outcome, s situation) decision {
	switch {
	case o.Taken != nil:
		return s.taken(*o.Taken)
	case o.Failed != nil:
		return s.failed(*o.Failed)
	case o.NotRendered != nil:
		return s.notRendered(*o.NotRendered)
	case o.NoProvider && !s.Anybody:
		return s.dead(EventDead, s.Why, s.Unstored)
	case o.NoProvider && !s.Stopping:
		return s.queue("", s.Now.Add(s.Pause), "", s.Unstored)
	}
	return s.queue("", time.Time{}, "", s.Unstored) // as it was: another worker claims it
}

// taken is recorded even if the lease has ended: this attempt was ours.
func (s situation) taken(r Receipt) decision {
	d := decision{Events: []Event{EventSent}, Change: Change{
		Status: Sent, ProviderID: clean(r.ProviderID), Try: &Try{At: s.Begun, Provider: s.Provider},
	}}
	if r.Delivered {
		d.Change.Status, d.Events = Delivered, []Event{EventDelivered}
	}
	return d
}

func (s situation) failed(f Failure) decision {
	code := clean(f.Code)
	try := func(p Policy) *Try { return &Try{At: s.Begun, Provider: s.Provider, Policy: p, Code: code} }
	// An urgent notice goes to the next provider while there is time.
	goOn := s.Urgent && s.Untried && s.Now.Before(s.Deadline)
	switch f.Policy {
	case GiveUp:
		return s.dead(EventDead, code, try(GiveUp))
	case Stopped:
		d := s.dead(EventStopped, string(Stopped), try(Stopped))
		d.Stop = true
		return d
	case Elsewhere:
		return next(try(Elsewhere), EventElsewhere)
	case Retry:
		due := s.Now.Add(f.After + s.Pause)
		switch {
		case goOn:
			return next(try(Retry), EventElsewhere)
		case due.Before(s.Deadline):
			return s.queue(EventRetried, due, code, try(Retry))
		case s.Fresh:
			return next(try(Elsewhere), EventElsewhere) // kept as Retry, the same provider would be asked again at once
		}
		return s.dead(EventDead, code, try(Retry))
	}
	// Ambiguous, and whatever a provider makes up.
	if goOn { // it may come twice
		return next(try(Ambiguous), EventAmbiguous, EventResent)
	}
	return decision{Events: []Event{EventAmbiguous}, Change: Change{
		Held: s.Held, Status: Sending, Doubt: true, Lease: s.Now.Add(s.Grace), Reason: code, Try: try(Ambiguous),
	}}
}

// notRendered has no other provider to turn to: what cannot be retried is dead.
func (s situation) notRendered(f Failure) decision {
	t := &Try{At: s.Now, Policy: f.Policy, Code: clean(f.Code)}
	due := s.Now.Add(s.Pause)
	if f.Policy != Retry || !due.Before(s.Deadline) {
		return s.dead(EventDead, t.Code, t)
	}
	return s.queue(EventRetried, due, t.Code, t)
}

func next(t *Try, e ...Event) decision { return decision{Next: t, Events: e} }

// dead returns the decision to give a notice up.
func (s situation) dead(e Event, reason string, t *Try) decision {
	return decision{Events: []Event{e}, Change: Change{Held: s.Held, Status: Dead, Reason: reason, Try: t}}
}

// queue returns the decision to give a notice back until due; a zero due leaves the
// one that is stored.
func (s situation) queue(e Event, due time.Time, reason string, t *Try) decision {
	d := decision{Change: Change{Held: s.Held, Status: Queued, Due: due, Reason: reason, Try: t}}
	if e != "" {
		d.Events = []Event{e}
	}
	return d
}

// beforeSending returns what is decided of a claimed notice without asking any
// provider; false is that it may be sent.
func (s Settings) beforeSending(c Claimed, now time.Time) (decision, bool) {
	it := situation{Held: c.Lease}
	switch {
	case c.Stopped && s.rule(c.Notice).Stops:
		return it.dead(EventStopped, string(Stopped), nil), true
	case !now.Before(s.deadline(c)):
		return it.dead(EventExpired, "expired", nil), true
	}
	at := s.wakes(c.Notice, now)
	if !at.After(now) {
		return decision{}, false
	}
	d := it.queue(EventPostponed, at, "", nil)
	d.Change.ResetValidity = true // what was meant for the night is as fresh in the morning
	return d, true
}

// whenStale returns the decision for a notice that is 'sending' beyond its lease.
func (s Settings) whenStale(c Claimed, now time.Time) decision {
	it := situation{Held: c.Lease}
	switch {
	case !c.Doubt:
		// Its worker died between the handover and the provider's answer.
		return decision{Events: []Event{EventRecovered}, Change: Change{
			Held: c.Lease, Status: Sending, Doubt: true, Lease: now.Add(s.rule(c.Notice).Grace), Reason: "worker lost",
			Try: &Try{At: now, Provider: c.Provider, Policy: Ambiguous, Code: "worker lost"},
		}}
	case historyOf(c.Tried).doubts <= s.rule(c.Notice).Resend && now.Before(s.deadline(c)):
		return it.queue(EventResent, now, "resent in doubt", nil)
	}
	// Rather not at all than twice. A late delivery report still counts, and the
	// operator sees the notice among the unconfirmed.
	return decision{Events: []Event{EventUnconfirmed}, Change: Change{Held: c.Lease, Status: Sent, Doubt: true, Reason: "unconfirmed"}}
}

// sendFailure returns the Failure in a provider's error; any other error is
// Ambiguous.
func sendFailure(err error) *Failure {
	if f := new(Failure); errors.As(err, &f) {
		return f
	}
	return &Failure{Policy: Ambiguous, Code: "no answer"}
}

// renderFailure returns the Failure in an error of Word; any other error is
// retried.
func renderFailure(err error) *Failure {
	if f := new(Failure); errors.As(err, &f) {
		return f
	}
	return &Failure{Policy: Retry, Code: "no words"}
}

// works reports whether a provider that answers so works: it has judged the
// message.
func (f *Failure) works() bool { return f.Policy == GiveUp || f.Policy == Stopped }

// situation returns the situation of a notice: begun is when the present attempt
// began, last a refusal that is not stored yet.
func (r *run) situation(ctx context.Context, c Claimed, begun time.Time, last *Try) situation {
	rule, h := r.Settings.rule(c.Notice), historyOf(c.Tried)
	s := situation{
		Now: r.now(), Deadline: r.Settings.deadline(c), Held: c.Lease, Stopping: ctx.Err() != nil,
		Begun: begun, Provider: c.Provider, Urgent: rule.Urgent, Grace: rule.Grace,
		Pause: r.Settings.pause(h.tries+1, 0), Unstored: last, Anybody: len(r.choices(c)) > 0, Why: "no provider",
	}
	for _, l := range lanesOf(r.lanes, c.Medium) {
		if l.name != c.Provider && !h.refused[l.name] {
			s.Untried = s.Untried || h.troubles(l.name) == 0
			s.Fresh = s.Fresh || h.retries[l.name] < r.Settings.Tries
		}
	}
	if n := len(c.Tried); n > 0 {
		s.Why = c.Tried[n-1].Code
	}
	return s
}
