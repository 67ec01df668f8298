package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/otp"
)

// What a writer is chosen by.
const (
	ByCell   = "cell"   // a group of households: on Citus a batch stays on few shards
	ByCentre = "centre" // a group of centres: no two writers want the same slot
)

// Options say how a Store works. The zero Options are good ones for one
// Postgres.
type Options struct {
	Writers    int    // batch writers of each kind that waits for the disk; 0 is 3
	WriterKey  string // how bookings are given to writers: ByCell (default) or ByCentre
	MaxBatch   int    // most calls in a transaction; 0 is 500
	QueueSize  int    // most calls that wait for one writer, before Busy; 0 is 4096
	PgBouncer  bool   // for Open: no named statements, as in transaction pooling
	Registerer prometheus.Registerer
	Log        *slog.Logger
	Now        func() time.Time
}

// A Store keeps everything in Postgres. It implements booking.Store,
// dialog.Store and dialog.Inbox; its methods are safe for concurrent use.
type Store struct {
	pool    *pgxpool.Pool
	ours    bool // Close closes the pool
	opts    Options
	metrics *metrics
	quit    context.Context
	giveUp  context.CancelFunc

	load       *batcher[booking.MSISDN, dialog.Record]
	save       *batcher[dialog.Record, bool]
	find       *batcher[dialog.Inbound, dialog.Record]
	receive    *batcher[received, bool]
	households *batcher[booking.MSISDN, booking.Household]
	remember   *batcher[memory, none]
	register   *batcher[booking.NewPerson, booking.Beneficiary]
	book       *batcher[newAppointment, booking.Appointment]
	move       *batcher[slotChange, booking.Appointment]
	end        *batcher[ending, booking.Appointment]
	notify     *batcher[[]*notice, none]
	askOTP     *batcher[asking, otp.Asked]
	checkOTP   *batcher[otp.Checking, otp.Checked]
	calls      *batcher[booking.Call, booking.Call]
}

var (
	_ booking.Store = (*Store)(nil)
	_ dialog.Store  = (*Store)(nil)
	_ dialog.Inbox  = (*Store)(nil)
)

// none is the answer of what answers nothing.
type none struct{}

// Open connects to the database at url and makes a Store of it; Close closes
// the connections too. The url may say pool_max_conns, and
// default_query_exec_mode where PgBouncer wants another than cache_describe.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	// Every batcher's workers may be at work at once, and some readers.
	if cfg.MaxConns < 32 && !hasPoolSize(url) {
		cfg.MaxConns = 32
	}
	if o.PgBouncer && cfg.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s, err := New(ctx, pool, o)
	if err != nil {
		pool.Close()
		return nil, err
	}
	s.ours = true
	return s, nil
}

