package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/outbox"
	"tikaline/postgres"
	"tikaline/postgres/leases"
	pgoutbox "tikaline/postgres/outbox"
	"tikaline/postgres/pgtest"
)

func TestMain(m *testing.M) {
	if os.Getenv("OUTBOX_CHILD") != "" {
		child() // a program of its own, to be killed
		return
	}
	pgtest.Main(m)
}

// A clock runs on, unless it stands, and jumps where the test moves it.
type clock struct {
	base, began time.Time
	ahead       atomic.Int64
	stands      bool // set before anybody asks
}

func newClock(at time.Time) *clock { return &clock{base: at, began: time.Now()} }

func (c *clock) Now() time.Time {
	if c.stands {
		return c.base.Add(time.Duration(c.ahead.Load()))
	}
	return c.base.Add(time.Since(c.began) + time.Duration(c.ahead.Load()))
}

func (c *clock) add(d time.Duration) { c.ahead.Add(int64(d)) }

// noon is when most tests happen, in India.
var noon = time.Date(2021, 5, 3, 12, 0, 0, 0, booking.India)

// An office is a store with a clock, and ways to look at it.
type office struct {
	*pgoutbox.Store
	t      testing.TB
	leases *leases.Store
	pool   *pgxpool.Pool
	clock  *clock
	seen   *tallies
}

func open(t testing.TB, at time.Time) *office {
	t.Helper()
	pool := pgtest.New(t)
	c := newClock(at)
	s, err := postgres.New(t.Context(), pool, postgres.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &office{s.Outbox, t, s.Leases, pool, c, &tallies{events: map[outbox.Event]int{}}}
}

func number(n int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+919%09d", n)) }

// queue adds a notice that is due now.
func (o *office) queue(to int, p booking.Priority, change ...func(*booking.Notice)) booking.Notice {
	o.t.Helper()
	n := booking.Notice{
		ID: uuid.Must(uuid.NewV7()), To: number(to), Kind: booking.NoticeBooked, Medium: "sms", Priority: p, Due: o.clock.Now(),
	}
	n.Key = n.ID.String()
	for _, f := range change {
		f(&n)
	}
	if err := o.Notify(o.t.Context(), n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

// stands is a notice's status, attempts, provider, its id and the reason.
func (o *office) stands(id uuid.UUID) string {
	o.t.Helper()
	var s string
	if err := o.pool.QueryRow(o.t.Context(), `SELECT concat_ws(' ', status, attempts, provider, provider_id, reason) FROM outbox WHERE id = $1`, id).Scan(&s); err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(strings.Fields(s), " ")
}

func (o *office) count(sql string) int {
	o.t.Helper()
	var n int
	if err := o.pool.QueryRow(o.t.Context(), sql).Scan(&n); err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// becomes waits until a notice stands so.
func (o *office) becomes(id uuid.UUID, want string) {
	o.t.Helper()
	got := ""
	o.until("it is "+want, func() bool { got = o.stands(id); return got == want }, &got)
}

func (o *office) until(what string, ok func() bool, got ...*string) {
	o.t.Helper()
	if eventually.Within(20*time.Second, ok) {
		return
	}
	for _, g := range got {
		what += ", but " + *g
	}
	o.t.Fatalf("never: %s", what)
}

// worker is a Worker that looks often, without jitter.
func (o *office) worker(routes ...outbox.Route) *outbox.Worker {
	return &outbox.Worker{
		Store: o.Store, Providers: routes, Word: word, Now: o.clock.Now, Observer: o.seen,
		Settings: outbox.Settings{
			Poll: 3 * time.Millisecond, Sweep: 5 * time.Millisecond, Key: []byte("key"),
			Jitter: func(time.Duration) time.Duration { return 0 },
		},
	}
}

func word(_ context.Context, n booking.Notice) (outbox.Message, error) {
	return outbox.Message{Lang: "en", Text: "words", Segments: 1}, nil
}

// start runs a worker until the returned function is called, or the test ends.
func start(t testing.TB, w *outbox.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// A provider does as its script says and remembers what it was given.
type provider struct {
	name   string
	script func(m outbox.Message, nth int) (outbox.Receipt, error) // nth of this message, from 1

	mu    sync.Mutex
	given []outbox.Message
	times map[uuid.UUID]int
}

func (p *provider) Name() string { return p.name }

func (p *provider) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	p.mu.Lock()
	if p.times == nil {
		p.times = map[uuid.UUID]int{}
	}
	p.times[m.ID]++
	nth := p.times[m.ID]
	p.given = append(p.given, m)
	p.mu.Unlock()
	if p.script == nil {
		return outbox.Receipt{ProviderID: "id"}, nil
	}
	return p.script(m, nth)
}

func (p *provider) messages() []outbox.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]outbox.Message(nil), p.given...)
}

func fails(policy outbox.Policy, code string) func(outbox.Message, int) (outbox.Receipt, error) {
	return func(outbox.Message, int) (outbox.Receipt, error) {
		return outbox.Receipt{}, &outbox.Failure{Policy: policy, Code: code}
	}
}

// tallies counts events.
type tallies struct {
	mu     sync.Mutex
	events map[outbox.Event]int
	oldest time.Duration
}

func (t *tallies) Happened(_ booking.NoticeKind, _ string, e outbox.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events[e]++
}

func (t *tallies) Waited(booking.Priority, time.Duration) {}

func (t *tallies) Oldest(_ booking.Priority, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.oldest = max(t.oldest, d)
}

func (t *tallies) of(e outbox.Event) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.events[e]
}

func (t *tallies) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprint(t.events)
}

