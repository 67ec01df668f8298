package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Worker sends what is due. Several may share a store, in one program or in
// many. Its fields must not change once it runs.
type Worker struct {
	Store     Store
	Providers []Route // the first is asked first, the others are for failover
	Now       func() time.Time
	Log       *slog.Logger
	Observer  Observer
	Settings  Settings
	Nodes     Nodes // counts those that share the providers' rates; nil is this one alone

	// Word returns a notice in its words at the moment of sending: Lang, Text,
	// Segments and Template; the worker fills in the rest. Of a *Failure the
	// policy counts: all but Retry give the notice up. Any other error is retried.
	Word func(context.Context, booking.Notice) (Message, error)

	sleep func(context.Context, time.Duration) error // for tests; nil is real
}

// A run is a Worker at work, from the start of Run to its end.
type run struct {
	Worker
	lanes []*lane
	heart heartbeat
	wg    sync.WaitGroup // messages under way
}

// Run sends until ctx ends. Then it waits for what was handed over, at most
// ShutdownGrace, gives back the rest, and returns. It returns an error only when it
// cannot begin, as Check does.
func (w *Worker) Run(ctx context.Context) error {
	r, err := w.newRun()
	if err != nil {
		return err
	}
	var loops sync.WaitGroup
	if r.Nodes != nil && r.limited() {
		r.beat(ctx) // before the first message
		loops.Go(func() { r.beats(ctx) })
	}
	for _, medium := range r.mediums() {
		loops.Go(func() { r.claim(ctx, medium) })
	}
	loops.Go(func() { r.watch(ctx) })
	loops.Wait()
	r.wg.Wait()
	return nil
}

// Check returns an error where a field is missing or contradicts another.
func (w *Worker) Check() error {
	_, err := w.newRun()
	return err
}

func (w *Worker) newRun() (*run, error) {
	r := &run{Worker: *w, heart: heartbeat{node: uuid.New()}}
	r.Settings = r.Settings.withDefaults()
	if r.Store == nil || r.Word == nil || r.Now == nil || len(r.Providers) == 0 {
		return nil, errors.New("outbox: Store, Word, Now and a provider are needed")
	}
	if r.Settings.SendTimeout >= r.Settings.Lease {
		return nil, errors.New("outbox: SendTimeout must be shorter than Lease, or others think us dead")
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Observer == nil {
		r.Observer = nobody{}
	}
	if r.sleep == nil {
		r.sleep = sleepFor
	}
	for _, route := range r.Providers {
		name := route.Provider.Name()
		if slices.ContainsFunc(r.lanes, func(l *lane) bool { return l.name == name }) {
			return nil, fmt.Errorf("outbox: two providers are named %q", name)
		}
		if route.Report != nil && len(r.Settings.Key) == 0 {
			return nil, fmt.Errorf("outbox: %s is to report, but there is no Key to sign its address", name)
		}
		r.lanes = append(r.lanes, &lane{Route: route, name: name,
			pace: newPacer(r.now, r.sleep, route.Rate, route.Sender)})
	}
	return r, nil
}

// now returns the time in microseconds, as it is stored.
func (r *run) now() time.Time { return r.Now().Truncate(time.Microsecond) }

// mediums returns what is claimed apart: a slow medium must not hold up another. A
// provider for all of them makes them one.
func (r *run) mediums() []string {
	var all []string
	for _, l := range r.lanes {
		if l.Medium == "" {
			return []string{""}
		}
		if !slices.Contains(all, l.Medium) {
			all = append(all, l.Medium)
		}
	}
	return all
}

// claim claims what is due while there is room for it, and sends each notice in a
// goroutine.
func (r *run) claim(ctx context.Context, medium string) {
	var of []string
	lanes := r.lanes
	if medium != "" {
		of, lanes = []string{medium}, lanesOf(r.lanes, medium)
	}
	var under atomic.Int64
	done := make(chan struct{}, 1)
	poll := time.NewTicker(r.Settings.Poll)
	defer poll.Stop()
	for hungry := true; ctx.Err() == nil; {
		most := room(lanes, r.now(), r.Settings.InFlight)
		free := most - int(under.Load())
		if left := r.Settings.Room[medium]; left != nil && free > 0 {
			n := int(under.Load()) // before left is asked: what begins meanwhile is rather counted twice than not
			free = min(free, left(ctx)-n)
		}
		// To claim a few costs as much as to claim many: unless Poll has
		// passed, wait until a quarter is free.
		if free > 0 && (hungry || free >= most/4) {
			now := r.now()
			list, err := r.Store.Claim(ctx, of, now, now.Add(r.Settings.Lease), free)
			if err != nil && ctx.Err() == nil {
				r.Log.Error("claiming notices failed", "err", err)
			}
			for _, c := range list {
				under.Add(1)
				r.wg.Go(func() {
					defer func() {
						under.Add(-1)
						select {
						case done <- struct{}{}:
						default:
						}
					}()
					r.one(ctx, c)
				})
			}
			if hungry = len(list) == free; hungry {
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-poll.C:
			hungry = true
		case <-done:
			hungry = false
		}
	}
}
