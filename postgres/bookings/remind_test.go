package bookings_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres/storetest"
)

// notice returns the newest notice of a kind for a number.
func (v *village) notice(to booking.MSISDN, kind booking.NoticeKind) booking.Notice {
	v.T.Helper()
	n := booking.Notice{To: to, Kind: kind}
	var data []byte
	if err := v.Pool.QueryRow(v.T.Context(), `
		SELECT key, due_at, data FROM outbox WHERE msisdn = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT 1`,
		string(to), string(kind)).Scan(&n.Key, &n.Due, &data); err != nil {
		v.T.Fatalf("%s: %v", kind, err)
	}
	if err := json.Unmarshal(data, &n.Data); err != nil {
		v.T.Fatal(err)
	}
	return n
}

func (v *village) remind(want int) {
	v.T.Helper()
	if n, err := v.Remind(v.T.Context()); err != nil || n != want {
		v.T.Fatalf("reminded %d, %v, want %d", n, err, want)
	}
}

func (v *village) pending(want bool, n booking.Notice) {
	v.T.Helper()
	if ok, err := v.StillPending(v.T.Context(), n); ok != want || err != nil {
		v.T.Errorf("%s: pending %v, %v, want %v", n.Kind, ok, err, want)
	}
}

func TestRemind_each_owed_once(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	other := v.node(v.fixture.Sibling().Store)
	soon, later := v.session(0, storetest.Today+1, "COVISHIELD", 1, 50), v.session(0, storetest.Today+2, "COVISHIELD", 1, 5)
	people := v.people(1, 22)
	v.crowd(soon, people[:20])
	v.take(people[20], v.slotsOf(later)[0])
	if _, err := v.Hold(t.Context(), people[21].Household, booking.Booking{Request: uuid.New(), Reference: people[21].Reference, Slot: v.slotsOf(soon)[0]}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		c := v.Core
		if i%2 == 1 {
			c = other
		}
		wg.Go(func() {
			if _, err := c.Remind(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v.remind(0)
	// A node that read the list a moment ago reminds nobody, and nobody is
	// reminded of an earlier slot.
	v.Exec(`UPDATE appointment SET reminded_slot = 0`)
	list, err := v.Unreminded(t.Context(), storetest.Today, storetest.Today+1, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	old := booking.Reminder{Appointment: list[0].Appointment}
	old.Slot.Slot++
	for i, r := range []booking.Reminder{old, {Appointment: list[0].Appointment}, {Appointment: list[0].Appointment}} {
		if n, err := v.fixture.Remind(t.Context(), r); n != []int{0, 1, 0}[i] || err != nil {
			t.Errorf("time %d: reminded %d, %v", i, n, err)
		}
	}
	v.remind(19)
	if e, m := v.queued(booking.NoticeReminderEve), v.queued(booking.NoticeReminderMorning); e != 20 || m != 20 {
		t.Errorf("%d for the eve and %d for the morning, want 20 each", e, m)
	}
	e, m := v.notice(people[0].Household, booking.NoticeReminderEve), v.notice(people[0].Household, booking.NoticeReminderMorning)
	if !e.Due.Equal(storetest.Today.Time().Add(17*time.Hour)) || !m.Due.Equal((storetest.Today + 1).Time().Add(7*time.Hour+30*time.Minute)) {
		t.Errorf("due %s and %s", e.Due.In(booking.India), m.Due.In(booking.India))
	}
	if e.Data.Name != "Asha aa" || e.Data.PhotoID != "voter" || e.Data.Day != storetest.Today+1 || e.Data.Centre != v.ids[0] {
		t.Errorf("says %+v", e.Data)
	}
}

func TestRemind_moved_and_cancelled(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	ctx := t.Context()
	slots := v.slotsOf(v.session(0, storetest.Today+1, "COVISHIELD", 1, 9, 9))
	away := v.slotsOf(v.session(0, storetest.Today+5, "COVISHIELD", 1, 9))[0]
	p := v.people(1, 3)
	var list []booking.Appointment
	for _, b := range p {
		list = append(list, v.take(b, slots[0]))
	}
	v.remind(3)
	old := v.notice(p[0].Household, booking.NoticeReminderMorning)
	v.pending(true, old)
	v.pass(time.Minute)
	for i, to := range []booking.SlotID{slots[1], away} {
		if _, err := v.Core.Move(ctx, p[i].Household, booking.Move{Appointment: list[i].ID, To: to}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Cancel(ctx, p[2].Household, list[2].ID, booking.SMS, ""); err != nil {
		t.Fatal(err)
	}
	v.pending(false, old)
	for _, b := range p[1:] {
		v.pending(false, v.notice(b.Household, booking.NoticeReminderEve))
		v.pending(false, v.notice(b.Household, booking.NoticeReminderMorning))
	}
	v.remind(1) // whom it was moved within the day
	v.remind(0)
	fresh := v.notice(p[0].Household, booking.NoticeReminderMorning)
	if fresh.Key == old.Key || fresh.Data.Window.From != 600 {
		t.Errorf("%+v after %+v", fresh, old)
	}
	v.pending(true, fresh)
	v.pass(14 * time.Hour)
	v.pending(false, v.notice(p[0].Household, booking.NoticeReminderEve)) // it is the day by now
	v.pending(true, fresh)
	v.pass(9 * time.Hour) // 11:00: over
	v.pending(false, fresh)
}

func TestRemind_leaves_out_what_the_confirmation_has_just_said(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	v.pass(6 * time.Hour) // 18:00
	b := v.people(1, 1)[0]
	v.take(b, v.slotsOf(v.session(0, storetest.Today+1, "COVISHIELD", 1, 9))[0])
	v.remind(1)
	if e, m := v.queued(booking.NoticeReminderEve), v.queued(booking.NoticeReminderMorning); e != 0 || m != 1 {
		t.Errorf("%d for the eve and %d for the morning", e, m)
	}
}

func TestRemind_dose_due(t *testing.T) {
	t.Parallel()
	v := newVillage(t)
	other := v.node(v.fixture.Sibling().Store)
	p := v.people(1, 6)
	v.attended(p[0], "COVAXIN", storetest.Today-28)   // storetest.Today
	v.attended(p[1], "COVAXIN", storetest.Today-27)   // tomorrow
	v.attended(p[2], "COVAXIN", storetest.Today-40)   // some days ago, and nobody told
	v.attended(p[3], "COVAXIN", storetest.Today-28)   // has booked
	v.attended(p[4], "COVAXIN", storetest.Today-28-7) // has had both
	v.Exec(`INSERT INTO appointment (cell, id, msisdn, reference, dose, vaccine, centre_id, slot_id, session_id, day, starts, ends, status, spot, channel, agent, request, booked_at, updated_at)
		SELECT cell, $2, msisdn, reference, 2, vaccine, centre_id, 0, 0, day, 540, 600, 'attended', true, 'staff', '', $2, booked_at, updated_at FROM appointment WHERE reference = $1`,
		p[4].Reference, [16]byte(uuid.New()))
	v.take(p[3], v.slotsOf(v.session(0, storetest.Today+3, "COVAXIN", 2, 5))[0])
	var wg sync.WaitGroup
	for _, c := range []*booking.Core{v.Core, other, v.Core, other} {
		wg.Go(func() {
			if _, err := c.Remind(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	due := func(i int) int {
		return v.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'dose_due' AND msisdn = $1`, string(p[i].Household))
	}
	for i, want := range []int{1, 0, 1, 0, 0, 0} {
		if n := due(i); n != want {
			t.Errorf("person %d was told %d times, want %d", i, n, want)
		}
	}
	v.Exec(`UPDATE appointment SET due_told = false WHERE reference = $1`, p[0].Reference)
	list, err := v.Given(t.Context(), "COVAXIN", 1, storetest.Today-28, storetest.Today-28, 9)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	for i, want := range []int{1, 0} {
		if n, err := v.DoseDue(t.Context(), booking.Reminder{Appointment: list[0].Appointment}); n != want || err != nil {
			t.Errorf("time %d: noted %d, %v", i, n, err)
		}
	}
	n := v.notice(p[2].Household, booking.NoticeDoseDue)
	if n.Data.Dose != 2 || n.Data.Vaccine != "COVAXIN" || n.Data.Day != storetest.Today || !n.Due.Equal(storetest.Today.Time().Add(9*time.Hour)) {
		t.Errorf("%+v", n)
	}
	v.pending(true, n)
	v.pass(21 * time.Hour) // the next morning
	if _, err := v.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 1, 1, 0, 0, 0} {
		if n := due(i); n != want {
			t.Errorf("a day later person %d was told %d times, want %d", i, n, want)
		}
	}
	v.look(v.Core)
	v.take(p[2], v.slotsOf(v.session(0, storetest.Today+3, "COVAXIN", 2, 5))[0])
	v.pending(false, n)
}
