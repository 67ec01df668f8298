package leases_test

import (
	"testing"
	"time"

	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestLease: one node at a time has a lease, each with a greater token, and
// another node may acquire a lease that was released or has expired.
func TestLease(t *testing.T) {
	t.Parallel()
	f := storetest.New(t, postgres.Options{})
	a, b := f.Store.Leases, f.Sibling().Store.Leases
	ctx, now := t.Context(), storetest.Noon()
	first, err := a.Acquire(ctx, "job", now, now.Add(time.Minute))
	if err != nil || first == 0 {
		t.Fatalf("first: %d, %v", first, err)
	}
	if token, err := b.Acquire(ctx, "job", now.Add(59*time.Second), now.Add(2*time.Minute)); token != 0 || err != nil {
		t.Errorf("two nodes have it: %d, %v", token, err)
	}
	second, err := b.Acquire(ctx, "job", now.Add(time.Minute), now.Add(2*time.Minute))
	if err != nil || second <= first {
		t.Errorf("after it ran out: %d after %d, %v", second, first, err)
	}
	if err := a.Release(ctx, "job", first, now); err != nil { // an old token releases nothing
		t.Error(err)
	}
	if token, err := a.Acquire(ctx, "job", now.Add(time.Minute), now.Add(2*time.Minute)); token != 0 || err != nil {
		t.Errorf("released by an old token: %d, %v", token, err)
	}
	if err := b.Release(ctx, "job", second, now.Add(time.Minute)); err != nil {
		t.Error(err)
	}
	if token, err := a.Acquire(ctx, "job", now.Add(time.Minute), now.Add(2*time.Minute)); token <= second || err != nil {
		t.Errorf("after the release: %d after %d, %v", token, second, err)
	}
}
