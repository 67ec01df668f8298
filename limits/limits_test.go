package limits

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

var start = time.Date(2021, 5, 3, 12, 0, 0, 0, time.UTC)

type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) wait(d time.Duration) { c.at = c.at.Add(d) }

func newLimits(c *clock, store Store, rules ...Rule) *Limits {
	return New(rules, Options{Key: []byte("key"), Store: store, Now: c.now})
}

func TestTake(t *testing.T) {
	c := &clock{start}
	l := newLimits(c, nil, Rule{Name: "calls", Most: 3, In: 5 * time.Minute})
	me, other := []byte("me"), []byte("other")
	refused := 0
	l.Observe(func(rule string) {
		if refused++; rule != "calls" {
			t.Errorf("refused by %s", rule)
		}
	})
	defer func() {
		if refused != 4 {
			t.Errorf("counted %d refusals", refused)
		}
	}()
	take := func(what []byte, want bool) time.Duration {
		t.Helper()
		wait, ok := l.Take("calls", what)
		if ok != want {
			t.Fatalf("taken: %v", ok)
		}
		return wait
	}
	for range 3 {
		take(me, true)
	}
	wait := take(me, false)
	if wait <= 0 || wait > 5*time.Minute {
		t.Errorf("to wait %v", wait)
	}
	take(other, true)
	if _, ok := l.Ask("calls", me); ok {
		t.Error("one could be taken")
	}
	c.wait(wait - time.Second)
	if got := take(me, false); got != time.Second {
		t.Errorf("a second before: to wait %v", got)
	}
	c.wait(time.Second)
	for range 3 {
		if _, ok := l.Ask("calls", me); !ok {
			t.Error("none could be taken")
		}
		take(me, true)
	}
	take(me, false)
}

// TestTake_over_a_day lets through no more than the most in each of its times.
func TestTake_over_a_day(t *testing.T) {
	c := &clock{start}
	l := newLimits(c, nil, Rule{Name: "calls", Most: 100, In: 5 * time.Minute})
	taken := 0
	for range 24 * 60 * 6 { // every ten seconds
		for range 10 {
			if _, ok := l.Take("calls", []byte("me")); ok {
				taken++
			}
		}
		c.wait(10 * time.Second)
	}
	if most := 100 * (24*12 + 1); taken > most || taken < most-200 {
		t.Errorf("took %d in a day, want about %d", taken, most)
	}
}

func TestTake_blocked(t *testing.T) {
	c := &clock{start}
	l := newLimits(c, nil, Rule{Name: "searches", Most: 2, In: time.Hour, Block: 24 * time.Hour})
	for range 2 {
		l.Take("searches", nil)
	}
	if _, ok := l.Ask("searches", nil); ok {
		t.Error("a third would be taken")
	}
	c.wait(time.Second) // Ask has blocked nobody
	if wait, ok := l.Take("searches", nil); ok || wait != 24*time.Hour {
		t.Errorf("the third: %v, %v", ok, wait)
	}
	c.wait(24*time.Hour - time.Second)
	if wait, ok := l.Take("searches", nil); ok || wait != time.Second {
		t.Errorf("a day later: %v, %v", ok, wait)
	}
	c.wait(time.Second)
	if _, ok := l.Take("searches", nil); !ok {
		t.Error("still blocked")
	}
}

