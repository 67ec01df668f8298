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

func TestWave_first_come_first_served_in_waves(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	people := v.people(1, 12)
	v.wait(people...)
	v.wave(0) // nothing is open
	v.session(3, storetest.Today+2, "COVISHIELD", 1, 50)
	v.wave(0) // 40 km away
	v.session(1, storetest.Today+2, "COVISHIELD", 1, 2)
	v.wave(4)
	for i, b := range people {
		if n := v.told(b); (n == 1) != (i < 4) {
			t.Errorf("number %d in the line was told %d times", i+1, n)
		}
	}
	v.wave(0) // they have time to answer
	v.pass(2*time.Hour - time.Minute)
	v.wave(0)
	if err := v.JoinWaitlist(ctx, people[0].Household, uuid.New(), pincode, people[0].Reference); err != nil {
		t.Fatal(err) // asking again keeps the position and makes no second offer
	}
	v.wave(0)
	v.pass(time.Minute)
	v.wave(4)
	v.pass(2 * time.Hour)
	v.wave(4)
	for i, b := range people {
		if n := v.told(b); (n == 3) != (i < 4) || n != 0 && i >= 4 {
			t.Errorf("number %d in the line was told %d times", i+1, n)
		}
	}
	v.pass(2 * time.Hour) // 18:00; three offers are enough, and the people behind get one
	v.wave(4)
	for i, b := range people[4:8] {
		if n := v.told(b); n != 1 {
			t.Errorf("number %d was told %d times", i+5, n)
		}
	}
	if n := v.CountRows(`SELECT count(*) FROM waiting WHERE left_for = 'silent'`); n != 4 {
		t.Errorf("%d left for their silence", n)
	}
	v.pass(2*time.Hour + time.Minute)
	v.wave(0) // at night nobody is offered a place
	if v.CountRows(`SELECT sum(booked) FROM slot`) != 0 {
		t.Error("a wave took a place")
	}
}

func TestWave_leaves_out_whom_it_does_not_suit(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	people := v.people(1, 4)
	v.wait(people...)
	v.attended(people[0], "COVAXIN", storetest.Today-40) // dose 2 is due, of Covaxin
	v.session(0, storetest.Today+2, "COVISHIELD", 1, 1)
	v.wave(2)
	if v.told(people[0]) != 0 || v.told(people[1]) != 1 || v.told(people[2]) != 1 {
		t.Error("the first was offered a dose that is not for them")
	}
	v.session(1, storetest.Today+2, "COVAXIN", 2, 5)
	v.wave(1)
	if v.told(people[0]) != 1 {
		t.Error("a person with dose 1 was not offered dose 2")
	}
}

func TestWave_two_nodes_at_once_tell_nobody_twice(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	other := v.node(v.fixture.Sibling().Store)
	people := v.people(1, 40)
	v.wait(people...)
	v.session(0, storetest.Today+2, "COVISHIELD", 1, 3)
	v.session(1, storetest.Today+2, "COVISHIELD", 1, 4)
	v.look(v.Core)
	v.look(other)
	var total atomic.Int64
	var wg sync.WaitGroup
	for i := range 12 {
		c := v.Core
		if i%2 == 1 {
			c = other
		}
		wg.Go(func() {
			n, err := c.OfferPlaces(t.Context())
			if err != nil {
				t.Error(err)
			}
			total.Add(int64(n))
		})
	}
	wg.Wait()
	if n := v.queued(booking.NoticeSlotOpened); n != 14 || total.Load() != 14 {
		t.Errorf("%d notices, %d told, of 7 places", n, total.Load())
	}
	for i, b := range people {
		if n := v.told(b); (n == 1) != (i < 14) {
			t.Errorf("number %d was told %d times", i+1, n)
		}
	}
}

