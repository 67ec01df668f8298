package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tikaline/jobs"
)

// A diary notes when a job ran, in seconds since the beginning.
type diary struct {
	mu    sync.Mutex
	began time.Time
	at    []float64
}

func (d *diary) note() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = append(d.at, time.Since(d.began).Seconds())
}

func (d *diary) is(t *testing.T, what string, want ...float64) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.at, want) {
		t.Errorf("%s: ran at %v, want %v", what, d.at, want)
	}
}

// runFor runs jobs for a while, and returns once they have stopped.
func runFor(t *testing.T, r *jobs.Runner, d time.Duration) {
	t.Helper()
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Log == nil {
		r.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	r.Run(ctx)
}

func TestRunner_intervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fast, slow := &diary{began: time.Now()}, &diary{began: time.Now()}
		runFor(t, &jobs.Runner{Jobs: []jobs.Job{
			{Name: "fast", Every: 2 * time.Second, Do: jobs.Once(func(context.Context) error {
				fast.note()
				time.Sleep(500 * time.Millisecond) // the next is due 2 s after the beginning all the same
				return nil
			})},
			{Name: "slow", Every: 3 * time.Second, Do: jobs.Once(func(context.Context) error {
				slow.note()
				time.Sleep(7 * time.Second)
				return nil
			})},
		}}, 9*time.Second)
		fast.is(t, "beside one that is slow", 0, 2, 4, 6, 8)
		slow.is(t, "longer than its interval", 0, 7)
	})
}

// TestRunner_background: who waits comes first, and housekeeping does not begin
// all at once.
func TestRunner_background(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var order []string
		began := time.Now()
		note := func(name string) func(context.Context) error {
			return func(context.Context) error {
				time.Sleep(time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(name, " ", time.Since(began).Round(10*time.Millisecond)))
				return nil
			}
		}
		runFor(t, &jobs.Runner{Jobs: []jobs.Job{
			{Name: "forget", Every: time.Minute, Background: true, Do: jobs.Once(note("forget"))},
			{Name: "expire", Every: time.Minute, Background: true, Do: jobs.Once(note("expire"))},
			{Name: "holds", Every: time.Minute, Do: jobs.Once(note("holds"))},
		}}, 30*time.Second)
		if want := []string{"holds 0s", "forget 500ms", "expire 1s"}; !slices.Equal(order, want) {
			t.Errorf("ran %v, want %v", order, want)
		}
	})
}

// TestRunner_budget: a job with much to do works, rests, and goes on from where
// it stood; then it waits for its time.
func TestRunner_budget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{began: time.Now()}
		left := 4500
		forget := func(_ context.Context, limit int) (int, error) {
			d.note()
			time.Sleep(time.Second)
			n := min(left, limit)
			left -= n
			return n, nil
		}
		runFor(t, &jobs.Runner{Jobs: []jobs.Job{
			{Name: "forget", Every: time.Minute, Budget: 2 * time.Second, Do: jobs.Batches(1000, forget)},
		}}, 110*time.Second)
		d.is(t, "in slices", 0, 1, 20, 21, 40, 100)
		if left != 0 {
			t.Errorf("%d are left", left)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		d := &diary{began: time.Now()}
		runFor(t, &jobs.Runner{Jobs: []jobs.Job{
			{Name: "long", Every: 15 * time.Second, Do: jobs.Batches(1, func(context.Context, int) (int, error) {
				d.note()
				time.Sleep(2 * time.Second)
				return 1, nil
			})},
		}}, 40*time.Second)
		d.is(t, "it rests no longer than until its time", 0, 15, 30)
	})
}

// TestRunner_failures: an error and a panic are logged and counted, and neither
// ends a job.
func TestRunner_failures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		seen := new(observer)
		good := &diary{began: time.Now()}
		runFor(t, &jobs.Runner{Log: slog.New(slog.NewTextHandler(&logs, nil)), Observer: seen, Jobs: []jobs.Job{
			{Name: "fails", Every: time.Second, Budget: time.Hour, Do: func(context.Context) (int, bool, error) { return 0, true, errors.New("no luck") }},
			{Name: "panics", Every: time.Second, Do: func(context.Context) (int, bool, error) { panic("a nil map") }},
			{Name: "works", Every: time.Second, Do: jobs.Counted(func(context.Context) (int, error) { good.note(); return 7, nil })},
			{Name: "is_stopped", Every: time.Hour, Do: jobs.Once(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })},
		}}, 2500*time.Millisecond)
		good.is(t, "beside those that fail", 0, 1, 2)
		if want := (observer{runs: map[string]int{"fails": 3, "panics": 3, "works": 3, "is_stopped": 1}, failures: map[string]int{"fails": 3, "panics": 3}}); !seen.equal(&want) {
			t.Errorf("observed %v, %v", seen.runs, seen.failures)
		}
		for _, want := range []string{`msg="job failed" job=fails err="no luck"`, `msg=panic job=panics err="a nil map" stack=`, `msg="job failed" job=panics`, `msg="job done" job=works count=7`} {
			if !strings.Contains(logs.String(), want) {
				t.Errorf("no %s in\n%s", want, logs.String())
			}
		}
		if strings.Contains(logs.String(), "is_stopped") {
			t.Errorf("to be stopped is no failure:\n%s", logs.String())
		}
	})
}

