package booking_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
)

func TestMove(t *testing.T) {
	to := func(d *desk, a booking.Appointment, slot booking.SlotID) (booking.Appointment, error) {
		return d.Move(ctx, ours, booking.Move{Appointment: a.ID, To: slot, Channel: booking.IVR})
	}
	t.Run("takes the new slot, keeps the id and queues a notice", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		moved, err := to(d, a, slotOn(1, 8))
		if err != nil || moved.ID != a.ID || moved.Day != day("2021-06-08") || moved.Slot != slotOn(1, 8) || moved.Channel != booking.IVR {
			t.Errorf("%+v, %v", moved, err)
		}
		if got := d.store.kinds(); !slices.Equal(got, []booking.NoticeKind{booking.NoticeBooked, booking.NoticeMoved}) || d.store.notices[1].Data.Day != moved.Day {
			t.Errorf("queued %+v", d.store.notices)
		}
	})
	t.Run("to where it is changes nothing, even on the day", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.setClock("2021-06-05 10:00")
		if same, err := to(d, a, slotOn(1, 5)); err != nil || same != a || len(d.store.notices) != 1 {
			t.Errorf("%+v, %v; queued %v", same, err, d.store.kinds())
		}
	})
	t.Run("back and forth queues a notice each time", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		keys := make(map[string]bool)
		for i, n := range []int{8, 5, 8} {
			d.now = d.now.Add(1e9)
			if _, err := to(d, a, slotOn(1, n)); err != nil {
				t.Fatal(err)
			}
			keys[d.store.notices[i+1].Key] = true
		}
		if len(keys) != 3 {
			t.Errorf("keys %v", keys)
		}
	})
	for name, tt := range map[string]struct {
		at   string
		slot booking.SlotID
		want booking.Code
	}{
		"on the evening before": {"2021-06-04 23:59", slotOn(1, 8), ""},
		"on the day":            {"2021-06-05 00:00", slotOn(1, 8), booking.TooLateChange},
		"after the day":         {"2021-06-06 09:00", slotOn(1, 8), booking.TooLateChange},
		"to no slot":            {"2021-06-02 10:00", booking.SlotID{Centre: 1, Slot: 9}, booking.SlotGone},
		"to another dose":       {"2021-06-02 10:00", slotOn(2, 8), booking.NotForYou},
		"to today after 15:00":  {"2021-06-02 15:00", slotOn(1, 2), booking.TooLateToBook},
		"to a day that is over": {"2021-06-02 10:00", slotOn(1, 1), booking.TooLateToBook},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "2021-06-02 09:00")
			a := d.book(d.person(1976), slotOn(1, 5))
			d.setClock(tt.at)
			_, err := to(d, a, tt.slot)
			if got := code(t, err); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
			if moved := d.store.house.People[0].Appointments[0].Day != a.Day; moved != (tt.want == "") {
				t.Errorf("moved: %v", moved)
			}
		})
	}
	t.Run("to a slot that the store finds full is refused and that one offered no more", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.store.refuse = booking.Refuse(booking.SlotFull)
		if _, err := to(d, a, slotOn(1, 8)); !booking.Refused(err, booking.SlotFull) {
			t.Errorf("%v", err)
		}
		if _, slot, _ := d.Places.Slot(slotOn(1, 8)); slot.Booked < slot.Capacity {
			t.Errorf("is shown with %d of %d", slot.Booked, slot.Capacity)
		}
	})
	t.Run("of nothing is refused", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		if _, err := to(d, booking.Appointment{ID: uuid.New()}, slotOn(1, 8)); !booking.Refused(err, booking.NoAppointment) {
			t.Errorf("%v", err)
		}
	})
}

