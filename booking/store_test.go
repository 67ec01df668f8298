package booking_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// memory is a booking.Store of one household. It knows what a store must know
// (requests, statuses) and nothing of the rules, which are the Core's.
type memory struct {
	booking.Store // what is not needed is nil
	booking.Waitlist
	booking.CallOffs
	booking.Reminders
	house      booking.Household
	registered map[uuid.UUID]booking.Beneficiary
	over       map[uuid.UUID]booking.Appointment // cancelled and missed ones, which Household leaves out
	notices    []booking.Notice
	refuse     *booking.Problem    // what the next write answers
	found      booking.Appointment // and with it
	expired    booking.Date
	max        int
}

func (m *memory) fails() error {
	if p := m.refuse; p != nil {
		m.refuse = nil
		return p
	}
	return nil
}

func (m *memory) Household(_ context.Context, number booking.MSISDN) (booking.Household, error) {
	h := booking.Household{Number: number}
	if number == m.house.Number {
		h = m.house
		h.People = slices.Clone(h.People)
		for i := range h.People {
			h.People[i].Appointments = slices.Clone(h.People[i].Appointments)
		}
	}
	return h, nil
}

func (m *memory) Register(_ context.Context, p booking.NewPerson) (booking.Beneficiary, error) {
	if err := m.fails(); err != nil {
		return booking.Beneficiary{}, err
	}
	if b, ok := m.registered[p.Request]; ok {
		return b, nil
	}
	m.max = p.Max
	m.house.Consent = p.Consent
	b := booking.Beneficiary{Applicant: p.Applicant, Reference: p.References(), Household: p.Household, RegisteredAt: p.At}
	m.house.People = append(m.house.People, b)
	m.registered[p.Request] = b
	m.notices = append(m.notices, p.Notices(b)...)
	return b, nil
}

func (m *memory) Book(_ context.Context, a booking.NewAppointment) (booking.Appointment, error) {
	if err := m.fails(); err != nil {
		return m.found, err
	}
	for i := range m.house.People {
		if b := &m.house.People[i]; b.Reference == a.Reference {
			b.Appointments = append(b.Appointments, a.Appointment)
		}
	}
	m.notices = append(m.notices, a.Notices...)
	return a.Appointment, nil
}

func (m *memory) Move(_ context.Context, c booking.SlotChange) (booking.Appointment, error) {
	if err := m.fails(); err != nil {
		return booking.Appointment{}, err
	}
	a := m.appointment(c.ID)
	*a = c.Appointment
	m.notices = append(m.notices, c.Notices...)
	return *a, nil
}

func (m *memory) End(_ context.Context, e booking.Ending) (booking.Appointment, error) {
	if a, ok := m.over[e.Appointment]; ok && a.Status == e.Status && a.Household == e.Household {
		return a, nil
	}
	a := m.appointment(e.Appointment)
	if a == nil || a.Household != e.Household || !a.Status.MayBecome(e.Status) && a.Status != e.Status {
		return booking.Appointment{}, booking.Refuse(booking.NoAppointment)
	}
	a.Status = e.Status
	m.notices = append(m.notices, e.Notices...)
	ended := *a
	if !a.Status.Holds() {
		m.over[a.ID] = ended
		for i := range m.house.People {
			b := &m.house.People[i]
			b.Appointments = slices.DeleteFunc(b.Appointments, func(a booking.Appointment) bool { return a.ID == ended.ID })
		}
	}
	return ended, nil
}

func (m *memory) Remember(_ context.Context, _ booking.MSISDN, r booking.Memory) error {
	if r.Language != "" {
		m.house.Language = r.Language
	}
	if r.Pincode != "" {
		m.house.Pincode = r.Pincode
	}
	return nil
}

func (m *memory) Remove(_ context.Context, _ booking.MSISDN, reference string, _ time.Time) error {
	m.house.People = slices.DeleteFunc(m.house.People, func(b booking.Beneficiary) bool { return b.Reference == reference })
	return nil
}

