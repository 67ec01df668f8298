package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"tikaline/booking"
)

// A Writer runs the calls of many callers as one batch (group commit). Each of
// its workers takes the calls that wait, up to Options.MaxBatch, and runs them
// as one batch; meanwhile the next batch gathers. There is no timer: a lone
// caller waits for nobody.
type Writer[Q, R any] struct {
	op      string
	max     int
	run     func(ctx context.Context, calls []*Call[Q, R]) error
	queues  []chan *Call[Q, R]
	began   []atomic.Int64 // when each worker's batch began, in Unix nanoseconds; 0 is idle
	meters  meters
	log     *slog.Logger
	quit    context.Context // ends when DB.Close gives up
	workers sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

// A Call is one caller's question (In) and its answer (Out or Err). A Writer's
// run function sets Out and Err; they are read when the batch is over.
type Call[Q, R any] struct {
	In  Q
	Out R
	Err error

	ctx      context.Context
	at       time.Time
	attempts int
	done     chan struct{}
}

// ErrRequeue is the Err of a call that could not be decided beside the others
// of its batch. The Writer runs it again, alone.
var ErrRequeue = errors.New("decide this call alone")

const (
	retryFor    = 20 * time.Second // how long a batch is retried: a failover took 17 s
	oneTry      = 8 * time.Second  // how long a single attempt may hang on a dead connection
	maxAttempts = 8                // how often a call may ask to be decided alone
	stalled     = time.Second / 10 // a batch that waits for no disk is over in a few milliseconds
)

// NewWriter returns a Writer with Options.Writers workers; DB.Close stops it.
// op is its name in errors and metrics. run runs a batch: it sets Out and Err
// of each call, or returns an error that all of them share. It may run again
// after an error, so it must be idempotent, and must not keep anything of an
// attempt that failed.
func NewWriter[Q, R any](db *DB, op string, run func(context.Context, []*Call[Q, R]) error) *Writer[Q, R] {
	return newWriter(db, op, db.opts.Writers, db.opts.Writers, run)
}

// NewSharedWriter returns a Writer whose workers take from one queue: for calls
// of which it does not matter who does them, so that no worker is idle while
// another's queue is long. Do is then called with worker 0.
func NewSharedWriter[Q, R any](db *DB, op string, workers int, run func(context.Context, []*Call[Q, R]) error) *Writer[Q, R] {
	return newWriter(db, op, 1, workers, run)
}

func newWriter[Q, R any](db *DB, op string, queues, workers int, run func(context.Context, []*Call[Q, R]) error) *Writer[Q, R] {
	b := &Writer[Q, R]{
		op: op, max: db.opts.MaxBatch, run: run,
		queues: make([]chan *Call[Q, R], queues), began: make([]atomic.Int64, workers),
		meters: db.metrics.of(op), log: db.opts.Log, quit: db.quit,
	}
	for i := range b.queues {
		b.queues[i] = make(chan *Call[Q, R], db.opts.QueueSize)
	}
	for i := range b.began {
		queue := b.queues[i%queues]
		b.workers.Go(func() { b.work(queue, &b.began[i]) })
	}
	db.onClose(b.close)
	return b
}

// Do puts a question to one of the workers, 0 <= worker < Options.Writers, and
// returns its answer: see DB.WriterOfCell. When the worker's queue is full it
// refuses at once with the Problem Busy. A caller whose ctx ends gets ctx's
// error; the batch goes on.
func (b *Writer[Q, R]) Do(ctx context.Context, worker int, in Q) (R, error) {
	return b.do(ctx, worker, in, false)
}

// DoWithoutFail is Do for what has happened already and must be written down:
// where the queue is full it waits for room, and it does not end with ctx. It is
// refused as Busy only after DB.Close, or when the retries are at an end.
func (b *Writer[Q, R]) DoWithoutFail(ctx context.Context, worker int, in Q) (R, error) {
	return b.do(context.WithoutCancel(ctx), worker, in, true)
}

func (b *Writer[Q, R]) do(ctx context.Context, worker int, in Q, wait bool) (R, error) {
	c := &Call[Q, R]{ctx: ctx, In: in, at: time.Now(), done: make(chan struct{})}
	var none R
	if !b.put(worker, c, wait) {
		b.meters.busy.Inc()
		return none, booking.Refuse(booking.Busy)
	}
	select {
	case <-c.done:
		return c.Out, c.Err
	case <-ctx.Done():
		return none, fmt.Errorf("%s: %w", b.op, context.Cause(ctx))
	}
}

// DoOnIdleWorker is Do for operations that do not wait for the disk. The first
// worker runs all of them: with two workers batches would be half as large and
// cost everybody more. A worker that is stalled, by a dead connection for
// example, is skipped.
func (b *Writer[Q, R]) DoOnIdleWorker(ctx context.Context, in Q) (R, error) {
	now := time.Now().UnixNano()
	for i := range b.began {
		if t := b.began[i].Load(); t == 0 || now-t < int64(stalled) {
			return b.Do(ctx, i, in)
		}
	}
	return b.Do(ctx, 0, in)
}

// put queues a call unless the queue is closed, or full and not waited for.
func (b *Writer[Q, R]) put(worker int, c *Call[Q, R], wait bool) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return false
	}
	queue := b.queues[worker%len(b.queues)]
	if wait {
		queue <- c // close waits for us, and the workers go on until then
		return true
	}
	select {
	case queue <- c:
		return true
	default:
		return false
	}
}

