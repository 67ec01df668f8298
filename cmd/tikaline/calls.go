package main

import (
	"context"
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
