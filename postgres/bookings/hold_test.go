package bookings_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres/storetest"
)

func TestHold(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	slot := v.slotsOf(v.session(0, storetest.Today+2, "COVISHIELD", 1, 2))[0]
	p := v.people(1, 4)
	ask := func(b booking.Beneficiary) booking.Booking {
		return booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: slot, Channel: booking.SMS}
	}
	first := ask(p[0])
	h, err := v.Hold(ctx, p[0].Household, first)
	if err != nil || h.Status != booking.Held || !h.Until.Equal(storetest.Noon().Add(30*time.Minute)) {
		t.Fatalf("got %+v, %v", h, err)
	}
	t.Run("again is the same", func(t *testing.T) {
		for _, q := range []booking.Booking{first, ask(p[0])} {
			if again, err := v.Hold(ctx, p[0].Household, q); err != nil || again.ID != h.ID || !again.Until.Equal(h.Until) {
				t.Errorf("got %+v, %v", again, err)
			}
		}
		// Also for the store, where the core did not see the first.
		again, err := v.fixture.Hold(ctx, booking.Holding{Hold: booking.Hold{Appointment: h.Appointment, Request: first.Request}})
		if err != nil || again.ID != h.ID {
			t.Errorf("got %+v, %v", again, err)
		}
	})
	t.Run("counts as booked in the slot and as live", func(t *testing.T) {
		if n := v.Booked(slot); n != 1 {
			t.Errorf("%d booked", n)
		}
		if live, ok := v.live(p[0]); !ok || live.Status != booking.Held {
			t.Errorf("live: %+v", live)
		}
		other := v.slotsOf(v.session(0, storetest.Today+3, "COVISHIELD", 1, 2))[0]
		q := ask(p[0])
		q.Slot = other
		_, err := v.Core.Book(ctx, p[0].Household, q)
		storetest.Refused(t, err, booking.AlreadyBooked)
		_, err = v.Hold(ctx, p[0].Household, q)
		storetest.Refused(t, err, booking.AlreadyBooked)
	})
	t.Run("full", func(t *testing.T) {
		if _, err := v.Hold(ctx, p[1].Household, ask(p[1])); err != nil {
			t.Fatal(err)
		}
		_, err := v.Hold(ctx, p[2].Household, ask(p[2]))
		storetest.Refused(t, err, booking.SlotFull)
		if _, ok := v.live(p[2]); ok {
			t.Error("who found no place has claimed the dose")
		}
	})
	t.Run("confirm", func(t *testing.T) {
		for range 3 {
			a, err := v.Confirm(ctx, p[0].Household, h.ID, booking.SMS, "")
			if err != nil || a.Status != booking.Booked || a.ID != h.ID {
				t.Errorf("got %+v, %v", a, err)
			}
		}
		if n := v.queued(booking.NoticeBooked); n != 1 {
			t.Errorf("%d confirmations", n)
		}
	})
	t.Run("release of what is booked is refused", func(t *testing.T) {
		_, err := v.Release(ctx, p[0].Household, h.ID, booking.SMS, "")
		storetest.Refused(t, err, booking.NoAppointment)
		if live, ok := v.live(p[0]); !ok || live.Status != booking.Booked {
			t.Errorf("left %+v", live)
		}
	})
	t.Run("release", func(t *testing.T) {
		live, _ := v.live(p[1])
		_, err := v.Release(ctx, p[0].Household, live.ID, booking.SMS, "")
		storetest.Refused(t, err, booking.NoAppointment) // another's
		for range 3 {
			a, err := v.Release(ctx, p[1].Household, live.ID, booking.SMS, "")
			if err != nil || a.Status != booking.Cancelled {
				t.Errorf("got %+v, %v", a, err)
			}
		}
		if n := v.Booked(slot); n != 1 {
			t.Errorf("%d booked", n)
		}
		_, err = v.Confirm(ctx, p[1].Household, live.ID, booking.SMS, "")
		storetest.Refused(t, err, booking.NoAppointment)
	})
	t.Run("slot closed", func(t *testing.T) {
		v.Exec(`UPDATE slot SET closed = true WHERE id = $1`, slot.Slot)
		_, err := v.Hold(ctx, p[3].Household, ask(p[3]))
		storetest.Refused(t, err, booking.SlotGone)
	})
	v.Consistent()
}

func TestExpireHolds(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	slot := v.slotsOf(v.session(0, storetest.Today+2, "COVISHIELD", 1, 50))[0]
	other := v.node(v.fixture.Sibling().Store)
	people := v.people(1, 30)
	var holds []booking.Hold
	for _, b := range people {
		h, err := v.Hold(ctx, b.Household, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: slot})
		if err != nil {
			t.Fatal(err)
		}
		holds = append(holds, h)
	}
	v.pass(29 * time.Minute)
	if n, err := v.ExpireHolds(ctx, 100); n != 0 || err != nil {
		t.Fatalf("%d expired before their time, %v", n, err)
	}
	v.pass(time.Minute)
	// Two nodes expire them while ten of the people say yes.
	var wg sync.WaitGroup
	var expired, confirmed atomic.Int64
	for _, c := range []*booking.Core{v.Core, other, v.Core, other} {
		wg.Go(func() {
			n, err := c.ExpireHolds(ctx, 100)
			if err != nil {
				t.Error(err)
			}
			expired.Add(int64(n))
		})
	}
	for _, h := range holds[:10] {
		wg.Go(func() {
			switch _, err := v.Confirm(ctx, h.Household, h.ID, booking.SMS, ""); {
			case err == nil:
				confirmed.Add(1)
			case !booking.Refused(err, booking.NoAppointment):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if expired.Load()+confirmed.Load() != 30 {
		t.Errorf("%d expired and %d confirmed, of 30", expired.Load(), confirmed.Load())
	}
	if n := v.Booked(slot); int64(n) != confirmed.Load() {
		t.Errorf("%d booked, %d confirmed", n, confirmed.Load())
	}
	if n := v.queued(booking.NoticeHeldReleased); int64(n) != expired.Load() {
		t.Errorf("%d were told, %d expired", n, expired.Load())
	}
	v.Consistent()
}

// TestDesk_answers_by_menu: a person who books the held slot, or moves a held
// appointment, has answered.
func TestDesk_answers_by_menu(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	slots := v.slotsOf(v.session(0, storetest.Today+2, "COVISHIELD", 1, 5, 5))
	people := v.people(1, 2)
	for i, b := range people {
		d := v.Desk(b.Household, booking.USSD, "")
		h, err := d.Hold(ctx, uuid.New(), b.Reference, slots[0])
		if err != nil {
			t.Fatal(err)
		}
		var a booking.Appointment
		if i == 0 {
			a, err = d.Book(ctx, uuid.New(), b.Reference, slots[0])
		} else {
			a, err = d.Move(ctx, h.ID, slots[1])
		}
		if err != nil || a.Status != booking.Booked || a.ID != h.ID || a.Slot != slots[i] {
			t.Errorf("got %+v, %v", a, err)
		}
	}
	v.pass(time.Hour)
	if n, err := v.ExpireHolds(ctx, 10); n != 0 || err != nil {
		t.Errorf("%d ran out, %v", n, err)
	}
	v.Consistent()
}
