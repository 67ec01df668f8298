package booking_test

import (
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
)

func TestDesk(t *testing.T) {
	applicant := booking.Applicant{Name: "Ravi", BirthYear: 1976, Gender: booking.Male, PhotoID: "pan", IDLast4: "234F"}
	t.Run("writes down who helped and by which channel", func(t *testing.T) {
		core := newDesk(t, "2021-06-02 10:00")
		d := core.Desk(ours, booking.Agent, "kamla")
		b, err := d.Register(ctx, uuid.New(), applicant)
		if err != nil {
			t.Fatal(err)
		}
		a, err := d.Book(ctx, uuid.New(), b.Reference, slotOn(1, 5))
		if err != nil || a.Channel != booking.Agent || a.Agent != "kamla" {
			t.Errorf("%+v, %v", a, err)
		}
		if c := core.store.house.Consent; c.Version != core.Programme.Consent || c.Channel != booking.Agent {
			t.Errorf("consent %+v", c)
		}
		if a, err = d.Move(ctx, a.ID, slotOn(1, 8)); err != nil || a.Day != day("2021-06-08") || a.Agent != "kamla" {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err = d.Cancel(ctx, a.ID); err != nil || a.Status != booking.Cancelled {
			t.Errorf("%+v, %v", a, err)
		}
		if err := d.Remove(ctx, b.Reference); err != nil || len(core.store.house.People) != 0 {
			t.Errorf("left %v, %v", core.store.house.People, err)
		}
	})
	t.Run("reaches no other household", func(t *testing.T) {
		core := newDesk(t, "2021-06-02 10:00")
		ref := core.person(1976)
		a := core.book(ref, slotOn(1, 5))
		d := core.Desk(theirs, booking.USSD, "")
		if h, err := d.Household(ctx); err != nil || len(h.People) != 0 {
			t.Errorf("sees %v, %v", h.People, err)
		}
		for name, err := range map[string]error{
			"move":   second(d.Move(ctx, a.ID, slotOn(1, 8))),
			"cancel": second(d.Cancel(ctx, a.ID)),
		} {
			if !booking.Refused(err, booking.NoAppointment) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if live, _ := core.store.house.People[0].Live(); live.Slot != slotOn(1, 5) || live.Status != booking.Booked {
			t.Errorf("left %+v", live)
		}
	})
	t.Run("remembers the language and the pincode", func(t *testing.T) {
		core := newDesk(t, "2021-06-02 10:00")
		d := core.Desk(ours, booking.SMS, "")
		if err := d.Speak(ctx, "bn"); err != nil {
			t.Fatal(err)
		}
		if err := d.Near(ctx, "801503"); err != nil {
			t.Fatal(err)
		}
		if core.store.house.Language != "bn" || core.store.house.Pincode != "801503" {
			t.Errorf("remembers %q, %q", core.store.house.Language, core.store.house.Pincode)
		}
	})
}

func second[A any](_ A, err error) error { return err }

// TestDesk_search looks for slots as different people at different times.
func TestDesk_search(t *testing.T) {
	for name, tt := range map[string]struct {
		at     string
		person *booking.Beneficiary
		first  string // the first day offered
		dose   int
	}{
		"anybody sees today before 15:00":       {"2021-06-05 14:59", nil, "2021-06-05", 0},
		"anybody sees no dose 1 today at 15:00": {"2021-06-05 15:00", nil, "2021-06-06", 0},
		"dose 1 from today":                     {"2021-06-05 10:00", ptr(had(1976)), "2021-06-05", 1},
		"dose 1 from tomorrow in the evening":   {"2021-06-05 20:00", ptr(had(1976)), "2021-06-06", 1},
		"dose 2 from when it is due":            {"2021-06-05 10:00", ptr(had(1976, "COVAXIN", "2021-05-29")), "2021-06-26", 2},
		"dose 2 overdue from tomorrow":          {"2021-06-05 10:00", ptr(had(1976, "COVAXIN", "2021-05-01")), "2021-06-06", 2},
		"nothing of another vaccine":            {"2021-06-05 10:00", ptr(had(1976, "COVISHIELD", "2021-01-20")), "", 0},
		"nothing for who is too young":          {"2021-06-05 10:00", ptr(had(2010)), "", 0},
		"nothing for who has had all":           {"2021-06-05 10:00", ptr(had(1976, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01")), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			core := newDesk(t, tt.at)
			d := core.Desk(ours, booking.USSD, "")
			at, err := d.Locate("801503")
			if err != nil {
				t.Fatal(err)
			}
			slots := d.Slots(1, tt.person)
			near := d.Nearest(at, tt.person, 1)
			if len(near) != 1 || near[0].Centre.ID != 1 {
				t.Fatalf("near are %v", near)
			}
			if tt.first == "" {
				if len(slots) != 0 || near[0].Free != 0 {
					t.Errorf("offers %d slots, %d places", len(slots), near[0].Free)
				}
				return
			}
			if len(slots) == 0 || slots[0].Session.Day != day(tt.first) || near[0].First != day(tt.first) {
				t.Fatalf("offers %v first, the centre from %s", slots[:min(1, len(slots))], near[0].First)
			}
			for _, s := range slots {
				if tt.dose != 0 && s.Session.Dose != tt.dose {
					t.Errorf("offers dose %d", s.Session.Dose)
				}
			}
		})
	}
	t.Run("what is offered can be booked", func(t *testing.T) {
		for _, doses := range [][]string{nil, {"COVAXIN", "2021-05-20"}} {
			core := newDesk(t, "2021-06-05 10:00")
			ref := core.person(1976, doses...)
			person, _ := core.store.house.Person(ref)
			d := core.Desk(ours, booking.USSD, "")
			for _, s := range d.Slots(1, &person) {
				a, err := d.Book(ctx, uuid.New(), ref, s.ID)
				if err != nil {
					t.Fatalf("%s: %v", s.Session.Day, err)
				}
				if s.Session.Day == core.Today() {
					core.store.house.People[0].Appointments = core.store.house.People[0].Appointments[:len(doses)/2]
				} else if _, err := d.Cancel(ctx, a.ID); err != nil {
					t.Fatalf("%s: %v", s.Session.Day, err)
				}
			}
		}
	})
}

func ptr[A any](a A) *A { return &a }
