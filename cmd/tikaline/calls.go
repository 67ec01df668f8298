package main

import (
	"context"
	"time"

	"tikaline/outbox"
)

// callBackRule is how calls back are treated by the outbox. Nobody is called at
// night. One of which nobody knows whether it was made is not made again at once:
// where nothing is heard of it, the next attempt comes hours later.
var callBackRule = outbox.Rule{Validity: 6 * time.Hour, Quiet: true}

// keepCalls does what calls leave behind, until ctx ends: it looks after calls
// back of which nothing was heard, and forgets recordings.
func (s *service) keepCalls(ctx context.Context) {
	k := &keeper{log: s.log}
	tick := time.NewTicker(s.config.Refresh)
	defer tick.Stop()
	var forgot time.Time
	for {
		k.inBatches(ctx, "calls back that were not heard of", s.core.Unheard)
		if now := s.core.Now(); now.Sub(forgot) >= expireEvery {
			k.inBatches(ctx, "calls without an end", s.core.LoseCalls)
			k.inBatches(ctx, "recordings forgotten", s.core.ForgetRecordings)
			forgot = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
