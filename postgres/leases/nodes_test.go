package leases_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestAlive(t *testing.T) {
	t.Parallel()
	f := storetest.New(t, postgres.Options{})
	a, b := uuid.New(), uuid.New()
	const lease = 6 * time.Second
	if _, err := f.Store.Leases.Acquire(t.Context(), "wave", storetest.Noon(), storetest.Noon().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name  string
		node  uuid.UUID
		after time.Duration
		leave bool
		want  int
	}{
		{"alone", a, 0, false, 1},
		{"still_alone", a, 2 * time.Second, false, 1},
		{"two", b, 3 * time.Second, false, 2},
		{"two_for_the_other", a, 4 * time.Second, false, 2},
		{"one_died", b, 10 * time.Second, false, 1},
		{"it_was_only_slow", a, 11 * time.Second, false, 2},
		{"one_leaves", b, 12 * time.Second, true, 1},
		{"one_has_left", a, 12 * time.Second, false, 1},
		{"one_is_long_gone", a, 2 * time.Hour, false, 1},
	} {
		now := storetest.Noon().Add(step.after)
		until := now.Add(lease)
		if step.leave {
			until = now
		}
		n, err := f.Store.Leases.Alive(t.Context(), step.node, now, until)
		if err != nil || n != step.want {
			t.Errorf("%s: %d, %v, want %d", step.name, n, err, step.want)
		}
	}
	var names int
	if err := f.Pool.QueryRow(t.Context(), `SELECT count(*) FROM turn`).Scan(&names); err != nil || names != 2 {
		t.Errorf("%d leases, %v, want that of the one node and the other's wave", names, err)
	}
}