type observer struct {
	mu             sync.Mutex
	runs, failures map[string]int
}

func (o *observer) Ran(job string, _ time.Duration, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.runs == nil {
		o.runs, o.failures = make(map[string]int), make(map[string]int)
	}
	o.runs[job]++
	if err != nil {
		o.failures[job]++
	}
}

func (o *observer) equal(other *observer) bool {
	same := func(a, b map[string]int) bool {
		if len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if b[k] != v {
				return false
			}
		}
		return true
	}
	return same(o.runs, other.runs) && same(o.failures, other.failures)
}

// leases are those of one name, as the store gives them.
type leases struct {
	mu    sync.Mutex
	token int64
	until time.Time
	err   error
}

func (l *leases) Acquire(_ context.Context, _ string, now, until time.Time) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil || now.Before(l.until) {
		return 0, l.err
	}
	l.token++
	l.until = until
	return l.token, nil
}

func (l *leases) Release(ctx context.Context, _ string, token int64, at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if token == l.token {
		l.until = at
	}
	return nil
}

// TestRunner_lease: of two nodes one runs a job once an interval; another goes
// on where the one stops, or dies, or has more than it may do at a time.
func TestRunner_lease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(leases)
		all := &diary{began: time.Now()}
		var nodes sync.WaitGroup
		for i, d := range []time.Duration{25 * time.Second, 48 * time.Second} {
			nodes.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				runFor(t, &jobs.Runner{Leases: shared, Jobs: []jobs.Job{
					{Name: "forget", Every: 10 * time.Second, Lease: "forget", Do: jobs.Once(func(context.Context) error { all.note(); return nil })},
				}}, d)
			})
		}
		nodes.Wait()
		all.is(t, "the other takes over when the one is gone", 0, 10, 20, 31, 41)
	})
	synctest.Test(t, func(t *testing.T) {
		shared := &leases{until: time.Now().Add(25 * time.Second)} // of a node that died
		d := &diary{began: time.Now()}
		runFor(t, &jobs.Runner{Leases: shared, Jobs: []jobs.Job{
			{Name: "forget", Every: 10 * time.Second, Lease: "forget", Do: func(ctx context.Context) (int, bool, error) {
				d.note()
				if _, limited := ctx.Deadline(); !limited {
					t.Error("a run may last longer than its lease")
				}
				return 1, len(d.at) == 1, nil
			}},
		}}, 45*time.Second)
		d.is(t, "a lease runs out; who has more to do goes on at once", 30, 30, 40)
	})
	synctest.Test(t, func(t *testing.T) {
		seen := new(observer)
		runFor(t, &jobs.Runner{Observer: seen, Leases: &leases{err: errors.New("no store")}, Jobs: []jobs.Job{
			{Name: "forget", Every: 10 * time.Second, Lease: "forget", Do: func(context.Context) (int, bool, error) { t.Error("it ran"); return 0, false, nil }},
		}}, 15*time.Second)
		if seen.failures["forget"] != 2 {
			t.Errorf("%v failures", seen.failures)
		}
	})
}

// TestRunner_clock: what is due by the clock that was handed in runs soon after.
func TestRunner_clock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now := time.Date(2021, 5, 5, 10, 0, 0, 0, time.UTC)
		clock := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
		d := &diary{began: time.Now()}
		go func() {
			time.Sleep(5500 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Hour)
		}()
		runFor(t, &jobs.Runner{Now: clock, Look: time.Second, Jobs: []jobs.Job{
			{Name: "reminders", Every: time.Minute, Do: jobs.Once(func(context.Context) error { d.note(); return nil })},
		}}, 70*time.Second)
		d.is(t, "by either clock", 0, 6, 66)
	})
}

// TestRunner_stops: Run returns when what was begun has, and begins nothing more.
func TestRunner_stops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		shared := new(leases)
		runFor(t, &jobs.Runner{Leases: shared, Jobs: []jobs.Job{
			{Name: "busy", Every: time.Second, Budget: time.Hour, Lease: "busy", Do: func(ctx context.Context) (int, bool, error) {
				time.Sleep(3 * time.Second) // looks at no context
				return 1, true, nil
			}},
		}}, 5*time.Second)
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("it stopped after %v", took)
		}
		if shared.until.After(time.Now()) {
			t.Error("it kept its lease")
		}
	})
}

func TestRunner_Check(t *testing.T) {
	do := jobs.Once(func(context.Context) error { return nil })
	for name, list := range map[string][]jobs.Job{
		"no_name":     {{Every: 1, Do: do}},
		"twice":       {{Name: "a", Every: 1, Do: do}, {Name: "a", Every: 1, Do: do}},
		"no_interval": {{Name: "a", Do: do}},
		"nothing":     {{Name: "a", Every: 1}},
		"no_leases":   {{Name: "a", Every: 1, Lease: "a", Do: do}},
	} {
		if err := (&jobs.Runner{Jobs: list}).Check(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
