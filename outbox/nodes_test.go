package outbox

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A fakeNode is one node of a test: a Worker with a store in which there is always
// more to send, and a provider that counts.
type fakeNode struct {
	Store
	all   *presence
	down  atomic.Bool // its process has died, or cannot reach the store
	fails atomic.Bool // its provider does
	mu    sync.Mutex
	times []time.Time
	stop  func()
}

// presence is Nodes in memory.
type presence struct {
	mu    sync.Mutex
	until map[uuid.UUID]time.Time
	away  atomic.Bool
}

var errAway = errors.New("away")

func (p *presence) Alive(_ context.Context, node uuid.UUID, now, until time.Time) (int, error) {
	if p.away.Load() {
		return 0, errAway
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[node] = until
	n := 0
	for _, u := range p.until {
		if u.After(now) {
			n++
		}
	}
	return n, nil
}

func (m *fakeNode) Alive(ctx context.Context, node uuid.UUID, now, until time.Time) (int, error) {
	if m.down.Load() {
		return 0, errAway
	}
	return m.all.Alive(ctx, node, now, until)
}

func (m *fakeNode) Claim(_ context.Context, _ []string, now, lease time.Time, n int) ([]Claimed, error) {
	if m.down.Load() {
		return nil, errAway
	}
	list := make([]Claimed, n)
	for i := range list {
		list[i] = Claimed{Notice: booking.Notice{ID: uuid.New(), To: "+919000000001", Medium: "sms", Priority: booking.PriorityReply, Due: now}, Since: now, Lease: lease}
	}
	return list, nil
}

func (m *fakeNode) Hand(context.Context, time.Time, Handover) (bool, error) { return true, nil }

func (m *fakeNode) Record(context.Context, time.Time, Change) (*Recorded, error) { return nil, nil }

func (m *fakeNode) Stale(context.Context, time.Time, int) ([]Claimed, error) { return nil, nil }

func (m *fakeNode) Oldest(context.Context, time.Time) (map[booking.Priority]time.Time, error) {
	return nil, nil
}

func (m *fakeNode) Name() string { return "counts" }

func (m *fakeNode) Send(context.Context, Message) (Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.times = append(m.times, time.Now())
	if m.fails.Load() {
		return Receipt{}, &Failure{Policy: Retry, Code: "503"}
	}
	return Receipt{}, nil
}

// join starts a node.
func (p *presence) join(t *testing.T, route Route, s Settings) *fakeNode {
	t.Helper()
	m := &fakeNode{all: p}
	route.Provider = m
	w := &Worker{Store: m, Nodes: m, Providers: []Route{route}, Settings: s, Now: time.Now,
		Word: func(context.Context, booking.Notice) (Message, error) {
			return Message{Text: "words", Segments: 1, Template: Template{Header: "VAXIND"}}, nil
		}}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	m.stop = func() { cancel(); running.Wait() }
	return m
}

// sends lets ten seconds pass and compares how many segments a second each node
// sends in them with what it may, to within three per cent.
func sends(t *testing.T, what string, want map[*fakeNode]float64) {
	t.Helper()
	const long = 10 * time.Second
	from := time.Now()
	<-time.After(long)
	for m, most := range want {
		n := 0
		m.mu.Lock()
		for _, at := range m.times {
			if at.After(from) {
				n++
			}
		}
		m.mu.Unlock()
		if got := float64(n) / long.Seconds(); math.Abs(got-most) > most*3/100 {
			t.Errorf("%s: %v segments a second, want %v", what, got, most)
		}
	}
}

// TestNodes_share_the_rate has nodes come, go and die, in a time of its own.
func TestNodes_share_the_rate(t *testing.T) {
	for name, route := range map[string]Route{
		"of_a_provider": {Rate: 50},
		"of_a_sender":   {Rate: 70, Sender: 50},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				nodes := &presence{until: map[uuid.UUID]time.Time{}}
				settled := 8 * time.Second // what was claimed at the old rate is sent by then
				a := nodes.join(t, route, Settings{})
				time.Sleep(settled)
				sends(t, "alone", map[*fakeNode]float64{a: 50})

				b := nodes.join(t, route, Settings{})
				time.Sleep(settled)
				sends(t, "two", map[*fakeNode]float64{a: 25, b: 25})

				c := nodes.join(t, route, Settings{})
				time.Sleep(settled)
				sends(t, "three", map[*fakeNode]float64{a: 50. / 3, b: 50. / 3, c: 50. / 3})

				nodes.away.Store(true) // the store does not answer, for long
				time.Sleep(time.Minute)
				sends(t, "without the store", map[*fakeNode]float64{a: 50. / 3, b: 50. / 3, c: 50. / 3})
				nodes.away.Store(false)
				sends(t, "when the store is back", map[*fakeNode]float64{a: 50. / 3, b: 50. / 3, c: 50. / 3})

				c.stop()
				time.Sleep(settled)
				sends(t, "one has left", map[*fakeNode]float64{a: 25, b: 25, c: 0})

				b.down.Store(true) // without a word
				time.Sleep(missedBeats*2*time.Second + settled)
				sends(t, "one has died", map[*fakeNode]float64{a: 50, b: 0})
				a.stop()
				b.stop()
			})
		})
	}
}

// TestNodes_are_counted_for_a_rate_alone: without one there is nothing to share.
func TestNodes_are_counted_for_a_rate_alone(t *testing.T) {
	for name, c := range map[string]struct {
		route Route
		want  bool
	}{"no_limit": {Route{}, false}, "provider": {Route{Rate: 1}, true}, "sender": {Route{Sender: 1}, true}} {
		r := &run{lanes: []*lane{{Route: Route{}}, {Route: c.route}}}
		if r.limited() != c.want {
			t.Errorf("%s: %t", name, !c.want)
		}
	}
}

// TestBreaker_keeps_the_worker_from_a_provider: while the circuit is open nothing
// is claimed or sent, then one message tries.
func TestBreaker_keeps_the_worker_from_a_provider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := (&presence{until: map[uuid.UUID]time.Time{}}).join(t, Route{Rate: 5}, Settings{InFlight: 1})
		sent := func(what string, from, to int) {
			t.Helper()
			m.mu.Lock()
			defer m.mu.Unlock()
			if n := len(m.times); n < from || n > to {
				t.Errorf("%s: sent %d, want %d to %d", what, n, from, to)
			}
		}
		m.fails.Store(true)
		time.Sleep(breakerFirst - time.Second/2)
		sent("it opens", breakerFails, breakerFails)
		time.Sleep(breakerFirst)
		sent("one tries", breakerFails+1, breakerFails+1)
		time.Sleep(breakerFirst)
		sent("open again, for longer", breakerFails+1, breakerFails+1)
		m.fails.Store(false)
		time.Sleep(3 * breakerFirst)
		sent("closed", breakerFails+20, breakerFails+100)
		m.stop()
	})
}
