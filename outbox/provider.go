package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Message is what a provider is asked to send: final words to one number.
type Message struct {
	ID       uuid.UUID // ours
	To       booking.MSISDN
	Medium   string // "sms" or "call"
	Kind     booking.NoticeKind
	Lang     string
	Text     string // the very bytes to send
	Segments int    // what it costs, counted as the network does
	Template Template
	Validity time.Duration // after which it is of no use; 0 is the provider's own
	Report   string        // where to report the delivery to, with the Token; "" asks for none
}

// A Template is what India's registry (DLT) knows a text as. The zero Template
// is a text that is not registered.
type Template struct {
	Header   string // the registered sender, such as VAXIND
	Entity   string // principal entity id
	ID       string // template id
	Category string // such as service-implicit
}

// A Receipt is a provider's word that it took a message.
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

// A Policy is what to do after a failure.
type Policy string

// The policies.
const (
	Retry     Policy = "retry"     // later, by the same provider: nothing was sent
	Elsewhere Policy = "elsewhere" // by another provider: this one cannot
	GiveUp    Policy = "give_up"   // this message cannot be sent by anyone
	Stopped   Policy = "stopped"   // the person does not want messages
	Ambiguous Policy = "ambiguous" // it may have been sent: only a report tells
)

// A Failure is a provider's refusal with what to do about it.
type Failure struct {
	Policy Policy
	After  time.Duration // with Retry: not before; 0 is our own backoff
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
