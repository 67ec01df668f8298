package outbox

import (
	"time"

	"tikaline/booking"
)

// An Event is something that happened to a notice, as it is counted.
type Event string

// The events.
const (
	EventSent        Event = "sent"        // a provider took it
	EventDelivered   Event = "delivered"   // it arrived
	EventFailed      Event = "failed"      // it did not, says a report
	EventRetried     Event = "retried"     // to be tried again later
	EventElsewhere   Event = "elsewhere"   // given to the next provider
	EventAmbiguous   Event = "ambiguous"   // nobody knows whether it was sent
	EventRecovered   Event = "recovered"   // the same, as the worker died while handing it over
	EventResent      Event = "resent"      // sent again in doubt: it may come twice
	EventUnconfirmed Event = "unconfirmed" // taken for sent, as no report came
	EventPostponed   Event = "postponed"   // until the night is over
	EventStopped     Event = "stopped"     // its number wants no messages
	EventExpired     Event = "expired"     // of no more use
	EventDead        Event = "dead"        // given up
)

// Events lists every event, so that each is counted from the start.
var Events = []Event{
	EventSent, EventDelivered, EventFailed, EventRetried, EventElsewhere, EventAmbiguous, EventRecovered,
	EventResent, EventUnconfirmed, EventPostponed, EventStopped, EventExpired, EventDead,
}

// An Observer is told what happens. It must be quick and safe for concurrent
// use. The provider is "" where none was asked.
type Observer interface {
	Happened(kind booking.NoticeKind, provider string, e Event)
	Waited(p booking.Priority, d time.Duration) // from when it was due until it was handed over
	Oldest(p booking.Priority, d time.Duration) // how long the first in the queue waits by now
}

// nobody observes nothing.
type nobody struct{}

func (nobody) Happened(booking.NoticeKind, string, Event) {}
func (nobody) Waited(booking.Priority, time.Duration)     {}
func (nobody) Oldest(booking.Priority, time.Duration)     {}