// A node that was held up offers nothing once another has acquired the lease.
func TestOffer_under_an_old_token_offers_nothing(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	b := v.people(1, 1)[0]
	v.wait(b)
	list, err := v.Waiting(ctx, b.Household)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	one := booking.PlaceOffer{Waiter: list[0], Until: v.now().Add(time.Hour), Notice: storetest.NewNotice(b.Household, booking.NoticeSlotOpened, "x")}
	old, err := v.fixture.Store.Leases.Acquire(ctx, "wave", v.now(), v.now().Add(time.Minute))
	if err != nil || old == 0 {
		t.Fatal(old, err)
	}
	if n, err := v.fixture.Store.Leases.Acquire(ctx, "wave", v.now(), v.now().Add(time.Minute)); n != 0 || err != nil {
		t.Errorf("two have the turn: %d, %v", n, err)
	}
	v.pass(time.Minute)
	turn, err := v.fixture.Store.Leases.Acquire(ctx, "wave", v.now(), v.now().Add(time.Minute))
	if err != nil || turn == 0 {
		t.Fatal(turn, err)
	}
	if n, ours, err := v.fixture.Offer(ctx, old, v.now(), []booking.PlaceOffer{one}); n != 0 || ours || err != nil {
		t.Errorf("told %d under an old turn: %v, %v", n, ours, err)
	}
	for i, want := range []int{1, 0} {
		if n, ours, err := v.fixture.Offer(ctx, turn, v.now(), []booking.PlaceOffer{one}); n != want || !ours || err != nil {
			t.Errorf("time %d: told %d, %v, %v", i, n, ours, err)
		}
	}
}

