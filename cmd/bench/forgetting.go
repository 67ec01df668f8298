package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tikaline/booking"
	"tikaline/jobs"
	"tikaline/postgres"
	"tikaline/postgres/benchdb"
)

// oldRows is how many finished notices wait to be forgotten: what an opening day
// leaves behind.
const oldRows = 1_000_000

// forgetting measures what is left of the rate of bookings while a million old
// notices are forgotten as the program does it, in slices with rests.
func forgetting(ctx context.Context, l *lab) ([]figure, error) {
	h := halls[1]
	db, err := l.database(ctx, "bench_forgetting")
	if err != nil {
		return nil, err
	}
	if err := h.fill(ctx, db); err != nil {
		return nil, err
	}
	if err := benchdb.FillFinishedNotices(ctx, db, oldRows); err != nil {
		return nil, err
	}
	s, err := postgres.Open(ctx, db, postgres.Options{})
	if err != nil {
		return nil, err
	}
	w := &way{name: "forgetting", hall: h, db: db, booker: s.Bookings, acked: make(map[booking.SlotID]int)}
	var ratios, seconds []float64
	for round := range l.rounds {
		alone, err := w.round(ctx, l, fmt.Sprintf("forgetting-%d-alone", round))
		if err != nil {
			return nil, err
		}
		beside, perSecond, err := l.beside(ctx, s, w, fmt.Sprintf("forgetting-%d", round))
		if err != nil {
			return nil, err
		}
		ratios, seconds = append(ratios, beside.perSecond/alone.perSecond), append(seconds, perSecond)
		l.note("round %d: %.0f/s alone, %.0f/s while %.0f notices/s are forgotten, ratio %.2f", round+1, alone.perSecond, beside.perSecond, perSecond, ratios[round])
	}
	if err := benchdb.CheckBookings(ctx, db, w.acked); err != nil {
		return nil, err
	}
	if err := s.Close(ctx); err != nil {
		return nil, err
	}
	return []figure{
		ratio("bookings on 10,000 slots while a million old notices are forgotten, of the rate alone", ratios, 0.5, "%.2f"),
		told("– notices forgotten meanwhile", "%.0f/s", median(seconds)),
	}, nil
}

// beside has people book while the job runs, and returns how many notices a
// second it forgot.
func (l *lab) beside(ctx context.Context, s *postgres.Store, w *way, profile string) (m measure, perSecond float64, err error) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	forgotten := 0
	job := jobs.Housekeeping("forget_notices", func(ctx context.Context, limit int) (int, error) {
		n, err := s.Outbox.ForgetNotices(ctx, time.Now().Add(-90*24*time.Hour), limit)
		forgotten += n
		return n, err
	})
	job.Lease = "" // of each round its own
	r := &jobs.Runner{Jobs: []jobs.Job{job}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := r.Check(); err != nil {
		return m, 0, err
	}
	began := time.Now()
	var running sync.WaitGroup
	running.Go(func() { r.Run(work) })
	m, err = w.round(ctx, l, profile)
	took := time.Since(began)
	stop()
	running.Wait()
	if err == nil && forgotten == 0 {
		err = fmt.Errorf("nothing was forgotten meanwhile")
	}
	return m, float64(forgotten) / took.Seconds(), err
}
