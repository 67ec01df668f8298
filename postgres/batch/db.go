package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
)

// The keys by which the worker of a booking is chosen.
const (
	ByCell   = "cell"   // a group of households: on Citus a batch stays on few shards
	ByCentre = "centre" // a group of centres: no two workers want the same slot
)

// Options are the settings of the store. The zero Options suit a single
// Postgres.
type Options struct {
	Writers    int    // workers of each batch writer; 0 is 3
	WriterKey  string // how the worker of a booking is chosen: ByCell (default) or ByCentre
	MaxBatch   int    // most calls in a transaction; 0 is 500
	QueueSize  int    // most calls that wait for one worker, before Busy; 0 is 4096
	PgBouncer  bool   // for postgres.Open: no named statements, as in transaction pooling
	Registerer prometheus.Registerer
	Log        *slog.Logger
	Now        func() time.Time
}

// A DB is a pool of connections with retries, transactions and batch writers,
// for every room of the store. It is safe for concurrent use.
type DB struct {
	pool    *pgxpool.Pool
	opts    Options
	metrics *metrics
	quit    context.Context // ends when Close gives up
	giveUp  context.CancelFunc

	mu      sync.Mutex
	writers []func() // close each writer
}

// New returns a DB on a pool, which the caller closes, after Close.
func New(ctx context.Context, pool *pgxpool.Pool, o Options) (*DB, error) {
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
	db := &DB{pool: pool, opts: o, metrics: m}
	db.quit, db.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	return db, nil
}

// onClose registers f, which Close calls to stop a writer.
func (db *DB) onClose(f func()) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.writers = append(db.writers, f)
}

// Close takes no more calls (they are refused as Busy), finishes the accepted
// ones, and returns. When ctx ends first, it gives up the unfinished calls and
// answers them with an error.
func (db *DB) Close(ctx context.Context) error {
	db.mu.Lock()
	writers := db.writers
	db.mu.Unlock()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		var wg sync.WaitGroup
		for _, stop := range writers {
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
	db.giveUp()
	<-drained
	return err
}

// A Stat counts the connections to the database.
type Stat struct {
	Acquired int // in use
	Idle     int
	Max      int
}

// Stat returns the present numbers of connections to the database.
func (db *DB) Stat() Stat {
	s := db.pool.Stat()
	return Stat{Acquired: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Max: int(s.MaxConns())}
}

// Now returns the program's clock, which may be set to another year than the
// database's.
func (db *DB) Now() time.Time { return db.opts.Now() }

// WriterOfCell returns the worker for a cell: workers own groups of
// neighbouring cells.
func (db *DB) WriterOfCell(cell int16) int { return int(cell) * db.opts.Writers / booking.Cells }

// WriterOf returns the worker for a number.
func (db *DB) WriterOf(number booking.MSISDN) int { return db.WriterOfCell(number.Cell()) }

// WriterOfSlot returns the worker for a booking at a centre, by
// Options.WriterKey.
func (db *DB) WriterOfSlot(number booking.MSISDN, centre int64) int {
	if db.opts.WriterKey == ByCentre {
		return int(uint64(centre) % uint64(db.opts.Writers))
	}
	return db.WriterOf(number)
}
