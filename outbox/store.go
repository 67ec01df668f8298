package outbox

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Store keeps the queue; postgres/outbox implements it. Every write is durable
// when it returns nil, and may be repeated.
type Store interface {
	// Claim leases at most n notices that are due, the most urgent first, until
	// lease. Of one number and medium it takes the first, and none while one is
	// under way; one-time passwords wait for none. No mediums is all of them.
	Claim(ctx context.Context, mediums []string, now, lease time.Time, n int) ([]Claimed, error)

	// Hand records that a notice is about to be given to a provider, and reports
	// whether it was still held under the lease of the Handover. Only then may it
	// be given. It is written even if ctx ends, as is Record.
	Hand(ctx context.Context, now time.Time, h Handover) (ours bool, err error)

	// Record records what became of a notice if that is forward, and returns the
	// notice; nil is a change that came too late.
	Record(ctx context.Context, now time.Time, c Change) (*Recorded, error)

	// Stale returns at most n notices that are 'sending' beyond their lease.
	Stale(ctx context.Context, now time.Time, n int) ([]Claimed, error)

	// Oldest returns when the longest waiting notice of each priority was due. A
	// priority of which none waits is not in it.
	Oldest(ctx context.Context, now time.Time) (map[booking.Priority]time.Time, error)

	// Stop records that a number wants no messages but answers.
	Stop(ctx context.Context, number booking.MSISDN, at time.Time) error

	// StopOf is Stop for the number of a notice. A notice that is gone is no error.
	StopOf(ctx context.Context, cell int16, id uuid.UUID, at time.Time) error
}

// A Claimed is a notice that this worker holds until its lease ends.
type Claimed struct {
	booking.Notice
	Since    time.Time // when it was first due: its validity counts from then
	Lease    time.Time // its end; the store also knows by it that the notice is ours
	Attempts int       // how often it was handed over to a provider
	Provider string    // of the last attempt
	Tried    []Try
	Stopped  bool // its number wants no messages
	Doubt    bool // of Stale: ambiguous, and no delivery report came in time
}

// A Try is one attempt as it is stored for the operator, in JSON.
type Try struct {
	At       time.Time `json:"at"`
	Provider string    `json:"by,omitempty"`
	Policy   Policy    `json:"then,omitempty"` // "" is that the provider took it
	Code     string    `json:"code,omitempty"`
}

// tryAgain is the code of a Try that stands for an operator's Requeue: attempts
// before it count no longer.
const tryAgain = "again"

// Again returns the Try that Requeue adds.
func Again(at time.Time) Try { return Try{At: at, Code: tryAgain} }

// A Handover is a notice about to be given to a provider.
type Handover struct {
	Cell     int16
	ID       uuid.UUID
	Held     time.Time // the lease under which it is ours
	Lease    time.Time // the lease from now on
	Provider string
	Attempt  int  // counted from 1
	Try      *Try // how the provider before refused it
}

// A Change is what is to be recorded of a notice.
type Change struct {
	Cell          int16
	ID            uuid.UUID
	Held          time.Time // recorded only while the lease is this one; zero is any
	Attempt       int       // recorded only if this was the last attempt; 0 is any
	Status        Status
	Provider      string // "" leaves what is stored, as with ProviderID
	ProviderID    string
	Reason        string    // a code, never words for a phone
	Due           time.Time // with Queued: when to try again; zero leaves what is stored
	ResetValidity bool      // with Queued: its validity counts from Due
	Doubt         bool
	Lease         time.Time // with Sending: until when a delivery report is waited for
	Try           *Try
}

// A Recorded is a notice that a Change was recorded of.
type Recorded struct {
	ID       uuid.UUID
	Kind     booking.NoticeKind
	Provider string
}

// A Letter is a notice as the operator sees it.
type Letter struct {
	Claimed
	Status  Status
	Reason  string
	Updated time.Time
}

// A Tally is the number of notices with the same status and reason.
type Tally struct {
	Status Status
	Reason string // "" but for what failed or is ambiguous
	Count  int
}
