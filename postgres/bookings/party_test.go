package bookings_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// core returns the rules over the fixture's store, with its places read in.
func (f *fixture) core() *booking.Core {
	f.T.Helper()
	c := f.Store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: storetest.Noon})
	d, err := f.LoadDirectory(f.T.Context())
	if err != nil {
		f.T.Fatal(err)
	}
	c.Places.Replace(d)
	return c
}

// family registers a number of people under one number.
func (f *fixture) family(n, people int) (refs []string) {
	f.T.Helper()
	for i := range people {
		refs = append(refs, f.MustRegister(storetest.Number(n), fmt.Sprintf("Person %c", 'A'+i)).Reference)
	}
	return refs
}

// live returns how many people of a number have a place in a slot.
func (f *fixture) live(n booking.MSISDN, slot booking.SlotID) int {
	f.T.Helper()
	return f.CountRows(`SELECT count(*) FROM appointment WHERE msisdn = $1 AND centre_id = $2 AND slot_id = $3 AND status = 'booked'`,
		string(n), slot.Centre, slot.Slot)
}

func TestBookParty(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	slots := f.Slots(0, 3, 2, 10)
	c := f.core()
	ctx := t.Context()
	three, few, many := slots[0], slots[1], slots[2]

	t.Run("gives all of them a place under one name", func(t *testing.T) {
		refs := f.family(1, 3)
		p := booking.Party{Request: uuid.New(), References: refs, Dose: 1, Slot: three, Channel: booking.Web}
		got, err := c.BookParty(ctx, storetest.Number(1), p)
		if err != nil || len(got) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		for _, a := range got {
			if a.Party != got[0].Party || a.Party == a.ID || a.Status != booking.Booked {
				t.Errorf("%+v", a)
			}
		}
		for name, again := range map[string]booking.Party{
			"the same request": p,
			"the same wish":    {Request: uuid.New(), References: refs, Dose: 1, Slot: three},
		} {
			second, err := c.BookParty(ctx, storetest.Number(1), again)
			if err != nil || len(second) != 3 || second[0].Party != got[0].Party {
				t.Errorf("%s again: %v, %v", name, second, err)
			}
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox WHERE msisdn = $1 AND kind = 'booked'`, string(storetest.Number(1))); n != 3 {
			t.Errorf("%d were told", n)
		}
	})
	t.Run("gives nobody a place where there is none for all", func(t *testing.T) {
		refs := f.family(2, 3)
		_, err := c.BookParty(ctx, storetest.Number(2), booking.Party{Request: uuid.New(), References: refs, Dose: 1, Slot: few})
		storetest.Refused(t, err, booking.SlotFull)
		if n := f.CountRows(`SELECT count(*) FROM appointment WHERE msisdn = $1`, string(storetest.Number(2))); n != 0 {
			t.Errorf("%d have something", n)
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox WHERE msisdn = $1 AND kind = 'booked'`, string(storetest.Number(2))); n != 0 {
			t.Errorf("%d were told", n)
		}
		c.Places.Update([]booking.SlotCount{{ID: few, Capacity: 2}})
	})
	t.Run("says whom a refusal is about and books for nobody", func(t *testing.T) {
		refs := f.family(3, 2)
		if _, err := c.BookParty(ctx, storetest.Number(3), booking.Party{References: refs[1:], Dose: 1, Slot: few}); err != nil {
			t.Fatal(err)
		}
		for name, list := range map[string][]string{"with a booking": refs, "stranger": {refs[0], f.family(4, 1)[0]}} {
			_, err := c.BookParty(ctx, storetest.Number(3), booking.Party{References: list, Dose: 1, Slot: many})
			p, ok := booking.AsProblem(err)
			if !ok || p.Args["Reference"] != list[1] {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := f.live(storetest.Number(3), many); n != 0 {
			t.Errorf("%d got a place", n)
		}
	})
	t.Run("the store finds what came between", func(t *testing.T) {
		refs := f.family(5, 2)
		var list []booking.NewAppointment
		for _, r := range refs {
			b := booking.Beneficiary{Reference: r, Household: storetest.Number(5)}
			list = append(list, storetest.Ask(b, many))
		}
		if _, err := f.Book(ctx, storetest.Ask(booking.Beneficiary{Reference: refs[1], Household: storetest.Number(5)}, few)); err != nil {
			t.Fatal(err)
		}
		_, err := f.BookParty(ctx, list)
		storetest.Refused(t, err, booking.AlreadyBooked)
		if n := f.live(storetest.Number(5), many); n != 0 {
			t.Errorf("%d got a place", n)
		}
	})
	f.Consistent()
}

// TestBookParty_rush has families and single people want one slot at once, each
// family twice.
func TestBookParty_rush(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	slot := f.Slots(0, 30)[0]
	c := f.core()
	const families = 12
	refs := map[int][]string{}
	for i := range families {
		refs[i] = f.family(100+i, 1+i%4)
	}
	var wg sync.WaitGroup
	for i := range families {
		for range 2 {
			wg.Go(func() {
				_, err := c.BookParty(t.Context(), storetest.Number(100+i), booking.Party{Request: uuid.New(), References: refs[i], Dose: 1, Slot: slot, Channel: booking.Web})
				if _, ok := booking.AsProblem(err); err != nil && !ok {
					t.Error(err)
				}
			})
		}
		wg.Go(func() { // one of them by telephone meanwhile
			_, err := c.Desk(storetest.Number(100+i), booking.USSD, "").Book(t.Context(), uuid.New(), refs[i][0], slot)
			if _, ok := booking.AsProblem(err); err != nil && !ok {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f.Consistent()
	for i := range families {
		// A whole family, or the person who telephoned, or nobody.
		if n := f.live(storetest.Number(100+i), slot); n != 0 && n != 1 && n != len(refs[i]) {
			t.Errorf("%d of a family of %d have a place", n, len(refs[i]))
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM appointment a WHERE status = 'booked' AND NOT EXISTS
		(SELECT 1 FROM outbox o WHERE o.msisdn = a.msisdn AND o.key = 'booked:' || a.id)`); n != 0 {
		t.Errorf("%d were not told", n)
	}
}

func TestMoveParty(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	slots := f.Slots(0, 9, 2, 9)
	c := f.core()
	ctx := t.Context()
	refs := f.family(1, 3)
	desk := c.Desk(storetest.Number(1), booking.Web, "")
	booked, err := desk.BookParty(ctx, refs, 1, slots[0])
	if err != nil {
		t.Fatal(err)
	}
	party := booked[0].Party
	if _, err := desk.BookParty(ctx, refs, 1, slots[0]); !booking.Refused(err, booking.AlreadyBooked) {
		t.Errorf("again: %v", err)
	}
	if _, err := desk.BookParty(ctx, refs[:1], 1, slots[0]); !booking.Refused(err, booking.AlreadyBooked) {
		t.Errorf("one of them again: %v", err)
	}
	to := func(slot booking.SlotID) func(booking.Appointment) (booking.SlotID, error) {
		return func(a booking.Appointment) (booking.SlotID, error) {
			if a.Dose != 1 || a.Party != party {
				t.Errorf("asked for %+v", a)
			}
			return slot, nil
		}
	}

	_, err = desk.MoveParty(ctx, party, to(slots[1]))
	storetest.Refused(t, err, booking.SlotFull)
	if n := f.live(storetest.Number(1), slots[0]); n != 3 {
		t.Errorf("after a refusal %d are where they were", n)
	}
	for range 2 { // asking again changes nothing
		moved, err := desk.MoveParty(ctx, party, to(slots[2]))
		if err != nil || len(moved) != 3 || moved[0].Slot != slots[2] || moved[2].Party != party {
			t.Fatalf("%+v, %v", moved, err)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'moved'`); n != 3 {
		t.Errorf("%d were told", n)
	}
	_, err = c.Desk(storetest.Number(2), booking.Web, "").MoveParty(ctx, party, to(slots[0]))
	storetest.Refused(t, err, booking.NoAppointment)

	// One leaves by telephone, one is taken out: the third keeps the name.
	if _, err := c.Desk(storetest.Number(1), booking.USSD, "").Move(ctx, booked[0].ID, slots[0]); err != nil {
		t.Fatal(err)
	}
	c.Now = func() time.Time { return storetest.Noon().Add(time.Minute) }
	for range 2 {
		if err := desk.CancelParty(ctx, party, booked[1].Reference); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'cancelled'`); n != 1 {
		t.Errorf("%d were told", n)
	}
	left, err := desk.Party(ctx, party)
	if err != nil || len(left) != 1 || left[0].Reference != booked[2].Reference {
		t.Fatalf("left are %+v, %v", left, err)
	}
	if alone, err := desk.Party(ctx, booked[0].ID); err != nil || len(alone) != 1 || alone[0].Slot != slots[0] {
		t.Errorf("who moved alone has %+v, %v", alone, err)
	}
	storetest.Refused(t, desk.CancelParty(ctx, party, booked[0].Reference), booking.NoAppointment)
	if _, err := desk.MoveParty(ctx, party, to(slots[1])); err != nil {
		t.Error(err)
	}

	// On the day it is too late for either.
	c.Now = func() time.Time { return storetest.Noon().AddDate(0, 0, 1) }
	_, err = desk.MoveParty(ctx, party, to(slots[2]))
	storetest.Refused(t, err, booking.TooLateChange)
	storetest.Refused(t, desk.CancelParty(ctx, party, booked[2].Reference), booking.TooLateChange)
	f.Consistent()
}
