package postgres_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
)

// move is a move of an appointment.
func move(a booking.Appointment, to booking.SlotID) booking.SlotChange {
	a.Slot, a.Day, a.Channel = to, today+2, booking.SMS
	return booking.SlotChange{Appointment: a, Notices: []booking.Notice{owed(a.Household, booking.NoticeMoved, uuid.NewString())}}
}

func cancel(a booking.Appointment) booking.Ending {
	return booking.Ending{
		Household: a.Household, Appointment: a.ID, Status: booking.Cancelled, Channel: booking.SMS, At: noon(),
		Notices: []booking.Notice{owed(a.Household, booking.NoticeCancelled, a.ID.String())},
	}
}

func (f *fixture) booked(id booking.SlotID) int {
	f.t.Helper()
	return f.count(`SELECT booked FROM slot WHERE centre_id = $1 AND id = $2`, id.Centre, id.Slot)
}

func TestMove(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.slots(0, 2, 2, 1)
	asha, ravi := f.mustRegister(number(1), "Asha"), f.mustRegister(number(2), "Ravi")
	a := f.mustBook(asha, slots[0])
	f.mustBook(ravi, slots[2])

	got, err := f.Move(ctx, move(a, slots[1]))
	if err != nil || got.ID != a.ID || got.Slot != slots[1] || got.Day != today+2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	h, _ := f.Household(ctx, number(1))
	if live, ok := h.People[0].Live(); !ok || live.Slot != slots[1] || live.Channel != booking.SMS || live.Day != today+2 {
		t.Errorf("stored %+v", live)
	}
	if f.booked(slots[0]) != 0 || f.booked(slots[1]) != 1 {
		t.Error("the old place was not freed, or the new one not taken")
	}
	moved := func() int { return f.count(`SELECT count(*) FROM outbox WHERE kind = 'moved'`) }

	t.Run("to where it is makes no notice", func(t *testing.T) {
		if got, err := f.Move(ctx, move(a, slots[1])); err != nil || got.Slot != slots[1] {
			t.Errorf("got %+v, %v", got, err)
		}
		if n := moved(); n != 1 || f.booked(slots[1]) != 1 {
			t.Errorf("%d notices, %d booked, want 1 and 1", n, f.booked(slots[1]))
		}
	})
	t.Run("slot full", func(t *testing.T) {
		_, err := f.Move(ctx, move(a, slots[2]))
		refused(t, err, booking.SlotFull)
	})
	t.Run("slot gone", func(t *testing.T) {
		_, err := f.Move(ctx, move(a, booking.SlotID{Centre: slots[0].Centre, Slot: 99999}))
		refused(t, err, booking.SlotGone)
		f.exec(`UPDATE slot SET closed = true WHERE id = $1`, slots[0].Slot)
		_, err = f.Move(ctx, move(a, slots[0]))
		refused(t, err, booking.SlotGone)
	})
	t.Run("no appointment", func(t *testing.T) {
		stranger := a
		stranger.Household = number(2)
		_, err := f.Move(ctx, move(stranger, slots[2]))
		refused(t, err, booking.NoAppointment)
		unknown := a
		unknown.ID = uuid.New()
		_, err = f.Move(ctx, move(unknown, slots[2]))
		refused(t, err, booking.NoAppointment)
		if _, err := f.End(ctx, cancel(a)); err != nil {
			t.Fatal(err)
		}
		_, err = f.Move(ctx, move(a, slots[2]))
		refused(t, err, booking.NoAppointment)
	})
	if n := moved(); n != 1 {
		t.Errorf("%d notices of one move", n)
	}
	f.consistent()
}

// Two who want each other's place in full slots, and many who move about at
// once, from two programs: no deadlock, no place lost, none given twice.
func TestMove_into_each_others_slots(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := sibling(t, f)
	slots := f.slots(0, 1, 1)
	a, b := f.mustBook(f.mustRegister(number(1), "Asha"), slots[0]), f.mustBook(f.mustRegister(number(2), "Ravi"), slots[1])
	for range 20 {
		errs := make(chan error, 2)
		go func() { _, err := f.Move(t.Context(), move(a, slots[1])); errs <- err }()
		go func() { _, err := other.Move(t.Context(), move(b, slots[0])); errs <- err }()
		refused(t, <-errs, booking.SlotFull)
		refused(t, <-errs, booking.SlotFull)
	}
	f.consistent()
}

