package jobs

import (
	"context"
	"time"
)

// A Job is something periodic.
type Job struct {
	// Name is what the job is called in logs and metrics, and never changes:
	// small letters and underscores.
	Name string

	// Every is the time from the beginning of a run to that of the next. The
	// first run is at once, but for Background.
	Every time.Duration

	// Budget is how long Do is called again while there is more to do. With 0 it
	// is called once a run.
	Budget time.Duration

	// Lease names what only one node may do at a time; "" is done by every node.
	Lease string

	// Background is a job of which nobody waits for the end. The first run is not
	// at once, but after those of other jobs, and apart from those of other
	// background jobs.
	Background bool

	// Do does one slice of the work. It returns how many things were done, for
	// the log, and whether there is more to do now. It is never called twice at
	// once by one Runner.
	Do func(context.Context) (done int, more bool, err error)
}

// Once makes a Do of something that does all there is to do.
func Once(do func(context.Context) error) func(context.Context) (int, bool, error) {
	return func(ctx context.Context) (int, bool, error) { return 0, false, do(ctx) }
}

// Counted makes a Do of something that does all there is to do, and returns how
// many things that were.
func Counted(do func(context.Context) (int, error)) func(context.Context) (int, bool, error) {
	return func(ctx context.Context) (int, bool, error) {
		n, err := do(ctx)
		return n, false, err
	}
}

// Batches makes a Do of something that does at most limit things, and returns
// how many those were. There is more to do while it does limit.
func Batches(limit int, do func(ctx context.Context, limit int) (int, error)) func(context.Context) (int, bool, error) {
	return func(ctx context.Context) (int, bool, error) {
		n, err := do(ctx, limit)
		return n, n >= limit, err
	}
}

// How often housekeeping begins, how long it works at a time, and how many rows
// it takes in a statement: so little that nobody waits longer because of it.
const (
	housekeepingEvery  = 10 * time.Minute
	housekeepingBudget = 100 * time.Millisecond
	housekeepingBatch  = 1000
)

// Housekeeping makes a job of which nobody waits for the end: in slices, with
// rests between them, by one node at a time.
func Housekeeping(name string, do func(ctx context.Context, limit int) (int, error)) Job {
	return Job{Name: name, Every: housekeepingEvery, Budget: housekeepingBudget, Lease: name, Background: true, Do: Batches(housekeepingBatch, do)}
}

// Leases lets one node do what only one should do at a time.
type Leases interface {
	// Acquire takes the lease of that name until a time, and returns its fencing
	// token; 0 where another node has the lease.
	Acquire(ctx context.Context, name string, now, until time.Time) (token int64, err error)

	// Release lets others acquire the lease from a time on.
	Release(ctx context.Context, name string, token int64, at time.Time) error
}

// An Observer is called after every run, from many goroutines at once.
type Observer interface {
	// Ran gets how long a run took, and its error. It is not called for a run that
	// another node's lease prevented.
	Ran(job string, took time.Duration, err error)
}
