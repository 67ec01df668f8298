package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Message is a notice in its final words, as a provider gets it.
type Message struct {
	ID       uuid.UUID // ours
	To       booking.MSISDN
	Medium   string // "sms" or "call"
	Kind     booking.NoticeKind
	Lang     string
	Text     string // sent byte for byte
	Segments int    // what it is charged as, counted as the networks do
	Template Template
	Validity time.Duration // how long it is worth delivering; 0 is the provider's default
	Report   string        // address for delivery reports, with the Token in it; "" asks for none
}

// A Template is the registration of a text with India's registry (DLT). The zero
// Template is a text that is not registered.
type Template struct {
	Header   string // the registered sender, such as VAXIND
	Entity   string // principal entity id
	ID       string // template id
	Category string // such as service-implicit
}

// A Receipt is a provider's confirmation that it took a message.
type Receipt struct {
	ProviderID string // its own id of the message; "" where it gives none
	Delivered  bool   // it arrived already: the demo's inbox
}

// A Provider sends messages. Send returns nil only when the provider took the
// message; any other outcome is a *Failure or is taken for Ambiguous.
type Provider interface {
	Name() string
	Send(ctx context.Context, m Message) (Receipt, error)
}

// A Policy says what to do after a failure. It is stored with the attempt.
type Policy string

// The policies.
const (
	Retry     Policy = "retry"     // try again later by the same provider: nothing was sent
	Elsewhere Policy = "elsewhere" // try another provider: this one cannot send it
	GiveUp    Policy = "give_up"   // no provider can send this message
	Stopped   Policy = "stopped"   // the number wants no messages
	Ambiguous Policy = "ambiguous" // it may have been sent: only a delivery report will show
)

// A Failure is an error of a provider, with the Policy that follows from it.
type Failure struct {
	Policy Policy
	After  time.Duration // with Retry: the least time to wait, before our own backoff; 0 is none
	Code   string        // the provider's code, for the operator; never what was sent or to whom
	Err    error
}

func (f *Failure) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s (%s): %v", f.Policy, f.Code, f.Err)
	}
	return fmt.Sprintf("%s (%s)", f.Policy, f.Code)
}

func (f *Failure) Unwrap() error { return f.Err }
