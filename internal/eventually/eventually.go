package eventually

import (
	"context"
	"testing"
	"time"
)

// pause is the time between two looks.
const pause = 5 * time.Millisecond

// True looks until ok reports true, and fails the test once that takes longer
// than within; what names what is waited for.
func True(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	if !Within(within, ok) {
		t.Fatalf("not within %s: %s", within, what)
	}
}

// Within looks until ok reports true, and reports whether it did so in time. It
// looks at least once.
func Within(within time.Duration, ok func() bool) bool {
	for end := time.Now().Add(within); ; time.Sleep(pause) {
		if ok() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// Pace waits as a person or a machine does between two requests, unless ctx is
// done before. It spreads load and is no way to wait for something.
func Pace(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
