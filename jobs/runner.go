package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// restShare is how many times as long as it worked a job rests that has more to
// do than its budget lets it.
const restShare = 9

// backgroundApart is how long after the one before a background job begins, so
// that they do not all ask the store at once.
const backgroundApart = 500 * time.Millisecond

// How long a lease outlasts the budget of its job, and how long giving it up may
// take when the Runner stops.
const (
	leaseSpare   = time.Minute
	leaseRelease = 5 * time.Second
)

// A Runner runs jobs. Its fields are set before Run.
type Runner struct {
	Jobs   []Job
	Now    func() time.Time // tells when a run is due, and goes into leases
	Log    *slog.Logger
	Leases Leases // needed where a job has a lease

	// Look is how often Now is looked at; 0 where it is the machine's clock.
	Look time.Duration

	Observer Observer // nil is nobody
}

// Check reports what is wrong with the jobs: names that are missing or there
// twice, intervals that are not more than 0, a lease without Leases.
func (r *Runner) Check() error {
	seen := make(map[string]bool)
	for _, j := range r.Jobs {
		switch {
		case j.Name == "" || seen[j.Name]:
			return fmt.Errorf("job %q has no name, or one that is there already", j.Name)
		case j.Every <= 0 || j.Budget < 0 || j.Do == nil:
			return fmt.Errorf("job %s: an interval of more than 0 and something to do are needed", j.Name)
		case j.Lease != "" && r.Leases == nil:
			return fmt.Errorf("job %s: nobody gives leases", j.Name)
		}
		seen[j.Name] = true
	}
	return nil
}

// Run runs the jobs until ctx ends and what was begun has returned.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	var first time.Duration
	for _, j := range r.Jobs {
		var after time.Duration
		if j.Background {
			first += backgroundApart
			after = first
		}
		all.Go(func() {
			r.rest(ctx, after, r.Now().Add(after))
			r.keep(ctx, j)
		})
	}
	all.Wait()
}

// keep runs one job until ctx ends.
func (r *Runner) keep(ctx context.Context, j Job) {
	for ctx.Err() == nil {
		began, due := time.Now(), r.Now()
		more := r.run(ctx, j, due)
		worked := time.Since(began)
		rest := max(j.Every-worked, 0)
		if more {
			rest = min(rest, restShare*worked)
		}
		r.rest(ctx, rest, due.Add(j.Every))
	}
}

// rest waits for a time to pass, for the clock to be at due, or for ctx to end.
func (r *Runner) rest(ctx context.Context, rest time.Duration, due time.Time) {
	over := time.NewTimer(rest)
	defer over.Stop()
	var look <-chan time.Time
	if r.Look > 0 && r.Look < rest {
		tick := time.NewTicker(r.Look)
		defer tick.Stop()
		look = tick.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-over.C:
			return
		case <-look:
			if !r.Now().Before(due) {
				return
			}
		}
	}
}

// run does one run of a job, under its lease where it has one. It reports
// whether there is more to do than the budget let it.
func (r *Runner) run(ctx context.Context, j Job, now time.Time) (more bool) {
	began, done := time.Now(), 0
	var err error
	if j.Lease == "" {
		done, more, err = r.slices(ctx, j, began)
	} else {
		token, e := r.Leases.Acquire(ctx, j.Lease, now, now.Add(j.Budget+leaseSpare))
		if e == nil && token == 0 {
			return false
		}
		if err = e; err == nil {
			done, more, err = r.leased(ctx, j, token, now, began)
		}
	}
	if ctx.Err() != nil { // what fails because we stop is no failure
		err = nil
	}
	if done > 0 {
		r.Log.Info("job done", "job", j.Name, "count", done)
	}
	if err != nil {
		r.Log.Error("job failed", "job", j.Name, "err", err)
	}
	if r.Observer != nil {
		r.Observer.Ran(j.Name, time.Since(began), err)
	}
	return more
}

// leased does slices while the lease lasts, and gives it up: for the time of the
// next run where nothing is left, and else so that another node may go on.
func (r *Runner) leased(ctx context.Context, j Job, token int64, now, began time.Time) (done int, more bool, err error) {
	within, cancel := context.WithTimeout(ctx, j.Budget+leaseSpare)
	defer cancel()
	done, more, err = r.slices(within, j, began)
	at := now
	if err == nil && !more {
		at = now.Add(j.Every)
	}
	// Also when we stop.
	after, cancelAfter := context.WithTimeout(context.WithoutCancel(ctx), leaseRelease)
	defer cancelAfter()
	return done, more, errors.Join(err, r.Leases.Release(after, j.Lease, token, at))
}

// slices does slice after slice until nothing is left, the budget is used up,
// or ctx ends.
func (r *Runner) slices(ctx context.Context, j Job, began time.Time) (done int, more bool, err error) {
	for {
		var n int
		n, more, err = r.slice(ctx, j)
		done += n
		if err != nil {
			return done, false, err
		}
		if !more || ctx.Err() != nil || time.Since(began) >= j.Budget {
			return done, more, nil
		}
	}
}

// slice does one slice. A panic in it is an error.
func (r *Runner) slice(ctx context.Context, j Job) (done int, more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("panic", "job", j.Name, "err", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.Do(ctx)
}