func (m *memory) Expire(_ context.Context, today booking.Date, _ time.Time, limit int) (int, error) {
	m.expired = today
	return limit, nil
}

func (m *memory) appointment(id uuid.UUID) *booking.Appointment {
	for i := range m.house.People {
		for j := range m.house.People[i].Appointments {
			if a := &m.house.People[i].Appointments[j]; a.ID == id {
				return a
			}
		}
	}
	return nil
}

// kinds returns the kinds of the queued notices, in order.
func (m *memory) kinds() (list []booking.NoticeKind) {
	for _, n := range m.notices {
		list = append(list, n.Kind)
	}
	return list
}

const (
	ours   booking.MSISDN = "+919876543210"
	theirs booking.MSISDN = "+919876543211"
)

// A desk is a Core over memory with a clock that can be set, two centres and
// their slots.
type desk struct {
	*booking.Core
	store *memory
	t     *testing.T
	now   time.Time
}

var (
	allDay = booking.Window{From: 540, To: 1020}
	early  = booking.Window{From: 540, To: 600}
)

// earlier, added to a slot of slotOn, is the one of the early morning.
const earlier = 500

// slotOn returns the slot of dose 1, 2 or 3 on that day of June 2021 (day 1 to
// 30) at centre 1.
func slotOn(dose, day int) booking.SlotID {
	return booking.SlotID{Centre: 1, Slot: int64(dose*1000 + day)}
}

func newDesk(t *testing.T, at string) *desk {
	t.Helper()
	d := &desk{t: t, store: &memory{
		house:      booking.Household{Number: ours},
		registered: make(map[uuid.UUID]booking.Beneficiary), over: make(map[uuid.UUID]booking.Appointment),
	}}
	d.setClock(at)
	dir := booking.Directory{
		Centres: []booking.Centre{
			{ID: 1, Name: "PHC Danapur", Short: booking.Names{"en": "PHC Danapur"}, Pincode: "801503", Lat: 25.6, Lon: 85.0, Government: true},
			{ID: 2, Name: "PHC Phulwari", Short: booking.Names{"en": "PHC Phulwari"}, Pincode: "801505", Lat: 25.5, Lon: 85.1, Government: true},
		},
		Pincodes: []booking.Pincode{{Code: "801503", Lat: 25.6, Lon: 85.0}},
	}
	for dose := 1; dose <= 3; dose++ {
		for n := 1; n <= 30; n++ {
			s := booking.Session{ID: int64(dose*100 + n), Centre: 1, Day: booking.NewDate(2021, time.June, n), Vaccine: "COVAXIN", Dose: dose, MinAge: 18}
			s.Slots = []booking.Slot{
				{ID: slotOn(dose, n).Slot, Window: allDay, Capacity: 10}, {ID: slotOn(dose, n).Slot + earlier, Window: early, Capacity: 10},
			}
			dir.Sessions = append(dir.Sessions, s)
		}
	}
	d.Core = &booking.Core{Store: d.store, Waitlist: d.store, CallOffs: d.store, Reminders: d.store, Places: new(booking.Places), Programme: booking.India2021(), Now: func() time.Time { return d.now }}
	d.Core.Rand = bytes.NewReader(bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 1000))
	d.Places.Replace(dir)
	return d
}

func (d *desk) setClock(at string) {
	d.t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", at, booking.India)
	if err != nil {
		d.t.Fatal(err)
	}
	d.now = now
}

// person registers somebody born that year who had doses.
func (d *desk) person(born int, doses ...string) string {
	b := had(born, doses...)
	b.Applicant = booking.Applicant{Name: "Asha Devi", BirthYear: born, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"}
	b.Reference, b.Household = booking.NewReference(ours, d.Rand), ours
	d.store.house.People = append(d.store.house.People, b)
	return b.Reference
}

// book books and fails the test where that is refused.
func (d *desk) book(reference string, slot booking.SlotID) booking.Appointment {
	d.t.Helper()
	a, err := d.Book(context.Background(), ours, booking.Booking{Request: uuid.New(), Reference: reference, Slot: slot, Channel: booking.USSD})
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}
