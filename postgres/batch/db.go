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

// What the worker of a booking is chosen by.
const (
	ByCell   = "cell"   // a group of households: on Citus a batch stays on few shards
	ByCentre = "centre" // a group of centres: no two workers want the same slot
)

// Options say how batches are written. The zero Options are good ones for one
// Postgres.
type Options struct {
	Writers    int    // workers of each batch writer; 0 is 3
	WriterKey  string // how bookings are given to workers: ByCell (default) or ByCentre
	MaxBatch   int    // most calls in a transaction; 0 is 500
	QueueSize  int    // most calls that wait for one worker, before Busy; 0 is 4096
	PgBouncer  bool   // for postgres.Open: no named statements, as in transaction pooling
	Registerer prometheus.Registerer
	Log        *slog.Logger
	Now        func() time.Time
}

// A DB is a pool of connections with what every room of the store needs:
// retries, transactions, batch writers. It is safe for concurrent use.
type DB struct {
	pool    *pgxpool.Pool
	opts    Options
	metrics *metrics
	quit    context.Context // ends when Close gives up
	giveUp  context.CancelFunc

	mu      sync.Mutex
	writers []func() // close each writer
}

// New makes a DB of a pool, which stays the caller's to close, after Close.
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

// onClose has Close call f to stop a writer.
func (db *DB) onClose(f func()) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.writers = append(db.writers, f)
}

// Close takes no more calls (they are refused as Busy), finishes the accepted
// ones, and returns. When ctx ends first, the unfinished calls are given up and
// answered with an error.
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

// A Stat is how many connections to the database there are.
type Stat struct {
	Acquired int // at work
	Idle     int
	Max      int
}

// Stat returns how the connections to the database stand.
func (db *DB) Stat() Stat {
	s := db.pool.Stat()
	return Stat{Acquired: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Max: int(s.MaxConns())}
}

// Now is the program's clock, which may be set to another year than the
// database's.
func (db *DB) Now() time.Time { return db.opts.Now() }

// WriterOfCell is the worker for a cell: workers own groups of neighbouring
// cells.
func (db *DB) WriterOfCell(cell int16) int { return int(cell) * db.opts.Writers / booking.Cells }

// WriterOf is the worker for a number.
func (db *DB) WriterOf(number booking.MSISDN) int { return db.WriterOfCell(number.Cell()) }

// WriterOfSlot is the worker for a booking at a centre, by Options.WriterKey.
func (db *DB) WriterOfSlot(number booking.MSISDN, centre int64) int {
	if db.opts.WriterKey == ByCentre {
		return int(uint64(centre) % uint64(db.opts.Writers))
	}
	return db.WriterOf(number)
}
