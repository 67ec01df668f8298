package outbox_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/outbox"
)

// finished is how many finished notices lie about when claims are timed. For
// the full measure:
//
//	go test ./outbox -run Claim_does_not_slow -v -finished 1000000
var finished = flag.Int("finished", 30_000, "finished notices that a claim must not notice")

// fast is a provider that answers after a millisecond.
type fast struct{ sent *atomic.Int64 }

func (fast) Name() string { return "fast" }

func (q fast) Send(ctx context.Context, _ outbox.Message) (outbox.Receipt, error) {
	eventually.Pace(ctx, time.Millisecond)
	q.sent.Add(1)
	return outbox.Receipt{ProviderID: "id"}, nil
}

// fill puts n notices into the outbox, for as many numbers.
func (o *office) fill(n int, status string) {
	o.t.Helper()
	ctx := o.t.Context()
	const batch = 10_000
	for from := 0; from < n; from += batch {
		size := min(batch, n-from)
		cell, id, to := make([]int16, size), make([][16]byte, size), make([]string, size)
		for i := range size {
			m := number(from + i)
			cell[i], id[i], to[i] = m.Cell(), uuid.Must(uuid.NewV7()), string(m)
		}
		if _, err := o.pool.Exec(ctx, `
			INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, data, created_at, updated_at)
			SELECT unnest($1::smallint[]), unnest($2::uuid[]), unnest($3::text[]), unnest($2::uuid[])::text, 'booked', 'sms', 30, $4, $5, '{}', $4, $4`,
			cell, id, to, o.clock.Now(), status); err != nil {
			o.t.Fatal(err)
		}
	}
}

// BenchmarkWorker is how many messages a second go through one worker, with
// claims, notes before and outcomes after. A durable Postgres of one's own is
// named in TEST_DATABASE_URL; without it nothing is flushed.
func BenchmarkWorker(b *testing.B) {
	for _, flight := range []int{128, 256, 512} {
		b.Run(fmt.Sprintf("in_flight=%d", flight), func(b *testing.B) {
			o := open(b, noon)
			o.fill(b.N, "queued")
			if _, err := o.pool.Exec(b.Context(), `ANALYZE outbox`); err != nil {
				b.Fatal(err)
			}
			var sent atomic.Int64
			w := o.worker(outbox.Route{Provider: fast{&sent}})
			w.Observer = nil
			w.Settings = outbox.Settings{InFlight: flight}
			b.ResetTimer()
			begun := time.Now()
			stop := start(b, w)
			eventually.True(b, 10*time.Minute, "all are sent", func() bool { return sent.Load() >= int64(b.N) })
			stop()
			b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "messages/s")
			b.ReportMetric(0, "ns/op")
			if n := o.count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`); n > 0 {
				b.Errorf("%d are not sent", n)
			}
		})
	}
}

// TestClaim_does_not_slow_down compares claims from an empty outbox with claims
// from one full of what is finished.
func TestClaim_does_not_slow_down(t *testing.T) {
	o := open(t, noon)
	const each = 200
	measure := func(rounds int) time.Duration {
		var took []time.Duration
		for range rounds {
			for i := range each {
				o.queue(i, booking.PriorityConfirm)
			}
			now := o.clock.Now()
			begun := time.Now()
			list, err := o.Claim(t.Context(), nil, now, now.Add(time.Minute), each)
			took = append(took, time.Since(begun))
			if err != nil || len(list) != each {
				t.Fatal(len(list), err)
			}
			var wg sync.WaitGroup
			for _, c := range list {
				wg.Go(func() {
					if _, err := o.Record(t.Context(), now, outbox.Change{Cell: c.To.Cell(), ID: c.ID, Status: outbox.Delivered}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		return slices.Min(took) // whatever else the machine does
	}
	measure(1)
	before := measure(5)
	o.fill(*finished, "delivered")
	if _, err := o.pool.Exec(t.Context(), `ANALYZE outbox`); err != nil {
		t.Fatal(err)
	}
	after := measure(5)
	t.Logf("a claim of %d: %v with an empty outbox, %v with %d finished", each, before, after, *finished)
	if after > 3*before+20*time.Millisecond {
		t.Errorf("a claim of %d took %v, and %v with %d finished", each, before, after, *finished)
	}
}
