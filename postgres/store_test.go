package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestNew_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for _, o := range []postgres.Options{{Writers: -1}, {WriterKey: "phase of the moon"}, {QueueSize: -1}} {
		if _, err := postgres.New(t.Context(), f.Pool, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	if _, err := postgres.Open(t.Context(), storetest.EmptyDatabase(t), postgres.Options{}); err == nil {
		t.Error("a database without a schema was taken")
	}
}

func TestDemo_mark_and_households(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	if err := f.Store.Ping(ctx); err != nil {
		t.Error(err)
	}
	for range 2 {
		demo, err := f.Store.IsDemo(ctx)
		if err != nil || demo {
			t.Errorf("demo: %v, %v", demo, err)
		}
		has, err := f.Store.HasHouseholds(ctx)
		if err != nil || has {
			t.Errorf("households: %v, %v", has, err)
		}
	}
	f.MustRegister(storetest.Number(1), "Asha")
	for range 2 {
		if err := f.Store.MarkDemo(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if demo, err := f.Store.IsDemo(ctx); err != nil || !demo {
		t.Errorf("demo: %v, %v", demo, err)
	}
	if has, err := f.Store.HasHouseholds(ctx); err != nil || !has {
		t.Errorf("households: %v, %v", has, err)
	}
}

// A value that Postgres refuses fails its own caller and no other.
func TestPoison_hurts_nobody_else(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 1})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			m := booking.Memory{Language: "hi", At: storetest.Noon()}
			if i%50 == 13 {
				m.Language = "h\x00i"
			}
			err := f.Remember(t.Context(), storetest.Number(i), m)
			if (err != nil) != (i%50 == 13) {
				t.Errorf("%d: %v", i, err)
			}
			if _, ok := booking.AsProblem(err); ok {
				t.Errorf("%d: our fault was put as the citizen's: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := f.CountRows(`SELECT count(*) FROM household`); n != 98 {
		t.Errorf("%d households, want 98", n)
	}
}

// The server kills connections while people book.
func TestKilled_connections_are_ridden_out(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	stop := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		other, err := f.Pool.Acquire(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		defer other.Release()
		// Well before the first call gives up: on a machine so busy that a
		// transaction takes longer than from one kill to the next, none would ever
		// get through.
		for until := time.Now().Add(8 * time.Second); time.Now().Before(until); {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
			if _, err := other.Exec(t.Context(), `
				SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`); err != nil {
				t.Error(err)
				return
			}
		}
	})
	check := rideOut(t, f, f.Store)
	close(stop)
	killer.Wait()
	check()
}

// The network cuts connections, without a word, while people book.
func TestCut_connections_are_ridden_out(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	address, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	line := newWire(t, address.Host)
	address.Host = line.Addr().String()
	s, err := postgres.Open(t.Context(), address.String(), postgres.Options{Now: storetest.Noon})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	stop := make(chan struct{})
	var cutter sync.WaitGroup
	cutter.Go(func() {
		// A limited number of kills: on a machine that is slow to connect no
		// call would ever get through.
		for range 60 {
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
				line.cut()
			}
		}
	})
	check := rideOut(t, f, s)
	close(stop)
	cutter.Wait()
	check()
	if line.cuts.Load() == 0 {
		t.Error("nothing was cut")
	}
}

