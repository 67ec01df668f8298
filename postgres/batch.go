package postgres

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

// A batcher does for many callers at once what each asks for alone. Each of
// its workers takes whatever waits, up to max, and runs it as one; meanwhile
// the next batch gathers. There is no timer: a lone caller waits for nobody.
type batcher[Q, R any] struct {
	op      string
	max     int
	run     func(ctx context.Context, calls []*call[Q, R]) error
	queues  []chan *call[Q, R]
	began   []atomic.Int64 // when each worker's batch did, in Unix nanoseconds; 0 is idle
	meters  meters
	log     *slog.Logger
	quit    context.Context // ends when Close is out of patience
	workers sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

// A call is one caller's question and its answer. run sets r and err; nobody
// reads them before done is closed.
type call[Q, R any] struct {
	ctx    context.Context
	q      Q
	r      R
	err    error
	at     time.Time
	rounds int
	done   chan struct{}
}

// errAgain is what run answers a call that could not be decided beside the
// others of its batch. It is asked again, alone.
var errAgain = errors.New("ask again")

const (
	patience  = 20 * time.Second // how long a batch is tried again: a failover took 17 s
	oneTry    = 8 * time.Second  // how long a single try may hang on a dead connection
	maxRounds = 8                // how often errAgain is believed
	heldUp    = time.Second / 10 // a batch that waits for no disk is over in a few milliseconds
)

func newBatcher[Q, R any](s *Store, op string, workers int, run func(context.Context, []*call[Q, R]) error) *batcher[Q, R] {
	b := &batcher[Q, R]{
		op: op, max: s.opts.MaxBatch, run: run,
		queues: make([]chan *call[Q, R], workers), began: make([]atomic.Int64, workers),
		meters: s.metrics.of(op), log: s.opts.Log, quit: s.quit,
	}
	for i := range b.queues {
		queue := make(chan *call[Q, R], s.opts.QueueSize)
		b.queues[i] = queue
		b.workers.Go(func() { b.work(queue, &b.began[i]) })
	}
	return b
}

// do asks through the worker that key belongs to, 0 <= key < len(queues). A
// caller whose ctx ends goes away with ctx's error; the batch does not notice.
func (b *batcher[Q, R]) do(ctx context.Context, key int, q Q) (R, error) {
	c := &call[Q, R]{ctx: ctx, q: q, at: time.Now(), done: make(chan struct{})}
	var none R
	if !b.put(key, c) {
		b.meters.busy.Inc()
		return none, booking.Refuse(booking.Busy)
	}
	select {
	case <-c.done:
		return c.r, c.err
	case <-ctx.Done():
		return none, fmt.Errorf("%s: %w", b.op, context.Cause(ctx))
	}
}

// together asks for what waits for no disk. One worker does all of it: with
// two, batches would be half as large and cost everybody more. A worker that is
// held up, by a dead connection say, is passed by.
func (b *batcher[Q, R]) together(ctx context.Context, q Q) (R, error) {
	now := time.Now().UnixNano()
	for i := range b.began {
		if t := b.began[i].Load(); t == 0 || now-t < int64(heldUp) {
			return b.do(ctx, i, q)
		}
	}
	return b.do(ctx, 0, q)
}

// put queues a call unless the queue is full or closed.
func (b *batcher[Q, R]) put(key int, c *call[Q, R]) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return false
	}
	select {
	case b.queues[key] <- c:
		return true
	default:
		return false
	}
}

// close takes no more calls and returns when those accepted are answered.
func (b *batcher[Q, R]) close() {
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

func (b *batcher[Q, R]) work(queue chan *call[Q, R], began *atomic.Int64) {
	calls := make([]*call[Q, R], 0, b.max)
	for first := range queue {
		calls = append(calls[:0], first)
		// Whoever is just about to ask comes along: on a busy machine that
		// makes a batch half as large again, on an idle one it is no wait.
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
		b.serve(calls, start.Add(patience))
		b.meters.took.Observe(time.Since(start).Seconds())
		began.Store(0)
		clear(calls) // or the answered would stay in memory until the next rush
	}
}

// serve answers every call. A failed batch is tried again while the failure is
// of the kind that passes; a batch with a poisoned call in it is halved until
// the poison is alone, so that one caller's fault is never another's.
func (b *batcher[Q, R]) serve(calls []*call[Q, R], until time.Time) {
	for try := 0; ; try++ {
		if calls = waiting(calls); len(calls) == 0 {
			return
		}
		err := b.try(calls, until)
		if err == nil {
			b.answer(calls, until)
			return
		}
		if passing(err) {
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
		b.fail(calls, fmt.Errorf("%s: %w", b.op, meaning(err)))
		return
	}
}

// try runs the batch once, for no longer than anybody waits for it.
func (b *batcher[Q, R]) try(calls []*call[Q, R], until time.Time) (err error) {
	last := time.Now() // when the last of the callers goes away
	for _, c := range calls {
		var none R
		c.r, c.err = none, nil // of a try before
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

// answer hands out the answers, and asks again for those that need it.
func (b *batcher[Q, R]) answer(calls []*call[Q, R], until time.Time) {
	var again []*call[Q, R]
	for _, c := range calls {
		if c.err == errAgain && c.rounds < maxRounds {
			c.rounds++
			again = append(again, c)
			continue
		}
		if c.err == errAgain {
			c.err = fmt.Errorf("%s: undecided after %d rounds: %w", b.op, c.rounds, booking.Refuse(booking.Busy))
		}
		close(c.done)
	}
	for i := range again {
		b.serve(again[i:i+1], until)
	}
}

func (b *batcher[Q, R]) fail(calls []*call[Q, R], err error) {
	for _, c := range calls {
		var none R
		c.r, c.err = none, err
		close(c.done)
	}
}

// waiting drops the calls whose callers have gone.
func waiting[Q, R any](calls []*call[Q, R]) []*call[Q, R] {
	kept := calls[:0]
	for _, c := range calls {
		if c.ctx.Err() != nil {
			c.err = c.ctx.Err()
			close(c.done)
			continue
		}
		kept = append(kept, c)
	}
	return kept
}
