package channel

import (
	"context"
	"time"
)

// WithDeadline limits ctx to the time that a reply may take: d, or usual where d
// is not above 0.
func WithDeadline(ctx context.Context, d, usual time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		d = usual
	}
	return context.WithTimeout(ctx, d)
}

// Late reports whether a reply took too long: limited came to its end while ctx,
// which ends when the provider goes away, did not.
func Late(ctx, limited context.Context) bool { return limited.Err() != nil && ctx.Err() == nil }
