package outbox

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Store is what the sending of messages needs of one; postgres/outbox is the
// real one. Every write is durable when it returns nil, and may be repeated.
type Store interface {
	// Claim takes at most n notices that are due, the most urgent first, until
	// lease. Of one number and medium it takes the first, and none while one is
	// under way. No mediums is all of them.
	Claim(ctx context.Context, mediums []string, now, lease time.Time, n int) ([]Claimed, error)

	// Hand notes that notices are about to be given to providers and says under
	// which lease each now is. Only one whose lease is the Handover's is ours,
	// and may be given.
	Hand(ctx context.Context, now time.Time, list []Handover) (map[uuid.UUID]time.Time, error)

	// Record notes what became of notices, each only if that is forward, and
	// returns those that changed.
	Record(ctx context.Context, now time.Time, list []Change) ([]Recorded, error)

	// Stale is notices that are 'sending' longer than their lease, at most n.
	Stale(ctx context.Context, now time.Time, n int) ([]Claimed, error)

	// Oldest is when the longest waiting notice of each priority was due; none
	// waits of a priority that is not in it.
	Oldest(ctx context.Context, now time.Time) (map[booking.Priority]time.Time, error)

	// Stop notes that a number wants no messages but answers.
	Stop(ctx context.Context, number booking.MSISDN, at time.Time) error

	// StopOf is Stop for the number that a notice is for; one that is gone
	// stops nobody.
	StopOf(ctx context.Context, cell int16, id uuid.UUID, at time.Time) error
}

// A Claimed is a notice that is ours until its lease ends.
type Claimed struct {
	booking.Notice
	Since    time.Time // when it was first due: its validity counts from then
	Lease    time.Time // until when, and the sign by which the store knows that it is ours
	Attempts int       // how often it was handed over
	Provider string    // to whom last
	Tried    []Try
	Stopped  bool // its number wants no messages
	Doubt    bool // of Stale: it may have been sent, and a report was waited for
}

// A Try is one attempt as it is kept for the operator.
type Try struct {
	At       time.Time `json:"at"`
	Provider string    `json:"by,omitempty"`
	Policy   Policy    `json:"then,omitempty"` // "" is that it was taken
	Code     string    `json:"code,omitempty"`
}

// tryAgain is the code of a Try that is the operator's order to begin anew.
const tryAgain = "again"

// Again is the Try that Requeue adds.
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

// A Change is what became of a notice.
type Change struct {
	Cell          int16
	ID            uuid.UUID
	Held          time.Time // only while it is ours under this lease; zero is in any case
	Attempt       int       // only if this was the last attempt; 0 is any
	Status        Status
	Provider      string // "" leaves it, as with ProviderID
	ProviderID    string
	Reason        string    // a code, never words for a phone
	Due           time.Time // with Queued: when to try again; zero leaves it
	ResetValidity bool      // with Queued: its validity counts from Due
	Doubt         bool
	Lease         time.Time // with Sending: until when a report is waited for
	Try           *Try
}

// A Recorded is a notice that a Change has changed.
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

// A Tally is how many notices stand in the same place.
type Tally struct {
	Status Status
	Reason string // of what failed or is in doubt
	Count  int
}
