package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/benchdb"
)

// A booker stores bookings: the Store, or the naive way.
type booker interface {
	Book(ctx context.Context, a booking.NewAppointment) (booking.Appointment, error)
}

// bookers is how many callers book at once.
const bookers = 256

// A hall is slots to book in: so many centres with a hundred slots each, or a
// single slot.
type hall struct {
	name    string
	centres int
	each    int
	aim     float64
}

var halls = []hall{
	{"one hot slot", 1, 1, 40},
	{"10,000 slots", 100, 100, 4},
}

// roomFor is a slot's capacity: more than any run books, so that a run measures
// bookings and not refusals.
const roomFor = 100_000_000

// bookings measures group commit against one transaction per caller.
func bookings(ctx context.Context, l *lab) ([]figure, error) {
	var figures []figure
	for i, h := range halls {
		store, naive, err := l.twoWays(ctx, i, h)
		if err != nil {
			return nil, err
		}
		var batched, single []measure
		var ratios []float64
		for round := range l.rounds {
			a, err := naive.round(ctx, l, fmt.Sprintf("naive-%d-%d", i, round))
			if err == nil {
				var b measure
				b, err = store.round(ctx, l, fmt.Sprintf("bookings-%d-%d", i, round))
				batched, single = append(batched, b), append(single, a)
				ratios = append(ratios, b.perSecond/a.perSecond)
				l.note("%s, round %d: one by one %.0f/s, batched %.0f/s, ratio %.1f", h.name, round+1, a.perSecond, b.perSecond, b.perSecond/a.perSecond)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", h.name, err)
			}
		}
		for _, way := range []*way{store, naive} {
			if err := benchdb.CheckBookings(ctx, way.db, way.acked); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", h.name, way.name, err)
			}
			if err := way.close(ctx); err != nil {
				return nil, err
			}
		}
		figures = append(figures, rates("bookings on "+h.name+", one transaction each", single)...)
		figures = append(figures, rates("bookings on "+h.name+", group commit", batched)...)
		figures = append(figures, ratio("– times one transaction each", ratios, h.aim, "%.1f"))
	}
	return figures, nil
}

func rates(name string, all []measure) []figure {
	var rate, p99 []float64
	for _, m := range all {
		rate, p99 = append(rate, m.perSecond), append(p99, m.quantile(99))
	}
	return []figure{
		told(name, "%.0f/s", median(rate)),
		told("– 99 of 100 within", "%.1f ms", median(p99)),
	}
}

// A way is one way of storing, in a database of its own.
type way struct {
	name   string
	hall   hall
	db     string
	booker booker
	close  func(context.Context) error
	people crowd

	mu    sync.Mutex
	acked map[booking.SlotID]int // bookings acknowledged, in every round and warm-up
}

// twoWays returns both ways of storing, each with a database of the hall.
func (l *lab) twoWays(ctx context.Context, i int, h hall) (store, naive *way, err error) {
	make1 := func(name string) (*way, error) {
		db, err := l.database(ctx, fmt.Sprintf("bench_%s_%d", name, i))
		if err == nil {
			err = h.fill(ctx, db)
		}
		return &way{name: name, hall: h, db: db, acked: make(map[booking.SlotID]int)}, err
	}
	if store, err = make1("batched"); err != nil {
		return nil, nil, err
	}
	s, err := postgres.Open(ctx, store.db, postgres.Options{})
	if err != nil {
		return nil, nil, err
	}
	store.booker, store.close = s.Bookings, s.Close
	if naive, err = make1("naive"); err != nil {
		return nil, nil, err
	}
	n, err := benchdb.OpenNaive(ctx, naive.db)
	if err != nil {
		return nil, nil, err
	}
	naive.booker, naive.close = n, n.Close
	return store, naive, nil
}

func (h hall) fill(ctx context.Context, db string) error {
	return benchdb.Execute(ctx, db,
		`INSERT INTO district (id, name_en, name_hi, name_bn, state_id, state_en, state_hi, state_bn) VALUES (97, 'Patna', '', '', 5, 'Bihar', '', '')`,
		fmt.Sprintf(`INSERT INTO centre (id, code, name, short_en, short_hi, short_bn, address, block, pincode, district_id, lat, lon, government, fee)
			SELECT n, 'B' || n, 'PHC', 'PHC', 'PHC', 'PHC', 'Main Road', 'Sadar', '800001', 97, 25, 85, true, 0 FROM generate_series(1, %d) n`, h.centres),
		`INSERT INTO session (centre_id, id, day, vaccine, dose, min_age, max_age) SELECT id, id, current_date + 1, 'COVISHIELD', 1, 18, 0 FROM centre`,
		fmt.Sprintf(`INSERT INTO slot (centre_id, id, session_id, day, starts, ends, capacity, changed_at)
			SELECT centre_id, n, id, day, n, n + 1, %d, now() FROM session, generate_series(1, %d) n`, roomFor, h.each))
}

func (h hall) slot(r *rand.Rand) booking.SlotID {
	return booking.SlotID{Centre: 1 + r.Int64N(int64(h.centres)), Slot: 1 + r.Int64N(int64(h.each))}
}

// round has all callers book for a while.
func (w *way) round(ctx context.Context, l *lab, profile string) (measure, error) {
	if err := l.settle(ctx, w.db); err != nil {
		return measure{}, err
	}
	stop, err := l.profile(profile)
	if err != nil {
		return measure{}, err
	}
	took := time.Duration(l.seconds) * time.Second
	from := time.Now().Add(500 * time.Millisecond)
	until := from.Add(took)
	total := measure{times: newTimes()}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for i := range bookers {
		wg.Go(func() {
			times, acked, err := w.book(ctx, rand.New(rand.NewPCG(uint64(from.UnixNano()), uint64(i))), from, until)
			if err != nil {
				cancel(err)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			total.times.Merge(times)
			for slot, n := range acked {
				w.acked[slot] += n
			}
		})
	}
	wg.Wait()
	if err := stop(); err != nil {
		return measure{}, fmt.Errorf("profile: %w", err)
	}
	total.perSecond = float64(total.times.TotalCount()) / took.Seconds()
	return total, context.Cause(ctx)
}

// book is one caller, who books from one time until another.
func (w *way) book(ctx context.Context, r *rand.Rand, from, until time.Time) (times *hdrhistogram.Histogram, acked map[booking.SlotID]int, err error) {
	times, acked = newTimes(), make(map[booking.SlotID]int)
	for sent := time.Now(); sent.Before(until); {
		slot := w.hall.slot(r)
		if _, err := w.booker.Book(ctx, w.people.next(r, slot, sent)); err != nil {
			return times, acked, err
		}
		acked[slot]++
		now := time.Now()
		if now.After(from) && now.Before(until) {
			if err := times.RecordValue(now.Sub(sent).Microseconds()); err != nil {
				return times, acked, fmt.Errorf("a booking took more than a minute: %w", err)
			}
		}
		sent = now
	}
	return times, acked, nil
}