// rideOut lets people register and book, none of whom may get an error; call
// check when the trouble is over: nobody's place is counted twice.
func rideOut(t *testing.T, f *fixture, s *postgres.Store) (check func()) {
	t.Helper()
	slots := f.Slots(0, 40, 1000)
	var full, booked atomic.Int64
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			n := storetest.Number(i)
			b, err := s.Bookings.Register(t.Context(), storetest.Person(n, "Asha"))
			if err != nil {
				t.Error(err)
				return
			}
			_, err = s.Bookings.Book(t.Context(), storetest.Ask(b, slots[0]))
			if booking.Refused(err, booking.SlotFull) {
				full.Add(1)
				_, err = s.Bookings.Book(t.Context(), storetest.Ask(b, slots[1]))
			} else if err == nil {
				booked.Add(1)
			}
			if err != nil {
				t.Error(err)
			}
			h, err := s.Bookings.Household(t.Context(), n)
			if err != nil || len(h.People) != 1 || len(h.People[0].Appointments) != 1 {
				t.Errorf("acknowledged, and not there: %+v, %v", h, err)
			}
		})
	}
	wg.Wait()
	return func() {
		if booked.Load() != 40 || full.Load() != 20 {
			t.Errorf("%d booked and %d refused, of 40 places", booked.Load(), full.Load())
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox`); n != 120 {
			t.Errorf("%d notices of 60 registrations and 60 bookings", n)
		}
		f.Consistent()
	}
}

// A wire leads to a server and can be cut.
type wire struct {
	net.Listener
	cuts  atomic.Int64
	mu    sync.Mutex
	conns []net.Conn
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l}
	t.Cleanup(func() { l.Close(); w.cut() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go io.Copy(near, far)
			go io.Copy(far, near)
		}
	}()
	return w
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
		w.cuts.Add(1)
	}
	w.conns = nil
}

func TestClose_finishes_what_was_accepted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	s, err := postgres.Open(t.Context(), f.URL, postgres.Options{MaxBatch: 3, Now: storetest.Noon})
	if err != nil {
		t.Fatal(err)
	}
	var ok, busy atomic.Int64
	var wg sync.WaitGroup
	started := make(chan struct{}, 1000)
	for i := range 200 {
		wg.Go(func() {
			started <- struct{}{}
			switch err := s.Bookings.Remember(t.Context(), storetest.Number(i), booking.Memory{Language: "hi", At: storetest.Noon()}); {
			case err == nil:
				ok.Add(1)
			case booking.Refused(err, booking.Busy):
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for range 100 {
		<-started
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if n := f.CountRows(`SELECT count(*) FROM household`); int64(n) != ok.Load() || ok.Load()+busy.Load() != 200 {
		t.Errorf("%d stored, %d acknowledged, %d refused", n, ok.Load(), busy.Load())
	}
	if err := s.Bookings.Remember(t.Context(), storetest.Number(1), booking.Memory{}); !booking.Refused(err, booking.Busy) {
		t.Errorf("after Close: %v", err)
	}
}

func TestClose_does_not_wait_for_ever(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	s, err := postgres.Open(t.Context(), f.URL, postgres.Options{Now: storetest.Noon})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := f.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE household`); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() {
		result <- s.Bookings.Remember(t.Context(), storetest.Number(1), booking.Memory{At: storetest.Noon()})
	}()
	eventually.True(t, 10*time.Second, "the writer waits for the lock", func() bool {
		return f.CountRows(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > 0
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("waited %v", d)
	}
	if err := <-result; err == nil {
		t.Error("acknowledged what was given up")
	}
}

func TestCaller_who_leaves_gets_the_reason(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	tx, err := f.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE household`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := f.Remember(ctx, storetest.Number(1), booking.Memory{At: storetest.Noon()}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("waited %v", d)
	}
}

func TestMetrics_every_series_exists_from_the_start(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	reg := prometheus.NewRegistry()
	s, err := postgres.New(t.Context(), f.Pool, postgres.Options{Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, m := range families {
		got[m.GetName()] = len(m.GetMetric())
	}
	for name, n := range map[string]int{
		"tikaline_store_batch_size": 16, "tikaline_store_wait_seconds": 16, "tikaline_store_batch_seconds": 16, "tikaline_store_failures_total": 80,
	} {
		if got[name] != n {
			t.Errorf("%s has %d series, want %d", name, got[name], n)
		}
	}
}

// The SQL has nothing that does not work unmodified on Postgres and Citus.
func TestSQL_keeps_to_the_portable_subset(t *testing.T) {
	t.Parallel()
	forbidden := map[string]*regexp.Regexp{}
	for _, s := range []string{
		`LATERAL`, `MERGE\s+INTO`, `pg_(try_)?advisory`, `LISTEN\s+\w`, `NOTIFY\s+\w+\s*[,;]`, `GROUPING\s+SETS`, `CREATE\s+(OR\s+REPLACE\s+)?TRIGGER`,
		`clock_timestamp\(`, `\brandom\(`, `gen_random_uuid\(`,
		`ON\s+CONFLICT[^;` + "`" + `]*DO\s+UPDATE[^;` + "`" + `]*\bnow\(`,
	} {
		forbidden[s] = regexp.MustCompile(`(?is)` + s)
	}
	files := map[string]string{}
	names, _ := fs.Glob(postgres.Migrations, "migrations/*.sql")
	for _, n := range names {
		b, _ := fs.ReadFile(postgres.Migrations, n)
		files[n] = string(b)
	}
	here, _ := fs.Glob(os.DirFS("."), "*.go")
	rooms, _ := fs.Glob(os.DirFS("."), "*/*.go")
	here = append(here, rooms...)
	sql := regexp.MustCompile("(?s)`[^`]*`")
	for _, n := range here {
		if strings.HasSuffix(n, "_test.go") || strings.HasPrefix(n, "benchdb/") { // what is measured beside the store runs on plain Postgres
			continue
		}
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range sql.FindAllString(string(b), -1) {
			files[fmt.Sprintf("%s, string %d", n, i+1)] = s
		}
	}
	if len(files) < 100 {
		t.Fatalf("found only %d pieces of SQL", len(files))
	}
	comment := regexp.MustCompile(`--[^\n]*`)
	for name, s := range files {
		s = comment.ReplaceAllString(s, "")
		for what, re := range forbidden {
			if re.MatchString(s) {
				t.Errorf("%s has %s", name, what)
			}
		}
		if strings.Contains(s, "$7") {
			t.Errorf("%s has more than six arguments: name them (pgx.StrictNamedArgs)", name)
		}
		if regexp.MustCompile(`(?i)FOR\s+(NO\s+KEY\s+)?UPDATE`).MatchString(s) && !regexp.MustCompile(`cell = \$1`).MatchString(s) {
			t.Errorf("%s locks rows of more than one cell", name)
		}
	}
}
