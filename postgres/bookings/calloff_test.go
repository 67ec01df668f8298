package bookings_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// crowd books n people, every tenth from the on-the-spot share as far as it
// goes, into a session.
func (v *village) crowd(session int64, people []booking.Beneficiary) {
	v.T.Helper()
	slots := v.slotsOf(session)
	var wg sync.WaitGroup
	for i, b := range people {
		wg.Go(func() {
			_, err := v.Core.Book(v.T.Context(), b.Household, booking.Booking{
				Request: uuid.New(), Reference: b.Reference, Slot: slots[i%len(slots)], Spot: i < 3, Channel: booking.USSD,
			})
			if err != nil {
				v.T.Error(err)
			}
		})
	}
	wg.Wait()
	v.look(v.Core)
}

// accounted fails unless everybody who was in the session has another place or
// is on the waiting list, got one notice of it, and no slot counts wrongly.
func (v *village) accounted(session int64, people []booking.Beneficiary, r booking.CallOffReport, offered, waiting int) {
	v.T.Helper()
	if r.Offered != offered || r.Waiting != waiting || r.Left != 0 || r.Queued+r.Told+len(r.Unreached) != len(people) {
		v.T.Errorf("report %+v, want %d offered and %d waiting", r, offered, waiting)
	}
	held, line := 0, 0
	for _, b := range people {
		live, ok := v.live(b)
		list, err := v.Waiting(v.T.Context(), b.Household)
		if err != nil {
			v.T.Fatal(err)
		}
		switch {
		case ok && live.Status == booking.Held && live.Session != session && len(list) == 0:
			held++
		case !ok && len(list) == 1:
			line++
		default:
			v.T.Errorf("…%s was forgotten: %+v, %v", b.Household.Tail(), live, list)
		}
		if n := v.CountRows(`SELECT count(*) FROM outbox WHERE msisdn = $1 AND kind IN ('called_off', 'called_off_line')`, string(b.Household)); n != 1 {
			v.T.Errorf("…%s was told %d times", b.Household.Tail(), n)
		}
	}
	if held != offered || line != waiting {
		v.T.Errorf("%d held and %d waiting, want %d and %d", held, line, offered, waiting)
	}
	if n := v.CountRows(`SELECT COALESCE(sum(booked + spot_used), 0) FROM slot WHERE session_id = $1`, session); n != 0 {
		v.T.Errorf("%d places are still taken in the session", n)
	}
	if n := v.CountRows(`SELECT count(*) FROM appointment WHERE status = 'held' AND held_until IS NULL`); n != 0 {
		v.T.Errorf("%d are held for ever", n)
	}
	v.Consistent()
}

