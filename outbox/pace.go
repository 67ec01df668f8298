package outbox

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A pacer keeps a provider's and its senders' rates, counted in segments as the
// networks do. The rates are for all nodes together: each has its share.
type pacer struct {
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error
	rate      float64 // segments a second of all nodes; 0 is no limit
	senderMax float64 // the same for one sender

	mu      sync.Mutex // over the limiters: a bucket must not shrink while it is drawn from
	nodes   int
	all     *rate.Limiter // nil is no limit
	senders map[string]*rate.Limiter
}

// newPacer returns the pacer of a node that has all of the rates.
func newPacer(now func() time.Time, sleep func(context.Context, time.Duration) error, perSecond, sender float64) *pacer {
	return &pacer{now: now, sleep: sleep, rate: perSecond, senderMax: sender, nodes: 1, all: bucket(perSecond)}
}

// bucket returns a token bucket that holds one second's worth, or one segment.
func bucket(perSecond float64) *rate.Limiter {
	if perSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), burst(perSecond))
}

func burst(perSecond float64) int { return max(1, int(perSecond)) }

// share divides the rates by the number of nodes. What has been reserved goes at
// the time that it was given.
func (p *pacer) share(nodes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes = nodes
	now := p.now()
	set := func(l *rate.Limiter, whole float64) {
		mine := whole / float64(nodes)
		l.SetLimitAt(now, rate.Limit(mine))
		l.SetBurstAt(now, burst(mine))
	}
	if p.all != nil {
		set(p.all, p.rate)
	}
	for _, l := range p.senders {
		set(l, p.senderMax)
	}
}

// wait returns true as soon as so many segments of a sender may be sent, and false
// at once where that would take longer than most, or when ctx ends.
func (p *pacer) wait(ctx context.Context, sender string, segments int, most time.Duration) bool {
	now, taken, delay := p.reserve(sender, segments)
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

// reserve takes so many segments from the buckets, and returns how long to wait
// until they are available.
func (p *pacer) reserve(sender string, segments int) (now time.Time, taken []*rate.Reservation, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now = p.now()
	for _, l := range []*rate.Limiter{p.all, p.sender(sender)} {
		if l == nil {
			continue
		}
		// More than the bucket holds is reserved in several steps; the delay
		// of the last one is that of all.
		for left := max(segments, 1); left > 0; left -= l.Burst() {
			r := l.ReserveN(now, min(left, l.Burst()))
			taken = append(taken, r)
			delay = max(delay, r.DelayFrom(now))
		}
	}
	return now, taken, delay
}

// sender returns the bucket of one sender; mu is held.
func (p *pacer) sender(name string) *rate.Limiter {
	if p.senderMax <= 0 {
		return nil
	}
	l := p.senders[name]
	if l == nil {
		if p.senders == nil {
			p.senders = make(map[string]*rate.Limiter)
		}
		l = bucket(p.senderMax / float64(p.nodes))
		p.senders[name] = l
	}
	return l
}

// sleepFor sleeps for d or until ctx ends.
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