// A mortal store dies with its worker: nothing is written any more.
type mortal struct {
	outbox.Store
	dead   atomic.Bool
	handed atomic.Int64
}

var errKilled = errors.New("killed")

func (m *mortal) Claim(ctx context.Context, mediums []string, now, lease time.Time, n int) ([]outbox.Claimed, error) {
	if m.dead.Load() {
		return nil, errKilled
	}
	return m.Store.Claim(ctx, mediums, now, lease, n)
}

func (m *mortal) Hand(ctx context.Context, now time.Time, h outbox.Handover) (bool, error) {
	if m.dead.Load() {
		return false, errKilled
	}
	m.handed.Add(1)
	return m.Store.Hand(ctx, now, h)
}

func (m *mortal) Record(ctx context.Context, now time.Time, c outbox.Change) (*outbox.Recorded, error) {
	if m.dead.Load() {
		return nil, errKilled
	}
	return m.Store.Record(ctx, now, c)
}

// looks is a store that counts how often a worker has looked for what is due, and
// for what is stale.
type looks struct {
	outbox.Store
	claims, sweeps atomic.Int64
}

// watched counts the looks of a worker, which has not started yet.
func watched(w *outbox.Worker) *looks {
	l := &looks{Store: w.Store}
	w.Store = l
	return l
}

func (l *looks) Claim(ctx context.Context, mediums []string, now, lease time.Time, n int) ([]outbox.Claimed, error) {
	defer l.claims.Add(1)
	return l.Store.Claim(ctx, mediums, now, lease, n)
}

func (l *looks) Stale(ctx context.Context, now time.Time, n int) ([]outbox.Claimed, error) {
	defer l.sweeps.Add(1)
	return l.Store.Stale(ctx, now, n)
}

// again waits until the worker has looked for both from now on: of three looks
// the first may have begun before, and what the second one finds is under way
// before the third.
func (l *looks) again(o *office) {
	o.t.Helper()
	claims := l.claims.Load()
	o.until("it has looked again", func() bool { return l.claims.Load() >= claims+3 })
	l.sweepsAgain(o)
}

func (l *looks) sweepsAgain(o *office) {
	o.t.Helper()
	sweeps := l.sweeps.Load()
	o.until("it has swept again", func() bool { return l.sweeps.Load() >= sweeps+3 })
}
