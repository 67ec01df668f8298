package booking

import (
	"context"
	"time"
)

// Leases lets one node do what only one should do at a time.
type Leases interface {
	// Acquire takes the lease of that name until a time, and returns its
	// fencing token, or 0 where another node has the lease. A write under the
	// lease names the token, and is refused when another node has acquired the
	// lease since.
	Acquire(ctx context.Context, name string, now, until time.Time) (token int64, err error)

	// Release lets others acquire the lease from a time on.
	Release(ctx context.Context, name string, token int64, at time.Time) error
}