// New makes a Store of a pool, which stays the caller's to close, after Close.
func New(ctx context.Context, pool *pgxpool.Pool, o Options) (*Store, error) {
	o.Writers = cmp.Or(o.Writers, 3)
	o.WriterKey = cmp.Or(o.WriterKey, ByCell)
	o.MaxBatch = cmp.Or(o.MaxBatch, 500)
	o.QueueSize = cmp.Or(o.QueueSize, 4096)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Writers < 1 || o.MaxBatch < 1 || o.QueueSize < 1 {
		return nil, errors.New("store: Writers, MaxBatch and QueueSize count from 1")
	}
	if o.WriterKey != ByCell && o.WriterKey != ByCentre {
		return nil, fmt.Errorf("store: WriterKey is %q or %q, not %q", ByCell, ByCentre, o.WriterKey)
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{pool: pool, opts: o, metrics: m}
	if err := s.Ping(ctx); err != nil {
		return nil, err
	}
	s.quit, s.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	s.load = newBatcher(s, "load", o.Writers, s.loadBatch)
	s.save = newBatcher(s, "save", o.Writers, s.saveBatch)
	s.find = newBatcher(s, "find", o.Writers, s.findBatch)
	s.receive = newBatcher(s, "receive", o.Writers, s.receiveBatch)
	s.households = newBatcher(s, "household", o.Writers, s.householdBatch)
	s.remember = newBatcher(s, "remember", o.Writers, s.rememberBatch)
	s.register = newBatcher(s, "register", o.Writers, s.registerBatch)
	s.book = newBatcher(s, "book", o.Writers, s.bookBatch)
	s.move = newBatcher(s, "move", o.Writers, s.moveBatch)
	s.end = newBatcher(s, "end", o.Writers, s.endBatch)
	s.notify = newBatcher(s, "notify", o.Writers, s.notifyBatch)
	s.askOTP = newBatcher(s, "ask_otp", o.Writers, s.askBatch)
	s.checkOTP = newBatcher(s, "check_otp", o.Writers, s.checkBatch)
	s.calls = newBatcher(s, "call", o.Writers, s.callsBatch)
	return s, nil
}

// Close takes no more calls (they are refused as Busy), finishes what was
// accepted, and returns. When ctx ends first, what is not finished is given up
// and answered with an error.
func (s *Store) Close(ctx context.Context) error {
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		var wg sync.WaitGroup
		for _, stop := range []func(){
			s.load.close, s.save.close, s.find.close, s.receive.close, s.households.close, s.remember.close, s.register.close,
			s.book.close, s.move.close, s.end.close, s.notify.close, s.askOTP.close, s.checkOTP.close, s.calls.close,
		} {
			wg.Go(stop)
		}
		wg.Wait()
	}()
	var err error
	select {
	case <-drained:
	case <-ctx.Done():
		err = fmt.Errorf("close store: %w", context.Cause(ctx))
	}
	s.giveUp()
	<-drained
	if s.ours {
		s.pool.Close()
	}
	return err
}

// Stat is how the connections to the database stand.
func (s *Store) Stat() *pgxpool.Stat { return s.pool.Stat() }

// Ping tells whether the database answers and has its schema.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	err := s.pool.QueryRow(ctx, `SELECT count(*) FROM setting`).Scan(&n)
	if err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// HasHouseholds tells whether anybody was ever stored.
func (s *Store) HasHouseholds(ctx context.Context) (bool, error) {
	var one int
	err := s.pool.QueryRow(ctx, `SELECT 1 FROM household LIMIT 1`).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for households: %w", err)
	}
	return true, nil
}

// MarkDemo notes that the database is a demo's. Marking it again is no error.
func (s *Store) MarkDemo(ctx context.Context) error {
	return s.patiently(ctx, "mark demo", func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `
			INSERT INTO setting (name, value) VALUES ('kind', 'demo')
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
		return err
	})
}

// IsDemo tells whether the database was marked as a demo's: then its
// households are made up, however many there are.
func (s *Store) IsDemo(ctx context.Context) (bool, error) {
	var kind string
	err := s.pool.QueryRow(ctx, `SELECT value FROM setting WHERE name = 'kind'`).Scan(&kind)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("read demo mark: %w", err)
	}
	return kind == "demo", nil
}

// writer is the worker for a number: workers own groups of neighbouring cells.
func (s *Store) writer(number booking.MSISDN) int {
	return int(number.Cell()) * s.opts.Writers / booking.Cells
}

// slotWriter is the worker for a booking, by what WriterKey says.
func (s *Store) slotWriter(number booking.MSISDN, centre int64) int {
	if s.opts.WriterKey == ByCentre {
		return int(uint64(centre) % uint64(s.opts.Writers))
	}
	return s.writer(number)
}

// stored is a time as it will be read back, so that the first answer to a
// message is also its last.
func stored(t time.Time) time.Time { return t.Truncate(time.Microsecond) }

// requestOr is the request, or id where there is none: then nothing is a
// repetition of it.
func requestOr(request, id uuid.UUID) uuid.UUID {
	if request == uuid.Nil {
		return id
	}
	return request
}

// hasPoolSize tells whether the address says how many connections to keep.
func hasPoolSize(url string) bool { return strings.Contains(url, "pool_max_conns") }
