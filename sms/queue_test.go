package sms

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"tikaline/booking"
)

func TestQueue(t *testing.T) {
	var q queue
	var wg sync.WaitGroup
	var inside [3]atomic.Int32
	for i := range 300 {
		n := booking.MSISDN("+91980000000" + string(rune('0'+i%3)))
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%5 == 0 {
				cancel() // who goes away disturbs nobody
			}
			defer cancel()
			leave, err := q.enter(ctx, n)
			if err != nil {
				return
			}
			defer leave()
			if inside[i%3].Add(1) != 1 {
				t.Error("two at a time")
			}
			inside[i%3].Add(-1)
		})
	}
	wg.Wait()
	if len(q.lines) != 0 {
		t.Errorf("%d lines are left", len(q.lines))
	}
}
