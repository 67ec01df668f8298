package outbox

import "slices"

// A Status is where a notice stands. It is stored, and only moves forward: see
// Forward.
type Status string

// The statuses of a notice.
const (
	Queued    Status = "queued"    // waits, for the first time or again; nothing is under way
	Sending   Status = "sending"   // a provider may have it: being handed over, or in doubt
	Sent      Status = "sent"      // a provider took it
	Delivered Status = "delivered" // it arrived
	Failed    Status = "failed"    // the provider says that it did not
	Dead      Status = "dead"      // given up
)

// Statuses lists every status in the order in which a notice goes through them.
var Statuses = []Status{Queued, Sending, Sent, Delivered, Failed, Dead}

// after is which status may follow which. Queued is gone back to only from
// Sending, by who holds the lease; the operator's Requeue alone stands outside.
var after = map[Status][]Status{
	Queued:  {Sending, Sent, Delivered, Dead}, // Sent: by a worker whose lease had ended
	Sending: {Queued, Sending, Sent, Delivered, Failed, Dead},
	Sent:    {Delivered, Failed},
	Failed:  {Delivered},
	Dead:    {Delivered}, // given up in vain: it had arrived
}

// Forward tells whether to may follow from.
func Forward(from, to Status) bool { return slices.Contains(after[from], to) }
