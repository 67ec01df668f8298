package main

import (
	"context"
	"sync"
	"time"

	"tikaline/ivr"
	"tikaline/outbox"
)

// callBackRule is how calls back are treated by the outbox. Nobody is called at
// night. One of which nobody knows whether it was made is not made again at once:
// where nothing is heard of it, the next attempt comes hours later.
var callBackRule = outbox.Rule{Validity: 6 * time.Hour, Quiet: true}

// callRoutes is who makes our calls. Each is noted as it begins.
func (s *service) callRoutes() ([]outbox.Route, error) {
	list, err := s.config.Calls.Diallers(s.config.withCalls())
	if err != nil {
		return nil, err
	}
	routes := make([]outbox.Route, len(list))
	for i, d := range list {
		d.Began, d.Log = s.calls.Began, s.log
		routes[i] = outbox.Route{Provider: d, Medium: "call", Rate: s.config.Calls.Rate}
	}
	return routes, nil
}

// freeLines is how many more calls we may make now; none where that cannot be
// told.
func (s *service) freeLines(ctx context.Context) int {
	n, err := s.calls.CallCapacity(ctx, s.config.Calls.Most)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("counting calls failed", "err", err)
		}
		return 0
	}
	return n
}

// player plays recorded names to callers: ours, and until it is fetched the
// provider's own.
func (s *service) player() *ivr.Player {
	p := &ivr.Player{Key: s.reports.Key, Find: s.store.Calls.Recording}
	if all, err := s.config.Calls.Sources(s.config.withCalls()); err == nil {
		p.Copy = all.Copy
	}
	return p
}

// unheardEvery is how often calls are looked for of which nothing was heard.
const unheardEvery = 15 * time.Second

// keepCalls does what calls leave behind, until ctx ends: it looks after calls
// back of which nothing was heard, fetches recordings, and forgets. It is not
// the keeper's work, and fetching is not that of the rest: a provider that is
// slow must make neither the search old nor anybody wait for a call.
func (s *service) keepCalls(ctx context.Context) {
	var fetching sync.WaitGroup
	fetching.Go(func() { s.fetchNames(ctx) })
	defer fetching.Wait()
	k := &keeper{log: s.log}
	var looked, forgot time.Time
	s.often(ctx, func() {
		if now := s.core.Now(); now.Sub(looked) >= unheardEvery {
			k.inBatches(ctx, "calls back that were not heard of", s.calls.Unheard)
			looked = now
		}
		if now := s.core.Now(); now.Sub(forgot) >= expireEvery {
			k.inBatches(ctx, "calls without an end", s.calls.LoseCalls)
			k.inBatches(ctx, "recordings forgotten", s.calls.ForgetRecordings)
			k.inBatches(ctx, "hand-overs forgotten", s.calls.ForgetHandOvers)
			k.inBatches(ctx, "calls forgotten", func(ctx context.Context, limit int) (int, error) {
				return s.store.Calls.ForgetCalls(ctx, s.core.Now().AddDate(-1, 0, 0), limit)
			})
			forgot = now
		}
	})
}

// fetchNames fetches recordings, and has providers delete theirs.
func (s *service) fetchNames(ctx context.Context) {
	sources, err := s.config.Calls.Sources(s.config.withCalls())
	if err != nil { // checked where calls are answered; nothing else waits for it
		s.log.Error("recorded names are not fetched", "err", err)
	}
	f := &ivr.Fetcher{Store: s.store.Calls, Rules: s.calls, Sources: sources, Now: s.core.Now, Log: s.log}
	k := &keeper{log: s.log}
	s.often(ctx, func() {
		k.inBatches(ctx, "recordings fetched or deleted", func(ctx context.Context, _ int) (int, error) {
			n, err := f.FetchRecordings(ctx)
			return min(n, expireBatch-1), err // it does all there is to do
		})
	})
}

// often does something now and every Refresh, until ctx ends.
func (s *service) often(ctx context.Context, do func()) {
	tick := time.NewTicker(s.config.Refresh)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
