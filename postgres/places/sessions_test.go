package places_test

import (
	"sync"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// hours returns a session of a slot for each hour from nine.
func hours(centre int64, day booking.Date, n int) booking.Session {
	s := booking.Session{Centre: centre, Day: day, Vaccine: "COVISHIELD", Dose: 1, MinAge: 45}
	for i := range n {
		s.Slots = append(s.Slots, booking.Slot{Window: booking.Window{From: int16(540 + 60*i), To: int16(600 + 60*i)}, Capacity: 5})
	}
	return s
}

// TestPutSessions_does_not_reopen adds slots to a session that was called off,
// as an operator's older file does.
func TestPutSessions_does_not_reopen(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	centre := f.Slots(0, 3)[0].Centre
	for _, day := range []booking.Date{storetest.Today + 2, storetest.Today + 3} {
		if err := f.PutSessions(ctx, []booking.Session{hours(centre, day, 1)}); err != nil {
			t.Fatal(err)
		}
	}
	off := int64(f.CountRows(`SELECT id FROM session WHERE day = $1`, (storetest.Today + 2).Time().Format(time.DateOnly)))
	if _, err := f.CloseSession(ctx, off, "no vaccine came", storetest.Noon()); err != nil {
		t.Fatal(err)
	}
	// Both, one of which is open, with more slots than before.
	if err := f.PutSessions(ctx, []booking.Session{hours(centre, storetest.Today+2, 3), hours(centre, storetest.Today+3, 3)}); err != nil {
		t.Fatal(err)
	}
	if n := f.CountRows(`SELECT count(*) FROM slot WHERE session_id = $1 AND NOT closed`, off); n != 0 {
		t.Errorf("%d slots of a session that was called off are open", n)
	}
	if n := f.CountRows(`SELECT count(*) FROM slot WHERE session_id <> $1 AND day > $2 AND NOT closed`, off, (storetest.Today + 2).Time().Format(time.DateOnly)); n != 3 {
		t.Errorf("%d slots of the other are open, want 3", n)
	}
	added := booking.SlotID{Centre: centre, Slot: int64(f.CountRows(`SELECT max(id) FROM slot WHERE session_id = $1`, off))}
	if _, err := f.Book(ctx, storetest.Ask(f.MustRegister(storetest.Number(1), "Asha"), added)); err == nil {
		t.Error("a place in it was booked")
	}
}

// TestPutSessions_while_it_is_called_off does both at once, again and again:
// the second one sees the result of the first.
func TestPutSessions_while_it_is_called_off(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	centre := f.Slots(0, 3)[0].Centre
	for round := range 25 {
		day := storetest.Today + 10 + booking.Date(round)
		if err := f.PutSessions(ctx, []booking.Session{hours(centre, day, 1)}); err != nil {
			t.Fatal(err)
		}
		id := int64(f.CountRows(`SELECT id FROM session WHERE day = $1`, day.Time().Format(time.DateOnly)))
		var both sync.WaitGroup
		both.Go(func() {
			if err := f.PutSessions(ctx, []booking.Session{hours(centre, day, 4)}); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			if _, err := f.CloseSession(ctx, id, "flood", storetest.Noon()); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if open, all := f.CountRows(`SELECT count(*) FROM slot WHERE session_id = $1 AND NOT closed`, id), f.CountRows(`SELECT count(*) FROM slot WHERE session_id = $1`, id); open != 0 || all != 4 {
			t.Fatalf("round %d: %d of %d slots are open", round, open, all)
		}
	}
}