func TestMove_and_book_and_cancel_all_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 3})
	other := sibling(t, f)
	slots := f.slots(0, 3, 3, 3, 3, 3, 3, 3, 3)
	var wg sync.WaitGroup
	for i := range 40 {
		p := f.mustRegister(number(i), "Asha")
		s := f.Store
		if i%2 == 1 {
			s = other
		}
		wg.Go(func() {
			var a booking.Appointment
			for range 15 {
				to := slots[rand.N(len(slots))]
				var err error
				switch {
				case a.Status != booking.Booked:
					var got booking.Appointment
					if got, err = s.Book(t.Context(), ask(p, to)); err == nil {
						a = got
					}
				case rand.N(4) == 0:
					a, err = s.End(t.Context(), cancel(a))
				default:
					var got booking.Appointment
					if got, err = s.Move(t.Context(), move(a, to)); err == nil {
						a = got
					}
				}
				if _, ok := booking.AsProblem(err); err != nil && (!ok || booking.Refused(err, booking.Busy)) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f.consistent()
}

func TestEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slot := f.slots(1, 5)[0]
	b := f.mustRegister(number(1), "Asha")
	a := f.mustBook(b, slot)

	t.Run("cancelled gives the place back, once", func(t *testing.T) {
		for range 3 {
			if got, err := f.End(ctx, cancel(a)); err != nil || got.Status != booking.Cancelled || got.ID != a.ID {
				t.Errorf("got %+v, %v", got, err)
			}
		}
		if n := f.booked(slot); n != 0 {
			t.Errorf("%d booked, want 0", n)
		}
		if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'cancelled'`); n != 1 {
			t.Errorf("%d notices, want 1", n)
		}
	})
	t.Run("what is cancelled cannot be attended", func(t *testing.T) {
		e := cancel(a)
		e.Status = booking.Attended
		_, err := f.End(ctx, e)
		refused(t, err, booking.NoAppointment)
	})
	t.Run("of somebody else, or unknown", func(t *testing.T) {
		e := cancel(f.mustBook(b, slot))
		e.Household = number(2)
		_, err := f.End(ctx, e)
		refused(t, err, booking.NoAppointment)
		e.Household, e.Appointment = number(1), uuid.New()
		_, err = f.End(ctx, e)
		refused(t, err, booking.NoAppointment)
	})
	t.Run("from the spot share", func(t *testing.T) {
		q := ask(f.mustRegister(number(3), "Sita"), slot)
		q.Spot = true
		s, err := f.Book(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.End(ctx, cancel(s)); err != nil {
			t.Fatal(err)
		}
		if n := f.count(`SELECT spot_used FROM slot WHERE id = $1`, slot.Slot); n != 0 {
			t.Errorf("spot_used is %d", n)
		}
	})
	t.Run("cancelled from both sides at once", func(t *testing.T) {
		other := sibling(t, f)
		c := f.mustBook(f.mustRegister(number(4), "Gita"), slot)
		before := f.booked(slot)
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				s := f.Store
				if i%2 == 1 {
					s = other
				}
				if _, err := s.End(ctx, cancel(c)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := f.booked(slot); n != before-1 {
			t.Errorf("%d booked after one of %d was cancelled", n, before)
		}
	})
	f.consistent()
}

func TestExpire_marks_missed_and_lets_the_person_book_anew(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.slots(0, 10, 10)
	var all []booking.Appointment
	for i := range 5 {
		all = append(all, f.mustBook(f.mustRegister(number(i), "Asha"), slots[0]))
	}
	attended := cancel(all[0])
	attended.Status, attended.Notices = booking.Attended, nil
	if _, err := f.End(ctx, attended); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		day      booking.Date
		limit, n int
	}{{today + 1, 10, 0}, {today + 2, 3, 3}, {today + 2, 3, 1}, {today + 2, 3, 0}} {
		if n, err := f.Expire(ctx, want.day, noon(), want.limit); err != nil || n != want.n {
			t.Errorf("expired %d, %v, want %d", n, err, want.n)
		}
	}
	h, _ := f.Household(ctx, number(1))
	if _, ok := h.People[0].Live(); ok {
		t.Error("missed is still live")
	}
	f.mustBook(h.People[0], slots[1])
	// A missed person came after all; but now there is a newer booking.
	late := cancel(all[1])
	late.Status = booking.Attended
	_, err := f.End(ctx, late)
	refused(t, err, booking.NoAppointment)
	// Another came after all, and is written down late.
	late = cancel(all[2])
	late.Status = booking.Attended
	if got, err := f.End(ctx, late); err != nil || got.Status != booking.Attended {
		t.Errorf("got %+v, %v", got, err)
	}
	f.consistent()
}
