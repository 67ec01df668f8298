package booking

import (
	"context"
	"time"
)

// Leases lets one node do what only one should do at a time.
type Leases interface {
	// Acquire takes the lease of that name until a time, and returns its fencing
	// token; 0 where another node has the lease. What is written under the lease
	// names the token, and is not written when another node has taken the next.
	Acquire(ctx context.Context, name string, now, until time.Time) (token int64, err error)

	// Release lets others acquire the lease from a time on.
	Release(ctx context.Context, name string, token int64, at time.Time) error
}
