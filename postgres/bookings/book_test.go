package bookings_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/batch"
	"tikaline/postgres/storetest"
)

func TestBook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.Slots(1, 2, 5)
	asha, ravi, sita := f.MustRegister(storetest.Number(1), "Asha"), f.MustRegister(storetest.Number(1), "Ravi"), f.MustRegister(storetest.Number(2), "Sita")
	q := storetest.Ask(asha, slots[0])
	q.Agent = "a7"
	a, err := f.Book(ctx, q)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("is read back whole", func(t *testing.T) {
		h, _ := f.Household(ctx, storetest.Number(1))
		p, _ := h.Person(asha.Reference)
		got, ok := p.Live()
		if got.BookedAt.Equal(a.BookedAt) {
			got.BookedAt = a.BookedAt
		}
		if !ok || got != a || a != q.Appointment {
			t.Errorf("stored %+v\nanswered %+v\nasked %+v", got, a, q.Appointment)
		}
	})
	t.Run("the same request gives the same appointment", func(t *testing.T) {
		again := storetest.Ask(asha, slots[1])
		again.Request = q.Request
		if got, err := f.Book(ctx, again); err != nil || got.ID != a.ID || got.Slot != slots[0] {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("the same slot gives the same appointment", func(t *testing.T) {
		if got, err := f.Book(ctx, storetest.Ask(asha, slots[0])); err != nil || got.ID != a.ID {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("already booked", func(t *testing.T) {
		got, err := f.Book(ctx, storetest.Ask(asha, slots[1]))
		storetest.Refused(t, err, booking.AlreadyBooked)
		if got.ID != a.ID {
			t.Errorf("what is in the way is not given: %+v", got)
		}
	})
	t.Run("slot full", func(t *testing.T) {
		f.MustBook(ravi, slots[0])
		_, err := f.Book(ctx, storetest.Ask(sita, slots[0]))
		storetest.Refused(t, err, booking.SlotFull)
		if got, err := f.Book(ctx, storetest.Ask(asha, slots[0])); err != nil || got.ID != a.ID {
			t.Errorf("who is in a full slot: %+v, %v", got, err)
		}
		_, err = f.Book(ctx, storetest.Ask(asha, slots[0]))
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("the spot share is another's", func(t *testing.T) {
		spot := storetest.Ask(sita, slots[0])
		spot.Spot = true
		if got, err := f.Book(ctx, spot); err != nil || !got.Spot {
			t.Errorf("got %+v, %v", got, err)
		}
		spot = storetest.Ask(f.MustRegister(storetest.Number(2), "Gita"), slots[0])
		spot.Spot = true
		_, err := f.Book(ctx, spot)
		storetest.Refused(t, err, booking.SlotFull)
	})
	t.Run("slot gone", func(t *testing.T) {
		rita := f.MustRegister(storetest.Number(2), "Rita")
		_, err := f.Book(ctx, storetest.Ask(rita, booking.SlotID{Centre: slots[0].Centre, Slot: 99999}))
		storetest.Refused(t, err, booking.SlotGone)
		f.Exec(`UPDATE slot SET closed = true WHERE id = $1`, slots[1].Slot)
		_, err = f.Book(ctx, storetest.Ask(rita, slots[1]))
		storetest.Refused(t, err, booking.SlotGone)
	})
	if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'booked'`); n != 3 {
		t.Errorf("%d confirmations pending for 3 bookings", n)
	}
	f.Consistent()
}

// A late duplicate of a booking that was cancelled since is answered, not
// booked again; and it does no harm to the others of its batch.
func TestBook_repeated_after_cancelling(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 1})
	slot := f.Slots(0, 100)[0]
	b := f.MustRegister(storetest.Number(1), "Asha")
	q := storetest.Ask(b, slot)
	a, err := f.Book(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.End(t.Context(), booking.Ending{Household: b.Household, Appointment: a.ID, Status: booking.Cancelled, At: storetest.Noon()}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		p := f.MustRegister(storetest.Number(10+i), "Ravi")
		wg.Go(func() { f.MustBook(p, slot) })
		wg.Go(func() {
			again := storetest.Ask(b, slot)
			again.Request = q.Request
			if got, err := f.Book(t.Context(), again); err != nil || got.ID != a.ID || got.Status != booking.Cancelled {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	if n := f.CountRows(`SELECT booked FROM slot WHERE id = $1`, slot.Slot); n != 50 {
		t.Errorf("%d booked, want 50", n)
	}
	f.Consistent()
}

func TestBook_200_callers_for_the_last_20_places(t *testing.T) {
	t.Parallel()
	for _, o := range []postgres.Options{{Writers: 1}, {Writers: 3}, {Writers: 2, WriterKey: batch.ByCentre}, {Writers: 2, MaxBatch: 7}} {
		t.Run(fmt.Sprintf("writers=%d %s %d", o.Writers, o.WriterKey, o.MaxBatch), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, o)
			other := f.Sibling()
			slot := f.Slots(5, 20)[0]
			var mu sync.Mutex
			var booked, spot int
			var wg sync.WaitGroup
			for i := range 200 {
				p := f.MustRegister(storetest.Number(i), "Asha")
				s := f.Rooms
				if i%2 == 1 {
					s = other
				}
				wg.Go(func() {
					q := storetest.Ask(p, slot)
					q.Spot = i%4 == 0
					_, err := s.Book(t.Context(), q)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil && q.Spot:
						spot++
					case err == nil:
						booked++
					default:
						storetest.Refused(t, err, booking.SlotFull)
					}
				})
			}
			wg.Wait()
			if booked != 20 || spot != 5 {
				t.Errorf("%d and %d on the spot were told that they have a place, of 20 and 5", booked, spot)
			}
			if n := f.CountRows(`SELECT count(*) FROM appointment`); n != 25 {
				t.Errorf("%d appointments", n)
			}
			if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'booked'`); n != 25 {
				t.Errorf("%d confirmations", n)
			}
			f.Consistent()
		})
	}
}

func TestBook_delivered_five_times_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := f.Sibling()
	slots := f.Slots(0, 1, 1)
	for i := range 20 {
		f.Exec(`UPDATE slot SET capacity = capacity + 1 WHERE id = $1`, slots[0].Slot)
		p := f.MustRegister(storetest.Number(i), "Asha")
		request := uuid.New()
		ids := make(chan uuid.UUID, 10)
		for j := range 10 {
			go func() {
				s := f.Rooms
				if j%2 == 1 {
					s = other
				}
				q := storetest.Ask(p, slots[0])
				q.Request = request
				a, err := s.Book(t.Context(), q)
				if err != nil {
					t.Error(err)
				}
				ids <- a.ID
			}()
		}
		first := <-ids
		for range 9 {
			if id := <-ids; id != first {
				t.Fatalf("one message made appointments %s and %s", first, id)
			}
		}
	}
	if n := f.CountRows(`SELECT booked FROM slot WHERE id = $1`, slots[0].Slot); n != 20 {
		t.Errorf("%d places taken by 20 messages", n)
	}
	if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'booked'`); n != 20 {
		t.Errorf("%d confirmations of 20 bookings", n)
	}
	f.Consistent()
}

// Two channels book different slots for one person.
func TestBook_one_person_two_slots_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := f.Sibling()
	slots := f.Slots(0, 1, 100)
	for i := range 30 {
		p := f.MustRegister(storetest.Number(i), "Asha")
		errs := make(chan error, 2)
		go func() { _, err := f.Book(t.Context(), storetest.Ask(p, slots[0])); errs <- err }()
		go func() { _, err := other.Book(t.Context(), storetest.Ask(p, slots[1])); errs <- err }()
		a, b := <-errs, <-errs
		if a != nil && b != nil {
			t.Fatalf("neither was booked: %v, %v", a, b)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM appointment`); n != 30 {
		t.Errorf("%d appointments of 30 people", n)
	}
	f.Consistent()
}

func TestBook_capacity_lowered_below_booked(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	slot := f.Slots(0, 5)[0]
	var last booking.Appointment
	for i := range 5 {
		last = f.MustBook(f.MustRegister(storetest.Number(i), "Asha"), slot)
	}
	f.Exec(`UPDATE slot SET capacity = 3 WHERE id = $1`, slot.Slot)
	late := f.MustRegister(storetest.Number(9), "Ravi")
	_, err := f.Book(t.Context(), storetest.Ask(late, slot))
	storetest.Refused(t, err, booking.SlotFull)
	if _, err := f.End(t.Context(), booking.Ending{Household: last.Household, Appointment: last.ID, Status: booking.Cancelled, At: storetest.Noon()}); err != nil {
		t.Fatal(err)
	}
	_, err = f.Book(t.Context(), storetest.Ask(late, slot))
	storetest.Refused(t, err, booking.SlotFull)
	if n := f.CountRows(`SELECT booked FROM slot WHERE id = $1`, slot.Slot); n != 4 {
		t.Errorf("booked is %d, want 4", n)
	}
}
