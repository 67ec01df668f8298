package imports

import (
	"context"

	"tikaline/booking"
)

// A Sink is where imports are put. Each Put replaces what is there already of
// the same thing (a district by its id, a pincode by its code, a centre by its
// code, a session by centre, day, vaccine, dose and ages) and leaves the rest;
// all of one Put or nothing is stored.
type Sink interface {
	PutDistricts(ctx context.Context, list []booking.District) error
	PutPincodes(ctx context.Context, list []booking.Pincode) error

	// PutCentres takes centres without ids and gives new ones theirs.
	PutCentres(ctx context.Context, list []booking.Centre) error

	// PutSessions takes sessions and slots without ids, for the Centre's id.
	PutSessions(ctx context.Context, list []booking.Session) error

	// CentreIDs is the id of every centre by its code.
	CentreIDs(ctx context.Context) (map[string]int64, error)
}