// TestCallOff_killed stops the program at every kind of moment while it
// reassigns 200 people, and runs it again.
func TestCallOff_killed(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	day := storetest.Today + 4
	session := v.session(0, day, "COVISHIELD", 1, 60, 60, 60, 60)
	people := v.people(1, 200)
	v.crowd(session, people)
	v.session(0, storetest.Today+6, "COVISHIELD", 1, 40) // the same centre first
	v.session(1, storetest.Today+2, "COVISHIELD", 1, 30) // then the nearest
	v.session(1, storetest.Today+5, "COVISHIELD", 1, 30)
	v.session(2, storetest.Today+5, "COVISHIELD", 1, 25)
	v.session(3, storetest.Today+5, "COVISHIELD", 1, 500) // 40 km away
	v.session(1, storetest.Today+5, "COVAXIN", 2, 500)    // another dose

	// Killed: between two batches, and then in the middle of one, by cutting
	// its connections to the database. A new program each time.
	kills := 0
	for _, kill := range []func(*booking.Core) error{
		func(c *booking.Core) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := c.CallOff(ctx, session, "no vaccine", func(booking.CallOffReport) { cancel() })
			return err
		},
		func(c *booking.Core) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c.CallOffs = &dying{CallOffs: c.CallOffs, cancel: cancel}
			_, err := c.CallOff(ctx, session, "another reason", nil)
			return err
		},
	} {
		other, err := postgres.Open(t.Context(), v.URL+storetest.PoolSize(v.URL), postgres.Options{Now: v.now})
		if err != nil {
			t.Fatal(err)
		}
		if err := kill(v.node(other)); err == nil {
			t.Error("it was not killed")
		} else {
			kills++
		}
		if err := other.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	left := v.CountRows(`SELECT count(*) FROM appointment WHERE session_id = $1 AND status IN ('held', 'booked')`, session)
	if kills != 2 || left == 0 || left == 200 {
		t.Fatalf("%d kills left %d of 200 to be seen to", kills, left)
	}
	v.Consistent()
	stranger := v.people(500, 1)[0]
	_, err := v.Core.Book(t.Context(), stranger.Household, booking.Booking{Request: uuid.New(), Reference: stranger.Reference, Slot: v.slotsOf(session)[0]})
	storetest.Refused(t, err, booking.SlotGone)

	// And two at once finish it.
	other := v.node(v.fixture.Sibling().Store)
	v.look(v.Core)
	v.look(other)
	var wg sync.WaitGroup
	for _, c := range []*booking.Core{v.Core, other} {
		wg.Go(func() {
			if _, err := c.CallOff(t.Context(), session, "third", nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r, err := v.CallOff(t.Context(), session, "fourth", nil)
	if err != nil || r.Reason != "no vaccine" {
		t.Errorf("%+v, %v", r, err)
	}
	v.accounted(session, people, r, 125, 75)
	if n := v.CountRows(`SELECT count(*) FROM appointment WHERE centre_id = $1 AND status = 'held'`, v.ids[3]); n != 0 {
		t.Errorf("%d were sent 40 km away", n)
	}
	// People who had their places first chose first.
	if n := v.CountRows(`SELECT count(*) FROM waiting w JOIN called_off c USING (cell, msisdn) WHERE c.next_id IS NOT NULL`); n != 0 {
		t.Errorf("%d have a place and wait", n)
	}
}

// A dying store is killed in the middle of the second batch: its transaction is
// not committed.
type dying struct {
	booking.CallOffs
	cancel context.CancelFunc
	n      atomic.Int64
}

func (d *dying) Reassign(ctx context.Context, s booking.Session, list []booking.Reassignment) ([]booking.SlotID, error) {
	if d.n.Add(1) == 2 {
		time.AfterFunc(2*time.Millisecond, d.cancel)
	}
	return d.CallOffs.Reassign(ctx, s, list)
}

func TestCallOff_beside_bookings_under_way(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	session := v.session(0, storetest.Today+4, "COVISHIELD", 1, 500)
	v.session(0, storetest.Today+5, "COVISHIELD", 1, 500)
	slot := v.slotsOf(session)[0]
	people := v.people(1, 120)
	other := v.node(v.fixture.Sibling().Store)
	var wg sync.WaitGroup
	var in []booking.Beneficiary
	var mu sync.Mutex
	for i, b := range people {
		wg.Go(func() {
			eventually.Pace(t.Context(), time.Duration(i)*time.Millisecond)
			_, err := other.Book(t.Context(), b.Household, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: slot})
			switch {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				in = append(in, b)
			case !booking.Refused(err, booking.SlotGone) && !booking.Refused(err, booking.SlotFull):
				t.Error(err)
			}
		})
	}
	eventually.True(t, time.Minute, "twenty have booked", func() bool { return v.Booked(slot) >= 20 })
	r, err := v.CallOff(t.Context(), session, "power cut", nil)
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	t.Logf("%d of 120 had booked", len(in))
	v.accounted(session, in, r, len(in), 0)
}

func TestCallOff_rules(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	session := v.session(0, storetest.Today+1, "COVISHIELD", 1, 9)
	p := v.people(1, 2)
	_, err := v.Hold(ctx, p[1].Household, booking.Booking{Request: uuid.New(), Reference: p[1].Reference, Slot: v.slotsOf(session)[0]})
	if err != nil {
		t.Fatal(err)
	}
	booked := v.take(p[0], v.slotsOf(session)[0])
	v.session(0, storetest.Today+2, "COVISHIELD", 1, 1)
	v.session(1, storetest.Today+9, "COVISHIELD", 1, 5)
	r, err := v.CallOff(ctx, session, "rain", nil)
	if err != nil {
		t.Fatal(err)
	}
	v.accounted(session, p[:2], r, 2, 0) // also whom a place was held for
	a, _ := v.live(p[0])
	b, _ := v.live(p[1])
	if a.Day > b.Day {
		a, b = b, a
	}
	until := func(a booking.Appointment) string {
		list, err := v.Holds(ctx, a.Household)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		return list[len(list)-1].Until.In(booking.India).Format("2 15:04")
	}
	if got := fmt.Sprint(int(a.Day-storetest.Today), int(b.Day-storetest.Today), " ", until(a), ", ", until(b)); got != "2 9 4 12:00, 4 12:00" {
		t.Errorf("places and deadlines: %s", got)
	}

	t.Run("yes keeps it, and its notice is not dropped for one of before", func(t *testing.T) {
		list, err := v.Accept(ctx, a.Household, uuid.New(), booking.SMS, "")
		if err != nil || len(list) != 1 || list[0].Status != booking.Booked {
			t.Fatal(list, err)
		}
		n := v.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'booked' AND msisdn = $1`, string(a.Household))
		want := 1
		if a.Household == booked.Household {
			want = 2
		}
		if n != want {
			t.Errorf("%d confirmations, want %d", n, want)
		}
	})
	t.Run("no answer gives it back", func(t *testing.T) {
		v.pass(24 * time.Hour)
		if n, err := v.ExpireHolds(ctx, 10); err != nil || n != 1 {
			t.Errorf("%d lapsed, %v", n, err)
		}
		r, err := v.CallOff(ctx, session, "", nil)
		if err == nil && (r.Offered != 2 || r.Confirmed != 1 || r.Released != 1) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a day that is over, or no session", func(t *testing.T) {
		v.pass(48 * time.Hour)
		for _, id := range []int64{session, 987654} {
			if _, err := v.CallOff(ctx, id, "late", nil); !errors.Is(err, booking.ErrNoSession) {
				t.Errorf("%v", err)
			}
		}
	})
	v.Consistent()
}

func TestCallOff_which_place_and_until_when(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		at     time.Duration        // since noon
		offer  time.Duration        // 0 is the usual
		open   map[booking.Date]int // days from now, and the centre
		centre int
		day    booking.Date
		until  string // day of May and hour
	}{
		"same centre, though another is as soon":        {open: map[booking.Date]int{6: 0, 5: 1}, centre: 0, day: 6, until: "4 12:00"},
		"same centre, though sooner than was planned":   {open: map[booking.Date]int{2: 0, 5: 1}, centre: 0, day: 2, until: "4 12:00"},
		"not sooner than was planned, if it can be had": {open: map[booking.Date]int{3: 1, 7: 2}, centre: 2, day: 7, until: "4 12:00"},
		"sooner rather than not at all":                 {open: map[booking.Date]int{3: 1}, centre: 1, day: 3, until: "4 12:00"},
		"never beyond the evening before":               {offer: 400 * time.Hour, open: map[booking.Date]int{6: 0}, day: 6, until: "8 20:00"},
		"tomorrow while there is time to answer":        {at: 6 * time.Hour, open: map[booking.Date]int{1: 0}, day: 1, until: "3 20:00"},
		"not tomorrow in the evening":                   {at: 7 * time.Hour, open: map[booking.Date]int{1: 0, 2: 0}, day: 2, until: "4 19:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVillage(t)
			v.pass(tt.at)
			v.Waits.Offer = tt.offer
			b := v.people(1, 1)[0]
			session := v.session(0, storetest.Today+4, "COVISHIELD", 1, 5)
			v.take(b, v.slotsOf(session)[0])
			for day, centre := range tt.open {
				v.session(centre, storetest.Today+day, "COVISHIELD", 1, 5)
			}
			if _, err := v.CallOff(t.Context(), session, "rain", nil); err != nil {
				t.Fatal(err)
			}
			list, err := v.Holds(t.Context(), b.Household)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			a := list[0]
			if got := a.Until.In(booking.India).Format("2 15:04"); a.Slot.Centre != v.ids[tt.centre] || a.Day != storetest.Today+tt.day || got != tt.until {
				t.Errorf("centre %d, %d days from now, until %s", a.Slot.Centre, int(a.Day-storetest.Today), got)
			}
		})
	}
}

func TestCallOff_dose_two_gets_the_same_vaccine(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	b := v.people(1, 1)[0]
	v.attended(b, "COVAXIN", storetest.Today-40)
	session := v.session(0, storetest.Today+1, "COVAXIN", 2, 5)
	v.session(0, storetest.Today+2, "COVISHIELD", 2, 5)
	v.session(0, storetest.Today+2, "COVAXIN", 1, 5)
	near := v.session(1, storetest.Today+3, "COVAXIN", 2, 5)
	v.take(b, v.slotsOf(session)[0])
	if _, err := v.CallOff(ctx, session, "rain", nil); err != nil {
		t.Fatal(err)
	}
	if a, _ := v.live(b); a.Session != near || a.Vaccine != "COVAXIN" || a.Dose != 2 {
		t.Errorf("offered %+v", a)
	}
	v.Consistent()
}

func TestCallOffReport_who_was_not_reached(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	session := v.session(0, storetest.Today+2, "COVISHIELD", 1, 9)
	v.session(0, storetest.Today+3, "COVISHIELD", 1, 9)
	p := v.people(1, 4)
	v.crowd(session, p)
	if _, err := v.CallOff(ctx, session, "rain", nil); err != nil {
		t.Fatal(err)
	}
	for i, status := range []string{"delivered", "dead", "sent"} {
		v.Exec(`UPDATE outbox SET status = $2, reason = 'stopped' WHERE msisdn = $1 AND kind = 'called_off'`, string(p[i].Household), status)
	}
	r, err := v.CallOff(ctx, session, "rain", nil)
	if err != nil || r.Told != 2 || r.Queued != 1 || len(r.Unreached) != 1 || r.Unreached[0] != (booking.Unreach{Household: p[1].Household, Reference: p[1].Reference, Reason: "stopped"}) {
		t.Errorf("%+v, %v", r, err)
	}
}
