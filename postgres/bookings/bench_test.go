package bookings_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/batch"
	"tikaline/postgres/storetest"
)

// The benchmarks want a durable Postgres of one's own: name it in
// TEST_DATABASE_URL. Each runs the store and, for comparison, the same work
// with one transaction for each caller.
//
//	go test ./postgres -run '^$' -bench . -benchtime 300000x
const callers = 256

// likeTheProgram lets garbage collection run as seldom as in the program,
// whose memory holds the whole directory: a test's few megabytes are collected
// all the time, which slows both sides, and the quicker one more.
func likeTheProgram(b *testing.B) {
	old := debug.SetGCPercent(800)
	b.Cleanup(func() { debug.SetGCPercent(old) })
}

func BenchmarkBookHotSlot(b *testing.B) {
	for _, o := range []postgres.Options{
		{Writers: 1}, {Writers: 2}, {Writers: 3}, {Writers: 4}, {Writers: 2, WriterKey: batch.ByCentre},
	} {
		benchBook(b, 1, o)
	}
}

func BenchmarkBookManySlots(b *testing.B) {
	for _, o := range []postgres.Options{
		{Writers: 1}, {Writers: 2}, {Writers: 3}, {Writers: 4}, {Writers: 2, WriterKey: batch.ByCentre},
	} {
		benchBook(b, 10_000, o)
	}
}

func benchBook(b *testing.B, slots int, o postgres.Options) {
	name := fmt.Sprintf("writers=%d_by_%s", o.Writers, cmp.Or(o.WriterKey, batch.ByCell))
	b.Run(name, func(b *testing.B) {
		likeTheProgram(b)
		f := newFixture(b, o)
		ids := benchSlots(f, slots)
		batched := rate(b, func(ctx context.Context, n int) error {
			_, err := f.Book(ctx, storetest.Ask(stranger(n), ids[rand.N(len(ids))]))
			return err
		})
		f.Consistent()
		naive := naiveBook(b, f.URL)
		f.Exec(`TRUNCATE appointment, outbox`)
		f.Exec(`UPDATE slot SET booked = 0`)
		f.Exec(`VACUUM FULL slot`)
		single := rateFor(2*time.Second, func(ctx context.Context, n int) error {
			return naive(ctx, storetest.Ask(stranger(n), ids[rand.N(len(ids))]))
		})
		f.Consistent()
		b.ReportMetric(batched, "batched/s")
		b.ReportMetric(single, "single/s")
		b.ReportMetric(batched/single, "ratio")
		b.ReportMetric(0, "ns/op")
	})
}

// stranger returns a person who asks for a place; the store trusts the core
// that the person exists.
func stranger(n int) booking.Beneficiary {
	m := storetest.Number(n)
	return booking.Beneficiary{Household: m, Reference: fmt.Sprintf("%04d%010d", 1000+int(m.Cell()), n)}
}

// benchSlots makes n slots without end, 10 to a centre.
func benchSlots(f *fixture, n int) []booking.SlotID {
	f.Slots(0, 1)
	f.Exec(`INSERT INTO centre (id, code, name, short_en, short_hi, short_bn, address, block, pincode, district_id, lat, lon, government, fee)
		SELECT 1000 + g, 'bench' || g, '', '', '', '', '', '', '', 80, 0, 0, true, 0 FROM generate_series(1, ($1 + 9) / 10) g`, n)
	f.Exec(`INSERT INTO session (centre_id, day, vaccine, dose, min_age, max_age)
		SELECT 1000 + g, DATE '2021-05-04', 'COVISHIELD', 1, 45, 0 FROM generate_series(1, ($1 + 9) / 10) g`, n)
	f.Exec(`INSERT INTO slot (centre_id, session_id, day, starts, ends, capacity, changed_at)
		SELECT e.centre_id, e.id, e.day, g, g + 1, 1000000000, now() FROM session e, generate_series(1, LEAST(10, $1)) g WHERE e.centre_id > 1000`, n)
	f.Exec(`ANALYZE`)
	rows, err := f.Pool.Query(f.T.Context(), `SELECT centre_id, id FROM slot WHERE centre_id > 1000`)
	if err != nil {
		f.T.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowToStructByPos[booking.SlotID])
	if err != nil {
		f.T.Fatal(err)
	}
	return ids
}

var people atomic.Int64

// rate runs b.N calls from 256 callers and returns how many it did a second.
func rate(b *testing.B, f func(context.Context, int) error) float64 {
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := f(context.Background(), int(people.Add(1))); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	return float64(b.N) / time.Since(start).Seconds()
}

func rateFor(d time.Duration, f func(context.Context, int) error) float64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for time.Since(start) < d {
				if err := f(context.Background(), int(people.Add(1))); err != nil {
					panic(err)
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / time.Since(start).Seconds()
}

// naiveBook books the plain way: a transaction for each caller, with the slot
// locked, read, and written, over a pool of 32 connections (more made it slower
// on the hot slot).
func naiveBook(b *testing.B, url string) func(context.Context, booking.NewAppointment) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	cfg.MaxConns = 32
	pool, err := pgxpool.NewWithConfig(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return func(ctx context.Context, a booking.NewAppointment) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			cell := a.Household.Cell()
			var capacity, booked int
			if err := tx.QueryRow(ctx, `SELECT capacity, booked FROM slot WHERE centre_id = $1 AND id = $2 FOR UPDATE`,
				a.Slot.Centre, a.Slot.Slot).Scan(&capacity, &booked); err != nil {
				return err
			}
			if booked >= capacity {
				return booking.Refuse(booking.SlotFull)
			}
			if _, err := tx.Exec(ctx, `
				UPDATE slot SET booked = booked + 1, changed_at = date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
				WHERE centre_id = $1 AND id = $2`,
				a.Slot.Centre, a.Slot.Slot); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO appointment (cell, id, request, msisdn, reference, dose, vaccine, centre_id, slot_id, session_id,
					day, starts, ends, status, spot, channel, agent, booked_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'booked', false, $14, '', $15, $15)`,
				cell, a.ID, a.Request, string(a.Household), a.Reference, a.Dose, a.Vaccine, a.Slot.Centre, a.Slot.Slot, a.Session,
				a.Day.Time(), a.Window.From, a.Window.To, string(a.Channel), a.BookedAt); err != nil {
				return err
			}
			n := a.Notices[0]
			_, err := tx.Exec(ctx, `
				INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, data, status, created_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10)`,
				cell, n.ID, string(n.To), n.Key, string(n.Kind), n.Medium, int16(n.Priority), n.Due, n.Data, a.BookedAt)
			return err
		})
	}
}

// BenchmarkConversation measures steps of conversations: load, answer, save.
func BenchmarkConversation(b *testing.B) {
	for _, writers := range []int{1, 2} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			likeTheProgram(b)
			f := newFixture(b, postgres.Options{Writers: writers})
			state := make([]byte, 300)
			for i := range state {
				state[i] = 'x'
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			b.ResetTimer()
			start := time.Now()
			for caller := range 128 {
				wg.Go(func() {
					for i := 0; left.Add(-1) >= 0; i++ {
						r, err := f.Load(b.Context(), storetest.Number(caller*1000+i/12%1000)) // 12 steps to a conversation
						if err != nil {
							b.Error(err)
							return
						}
						r.State, r.LastMessage, r.LastReply, r.UpdatedAt = state, uuid.NewString(), "CON 1 Hindi\n2 Bengali", storetest.Noon()
						if ok, err := f.Save(b.Context(), r); err != nil || !ok {
							b.Error(ok, err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "steps/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
