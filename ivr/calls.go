package ivr

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
)

// Calls is what is kept of calls, and what is queued because of them:
// *calls.Service. All of it is idempotent, as webhooks come again and in any
// order.
type Calls interface {
	Began(ctx context.Context, c calls.Call) (calls.Call, error)
	Ended(ctx context.Context, c calls.Call) error
	MissedCall(ctx context.Context, number booking.MSISDN, call uuid.UUID) error
	CallBack(ctx context.Context, number booking.MSISDN, request uuid.UUID) error
	CallBackFrom(ctx context.Context, number booking.MSISDN, request uuid.UUID, from time.Time) error
	Reached(ctx context.Context, number booking.MSISDN) error
	NotReached(ctx context.Context, number booking.MSISDN, notice uuid.UUID, why string) error

	// KeepRecording keeps a name that was spoken: it is to be fetched from the
	// provider, later, and written down. NoRecording says that there is none
	// after all; it may come first, and of a provider that names no number.
	KeepRecording(ctx context.Context, r calls.Recording) error
	NoRecording(ctx context.Context, r calls.Recording) error

	// HandOver puts a caller before the agents, with where the conversation
	// stands, and HandOverEnded notes how the wait ended.
	HandOver(ctx context.Context, h calls.HandOver) error
	HandOverEnded(ctx context.Context, call calls.Key, id uuid.UUID, o calls.HandOverOutcome) error
}

// A Why is the reason of a HandOver. It is stored.
type Why string

// The reasons.
const (
	Asked    Why = "asked"    // pressed 0, or chose it
	Silent   Why = "silence"  // too often
	Mistaken Why = "mistakes" // too often
	NoVoice  Why = "voice"    // a name has to be said, and cannot be recorded
	NoNumber Why = "number"   // there is none to serve
)

// key names the call.
func (e Event) key() calls.Key {
	return calls.Key{Number: e.Number, Provider: e.Provider, ProviderID: e.Call}
}

// call returns what an Event says of its call.
func (e Event) call(o calls.Outcome) calls.Call {
	c := calls.Call{Key: e.key(), Direction: calls.In, Notice: e.Notice, Outcome: o}
	if e.Out {
		c.Direction = calls.Out
	}
	return c
}

// handOver names the wait for an agent: a call has one at most.
func (e Event) handOver() uuid.UUID { return e.name("hand over") }

// kept returns what an Event says of its recording.
func (e Event) kept(lang string) calls.Recording {
	return calls.Recording{ID: e.Recording.ID, Number: e.Number, Provider: e.Provider, URL: e.Recording.URL, Language: lang}
}

// callSpace is what request ids are made in, from a call's name.
var callSpace = uuid.MustParse("0e3c7a57-5c8f-4a55-8f57-5a0b6f1d2c44")

// name returns an id that belongs to a call and to nothing else: whatever is done
// twice for it, at once or after a crash, is done under the same id.
func (e Event) name(what string) uuid.UUID {
	return uuid.NewSHA1(callSpace, []byte(strings.Join([]string{string(e.Number), e.Provider, e.Call, what}, "\x00")))
}
