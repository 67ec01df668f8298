package ivr

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// Calls is what is kept of calls, and what is owed because of them:
// *booking.Core. All of it is idempotent, as webhooks come again and in any
// order.
type Calls interface {
	CallBegan(ctx context.Context, c booking.Call) (booking.Call, error)
	CallEnded(ctx context.Context, c booking.Call) error
	MissedCall(ctx context.Context, number booking.MSISDN, call uuid.UUID) error
	CallBack(ctx context.Context, number booking.MSISDN, request uuid.UUID) error
	CallBackFrom(ctx context.Context, number booking.MSISDN, request uuid.UUID, from time.Time) error
	Reached(ctx context.Context, number booking.MSISDN) error
	NotReached(ctx context.Context, number booking.MSISDN, notice uuid.UUID, why string) error

	// KeepRecording keeps a name that was spoken: it is to be fetched from the
	// provider, later, and written down. NoRecording says that there is none
	// after all; it may come first, and of a provider that names no number.
	KeepRecording(ctx context.Context, r booking.Recording) error
	NoRecording(ctx context.Context, r booking.Recording) error

	// HandOver puts a caller before the agents, with where the conversation
	// stands, and HandOverEnded notes how the wait ended.
	HandOver(ctx context.Context, h booking.HandOver) error
	HandOverEnded(ctx context.Context, call booking.CallKey, id uuid.UUID, o booking.HandOverOutcome) error
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
func (e Event) key() booking.CallKey {
	return booking.CallKey{Number: e.Number, Provider: e.Provider, ProviderID: e.Call}
}

// call is what an Event says of its call.
func (e Event) call(o booking.CallOutcome) booking.Call {
	c := booking.Call{CallKey: e.key(), Direction: booking.CallIn, Notice: e.Notice, Outcome: o}
	if e.Out {
		c.Direction = booking.CallOut
	}
	return c
}

// handOver names the wait for an agent: a call has one at most.
func (e Event) handOver() uuid.UUID { return e.name("hand over") }

// kept is what an Event says of its recording.
func (e Event) kept(lang string) booking.Recording {
	return booking.Recording{ID: e.Recording.ID, Number: e.Number, Provider: e.Provider, URL: e.Recording.URL, Language: lang}
}

// callSpace is what request ids are made in, from a call's name.
var callSpace = uuid.MustParse("0e3c7a57-5c8f-4a55-8f57-5a0b6f1d2c44")

// name is an id that belongs to a call and to nothing else: whatever is done
// twice for it, at once or after a crash, is done under the same id.
func (e Event) name(what string) uuid.UUID {
	return uuid.NewSHA1(callSpace, []byte(strings.Join([]string{string(e.Number), e.Provider, e.Call, what}, "\x00")))
}
