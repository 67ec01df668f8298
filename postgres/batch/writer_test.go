package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
)

// testDB returns a DB without a database, with so many workers for each Writer.
func testDB(t *testing.T, workers int, o Options) *DB {
	t.Helper()
	o.Writers, o.Registerer = workers, prometheus.NewRegistry()
	db, err := New(t.Context(), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

type echoCall = Call[int, string]

func answer(calls []*echoCall) {
	for _, c := range calls {
		c.Out = fmt.Sprint(c.In)
	}
}

func TestWriter_gathers_while_a_batch_runs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 8, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
			sizes = append(sizes, len(calls))
			time.Sleep(time.Second)
			answer(calls)
			return nil
		})
		var wg sync.WaitGroup
		ask := func(n int) {
			wg.Go(func() {
				if r, err := b.Do(t.Context(), 0, n); err != nil || r != fmt.Sprint(n) {
					t.Errorf("%d: got %q, %v", n, r, err)
				}
			})
		}
		start := time.Now()
		ask(0)
		synctest.Wait() // the lone caller's batch is under way
		for i := range 10 {
			ask(i + 1)
		}
		wg.Wait()
		b.close()
		if !slices.Equal(sizes, []int{1, 8, 2}) {
			t.Errorf("batches of %v, want 1, 8, 2", sizes)
		}
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("took %v: somebody waited for a timer", d)
		}
	})
}

func TestWriter_idle_worker_passes_by_a_stalled_one(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sizes []int
		b := NewWriter(testDB(t, 3, Options{MaxBatch: 8, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
			mu.Lock()
			sizes = append(sizes, len(calls))
			mu.Unlock()
			if calls[0].In == 0 {
				time.Sleep(time.Second)
			}
			time.Sleep(time.Millisecond)
			answer(calls)
			return nil
		})
		var wg sync.WaitGroup
		ask := func(n int) {
			wg.Go(func() {
				if r, err := b.DoOnIdleWorker(t.Context(), n); err != nil || r != fmt.Sprint(n) {
					t.Errorf("%d: got %q, %v", n, r, err)
				}
			})
		}
		ask(1)
		synctest.Wait()
		ask(2) // waits with 3 for 1, though two workers have nothing to do
		ask(3)
		wg.Wait()
		ask(0)
		time.Sleep(stalled)
		start := time.Now()
		if r, err := b.DoOnIdleWorker(t.Context(), 4); err != nil || r != "4" || time.Since(start) != time.Millisecond {
			t.Errorf("beside a worker that is held up: %q, %v after %v", r, err, time.Since(start))
		}
		wg.Wait()
		start = time.Now()
		ask(5)
		synctest.Wait()
		ask(6) // the first worker is taken again
		wg.Wait()
		if d := time.Since(start); d != 2*time.Millisecond {
			t.Errorf("took %v", d)
		}
		b.close()
		if !slices.Equal(sizes, []int{1, 2, 1, 1, 1, 1}) {
			t.Errorf("batches of %v, want 1, 2, 1, 1, 1, 1", sizes)
		}
	})
}

// TestWriter_shared_queue: while one worker is at work the other takes all that
// waits.
func TestWriter_shared_queue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sizes []int
		b := NewSharedWriter(testDB(t, 3, Options{MaxBatch: 8, QueueSize: 100}), "op", 2, func(_ context.Context, calls []*echoCall) error {
			mu.Lock()
			sizes = append(sizes, len(calls))
			mu.Unlock()
			time.Sleep(time.Second)
			answer(calls)
			return nil
		})
		var wg sync.WaitGroup
		ask := func(n int) {
			wg.Go(func() {
				if r, err := b.Do(t.Context(), 0, n); err != nil || r != fmt.Sprint(n) {
					t.Errorf("%d: got %q, %v", n, r, err)
				}
			})
		}
		start := time.Now()
		ask(0)
		time.Sleep(time.Second / 2) // one worker has it
		ask(1)
		synctest.Wait() // the other has this one
		for i := range 3 {
			ask(i + 2)
		}
		wg.Wait()
		b.close()
		if !slices.Equal(sizes, []int{1, 1, 3}) {
			t.Errorf("batches of %v, want 1, 1, 3", sizes)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("took %v, want two batches' time", d)
		}
	})
}

