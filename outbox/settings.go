package outbox

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"

	"tikaline/booking"
)

// A Rule is how notices of one priority or kind are treated.
type Rule struct {
	Validity time.Duration // after which it is of no use, from when it was first due
	Resend   int           // rather twice than never: how often it is sent again when nobody says whether it was
	Stops    bool          // not sent to who has said STOP
	Quiet    bool          // not sent at night

	// Urgent is for what somebody waits for with a page before him: whatever goes
	// wrong with one provider, the next one is asked at once, even where the first
	// may have sent it. Twice is better than late.
	Urgent      bool
	SendTimeout time.Duration // where it is shorter than the Settings'; 0 is not
	Grace       time.Duration // the same
}

// Settings say how a Worker works. The zero Settings are good ones.
type Settings struct {
	InFlight      int                               // messages under way at once, per medium; 0 is 256
	Poll          time.Duration                     // how often an empty outbox is looked at; 0 is 100 ms
	Lease         time.Duration                     // how long a claim holds; 0 is 30 s
	SendTimeout   time.Duration                     // how long a provider may take; 0 is two thirds of Lease
	Grace         time.Duration                     // how long a report is waited for when in doubt; 0 is 1 min
	ShutdownGrace time.Duration                     // how long providers may still take once Run is to stop; 0 is 5 s
	Sweep         time.Duration                     // how often doubts and the queue's age are looked at; 0 is 5 s
	Heartbeat     time.Duration                     // how often a node makes itself known to the others that share its rates; 0 is 2 s
	Tries         int                               // tries by one provider before the next, where there is one; 0 is 2
	Backoff       []time.Duration                   // the longest pause before each new try, the last for all that follow
	Awake         booking.Window                    // when people may be woken, in India; zero is 9 to 21
	Rules         map[booking.Priority]Rule         // in place of DefaultRules
	Kinds         map[booking.NoticeKind]Rule       // in place of Rules
	Key           []byte                            // signs what the providers report to
	Jitter        func(time.Duration) time.Duration // from 0 to less than its argument; nil is random

	// Room is how many more messages of a medium may begin now, where that is
	// limited by more than a rate: calls last. It need not count
	// what is still being handed over.
	Room map[string]func(context.Context) int
}

// DefaultRules is a Rule for each priority. STOP stops all but what answers
// somebody who has just written or typed, replies and one-time passwords: who
// stops is told so (facts: one confirmation, then silence), and START answers.
func DefaultRules() map[booking.Priority]Rule {
	return map[booking.Priority]Rule{
		booking.PriorityReply:    {Validity: time.Hour, Resend: 1},
		booking.PriorityOTP:      {Validity: 3 * time.Minute, Resend: 1, Urgent: true, SendTimeout: 4 * time.Second, Grace: 5 * time.Second},
		booking.PriorityConfirm:  {Validity: 24 * time.Hour, Stops: true},
		booking.PriorityChange:   {Validity: 48 * time.Hour, Stops: true},
		booking.PriorityReminder: {Validity: 12 * time.Hour, Stops: true, Quiet: true},
	}
}

func (s Settings) withDefaults() Settings {
	s.InFlight = cmp.Or(s.InFlight, 256)
	s.Poll = cmp.Or(s.Poll, 100*time.Millisecond)
	s.Lease = cmp.Or(s.Lease, 30*time.Second)
	s.SendTimeout = cmp.Or(s.SendTimeout, s.Lease*2/3)
	s.Grace = cmp.Or(s.Grace, time.Minute)
	s.ShutdownGrace = cmp.Or(s.ShutdownGrace, 5*time.Second)
	s.Sweep = cmp.Or(s.Sweep, 5*time.Second)
	s.Heartbeat = cmp.Or(s.Heartbeat, 2*time.Second)
	s.Tries = cmp.Or(s.Tries, 2)
	if len(s.Backoff) == 0 {
		s.Backoff = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
	}
	if s.Awake == (booking.Window{}) {
		s.Awake = booking.Window{From: 9 * 60, To: 21 * 60}
	}
	if s.Rules == nil {
		s.Rules = DefaultRules()
	}
	if s.Jitter == nil {
		s.Jitter = func(d time.Duration) time.Duration { return rand.N(max(d, 1)) }
	}
	return s
}

func (s Settings) rule(n booking.Notice) Rule {
	r, ok := s.Kinds[n.Kind]
	if !ok {
		r = s.Rules[n.Priority]
	}
	r.SendTimeout = min(cmp.Or(r.SendTimeout, s.SendTimeout), s.SendTimeout)
	r.Grace = min(cmp.Or(r.Grace, s.Grace), s.Grace)
	return r
}

// deadline is when a notice is of no more use. A reminder is of none once the
// appointment's time has begun, however late it was meant to go.
func (s Settings) deadline(c Claimed) time.Time {
	end := c.Since.Add(s.rule(c.Notice).Validity)
	if c.Priority != booking.PriorityReminder || c.Data.Day == 0 {
		return end
	}
	begins := c.Data.Day.Time().Add(time.Duration(c.Data.Window.From) * time.Minute)
	if c.Data.Window.From == 0 {
		begins = (c.Data.Day + 1).Time()
	}
	if begins.Before(end) {
		return begins
	}
	return end
}

// wakes is when a notice may be sent: now, or when the night is over.
func (s Settings) wakes(n booking.Notice, now time.Time) time.Time {
	if !s.rule(n).Quiet {
		return now
	}
	today := booking.DateOf(now)
	from := today.Time().Add(time.Duration(s.Awake.From) * time.Minute)
	to := today.Time().Add(time.Duration(s.Awake.To) * time.Minute)
	switch {
	case now.Before(from):
		return from
	case now.Before(to):
		return now
	}
	return (today + 1).Time().Add(time.Duration(s.Awake.From) * time.Minute)
}

// pause is how long to wait after so many tries: anything up to the longest,
// so that what failed together does not come back together.
func (s Settings) pause(tries int, atLeast time.Duration) time.Duration {
	longest := s.Backoff[min(max(tries, 1), len(s.Backoff))-1]
	return atLeast + s.Jitter(longest)
}
