package booking_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
)

var ctx = context.Background()

func TestBook(t *testing.T) {
	ask := func(d *desk, reference string, dose int, slot booking.SlotID) (booking.Appointment, error) {
		return d.Book(ctx, ours, booking.Booking{Request: uuid.New(), Reference: reference, Dose: dose, Slot: slot, Channel: booking.SMS, Agent: "kamla"})
	}
	t.Run("gives the place and queues a confirmation", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		a, err := ask(d, ref, 0, slotOn(1, 5))
		if err != nil {
			t.Fatal(err)
		}
		if a.Reference != ref || a.Household != ours || a.Dose != 1 || a.Vaccine != "COVAXIN" || a.Day != day("2021-06-05") || a.Window != allDay ||
			a.Status != booking.Booked || a.Channel != booking.SMS || a.Agent != "kamla" || a.ID == uuid.Nil || !a.BookedAt.Equal(d.now) {
			t.Errorf("gave %+v", a)
		}
		want := booking.NoticeData{Name: "Asha Devi", Reference: ref, PhotoID: "voter", Dose: 1, Vaccine: "COVAXIN", Centre: 1, Day: a.Day, Window: allDay}
		if len(d.store.notices) != 1 || d.store.notices[0].Kind != booking.NoticeBooked || d.store.notices[0].Data != want {
			t.Errorf("queued %+v", d.store.notices)
		}
	})
	t.Run("slot that the person has is given again, whatever the clock says", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		first := d.book(ref, slotOn(1, 5))
		for _, at := range []string{"2021-06-02 10:00", "2021-06-05 23:00", "2021-06-20 10:00"} {
			d.setClock(at)
			if again, err := ask(d, ref, 0, slotOn(1, 5)); err != nil || again.ID != first.ID || len(d.store.notices) != 1 {
				t.Errorf("at %s: %v, %v; queued %v", at, again.ID, err, d.store.kinds())
			}
		}
	})
	t.Run("other slot is refused with the one there is", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		d.book(ref, slotOn(1, 5))
		_, err := ask(d, ref, 0, slotOn(1, 6))
		refusedWithCentre(t, err)
	})
	t.Run("slot booked by another channel meanwhile is refused with the one there is", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		d.store.refuse, d.store.found = booking.Refuse(booking.AlreadyBooked), booking.Appointment{Slot: slotOn(1, 5), Day: day("2021-06-05")}
		a, err := ask(d, ref, 0, slotOn(1, 6))
		refusedWithCentre(t, err)
		if a.ID != uuid.Nil || a.Slot != (booking.SlotID{}) {
			t.Errorf("and gave %+v", a)
		}
	})
	t.Run("slot that the store finds full is offered no more", func(t *testing.T) {
		for _, c := range []booking.Code{booking.SlotFull, booking.SlotGone} {
			d := newDesk(t, "2021-06-02 10:00")
			ref := d.person(1976)
			d.store.refuse = booking.Refuse(c)
			if _, err := ask(d, ref, 0, slotOn(1, 5)); !booking.Refused(err, c) {
				t.Errorf("%v", err)
			}
			for _, o := range d.Places.Slots(1, booking.Suiting{}) {
				if o.ID == slotOn(1, 5) {
					t.Errorf("after %s it is offered with %d", c, o.Free)
				}
			}
		}
	})
	for name, tt := range map[string]struct {
		at, had string
		dose    int
		slot    booking.SlotID
		want    booking.Code
	}{
		"no such slot":                   {"2021-06-02 10:00", "", 0, booking.SlotID{Centre: 1, Slot: 9}, booking.SlotGone},
		"slot of another centre":         {"2021-06-02 10:00", "", 0, booking.SlotID{Centre: 2, Slot: slotOn(1, 5).Slot}, booking.SlotGone},
		"dose that is not the next":      {"2021-06-02 10:00", "", 2, slotOn(2, 5), booking.NotForYou},
		"dose that is not the session's": {"2021-06-02 10:00", "", 2, slotOn(1, 5), booking.NotForYou},
		"session of another dose":        {"2021-06-02 10:00", "", 0, slotOn(2, 5), booking.NotForYou},
		"today before 15:00":             {"2021-06-05 14:59", "", 0, slotOn(1, 5), ""},
		"today at 15:00":                 {"2021-06-05 15:00", "", 0, slotOn(1, 5), booking.TooLateToBook},
		"today until the window is over": {"2021-06-05 09:59", "", 0, booking.SlotID{Centre: 1, Slot: slotOn(1, 5).Slot + earlier}, ""},
		"today when the window is over":  {"2021-06-05 10:00", "", 0, booking.SlotID{Centre: 1, Slot: slotOn(1, 5).Slot + earlier}, booking.TooLateToBook},
		"yesterday":                      {"2021-06-06 09:00", "", 0, slotOn(1, 5), booking.TooLateToBook},
		"dose 2 on the 28th day":         {"2021-06-02 10:00", "2021-05-29", 2, slotOn(2, 26), ""},
		"dose 2 on the 27th day":         {"2021-06-02 10:00", "2021-05-29", 2, slotOn(2, 25), booking.DoseNotDue},
		"dose 2 the evening before":      {"2021-06-25 23:59", "2021-05-29", 2, slotOn(2, 26), ""},
		"dose 2 on the same day":         {"2021-06-26 00:00", "2021-05-29", 2, slotOn(2, 26), booking.TooLateToBook},
		"dose 2 without saying so":       {"2021-06-02 10:00", "2021-05-29", 0, slotOn(2, 26), ""},
		"dose 1 again":                   {"2021-06-02 10:00", "2021-05-29", 1, slotOn(1, 26), booking.NotForYou},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, tt.at)
			ref := d.person(1976)
			if tt.had != "" {
				d.store.house.People = nil
				ref = d.person(1976, "COVAXIN", tt.had)
			}
			_, err := ask(d, ref, tt.dose, tt.slot)
			if got := code(t, err); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
			if (len(d.store.notices) == 1) != (tt.want == "") {
				t.Errorf("queued %v", d.store.kinds())
			}
		})
	}
	t.Run("person of another number is unknown", func(t *testing.T) {
		d := newDesk(t, "2021-06-02 10:00")
		ref := d.person(1976)
		if _, err := d.Book(ctx, theirs, booking.Booking{Reference: ref, Slot: slotOn(1, 5)}); !booking.Refused(err, booking.NobodyYet) {
			t.Errorf("%v", err)
		}
	})
}

// refusedWithCentre wants the refusal to name the appointment of 5 June.
func refusedWithCentre(t *testing.T, err error) {
	t.Helper()
	p, _ := booking.AsProblem(err)
	if p == nil || p.Code != booking.AlreadyBooked {
		t.Fatalf("%v", err)
	}
	if c, _ := p.Args["Centre"].(booking.Names); c.In("en") != "PHC Danapur" || p.Args["Day"] != day("2021-06-05") {
		t.Errorf("names %v", p.Args)
	}
}