func TestWriter_poison_hurts_nobody_else(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func() error{
		"error": func() error { return errors.New("poison") },
		"panic": func() error { panic("poison") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := NewWriter(testDB(t, 1, Options{MaxBatch: 100, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
					time.Sleep(time.Millisecond)
					for _, c := range calls {
						c.Out = "of a try that failed"
						if c.In == 13 || c.In == 31 {
							return fault()
						}
					}
					answer(calls)
					return nil
				})
				var wg sync.WaitGroup
				for i := range 60 {
					wg.Go(func() {
						r, err := b.Do(t.Context(), 0, i)
						if i == 13 || i == 31 {
							if err == nil || r != "" {
								t.Errorf("%d: got %q, %v", i, r, err)
							}
						} else if err != nil || r != fmt.Sprint(i) {
							t.Errorf("%d: got %q, %v", i, r, err)
						}
					})
				}
				wg.Wait()
				b.close()
			})
		})
	}
}

func TestWriter_tries_again_what_passes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 100, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
			if tries++; tries < 5 {
				return &pgconn.PgError{Code: "40P01"}
			}
			answer(calls)
			return nil
		})
		defer b.close()
		if r, err := b.Do(t.Context(), 0, 1); err != nil || r != "1" || tries != 5 {
			t.Errorf("got %q, %v after %d tries", r, err, tries)
		}
	})
}

func TestWriter_gives_up_after_its_patience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 100, QueueSize: 100}), "op", func(context.Context, []*echoCall) error {
			return &lostError{io.EOF}
		})
		defer b.close()
		start := time.Now()
		_, err := b.Do(t.Context(), 0, 1)
		if d := time.Since(start); d < retryFor || d > retryFor+2*time.Second {
			t.Errorf("gave up after %v", d)
		}
		if !booking.Refused(err, booking.Busy) || !errors.Is(err, io.EOF) {
			t.Errorf("got %v, want Busy, and why", err)
		}
		// When everybody has gone, nobody is tried for any longer.
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := b.Do(ctx, 0, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		start = time.Now()
		_, err = b.Do(t.Context(), 0, 1)
		if d := time.Since(start); d > retryFor+4*time.Second {
			t.Errorf("the next caller waited %v behind one who had gone: %v", d, err)
		}
	})
}

func TestWriter_caller_leaves_and_the_batch_goes_on(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ran []int
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 100, QueueSize: 100}), "op", func(ctx context.Context, calls []*echoCall) error {
			time.Sleep(time.Second)
			for _, c := range calls {
				ran = append(ran, c.In)
			}
			answer(calls)
			return ctx.Err()
		})
		var wg sync.WaitGroup
		ctx, leave := context.WithCancel(t.Context())
		wg.Go(func() {
			if _, err := b.Do(ctx, 0, 1); !errors.Is(err, context.Canceled) {
				t.Errorf("1: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if _, err := b.Do(ctx, 0, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("2: %v", err)
			}
		})
		wg.Go(func() {
			if r, err := b.Do(t.Context(), 0, 3); err != nil || r != "3" {
				t.Errorf("3: %q, %v", r, err)
			}
		})
		synctest.Wait()
		leave()
		wg.Wait()
		b.close()
		if !slices.Equal(ran, []int{1, 3}) {
			t.Errorf("ran %v: want what had begun, and not who left the queue", ran)
		}
	})
}

func TestWriter_full_queue_is_busy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		block := make(chan struct{})
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 1, QueueSize: 2}), "op", func(_ context.Context, calls []*echoCall) error {
			<-block
			answer(calls)
			return nil
		})
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				if _, err := b.Do(t.Context(), 0, i); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		if _, err := b.Do(t.Context(), 0, 4); !booking.Refused(err, booking.Busy) {
			t.Errorf("got %v, want Busy", err)
		}
		close(block)
		wg.Wait()
		b.close()
		if _, err := b.Do(t.Context(), 0, 5); !booking.Refused(err, booking.Busy) {
			t.Errorf("after close: %v, want Busy", err)
		}
	})
}

func TestWriter_close_finishes_what_was_accepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewWriter(testDB(t, 2, Options{MaxBatch: 3, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
			time.Sleep(time.Second)
			answer(calls)
			return nil
		})
		var answered atomic.Int32
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				if _, err := b.Do(t.Context(), i%2, i); err != nil {
					t.Error(err)
				}
				answered.Add(1)
			})
		}
		synctest.Wait()
		b.close()
		synctest.Wait()
		if n := answered.Load(); n != 50 {
			t.Errorf("%d of 50 answered when closed", n)
		}
		wg.Wait()
	})
}

