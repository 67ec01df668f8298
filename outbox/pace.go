package outbox

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A pacer keeps a provider's and its senders' rates, counted in segments as the
// networks do.
type pacer struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	all   *rate.Limiter // nil is no limit
	each  float64       // segments a second for one sender; 0 is no limit

	mu      sync.Mutex
	senders map[string]*rate.Limiter
}

// bucket is a token bucket that holds one second's worth, or one segment.
func bucket(perSecond float64) *rate.Limiter {
	if perSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
}

// wait returns nil when so many segments may be sent in the name of a sender. It
// refuses, false, when that would take longer than most, or when ctx ends.
func (p *pacer) wait(ctx context.Context, sender string, segments int, most time.Duration) bool {
	now := p.now()
	var taken []*rate.Reservation
	var delay time.Duration
	for _, l := range []*rate.Limiter{p.all, p.sender(sender)} {
		if l == nil {
			continue
		}
		// More than the bucket holds is taken in several goes; the last of
		// them tells when all is there.
		for left := max(segments, 1); left > 0; left -= l.Burst() {
			r := l.ReserveN(now, min(left, l.Burst()))
			taken = append(taken, r)
			delay = max(delay, r.DelayFrom(now))
		}
	}
	if delay <= 0 {
		return true
	}
	if delay <= most && p.sleep(ctx, delay) == nil {
		return true
	}
	for i := len(taken) - 1; i >= 0; i-- {
		taken[i].CancelAt(now)
	}
	return false
}

func (p *pacer) sender(name string) *rate.Limiter {
	if p.each <= 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.senders[name]
	if l == nil {
		if p.senders == nil {
			p.senders = make(map[string]*rate.Limiter)
		}
		l = bucket(p.each)
		p.senders[name] = l
	}
	return l
}

// sleepFor is the sleep of real life.
func sleepFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
