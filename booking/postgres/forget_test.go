package postgres_test

import (
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/booking/postgres"
	"tikaline/dialog"
)

func TestForget_only_what_is_old(t *testing.T) {
	s := newFixture(t, postgres.Options{})
	now := noon()
	for number, at := range map[booking.MSISDN]time.Time{"+919811111111": now.Add(-25 * time.Hour), "+919822222222": now.Add(-time.Hour)} {
		if ok, err := s.Save(t.Context(), dialog.Record{Number: number, State: []byte(`{}`), LastMessage: "m", UpdatedAt: at}); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	for _, want := range []int{1, 0} {
		if n, err := s.Forget(t.Context(), now.Add(-24*time.Hour), 10); n != want || err != nil {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
	for number, want := range map[booking.MSISDN]int64{"+919811111111": 0, "+919822222222": 1} {
		if r, err := s.Load(t.Context(), number); err != nil || r.Version != want {
			t.Errorf("%s has version %d, %v; want %d", number, r.Version, err, want)
		}
	}
}
