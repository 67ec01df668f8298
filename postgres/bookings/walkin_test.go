package bookings_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres/storetest"
)

// walkedIn returns the walk-in of a person who is not registered, at a centre
// (from 0).
func (v *village) walkedIn(n, centre int) booking.WalkIn {
	return booking.WalkIn{
		Request: uuid.New(), Number: storetest.Number(n), Centre: v.ids[centre], Vaccine: "COVISHIELD", At: v.now(), Agent: "sister",
		Applicant: booking.Applicant{
			Name: fmt.Sprintf("Asha %c%c", 'a'+n%26, 'a'+n/26%26), BirthYear: 1950, Gender: booking.Female, PhotoID: "voter", IDLast4: fmt.Sprintf("%04d", n%10000),
		},
	}
}

func TestServeWalkIn(t *testing.T) {
	v := newVillage(t)
	session := v.session(0, storetest.Today, "COVISHIELD", 1, 5, 5, 5, 5) // 9 to 13, 3 on the spot each
	ctx := t.Context()

	t.Run("a_newcomer", func(t *testing.T) {
		w := v.walkedIn(1, 0)
		b, a, err := v.ServeWalkIn(ctx, w)
		if err != nil || a.Status != booking.Attended || !a.Spot || a.Dose != 1 || a.Agent != "sister" || a.Channel != booking.Staff {
			t.Fatalf("got %+v, %v", a, err)
		}
		if a.Window != (booking.Window{From: 720, To: 780}) {
			t.Errorf("it is storetest.Noon, and he was put at %v", a.Window)
		}
		again, same, err := v.ServeWalkIn(ctx, w)
		if err != nil || again.Reference != b.Reference || same.ID != a.ID {
			t.Errorf("sent again: %+v %+v %v", again, same, err)
		}
		if n := v.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'booked'`); n != 0 {
			t.Errorf("they stand there and hear of a booking %d times", n)
		}
	})
	t.Run("between_the_writes", func(t *testing.T) {
		w := v.walkedIn(2, 0)
		_, a, err := v.ServeWalkIn(ctx, w)
		if err != nil {
			t.Fatal(err)
		}
		v.Exec(`UPDATE appointment SET status = 'booked' WHERE id = $1`, a.ID) // as after a crash before the last write
		if _, got, err := v.ServeWalkIn(ctx, w); err != nil || got.ID != a.ID || got.Status != booking.Attended {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("somebody_registered", func(t *testing.T) {
		b := v.people(100, 1)[0]
		w := booking.WalkIn{Request: uuid.New(), Number: b.Household, Reference: b.Reference, Centre: v.ids[0], Vaccine: "COVISHIELD", At: v.now(), Agent: "sister"}
		if _, a, err := v.ServeWalkIn(ctx, w); err != nil || a.Status != booking.Attended {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("somebody_booked_here_today", func(t *testing.T) {
		b := v.people(110, 1)[0]
		v.Exec(`UPDATE slot SET spot_used = spot WHERE session_id = $1`, session)
		defer v.Exec(`UPDATE slot SET spot_used = (SELECT count(*) FROM appointment a WHERE a.slot_id = slot.id AND a.spot) WHERE session_id = $1`, session)
		booked, err := v.Book(ctx, b.Household, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: v.slotsOf(session)[3], Channel: booking.USSD})
		if err != nil {
			t.Fatal(err)
		}
		w := booking.WalkIn{Request: uuid.New(), Number: b.Household, Reference: b.Reference, Centre: v.ids[0], Vaccine: "COVISHIELD", At: v.now(), Agent: "sister"}
		if _, a, err := v.ServeWalkIn(ctx, w); err != nil || a.ID != booked.ID || a.Status != booking.Attended || a.Spot {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("somebody_booked_elsewhere", func(t *testing.T) {
		b := v.people(120, 1)[0]
		other := v.session(1, storetest.Today+1, "COVISHIELD", 1, 5)
		if _, err := v.Book(ctx, b.Household, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: v.slotsOf(other)[0], Channel: booking.USSD}); err != nil {
			t.Fatal(err)
		}
		_, _, err := v.ServeWalkIn(ctx, booking.WalkIn{Request: uuid.New(), Number: b.Household, Reference: b.Reference, Centre: v.ids[0], Vaccine: "COVISHIELD", At: v.now()})
		storetest.Refused(t, err, booking.AlreadyBooked)
	})
	t.Run("the_wrong_vaccine_first", func(t *testing.T) {
		w := v.walkedIn(130, 0)
		w.Vaccine = "COVAXIN"
		_, _, err := v.ServeWalkIn(ctx, w)
		storetest.Refused(t, err, booking.NoSlot)
		w.Vaccine, w.Request = "COVISHIELD", uuid.New()
		if _, a, err := v.ServeWalkIn(ctx, w); err != nil || a.Status != booking.Attended {
			t.Errorf("then the right one: %+v, %v", a, err)
		}
	})
	t.Run("refused", func(t *testing.T) {
		n := 200
		for name, tt := range map[string]struct {
			change func(*booking.WalkIn)
			code   booking.Code
		}{
			"tomorrow":       {func(w *booking.WalkIn) { w.At = v.now().Add(25 * time.Hour) }, booking.TooEarly},
			"long_ago":       {func(w *booking.WalkIn) { w.At = v.now().AddDate(0, 0, -8) }, booking.TooLateToBook},
			"other_vaccine":  {func(w *booking.WalkIn) { w.Vaccine = "COVAXIN" }, booking.NoSlot},
			"no_session":     {func(w *booking.WalkIn) { w.Centre = v.ids[2] }, booking.NoSlot},
			"too_young":      {func(w *booking.WalkIn) { w.BirthYear = 2010 }, booking.TooYoung},
			"no_such_person": {func(w *booking.WalkIn) { w.Reference = "10000000000017" }, booking.NobodyYet},
		} {
			t.Run(name, func(t *testing.T) {
				n++
				w := v.walkedIn(n, 0)
				tt.change(&w)
				_, _, err := v.ServeWalkIn(ctx, w)
				storetest.Refused(t, err, tt.code)
			})
		}
	})
	v.Consistent()
}

// TestServeWalkIn_no_more_than_there_is: more come at once than the share
// holds, each sent three times, and none is taken from people who booked.
func TestServeWalkIn_no_more_than_there_is(t *testing.T) {
	v := newVillage(t)
	session := v.session(0, storetest.Today, "COVISHIELD", 1, 4, 4) // 2 × 3 on the spot
	ctx := t.Context()
	for _, b := range v.people(500, 8) {
		for _, slot := range v.slotsOf(session) {
			if _, err := v.fixture.Book(ctx, sessionBooking(b, slot, session)); err == nil {
				break
			}
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	served, full := map[uuid.UUID]bool{}, 0
	for n := range 12 {
		w := v.walkedIn(n, 0)
		for range 3 {
			wg.Go(func() {
				_, a, err := v.ServeWalkIn(ctx, w)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					served[a.ID] = true
				case booking.Refused(err, booking.SlotFull):
					full++
				default:
					t.Errorf("got %v", err)
				}
			})
		}
	}
	wg.Wait()
	if len(served) != 6 || full != 18 {
		t.Errorf("%d served and %d times refused of 12 × 3, want 6 and 18", len(served), full)
	}
	if n := v.CountRows(`SELECT count(*) FROM appointment WHERE spot AND status = 'attended'`); n != 6 {
		t.Errorf("%d written down", n)
	}
	v.Consistent()

	// In the evening nobody can book any more, and places that were not booked
	// serve.
	v.Exec(`UPDATE slot SET capacity = capacity + 1 WHERE session_id = $1`, session)
	w := v.walkedIn(700, 0)
	_, _, err := v.ServeWalkIn(ctx, w)
	storetest.Refused(t, err, booking.SlotFull)
	v.pass(5 * time.Hour)
	if _, a, err := v.ServeWalkIn(ctx, w); err != nil || a.Spot {
		t.Errorf("in the evening: %+v, %v", a, err)
	}
	// A centre without a network sends its day the next morning.
	v.pass(16 * time.Hour)
	late := v.walkedIn(701, 0)
	late.At = v.now().Add(-17 * time.Hour)
	if _, a, err := v.ServeWalkIn(ctx, late); err != nil || a.Day != storetest.Today {
		t.Errorf("sent the next day: %+v, %v", a, err)
	}
	v.Consistent()
}

func sessionBooking(b booking.Beneficiary, slot booking.SlotID, session int64) booking.NewAppointment {
	a := storetest.Ask(b, slot)
	a.Session, a.Day = session, storetest.Today
	return a
}
