package bookings_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// move returns a move of an appointment.
func move(a booking.Appointment, to booking.SlotID) booking.SlotChange {
	a.Slot, a.Day, a.Channel = to, storetest.Today+2, booking.SMS
	return booking.SlotChange{Appointment: a, Notices: []booking.Notice{storetest.NewNotice(a.Household, booking.NoticeMoved, uuid.NewString())}}
}

func TestMove(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.Slots(0, 2, 2, 1)
	asha, ravi := f.MustRegister(storetest.Number(1), "Asha"), f.MustRegister(storetest.Number(2), "Ravi")
	a := f.MustBook(asha, slots[0])
	f.MustBook(ravi, slots[2])

	got, err := f.Move(ctx, move(a, slots[1]))
	if err != nil || got.ID != a.ID || got.Slot != slots[1] || got.Day != storetest.Today+2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	h, _ := f.Household(ctx, storetest.Number(1))
	if live, ok := h.People[0].Live(); !ok || live.Slot != slots[1] || live.Channel != booking.SMS || live.Day != storetest.Today+2 {
		t.Errorf("stored %+v", live)
	}
	if f.Booked(slots[0]) != 0 || f.Booked(slots[1]) != 1 {
		t.Error("the old place was not freed, or the new one not taken")
	}
	moved := func() int { return f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'moved'`) }

	t.Run("to where it is makes no notice", func(t *testing.T) {
		if got, err := f.Move(ctx, move(a, slots[1])); err != nil || got.Slot != slots[1] {
			t.Errorf("got %+v, %v", got, err)
		}
		if n := moved(); n != 1 || f.Booked(slots[1]) != 1 {
			t.Errorf("%d notices, %d booked, want 1 and 1", n, f.Booked(slots[1]))
		}
	})
	t.Run("slot full", func(t *testing.T) {
		_, err := f.Move(ctx, move(a, slots[2]))
		storetest.Refused(t, err, booking.SlotFull)
	})
	t.Run("slot gone", func(t *testing.T) {
		_, err := f.Move(ctx, move(a, booking.SlotID{Centre: slots[0].Centre, Slot: 99999}))
		storetest.Refused(t, err, booking.SlotGone)
		f.Exec(`UPDATE slot SET closed = true WHERE id = $1`, slots[0].Slot)
		_, err = f.Move(ctx, move(a, slots[0]))
		storetest.Refused(t, err, booking.SlotGone)
	})
	t.Run("no appointment", func(t *testing.T) {
		stranger := a
		stranger.Household = storetest.Number(2)
		_, err := f.Move(ctx, move(stranger, slots[2]))
		storetest.Refused(t, err, booking.NoAppointment)
		unknown := a
		unknown.ID = uuid.New()
		_, err = f.Move(ctx, move(unknown, slots[2]))
		storetest.Refused(t, err, booking.NoAppointment)
		if _, err := f.End(ctx, storetest.Cancel(a)); err != nil {
			t.Fatal(err)
		}
		_, err = f.Move(ctx, move(a, slots[2]))
		storetest.Refused(t, err, booking.NoAppointment)
	})
	if n := moved(); n != 1 {
		t.Errorf("%d notices of one move", n)
	}
	f.Consistent()
}

// Two people who want each other's place in full slots, and many who move at
// once, from two programs: no deadlock, no place lost, none given twice.
func TestMove_into_each_others_slots(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := f.Sibling()
	slots := f.Slots(0, 1, 1)
	a, b := f.MustBook(f.MustRegister(storetest.Number(1), "Asha"), slots[0]), f.MustBook(f.MustRegister(storetest.Number(2), "Ravi"), slots[1])
	for range 20 {
		errs := make(chan error, 2)
		go func() { _, err := f.Move(t.Context(), move(a, slots[1])); errs <- err }()
		go func() { _, err := other.Move(t.Context(), move(b, slots[0])); errs <- err }()
		storetest.Refused(t, <-errs, booking.SlotFull)
		storetest.Refused(t, <-errs, booking.SlotFull)
	}
	f.Consistent()
}

func TestMove_and_book_and_cancel_all_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 3})
	other := f.Sibling()
	slots := f.Slots(0, 3, 3, 3, 3, 3, 3, 3, 3)
	var wg sync.WaitGroup
	for i := range 40 {
		p := f.MustRegister(storetest.Number(i), "Asha")
		s := f.Rooms
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
					if got, err = s.Book(t.Context(), storetest.Ask(p, to)); err == nil {
						a = got
					}
				case rand.N(4) == 0:
					a, err = s.End(t.Context(), storetest.Cancel(a))
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
	f.Consistent()
}

func TestEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slot := f.Slots(1, 5)[0]
	b := f.MustRegister(storetest.Number(1), "Asha")
	a := f.MustBook(b, slot)

	t.Run("cancelled gives the place back, once", func(t *testing.T) {
		for range 3 {
			if got, err := f.End(ctx, storetest.Cancel(a)); err != nil || got.Status != booking.Cancelled || got.ID != a.ID {
				t.Errorf("got %+v, %v", got, err)
			}
		}
		if n := f.Booked(slot); n != 0 {
			t.Errorf("%d booked, want 0", n)
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'cancelled'`); n != 1 {
			t.Errorf("%d notices, want 1", n)
		}
	})
	t.Run("what is cancelled cannot be attended", func(t *testing.T) {
		e := storetest.Cancel(a)
		e.Status = booking.Attended
		_, err := f.End(ctx, e)
		storetest.Refused(t, err, booking.NoAppointment)
	})
	t.Run("of somebody else, or unknown", func(t *testing.T) {
		e := storetest.Cancel(f.MustBook(b, slot))
		e.Household = storetest.Number(2)
		_, err := f.End(ctx, e)
		storetest.Refused(t, err, booking.NoAppointment)
		e.Household, e.Appointment = storetest.Number(1), uuid.New()
		_, err = f.End(ctx, e)
		storetest.Refused(t, err, booking.NoAppointment)
	})
	t.Run("from the spot share", func(t *testing.T) {
		q := storetest.Ask(f.MustRegister(storetest.Number(3), "Sita"), slot)
		q.Spot = true
		s, err := f.Book(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.End(ctx, storetest.Cancel(s)); err != nil {
			t.Fatal(err)
		}
		if n := f.CountRows(`SELECT spot_used FROM slot WHERE id = $1`, slot.Slot); n != 0 {
			t.Errorf("spot_used is %d", n)
		}
	})
	t.Run("cancelled from both sides at once", func(t *testing.T) {
		other := f.Sibling()
		c := f.MustBook(f.MustRegister(storetest.Number(4), "Gita"), slot)
		before := f.Booked(slot)
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				s := f.Rooms
				if i%2 == 1 {
					s = other
				}
				if _, err := s.End(ctx, storetest.Cancel(c)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := f.Booked(slot); n != before-1 {
			t.Errorf("%d booked after one of %d was cancelled", n, before)
		}
	})
	f.Consistent()
}

func TestExpire_marks_missed_and_lets_the_person_book_anew(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.Slots(0, 10, 10)
	var all []booking.Appointment
	for i := range 5 {
		all = append(all, f.MustBook(f.MustRegister(storetest.Number(i), "Asha"), slots[0]))
	}
	attended := storetest.Cancel(all[0])
	attended.Status, attended.Notices = booking.Attended, nil
	if _, err := f.End(ctx, attended); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		day      booking.Date
		limit, n int
	}{{storetest.Today + 1, 10, 0}, {storetest.Today + 2, 3, 3}, {storetest.Today + 2, 3, 1}, {storetest.Today + 2, 3, 0}} {
		if n, err := f.Expire(ctx, want.day, storetest.Noon(), want.limit); err != nil || n != want.n {
			t.Errorf("expired %d, %v, want %d", n, err, want.n)
		}
	}
	h, _ := f.Household(ctx, storetest.Number(1))
	if _, ok := h.People[0].Live(); ok {
		t.Error("missed is still live")
	}
	f.MustBook(h.People[0], slots[1])
	// A missed person came after all; but now there is a newer booking.
	late := storetest.Cancel(all[1])
	late.Status = booking.Attended
	_, err := f.End(ctx, late)
	storetest.Refused(t, err, booking.NoAppointment)
	// Another person came after all, and is recorded late.
	late = storetest.Cancel(all[2])
	late.Status = booking.Attended
	if got, err := f.End(ctx, late); err != nil || got.Status != booking.Attended {
		t.Errorf("got %+v, %v", got, err)
	}
	f.Consistent()
}