func TestWriter_asks_again_alone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewWriter(testDB(t, 1, Options{MaxBatch: 100, QueueSize: 100}), "op", func(_ context.Context, calls []*echoCall) error {
			time.Sleep(time.Millisecond)
			answer(calls)
			for _, c := range calls {
				if c.In == 99 || len(calls) > 1 && c.In%2 == 1 {
					c.Err = ErrRequeue
				}
			}
			return nil
		})
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if r, err := b.Do(t.Context(), 0, i); err != nil || r != fmt.Sprint(i) {
					t.Errorf("%d: %q, %v", i, r, err)
				}
			})
		}
		if _, err := b.Do(t.Context(), 0, 99); !booking.Refused(err, booking.Busy) {
			t.Errorf("for ever undecided: %v, want Busy", err)
		}
		wg.Wait()
		b.close()
	})
}

func TestIsTransient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"deadlock":            {&pgconn.PgError{Code: "40P01"}, true},
		"serialization":       {fmt.Errorf("book: %w", &pgconn.PgError{Code: "40001"}), true},
		"connection":          {&pgconn.PgError{Code: "08006"}, true},
		"shutting down":       {&pgconn.PgError{Code: "57P01"}, true},
		"starting up":         {&pgconn.PgError{Code: "57P03"}, true},
		"read-only":           {&pgconn.PgError{Code: "25006"}, true},
		"citus lost a worker": {&pgconn.PgError{Code: "XX000", Message: "server closed the connection unexpectedly"}, true},
		"internal error":      {&pgconn.PgError{Code: "XX000", Message: "cache lookup failed"}, false},
		"lost":                {&lostError{io.ErrUnexpectedEOF}, true},
		"unique":              {&pgconn.PgError{Code: "23505"}, false},
		"unique, then lost":   {&lostError{&pgconn.PgError{Code: "23505", Severity: "ERROR"}}, false},
		"fatal":               {&lostError{&pgconn.PgError{Code: "53200", Severity: "FATAL"}}, true},
		"problem":             {booking.Refuse(booking.SlotFull), false},
		"anything else":       {errors.New("x"), false},
	} {
		if got := IsTransient(c.err); got != c.want {
			t.Errorf("%s: IsTransient is %v", name, got)
		}
	}
}

func TestProblemFor_a_constraint_with_and_without_a_shard(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]booking.Code{
		"appointment_live":        booking.NoAppointment,
		"appointment_live_102008": booking.NoAppointment,
		"beneficiary_seat_102009": booking.HouseholdFull,
	} {
		if err := problemFor(&pgconn.PgError{Code: "23505", ConstraintName: name}); !booking.Refused(err, want) {
			t.Errorf("%s means %v", name, err)
		}
	}
	for _, name := range []string{"", "appointment_lively", "appointment_pkey"} {
		if err := problemFor(&pgconn.PgError{Code: "23505", ConstraintName: name}); booking.Refused(err, booking.NoAppointment) {
			t.Errorf("%s means %v", name, err)
		}
	}
}

// TestWriter_without_fail_waits_for_room: what has happened is written down though
// the queue is full and the caller has gone.
func TestWriter_without_fail_waits_for_room(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		block := make(chan struct{})
		b := NewSharedWriter(testDB(t, 1, Options{MaxBatch: 1, QueueSize: 2}), "op", 1, func(_ context.Context, calls []*echoCall) error {
			<-block
			answer(calls)
			return nil
		})
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if r, err := b.DoWithoutFail(ctx, 0, i); err != nil || r != fmt.Sprint(i) {
					t.Errorf("%d: %q, %v", i, r, err)
				}
			})
		}
		synctest.Wait()
		if _, err := b.Do(t.Context(), 0, 9); !booking.Refused(err, booking.Busy) {
			t.Errorf("beside them: %v, want Busy", err)
		}
		leave()
		wg.Go(b.close) // it waits for those that wait for room
		close(block)
		wg.Wait()
		if _, err := b.DoWithoutFail(t.Context(), 0, 10); !booking.Refused(err, booking.Busy) {
			t.Errorf("after close: %v, want Busy", err)
		}
	})
}