func TestYes_of_fifty_for_three_places(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	v.Waits.Multiple = 20
	other := v.node(v.fixture.Sibling().Store)
	people := v.people(1, 50)
	v.wait(people...)
	slot := v.slotsOf(v.session(0, storetest.Today+2, "COVISHIELD", 1, 3))[0]
	v.wave(50)
	v.look(other)
	requests := make([]uuid.UUID, len(people))
	answers := make([][]booking.Appointment, len(people))
	var held, late atomic.Int64
	var wg sync.WaitGroup
	for i, b := range people {
		c := v.Core
		if i%2 == 1 {
			c = other
		}
		requests[i] = uuid.New()
		wg.Go(func() {
			list, err := c.Accept(ctx, b.Household, requests[i], booking.SMS, "")
			switch {
			case err == nil && len(list) == 1 && list[0].Status == booking.Held:
				held.Add(1)
				answers[i] = list
			case booking.Refused(err, booking.NoSlot):
				late.Add(1)
			default:
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
	wg.Wait()
	if held.Load() != 3 || late.Load() != 47 || v.Booked(slot) != 3 {
		t.Fatalf("%d held, %d too late, %d in the slot", held.Load(), late.Load(), v.Booked(slot))
	}
	winner := -1
	for i, b := range people {
		if answers[i] == nil {
			continue
		}
		// The same message again.
		again, err := v.Accept(ctx, b.Household, requests[i], booking.SMS, "")
		if err != nil || len(again) != 1 || again[0].ID != answers[i][0].ID || again[0].Status != booking.Held {
			t.Errorf("again: %+v, %v", again, err)
		}
		if winner < 0 {
			winner = i
		}
	}
	// The first confirms, the others let it lapse.
	b := people[winner]
	for range 3 {
		list, err := v.Accept(ctx, b.Household, uuid.New(), booking.SMS, "")
		if err != nil || len(list) != 1 || list[0].Status != booking.Booked {
			t.Fatalf("%+v, %v", list, err)
		}
	}
	if list, err := v.Waiting(ctx, b.Household); err != nil || len(list) != 0 {
		t.Errorf("who has booked waits: %v, %v", list, err)
	}
	v.pass(31 * time.Minute)
	if n, err := v.ExpireHolds(ctx, 10); n != 2 || err != nil {
		t.Errorf("%d lapsed, %v", n, err)
	}
	// Two places are open again. Those who came too late are told again, in the
	// order of the list, and got no useless offer.
	v.Waits.Multiple = 2
	v.wave(4)
	told := 0
	for i, b := range people {
		if i == winner {
			continue
		}
		if told++; v.told(b) != map[bool]int{true: 2, false: 1}[told <= 4] {
			t.Errorf("number %d was told %d times", i+1, v.told(b))
		}
	}
	if n := v.CountRows(`SELECT count(*) FROM waiting WHERE waves > 2`); n != 0 {
		t.Errorf("%d waves without a place count", n)
	}
	v.Consistent()
}

func TestLeaving_the_line(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	people := v.people(1, 6)
	request := uuid.New()
	if err := v.JoinWaitlist(ctx, people[0].Household, request, pincode, people[0].Reference); err != nil {
		t.Fatal(err)
	}
	v.wait(people[1:]...)
	waits := func(i int) bool {
		t.Helper()
		list, err := v.Waiting(ctx, people[i].Household)
		if err != nil {
			t.Fatal(err)
		}
		return len(list) == 1
	}
	session := v.session(0, storetest.Today+2, "COVISHIELD", 1, 9)
	t.Run("no before anything was asked", func(t *testing.T) {
		_, err := v.Decline(ctx, people[0].Household, booking.SMS, "")
		storetest.Refused(t, err, booking.NoAppointment)
		_, err = v.Accept(ctx, people[0].Household, uuid.New(), booking.SMS, "")
		storetest.Refused(t, err, booking.NoAppointment)
		if !waits(0) {
			t.Error("left")
		}
	})
	t.Run("booked by another way", func(t *testing.T) {
		v.take(people[1], v.slotsOf(session)[0])
		v.wave(5)
		if waits(1) || v.told(people[1]) != 0 {
			t.Error("who has a place waits")
		}
	})
	t.Run("no", func(t *testing.T) {
		if _, err := v.Decline(ctx, people[0].Household, booking.SMS, ""); err != nil || waits(0) {
			t.Errorf("waits: %v, %v", waits(0), err)
		}
		// The message that asked comes again.
		if err := v.JoinWaitlist(ctx, people[0].Household, request, pincode, people[0].Reference); err != nil || waits(0) {
			t.Errorf("the old message put the person back, %v", err)
		}
		if err := v.JoinWaitlist(ctx, people[0].Household, uuid.New(), pincode, people[0].Reference); err != nil || !waits(0) {
			t.Errorf("a new one did not, %v", err)
		}
		if n := v.CountRows(`SELECT count(*) FROM waiting WHERE since > (SELECT since FROM waiting WHERE msisdn = $1)`, string(people[0].Household)); n != 0 {
			t.Error("who left and came back is not the last")
		}
	})
	t.Run("stop", func(t *testing.T) {
		if err := v.LeaveWaitlist(ctx, people[2].Household); err != nil || waits(2) {
			t.Errorf("waits: %v, %v", waits(2), err)
		}
	})
	t.Run("no to a held place gives it back", func(t *testing.T) {
		list, err := v.Accept(ctx, people[3].Household, uuid.New(), booking.SMS, "")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		before := v.Booked(list[0].Slot)
		if back, err := v.Decline(ctx, people[3].Household, booking.SMS, ""); err != nil || len(back) != 1 || waits(3) || v.Booked(list[0].Slot) != before-1 {
			t.Errorf("%v, %v", back, err)
		}
	})
	t.Run("asking is refused with a place, without a person, at no pincode", func(t *testing.T) {
		storetest.Refused(t, v.JoinWaitlist(ctx, people[1].Household, uuid.New(), pincode, people[1].Reference), booking.AlreadyBooked)
		storetest.Refused(t, v.JoinWaitlist(ctx, people[1].Household, uuid.New(), pincode, people[4].Reference), booking.NobodyYet)
		storetest.Refused(t, v.JoinWaitlist(ctx, people[4].Household, uuid.New(), "012345", people[4].Reference), booking.BadPincode)
	})
	t.Run("a notice of a place that was answered is not pending", func(t *testing.T) {
		n := booking.Notice{To: people[4].Household, Kind: booking.NoticeSlotOpened, Data: booking.NoticeData{Reference: people[4].Reference}}
		if ok, err := v.StillPending(ctx, n); !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
		if _, err := v.Accept(ctx, people[4].Household, uuid.New(), booking.SMS, ""); err != nil {
			t.Fatal(err)
		}
		if ok, err := v.StillPending(ctx, n); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	})
	v.Consistent()
}
