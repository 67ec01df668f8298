package outbox

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"

	"tikaline/booking"
)

// A Rule says how notices of one priority or kind are treated.
type Rule struct {
	Validity time.Duration // how long it is worth sending, from when it was first due
	Resend   int           // how often an ambiguous message is sent again when no delivery report comes
	Stops    bool          // not sent to a number that has said STOP
	Quiet    bool          // not sent at night

	// Urgent is for what somebody waits for with a page before them: whatever goes
	// wrong with one provider, the next one is asked at once, even where the first
	// may have sent it. Twice is better than late.
	Urgent      bool
	SendTimeout time.Duration // as in Settings, where it is shorter than there; 0 is that of Settings
	Grace       time.Duration // likewise
}

// Settings say how a Worker works. Zero values have the defaults given here.
type Settings struct {
	InFlight      int                               // messages under way at once, per medium; 0 is 256
	Poll          time.Duration                     // how often an empty outbox is polled; 0 is 100 ms
	Lease         time.Duration                     // how long a claim holds; 0 is 30 s
	SendTimeout   time.Duration                     // how long a provider may take; 0 is two thirds of Lease
	Grace         time.Duration                     // how long a delivery report is waited for after an ambiguous attempt; 0 is 1 min
	ShutdownGrace time.Duration                     // how long providers may still take once Run's ctx has ended; 0 is 5 s
	Sweep         time.Duration                     // how often ambiguous messages and the queue's age are checked; 0 is 5 s
	Heartbeat     time.Duration                     // how often a node renews its lease as one that sends, see Nodes; 0 is 2 s
	Tries         int                               // attempts by one provider before the next one is preferred; 0 is 2
	Backoff       []time.Duration                   // the longest pause before each retry; the last is for all that follow
	Awake         booking.Window                    // when reminders may be sent, in India; zero is 9 to 21 h
	Rules         map[booking.Priority]Rule         // in place of DefaultRules
	Kinds         map[booking.NoticeKind]Rule       // in place of Rules
	Key           []byte                            // signs the addresses for delivery reports
	Jitter        func(time.Duration) time.Duration // returns from 0 to less than its argument; nil is random

	// Room returns how many more messages of a medium may begin now, on this and
	// all other nodes, where a rate is not limit enough: calls last. It need not
	// count what is still being handed over here.
	Room map[string]func(context.Context) int
}

// DefaultRules returns a Rule for each priority. STOP stops all but replies and
// one-time passwords, which answer somebody who has just written or typed: a STOP
// is confirmed once (facts: one confirmation, then silence), and START is answered.
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

// deadline returns when the validity of a notice ends. That of a reminder ends when
// the appointment's time begins at the latest.
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

// wakes returns when a notice may be sent: now, or when the night is over.
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

// pause returns how long to wait after so many attempts: anything up to the
// longest, so that what failed together does not come back together.
func (s Settings) pause(tries int, atLeast time.Duration) time.Duration {
	longest := s.Backoff[min(max(tries, 1), len(s.Backoff))-1]
	return atLeast + s.Jitter(longest)
}
