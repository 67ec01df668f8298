package eventually_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tikaline/internal/eventually"
)

func TestWithin(t *testing.T) {
	for name, c := range map[string]struct {
		true time.Duration // from when on it is so
		want bool
		took time.Duration
	}{
		"at_once":  {0, true, 0},
		"in_time":  {time.Second, true, time.Second},
		"too_late": {3 * time.Second, false, 2*time.Second + 5*time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				got := eventually.Within(2*time.Second, func() bool { return time.Since(began) >= c.true })
				if took := time.Since(began); got != c.want || took != c.took {
					t.Errorf("%t after %s, want %t after %s", got, took, c.want, c.took)
				}
			})
		})
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		eventually.Pace(t.Context(), time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		eventually.Pace(ctx, time.Hour)
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %s", took)
		}
	})
}
