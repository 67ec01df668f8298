package outbox

import (
	"context"
	"time"
)

// sweepMost bounds how many notices one sweep settles.
const sweepMost = 500

// watch settles what has stayed 'sending', and measures the queue's age.
func (r *run) watch(ctx context.Context) {
	tick := time.NewTicker(r.Settings.Sweep)
	defer tick.Stop()
	for {
		r.sweep(ctx)
		r.age(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep settles what is 'sending' beyond its lease: handed over by a worker that
// has died since, or ambiguous for longer than Grace.
func (r *run) sweep(ctx context.Context) {
	list, err := r.Store.Stale(ctx, r.now(), sweepMost)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("looking for ambiguous messages failed", "err", err)
		}
		return
	}
	for _, c := range list {
		r.wg.Go(func() { r.record(ctx, c, r.Settings.whenStale(c, r.now())) })
	}
}

// age measures how long the first notice of each priority has waited.
func (r *run) age(ctx context.Context) {
	now := r.now()
	due, err := r.Store.Oldest(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("asking for the queue's age failed", "err", err)
		}
		return
	}
	for _, p := range priorities {
		age := time.Duration(0)
		if at, waits := due[p]; waits {
			age = now.Sub(at)
		}
		r.Observer.Oldest(p, age)
	}
}
