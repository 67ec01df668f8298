package limits_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tikaline/limits"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// TestLimits_of_two_nodes has two programs count one address together: after
// they have shared their counts, each knows what the other let through.
func TestLimits_of_two_nodes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	second, err := postgres.New(t.Context(), f.Pool, postgres.Options{Now: storetest.Noon})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close(context.Background())
	now := storetest.Noon()
	node := func(s limits.Store) *limits.Limits {
		return limits.New([]limits.Rule{
			{Name: "public", Most: 100, In: 5 * time.Minute}, {Name: "searches", Most: 20, In: time.Hour, Block: 24 * time.Hour},
		}, limits.Options{Key: []byte("key"), Store: s, Now: func() time.Time { return now }})
	}
	a, b := node(f.Store.Limits), node(second.Limits)
	var sinceA, sinceB time.Time
	share := func() {
		t.Helper()
		for range 2 {
			if sinceA, err = a.Share(t.Context(), sinceA); err != nil {
				t.Fatal(err)
			}
			if sinceB, err = b.Share(t.Context(), sinceB); err != nil {
				t.Fatal(err)
			}
		}
	}
	taken := func(l *limits.Limits, rule, who string, n int) (took int) {
		for range n {
			if _, ok := l.Take(rule, []byte(who)); ok {
				took++
			}
		}
		return took
	}
	share()
	taken(a, "public", "192.0.2.1", 70)
	for i := range 2000 {
		taken(a, "public", fmt.Sprintf("198.51.100.%d", i), 1)
	}
	share()
	if n := f.CountRows(`SELECT count(*) FROM limit_count`); n != 1 {
		t.Errorf("%d rows for one address that matters", n)
	}
	if n := taken(b, "public", "192.0.2.1", 100); n != 30 {
		t.Errorf("the other let through %d after 70", n)
	}
	share()
	if n := taken(a, "public", "192.0.2.1", 10); n != 0 {
		t.Errorf("the first let through %d more", n)
	}

	taken(a, "searches", "somebody", 21)
	share()
	if wait, ok := b.Take("searches", []byte("somebody")); ok || wait != 24*time.Hour {
		t.Errorf("blocked by one, by the other %v, %v", ok, wait)
	}

	// A node that has just started learns the counts that are still in force.
	c := node(f.Store.Limits)
	if _, err := c.Share(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if n := taken(c, "public", "192.0.2.1", 10) + taken(c, "searches", "somebody", 10); n != 0 {
		t.Errorf("a third lets through %d", n)
	}

	now = now.Add(6 * time.Minute)
	if n := taken(b, "public", "192.0.2.1", 150); n != 100 {
		t.Errorf("in the next five minutes %d", n)
	}
	if _, ok := b.Take("searches", []byte("somebody")); ok {
		t.Error("no longer blocked after six minutes")
	}
	share()
	now = now.Add(48 * time.Hour)
	rows := f.CountRows(`SELECT count(*) FROM limit_count`)
	if n, err := f.ForgetLimits(t.Context(), now, 100); err != nil || n != rows || rows == 0 {
		t.Errorf("forgot %d of %d, %v", n, rows, err)
	}
}

// TestLimits_shared shares counts between two programs: after one call of each
// the other node knows them, and they are not sent again.
func TestLimits_shared(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	node := func() (*limits.Limits, func()) {
		l := limits.New([]limits.Rule{{Name: "public", Most: 100, In: time.Hour}},
			limits.Options{Key: []byte("key"), Store: f.Store.Limits, Now: storetest.Noon})
		share := l.Sharing()
		return l, func() {
			t.Helper()
			if err := share(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, shareA := node()
	b, shareB := node()
	for range 2 {
		shareA()
		shareB()
	}
	for range 100 {
		a.Take("public", []byte("192.0.2.1"))
	}
	for range 2 {
		shareA()
		shareB()
	}
	if _, ok := b.Ask("public", []byte("192.0.2.1")); ok {
		t.Error("the other node never heard of it")
	}
}
