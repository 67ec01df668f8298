package ivr

import (
	"context"
	"strings"

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
	Reached(ctx context.Context, number booking.MSISDN) error
	NotReached(ctx context.Context, number booking.MSISDN, notice uuid.UUID, why string) error
}

// A Desk is what calls leave for people to work on: names to be written down,
// and callers to talk to. Idempotent as well.
type Desk interface {
	// Keep keeps a recording: it is to be fetched from the provider, later, and
	// the name on it to be written down.
	Keep(ctx context.Context, call booking.CallKey, r Recording) error

	// Recorded says that a recording is there to be fetched, or that there is
	// none after all. It may come before Keep.
	Recorded(ctx context.Context, call booking.CallKey, r Recording, ready bool) error

	// HandOver puts a caller before the agents, with where the conversation
	// stands.
	HandOver(ctx context.Context, h HandOver) error

	// HandedOver notes how a HandOver ended.
	HandedOver(ctx context.Context, call booking.CallKey, o booking.CallOutcome) error
}

// A HandOver is a caller who is put through to an agent.
type HandOver struct {
	Call booking.CallKey
	Lang string
	Flow string // where the conversation stands
	Step string
	Why  Why
}

// A Why is the reason of a HandOver. It is stored.
type Why string

// The reasons.
const (
	Asked    Why = "asked"   // pressed 0, or chose it
	Silent   Why = "silence" // too often
	Mistaken Why = "wrong"   // keys, too often
	NoNumber Why = "number"  // there is none to serve
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

// callSpace is what request ids are made in, from a call's name.
var callSpace = uuid.MustParse("0e3c7a57-5c8f-4a55-8f57-5a0b6f1d2c44")

// name is an id that belongs to a call and to nothing else: whatever is done
// twice for it, at once or after a crash, is done under the same id.
func (e Event) name(what string) uuid.UUID {
	return uuid.NewSHA1(callSpace, []byte(strings.Join([]string{string(e.Number), e.Provider, e.Call, what}, "\x00")))
}
