package sms

import (
	"context"
	"sync"

	"tikaline/booking"
)

// A queue lets one text of a number be worked on at a time. The store would
// keep them apart too, but only when the work is done: of two deliveries of one
// text the slower would already have seen what the quicker did to the
// household, and the parts of a long text would be in each other's way. Between
// machines the store is all there is. The zero queue is empty.
type queue struct {
	mu    sync.Mutex
	lines map[booking.MSISDN]*line
}

// A line is those who work or wait for one number.
type line struct {
	people int
	free   chan struct{} // holds one while nobody works
}

// enter waits for the number's turn; leave ends it. It is an error when ctx
// ends first.
func (q *queue) enter(ctx context.Context, n booking.MSISDN) (leave func(), err error) {
	q.mu.Lock()
	l := q.lines[n]
	if l == nil {
		if q.lines == nil {
			q.lines = make(map[booking.MSISDN]*line)
		}
		l = &line{free: make(chan struct{}, 1)}
		l.free <- struct{}{}
		q.lines[n] = l
	}
	l.people++
	q.mu.Unlock()
	out := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if l.people--; l.people == 0 {
			delete(q.lines, n)
		}
	}
	select {
	case <-l.free:
		return func() { l.free <- struct{}{}; out() }, nil
	case <-ctx.Done():
		out()
		return nil, context.Cause(ctx)
	}
}
