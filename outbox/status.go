package outbox

import "slices"

// A Status is where a notice stands. It is stored, and only moves forward: see
// Forward.
type Status string

// The statuses of a notice.
const (
	Queued    Status = "queued"    // waits for its first attempt or the next one
	Sending   Status = "sending"   // a provider may have it: it is being handed over, or ambiguous
	Sent      Status = "sent"      // a provider took it
	Delivered Status = "delivered" // it arrived
	Failed    Status = "failed"    // the provider reports that it did not arrive
	Dead      Status = "dead"      // given up
)

// Statuses lists every status in the order in which a notice goes through them.
var Statuses = []Status{Queued, Sending, Sent, Delivered, Failed, Dead}

// after lists which status may follow which. Only Sending goes back to Queued, and
// only under the lease; the operator's Requeue is not bound by it.
var after = map[Status][]Status{
	Queued:  {Sending, Sent, Delivered, Dead}, // Sent: recorded by a worker whose lease had ended
	Sending: {Queued, Sending, Sent, Delivered, Failed, Dead},
	Sent:    {Delivered, Failed},
	Failed:  {Delivered},
	Dead:    {Delivered}, // it had arrived all the same
}

// Forward reports whether a status may follow another.
func Forward(from, to Status) bool { return slices.Contains(after[from], to) }