func TestCancel(t *testing.T) {
	cancel := func(d *desk, number booking.MSISDN, id uuid.UUID) (booking.Appointment, error) {
		return d.Cancel(ctx, number, id, booking.USSD, "")
	}
	t.Run("gives the place back and queues a notice", func(t *testing.T) {
		d := newDesk(t, "2021-06-04 23:59")
		a := d.book(d.person(1976), slotOn(1, 5))
		got, err := cancel(d, ours, a.ID)
		if err != nil || got.Status != booking.Cancelled || got.Day != a.Day {
			t.Errorf("%+v, %v", got, err)
		}
		if k := d.store.kinds(); !slices.Equal(k, []booking.NoticeKind{booking.NoticeBooked, booking.NoticeCancelled}) {
			t.Errorf("queued %v", k)
		}
	})
	t.Run("again gives the same answer, whatever the day, and queues nothing more", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		if _, err := cancel(d, ours, a.ID); err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{"2021-06-02 10:00", "2021-06-05 10:00", "2021-07-01 10:00"} {
			d.setClock(at)
			if got, err := cancel(d, ours, a.ID); err != nil || got.ID != a.ID || got.Status != booking.Cancelled || len(d.store.notices) != 2 {
				t.Errorf("at %s: %+v, %v; queued %v", at, got, err, d.store.kinds())
			}
		}
	})
	t.Run("again after another was booked leaves that one", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		a := d.book(ref, slotOn(1, 5))
		if _, err := cancel(d, ours, a.ID); err != nil {
			t.Fatal(err)
		}
		b := d.book(ref, slotOn(1, 8))
		if got, err := cancel(d, ours, a.ID); err != nil || got.ID != a.ID {
			t.Errorf("%+v, %v", got, err)
		}
		if live, ok := d.store.house.People[0].Live(); !ok || live.ID != b.ID {
			t.Errorf("left %+v", live)
		}
	})
	t.Run("on the day is refused", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.setClock("2021-06-05 00:00")
		if _, err := cancel(d, ours, a.ID); !booking.Refused(err, booking.TooLateChange) {
			t.Errorf("%v", err)
		}
	})
	t.Run("of a dose that was given is refused", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.store.house.People[0].Appointments[0].Status = booking.Attended
		if _, err := cancel(d, ours, a.ID); !booking.Refused(err, booking.NoAppointment) {
			t.Errorf("%v", err)
		}
	})
	t.Run("of nothing or of another number's is refused", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		for number, id := range map[booking.MSISDN]uuid.UUID{ours: uuid.New(), theirs: a.ID} {
			if _, err := cancel(d, number, id); !booking.Refused(err, booking.NoAppointment) {
				t.Errorf("%s: %v", number, err)
			}
		}
		if _, ok := d.store.house.People[0].Live(); !ok {
			t.Error("the booking is gone")
		}
	})
}

func TestAttend(t *testing.T) {
	for at, want := range map[string]booking.Code{"2021-06-04 23:59": booking.TooEarly, "2021-06-05 00:00": "", "2021-06-09 10:00": ""} {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.setClock(at)
		got, err := d.Attend(ctx, ours, a.ID, "nurse")
		if c := code(t, err); c != want || (want == "") != (got.Status == booking.Attended) {
			t.Errorf("at %s: %q, %+v", at, c, got)
		}
	}
	t.Run("again gives the same answer", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		a := d.book(d.person(1976), slotOn(1, 5))
		d.setClock("2021-06-05 10:00")
		for range 2 {
			if got, err := d.Attend(ctx, ours, a.ID, "nurse"); err != nil || got.Status != booking.Attended {
				t.Errorf("%+v, %v", got, err)
			}
		}
	})
}

// TestGapGrows is 13 May 2021, when Covishield's gap grew from 28 days to 84:
// a person who was booked under the old one keeps it.
func TestGapGrows(t *testing.T) {
	d := newDesk(t, "2021-05-12 10:00")
	var dir booking.Directory
	dir.Centres = []booking.Centre{{ID: 1, Short: booking.Names{"en": "PHC Danapur"}, Pincode: "801503", Lat: 25.6, Lon: 85}}
	for n := 20; n <= 31; n++ {
		id := int64(n)
		dir.Sessions = append(dir.Sessions, booking.Session{
			ID: id, Centre: 1, Day: booking.NewDate(2021, 5, n), Vaccine: "COVISHIELD", Dose: 2, MinAge: 18, Slots: []booking.Slot{{ID: id, Window: allDay, Capacity: 9}},
		})
	}
	d.Places.Replace(dir)
	early, late := d.person(1960, "COVISHIELD", "2021-04-20"), d.person(1961, "COVISHIELD", "2021-04-20")
	slot := func(n int64) booking.SlotID { return booking.SlotID{Centre: 1, Slot: n} }
	a := d.book(early, slot(25))
	d.setClock("2021-05-13 10:00")
	t.Run("booking made before stays", func(t *testing.T) {
		if again, err := d.Book(ctx, ours, booking.Booking{Reference: early, Slot: slot(25)}); err != nil || again.ID != a.ID {
			t.Errorf("%+v, %v", again, err)
		}
	})
	t.Run("new one has to wait", func(t *testing.T) {
		_, err := d.Book(ctx, ours, booking.Booking{Reference: late, Slot: slot(26)})
		if p, _ := booking.AsProblem(err); p == nil || p.Code != booking.DoseNotDue || p.Args["Day"] != day("2021-07-13") {
			t.Errorf("%v", err)
		}
	})
	t.Run("dose is given on the day that was promised", func(t *testing.T) {
		d.setClock("2021-05-25 10:00")
		if got, err := d.Attend(ctx, ours, a.ID, "nurse"); err != nil || got.Status != booking.Attended {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestExpire(t *testing.T) {
	d := newDesk(t, "2021-06-05 00:10")
	if n, err := d.Expire(ctx, 7); err != nil || n != 7 || d.store.expired != day("2021-06-05") {
		t.Errorf("marked %d before %s, %v", n, d.store.expired, err)
	}
}
