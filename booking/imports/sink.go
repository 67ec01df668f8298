package imports

import (
	"context"

	"tikaline/booking"
)

// A Sink stores imports. Each Put replaces the entries that are there already
// (a district by its id, a pincode by its code, a centre by its code, a session
// by centre, day, vaccine, dose and ages) and leaves the rest; all of one Put
// or nothing is stored.
type Sink interface {
	PutDistricts(ctx context.Context, list []booking.District) error
	PutPincodes(ctx context.Context, list []booking.Pincode) error

	// PutCentres takes centres without ids and gives new ones an id.
	PutCentres(ctx context.Context, list []booking.Centre) error

	// PutSessions takes sessions and slots without ids, for the Centre's id.
	PutSessions(ctx context.Context, list []booking.Session) error

	// CentreIDs returns the id of every centre by its code.
	CentreIDs(ctx context.Context) (map[string]int64, error)
}