// TestTake_at_once counts right under many hands.
func TestTake_at_once(t *testing.T) {
	c := &clock{start}
	l := newLimits(c, nil, Rule{Name: "calls", Most: 100, In: time.Hour})
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 50 {
		wg.Go(func() {
			for range 20 {
				if _, ok := l.Take("calls", []byte("me")); ok {
					mu.Lock()
					taken++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if taken != 100 {
		t.Errorf("took %d", taken)
	}
}

// TestMemory_is_bounded under a flood of addresses, and who calls often is not
// forgotten over it.
func TestMemory_is_bounded(t *testing.T) {
	c := &clock{start}
	l := New([]Rule{{Name: "calls", Most: 3, In: time.Hour}}, Options{Key: []byte("key"), Now: c.now, Remember: 1600})
	for i := range 50_000 {
		l.Take("calls", fmt.Appendf(nil, "%d", i))
		if i%100 == 0 {
			l.Take("calls", []byte("me"))
		}
	}
	kept, dirty := 0, 0
	for i := range l.rules[0].shards {
		kept += l.rules[0].shards[i].lru.Len()
		dirty += len(l.rules[0].shards[i].dirty)
	}
	if kept > 1600 || dirty > 1600 {
		t.Errorf("keeps %d, and %d to tell", kept, dirty)
	}
	if _, ok := l.Take("calls", []byte("me")); ok {
		t.Error("the flood made it forget who calls often")
	}
}

func TestSubject_tells_nothing(t *testing.T) {
	c := &clock{start}
	one, other := newLimits(c, nil), New(nil, Options{Key: []byte("another"), Now: c.now})
	me := []byte("+919000000001")
	if one.subject("calls", me) == other.subject("calls", me) || one.subject("calls", me) == one.subject("searches", me) {
		t.Error("the same under another key, or of another rule")
	}
}

// table is a Store in memory for two nodes; the real one is tested in
// postgres.
type table struct {
	rows map[string]Count
	err  error
}

func (s *table) ShareLimits(_ context.Context, node uuid.UUID, now time.Time, mine []Count, _ time.Time) ([]Count, time.Time, error) {
	if s.err != nil {
		return nil, time.Time{}, s.err
	}
	for _, c := range mine {
		s.rows[fmt.Sprint(node, c.Rule, c.Subject)] = c
	}
	var others []Count
	for _, c := range s.rows {
		if c.Node != node && c.Ends.After(now) {
			others = append(others, c)
		}
	}
	return others, now, nil
}

func (s *table) ForgetLimits(context.Context, time.Time, int) (int, error) { return 0, nil }

func TestShare(t *testing.T) {
	c := &clock{start}
	s := &table{rows: map[string]Count{}}
	rules := []Rule{{Name: "calls", Most: 100, In: time.Hour}, {Name: "searches", Most: 10, In: time.Hour, Block: 24 * time.Hour}}
	a, b := newLimits(c, s, rules...), newLimits(c, s, rules...)
	me := []byte("me")
	share := func() {
		t.Helper()
		for range 2 {
			for _, l := range []*Limits{a, b} {
				if _, err := l.Share(t.Context(), time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	taken := func(l *Limits, rule string) (n int) {
		for range 1000 {
			if _, ok := l.Take(rule, me); ok {
				n++
			}
		}
		return n
	}
	t.Run("what_hardly_counts_is_not_told", func(t *testing.T) {
		for i := range 50 {
			a.Take("calls", fmt.Appendf(nil, "passer-by %d", i))
		}
		if share(); len(s.rows) != 0 {
			t.Errorf("shared %d", len(s.rows))
		}
	})
	t.Run("one_limit_for_both", func(t *testing.T) {
		for range 60 {
			a.Take("calls", me)
		}
		share()
		share() // telling again adds nothing
		if n := taken(b, "calls"); n != 40 {
			t.Errorf("the other took %d more", n)
		}
		share()
		if n := taken(a, "calls"); n != 0 {
			t.Errorf("the one took %d more", n)
		}
	})
	t.Run("blocked_by_one_is_blocked_by_both", func(t *testing.T) {
		if n := taken(a, "searches"); n != 10 {
			t.Errorf("took %d", n)
		}
		share()
		if wait, ok := b.Take("searches", me); ok || wait != 24*time.Hour {
			t.Errorf("the other: %v, %v", wait, ok)
		}
		c.wait(2 * time.Hour) // the hour is over, not the day
		if _, ok := b.Take("searches", me); ok {
			t.Error("no longer blocked")
		}
	})
	t.Run("a_new_hour", func(t *testing.T) {
		if n := taken(b, "calls"); n != 100 {
			t.Errorf("took %d", n)
		}
		share()
		if n := taken(a, "calls"); n != 0 {
			t.Errorf("the other took %d more", n)
		}
	})
	t.Run("told_when_the_store_is_back", func(t *testing.T) {
		c.wait(2 * time.Hour)
		taken(a, "calls")
		s.err = errors.New("away")
		if _, err := a.Share(t.Context(), time.Time{}); err == nil {
			t.Fatal("it is not away")
		}
		if _, ok := b.Take("calls", me); !ok {
			t.Fatal("the other knows already")
		}
		s.err = nil
		share()
		if _, ok := b.Take("calls", me); ok {
			t.Error("it was never told")
		}
	})
}

func BenchmarkTake_refused(b *testing.B) {
	l := New([]Rule{{Name: "calls", Most: 1, In: time.Hour}}, Options{Key: []byte("key"), Now: time.Now})
	me := []byte("+919000000001")
	for b.Loop() {
		l.Take("calls", me)
	}
}
