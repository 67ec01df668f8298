package walk

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tikaline/booking"
)

// Speak stores the language.
func (c *Core) Speak(_ context.Context, language string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Speak); err != nil {
		return err
	}
	c.House.Language = language
	return nil
}

// Near stores the pincode.
func (c *Core) Near(_ context.Context, pincode string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Near); err != nil {
		return err
	}
	c.House.Pincode = pincode
	return nil
}

// Register adds a person, once for a request.
func (c *Core) Register(_ context.Context, request uuid.UUID, a booking.Applicant) (booking.Beneficiary, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Register); err != nil {
		return booking.Beneficiary{}, err
	}
	if b, ok := c.people[request]; ok {
		return b, nil
	}
	if most := c.Rules.PeoplePerNumber(c.Today()); len(c.House.People) >= most {
		return booking.Beneficiary{}, booking.Refuse(booking.HouseholdFull, "Max", most)
	}
	if err := c.Rules.Admits(a.BirthYear, a.Certificate, c.Today()); err != nil {
		return booking.Beneficiary{}, err
	}
	b := booking.Beneficiary{Applicant: a, Reference: c.reference(), Household: Number, RegisteredAt: c.Clock()}
	c.House.People = append(c.House.People, b)
	c.people[request] = b
	c.Acts++
	return b, nil
}

// Book gives a person a place, once for a request.
func (c *Core) Book(_ context.Context, request uuid.UUID, reference string, slot booking.SlotID) (booking.Appointment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Book); err != nil {
		return booking.Appointment{}, err
	}
	if a, ok := c.requests[request]; ok {
		return a, nil
	}
	b := c.person(reference)
	if b == nil {
		return booking.Appointment{}, booking.Refuse(booking.NobodyYet)
	}
	if live, ok := b.Live(); ok {
		centre, _ := c.Centre(live.Slot.Centre)
		return booking.Appointment{}, booking.Refuse(booking.AlreadyBooked, "Centre", centre.Short, "Day", live.Day)
	}
	a, err := c.take(slot)
	if err != nil {
		return booking.Appointment{}, err
	}
	a.ID, a.Household, a.Reference, a.Status, a.BookedAt = c.id(), Number, reference, booking.Booked, c.Clock()
	b.Appointments = append(b.Appointments, a)
	c.requests[request] = a
	c.Acts++
	return a, nil
}

// take books a place in a slot and returns it as an appointment without a person.
func (c *Core) take(id booking.SlotID) (booking.Appointment, error) {
	session, slot, ok := c.Slot(id)
	switch {
	case !ok:
		return booking.Appointment{}, booking.Refuse(booking.SlotGone)
	case c.Full || c.taken[id] >= slot.Capacity:
		return booking.Appointment{}, booking.Refuse(booking.SlotFull)
	}
	c.taken[id]++
	return booking.Appointment{
		Dose: session.Dose, Vaccine: session.Vaccine, Slot: id, Session: session.ID, Day: session.Day, Window: slot.Window,
	}, nil
}

// Move changes an appointment's slot.
func (c *Core) Move(_ context.Context, appointment uuid.UUID, to booking.SlotID) (booking.Appointment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Move); err != nil {
		return booking.Appointment{}, err
	}
	a := c.appointment(appointment)
	if a == nil || a.Status != booking.Booked {
		return booking.Appointment{}, booking.Refuse(booking.NoAppointment)
	}
	if a.Slot == to {
		return *a, nil
	}
	next, err := c.take(to)
	if err != nil {
		return booking.Appointment{}, err
	}
	c.taken[a.Slot]--
	a.Vaccine, a.Slot, a.Session, a.Day, a.Window = next.Vaccine, next.Slot, next.Session, next.Day, next.Window
	c.Acts++
	return *a, nil
}

// Cancel gives an appointment's place back.
func (c *Core) Cancel(_ context.Context, appointment uuid.UUID) (booking.Appointment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Cancel); err != nil {
		return booking.Appointment{}, err
	}
	a := c.appointment(appointment)
	switch {
	case a == nil:
		return booking.Appointment{}, booking.Refuse(booking.NoAppointment)
	case a.Status == booking.Booked:
		c.taken[a.Slot]--
		a.Status = booking.Cancelled
		c.Acts++
	}
	return *a, nil
}

// Remove takes a person off the number.
func (c *Core) Remove(_ context.Context, reference string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(Remove); err != nil {
		return err
	}
	before := len(c.House.People)
	c.House.People = slices.DeleteFunc(c.House.People, func(b booking.Beneficiary) bool { return b.Reference == reference })
	c.Acts += before - len(c.House.People)
	return nil
}

// CallBack queues a call to the number, once for a request.
func (c *Core) CallBack(_ context.Context, request uuid.UUID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(CallBack); err != nil {
		return err
	}
	if _, ok := c.requests[request]; !ok {
		c.requests[request] = booking.Appointment{}
		c.Calls++
		c.Acts++
	}
	return nil
}

// AddPerson registers a person born that year, with a long name in the script.
func (c *Core) AddPerson(s Script, birthYear int) string {
	n := len(c.House.People)
	b := booking.Beneficiary{
		Applicant: booking.Applicant{
			Name: Name(s, n), BirthYear: birthYear, Gender: booking.Genders[n%len(booking.Genders)],
			PhotoID: "ration", IDLast4: "WB12",
		},
		Reference: c.reference(), Household: Number, RegisteredAt: c.Clock(),
	}
	c.House.People = append(c.House.People, b)
	return b.Reference
}

// AddDose adds an appointment of a person at the first centre.
func (c *Core) AddDose(reference string, dose int, vaccine string, day booking.Date, status booking.Status) {
	b := c.person(reference)
	at := c.Places[0]
	a := booking.Appointment{
		ID: c.id(), Household: Number, Reference: reference, Dose: dose, Vaccine: vaccine,
		Slot: booking.SlotID{Centre: at.ID}, Day: day, Window: windows[1], Status: status, Channel: booking.USSD, BookedAt: c.Clock(),
	}
	for _, s := range at.Sessions {
		if s.Day == day && s.Dose == dose && s.Vaccine == vaccine {
			a.Session, a.Slot.Slot = s.ID, s.Slots[1].ID
		}
	}
	b.Appointments = append(b.Appointments, a)
}

func (c *Core) person(reference string) *booking.Beneficiary {
	for i := range c.House.People {
		if c.House.People[i].Reference == reference {
			return &c.House.People[i]
		}
	}
	return nil
}

func (c *Core) appointment(id uuid.UUID) *booking.Appointment {
	for i := range c.House.People {
		for j := range c.House.People[i].Appointments {
			if a := &c.House.People[i].Appointments[j]; a.ID == id {
				return a
			}
		}
	}
	return nil
}

// JoinWaitlist puts a person on the waiting list, once for a request.
func (c *Core) JoinWaitlist(_ context.Context, request uuid.UUID, pincode, reference string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refuses(JoinWaitlist); err != nil {
		return err
	}
	if c.person(reference) == nil {
		return booking.Refuse(booking.NobodyYet)
	}
	if _, ok := c.requests[request]; !ok {
		c.requests[request] = booking.Appointment{}
		c.Waits++
		c.Acts++
	}
	return nil
}
