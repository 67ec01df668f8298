package outbox_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
)

// counted is Nodes that remembers the last answer, and may lose its store.
type counted struct {
	outbox.Nodes
	last atomic.Int64
	away atomic.Bool
}

func (c *counted) Alive(ctx context.Context, node uuid.UUID, now, until time.Time) (int, error) {
	if c.away.Load() {
		return 0, errKilled
	}
	n, err := c.Nodes.Alive(ctx, node, now, until)
	c.last.Store(int64(n))
	return n, err
}

// TestWorkers_share_the_rate has two workers on one database: together they send
// no more than the provider allows one, and one that dies leaves the other all.
func TestWorkers_share_the_rate(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	const rate = 100
	hire := func() (*counted, *stamps, func()) {
		nodes, sent := &counted{Nodes: o.leases}, new(stamps)
		w := o.worker(outbox.Route{Provider: &provider{name: "a", script: sent.send}, Rate: rate})
		w.Nodes = nodes
		w.Settings.Heartbeat = 400 * time.Millisecond
		return nodes, sent, start(t, w)
	}
	first, sentByFirst, _ := hire()
	second, sentBySecond, stop := hire()
	o.until("each knows of two", func() bool { return first.last.Load() == 2 && second.last.Load() == 2 })

	const many = 250
	for i := range many {
		o.queue(i, booking.PriorityConfirm)
	}
	o.until("all are sent", func() bool { return o.count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`) == 0 })
	all := slices.SortedFunc(slices.Values(append(sentByFirst.all(), sentBySecond.all()...)), time.Time.Compare)
	// A second's worth may go at once.
	if took, least := all[many-1].Sub(all[0]), (many-rate)*time.Second/rate; took < least*97/100 {
		t.Errorf("%d segments were sent in %v, want %v or more", many, took, least)
	}
	for _, s := range []*stamps{sentByFirst, sentBySecond} {
		if n := len(s.all()); n < many/5 {
			t.Errorf("one of them sent only %d of %d", n, many)
		}
	}

	second.away.Store(true) // it cannot even take leave
	stop()
	o.until("the other has all of it", func() bool { return first.last.Load() == 1 })
}

// stamps is when a provider was given messages, by the clock of the machine.
type stamps struct {
	mu sync.Mutex
	at []time.Time
}

func (s *stamps) all() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

func (s *stamps) send(outbox.Message, int) (outbox.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Now())
	return outbox.Receipt{}, nil
}