// close takes no more calls and returns when the accepted ones are answered.
func (b *Writer[Q, R]) close() {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		for _, q := range b.queues {
			close(q)
		}
	}
	b.mu.Unlock()
	b.workers.Wait()
}

func (b *Writer[Q, R]) work(queue chan *Call[Q, R], began *atomic.Int64) {
	calls := make([]*Call[Q, R], 0, b.max)
	for first := range queue {
		calls = append(calls[:0], first)
		// Let callers in who are just about to ask: on a busy machine that
		// makes a batch half as large again, on an idle one it costs no wait.
		runtime.Gosched()
		for more := true; more && len(calls) < b.max; {
			select {
			case c, ok := <-queue:
				if more = ok; ok {
					calls = append(calls, c)
				}
			default:
				more = false
			}
		}
		start := time.Now()
		began.Store(start.UnixNano())
		b.meters.size.Observe(float64(len(calls)))
		for _, c := range calls {
			b.meters.wait.Observe(start.Sub(c.at).Seconds())
		}
		b.serve(calls, start.Add(retryFor))
		b.meters.took.Observe(time.Since(start).Seconds())
		began.Store(0)
		clear(calls) // or answered calls would stay in memory until the next rush
	}
}

// serve answers every call. A failed batch is retried while the failure is
// transient; a batch with a poisoned call in it is halved until that call is
// alone, so that one caller's fault is never another's.
func (b *Writer[Q, R]) serve(calls []*Call[Q, R], until time.Time) {
	for try := 0; ; try++ {
		if calls = waiting(calls); len(calls) == 0 {
			return
		}
		err := b.try(calls, until)
		if err == nil {
			b.answer(calls, until)
			return
		}
		if IsTransient(err) {
			b.meters.retry.Inc()
			if time.Now().Before(until) && pause(b.quit, try) {
				continue
			}
			b.meters.gaveUp.Inc()
			b.log.Error("gave up on a batch", "op", b.op, "calls", len(calls), "tries", try+1, "err", err)
			b.fail(calls, fmt.Errorf("%s: gave up: %w: %w", b.op, booking.Refuse(booking.Busy), err))
			return
		}
		if len(calls) > 1 {
			half := len(calls) / 2
			b.serve(calls[:half], until)
			b.serve(calls[half:], until)
			return
		}
		b.meters.poison.Inc()
		b.fail(calls, fmt.Errorf("%s: %w", b.op, problemFor(err)))
		return
	}
}

// try runs the batch once, for no longer than a caller waits for it.
func (b *Writer[Q, R]) try(calls []*Call[Q, R], until time.Time) (err error) {
	last := time.Now() // the latest deadline of the callers
	for _, c := range calls {
		var none R
		c.Out, c.Err = none, nil // from an earlier attempt
		if d, ok := c.ctx.Deadline(); !ok {
			last = until
		} else if d.After(last) {
			last = d
		}
	}
	for _, end := range []time.Time{until, time.Now().Add(oneTry)} {
		if end.Before(last) {
			last = end
		}
	}
	ctx, cancel := context.WithDeadline(b.quit, last)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			b.meters.panicked.Inc()
			b.log.Error("panic in a batch", "op", b.op, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return b.run(ctx, calls)
}

// answer hands out the answers, and runs the calls again that need it
// (ErrRequeue).
func (b *Writer[Q, R]) answer(calls []*Call[Q, R], until time.Time) {
	var again []*Call[Q, R]
	for _, c := range calls {
		if c.Err == ErrRequeue && c.attempts < maxAttempts {
			c.attempts++
			again = append(again, c)
			continue
		}
		if c.Err == ErrRequeue {
			c.Err = fmt.Errorf("%s: undecided after %d attempts: %w", b.op, c.attempts, booking.Refuse(booking.Busy))
		}
		close(c.done)
	}
	for i := range again {
		b.serve(again[i:i+1], until)
	}
}

func (b *Writer[Q, R]) fail(calls []*Call[Q, R], err error) {
	for _, c := range calls {
		var none R
		c.Out, c.Err = none, err
		close(c.done)
	}
}

// waiting drops the calls whose callers have gone.
func waiting[Q, R any](calls []*Call[Q, R]) []*Call[Q, R] {
	kept := calls[:0]
	for _, c := range calls {
		if c.ctx.Err() != nil {
			c.Err = c.ctx.Err()
			close(c.done)
			continue
		}
		kept = append(kept, c)
	}
	return kept
}
