package outbox

import (
	"time"

	"tikaline/booking"
)

// An Event is a label under which what happens to a notice is counted.
type Event string

// The events.
const (
	EventSent        Event = "sent"        // a provider took it
	EventDelivered   Event = "delivered"   // it arrived
	EventFailed      Event = "failed"      // a delivery report says that it did not arrive
	EventRetried     Event = "retried"     // to be tried again later
	EventElsewhere   Event = "elsewhere"   // given to the next provider
	EventAmbiguous   Event = "ambiguous"   // it may or may not have been sent
	EventRecovered   Event = "recovered"   // ambiguous because the worker died while handing it over
	EventResent      Event = "resent"      // sent again in doubt: it may come twice
	EventUnconfirmed Event = "unconfirmed" // taken for sent, as no delivery report came
	EventPostponed   Event = "postponed"   // queued until the night is over
	EventStopped     Event = "stopped"     // its number wants no messages
	EventExpired     Event = "expired"     // its validity is over
	EventDead        Event = "dead"        // given up
)

// Events lists every event, so that each is counted from the start.
var Events = []Event{
	EventSent, EventDelivered, EventFailed, EventRetried, EventElsewhere, EventAmbiguous, EventRecovered,
	EventResent, EventUnconfirmed, EventPostponed, EventStopped, EventExpired, EventDead,
}

// An Observer counts what happens. Its methods must return at once and be safe
// for concurrent use. The provider is "" where none was asked.
type Observer interface {
	Happened(kind booking.NoticeKind, provider string, e Event)
	Waited(p booking.Priority, d time.Duration) // the time from when a notice was due until its first attempt
	Oldest(p booking.Priority, d time.Duration) // how long the first notice of a priority has waited; 0 where none waits
}

// nobody observes nothing.
type nobody struct{}

func (nobody) Happened(booking.NoticeKind, string, Event) {}
func (nobody) Waited(booking.Priority, time.Duration)     {}
func (nobody) Oldest(booking.Priority, time.Duration)     {}
