package booking

import (
	"context"

	"github.com/google/uuid"
)

// A Desk is the core as one household sees it: every method acts on that number
// alone, so a conversation cannot reach the data of another household. It is
// what dialogues talk to.
type Desk struct {
	core    *Core
	number  MSISDN
	channel Channel
	agent   string
}

// Desk returns the desk of a number that came in by a channel; agent is who
// helps, "" where nobody does.
func (c *Core) Desk(number MSISDN, channel Channel, agent string) *Desk {
	return &Desk{core: c, number: number, channel: channel, agent: agent}
}

// Number returns the household's number.
func (d *Desk) Number() MSISDN { return d.number }

// Today returns the day in India.
func (d *Desk) Today() Date { return d.core.Today() }

// Programme returns the rules in force.
func (d *Desk) Programme() *Programme { return d.core.Programme }

// Household returns the caller's household.
func (d *Desk) Household(ctx context.Context) (Household, error) {
	return d.core.Store.Household(ctx, d.number)
}

// Locate reads a pincode and returns where it lies. Problem: BadPincode.
func (d *Desk) Locate(pincode string) (Located, error) { return d.core.Places.Locate(pincode) }

// Centre returns a centre by its id.
func (d *Desk) Centre(id int64) (Centre, bool) { return d.core.Places.Centre(id) }

// District returns a district by its id.
func (d *Desk) District(id int) (District, bool) { return d.core.Places.District(id) }

// Slot returns a slot by its id, with its session.
func (d *Desk) Slot(id SlotID) (Session, Slot, bool) { return d.core.Places.Slot(id) }

// Nearest returns the centres near a place, those with room for the person
// first, nearest first, at most max. A nil person is anybody: a centre is open
// if anyone could book there.
func (d *Desk) Nearest(at Located, person *Beneficiary, max int) []Offer {
	return d.core.Places.Nearest(at, d.core.suiting(person), max)
}

// Slots returns what a centre has for the person, soonest first.
func (d *Desk) Slots(centre int64, person *Beneficiary) []SlotOffer {
	return d.core.Places.Slots(centre, d.core.suiting(person))
}

// NextDose returns the dose that a person takes next, or a Problem that says
// why there is none: see Programme.NextDose.
func (d *Desk) NextDose(b Beneficiary) (Due, error) {
	return d.core.Programme.NextDose(b, d.core.Today())
}

// MayChange returns nil if an appointment may still be moved or cancelled.
// Problem: TooLateChange.
func (d *Desk) MayChange(a Appointment) error {
	return d.core.Programme.Booking.MayChange(a.Day, d.core.Today())
}

// Speak saves the household's language.
func (d *Desk) Speak(ctx context.Context, language string) error {
	return d.core.Store.Remember(ctx, d.number, Memory{Language: language, At: d.core.Now()})
}

// Near saves the pincode that the household searches from.
func (d *Desk) Near(ctx context.Context, pincode string) error {
	return d.core.Store.Remember(ctx, d.number, Memory{Pincode: pincode, At: d.core.Now()})
}

// Register registers a person who has agreed to the programme's consent text.
func (d *Desk) Register(ctx context.Context, request uuid.UUID, a Applicant) (Beneficiary, error) {
	return d.core.Register(ctx, d.number, Registration{
		Applicant: a, Request: request, Channel: d.channel, Agent: d.agent,
		Consent: Consent{Version: d.core.Programme.Consent},
	})
}

// Book books a place for the person's next dose. A place that was held for the
// person is confirmed by it.
func (d *Desk) Book(ctx context.Context, request uuid.UUID, reference string, slot SlotID) (Appointment, error) {
	a, err := d.core.Book(ctx, d.number, Booking{
		Request: request, Reference: reference, Slot: slot, Channel: d.channel, Agent: d.agent,
	})
	if err == nil && a.Status == Held {
		return d.Confirm(ctx, a.ID)
	}
	return a, err
}

// Move changes an appointment's slot. A person who moves a held appointment has
// answered: it is booked from then on.
func (d *Desk) Move(ctx context.Context, appointment uuid.UUID, to SlotID) (Appointment, error) {
	a, err := d.core.Move(ctx, d.number, Move{Appointment: appointment, To: to, Channel: d.channel, Agent: d.agent})
	if err == nil && a.Status == Held {
		return d.core.settle(ctx, a, d.channel, d.agent) // the move's notice says all
	}
	return a, err
}

// Hold keeps a place for the person for a short time.
func (d *Desk) Hold(ctx context.Context, request uuid.UUID, reference string, slot SlotID) (Hold, error) {
	return d.core.Hold(ctx, d.number, Booking{
		Request: request, Reference: reference, Slot: slot, Channel: d.channel, Agent: d.agent,
	})
}

// Holds returns the places held for the household, and those that were held and
// are booked now.
func (d *Desk) Holds(ctx context.Context) ([]Hold, error) {
	return d.core.Store.Holds(ctx, d.number)
}

// Confirm books a held place.
func (d *Desk) Confirm(ctx context.Context, appointment uuid.UUID) (Appointment, error) {
	return d.core.Confirm(ctx, d.number, appointment, d.channel, d.agent)
}

// Release gives a held place back.
func (d *Desk) Release(ctx context.Context, appointment uuid.UUID) (Appointment, error) {
	return d.core.Release(ctx, d.number, appointment, d.channel, d.agent)
}

// JoinWaitlist puts a person on the waiting list for a place near a pincode.
func (d *Desk) JoinWaitlist(ctx context.Context, request uuid.UUID, pincode, reference string) error {
	return d.core.JoinWaitlist(ctx, d.number, request, pincode, reference)
}

// LeaveWaitlist takes the household off the waiting list.
func (d *Desk) LeaveWaitlist(ctx context.Context) error { return d.core.LeaveWaitlist(ctx, d.number) }

// Waiting returns the people of the household who are on the waiting list.
func (d *Desk) Waiting(ctx context.Context) ([]Waiter, error) {
	return d.core.Waitlist.Waiting(ctx, d.number)
}

// Accept answers the last notice with yes: see Core.Accept.
func (d *Desk) Accept(ctx context.Context, request uuid.UUID) ([]Appointment, error) {
	return d.core.Accept(ctx, d.number, request, d.channel, d.agent)
}

// Decline answers the last notice with no: see Core.Decline.
func (d *Desk) Decline(ctx context.Context) ([]Appointment, error) {
	return d.core.Decline(ctx, d.number, d.channel, d.agent)
}

// Cancel gives an appointment's place back.
func (d *Desk) Cancel(ctx context.Context, appointment uuid.UUID) (Appointment, error) {
	return d.core.Cancel(ctx, d.number, appointment, d.channel, d.agent)
}

// Remove takes a person off the number.
func (d *Desk) Remove(ctx context.Context, reference string) error {
	return d.core.Remove(ctx, d.number, reference)
}

// suiting returns the sessions and slots that would do for the person, or for
// anybody where person is nil.
func (c *Core) suiting(person *Beneficiary) Suiting {
	today, minute := c.Today(), c.minute()
	if person == nil {
		return Suiting{From: today, Minute: minute, Fits: func(s Session) bool {
			return c.Programme.Booking.MayBook(s.Dose, s.Day, today, minute) == nil
		}}
	}
	due, err := c.Programme.NextDose(*person, today)
	if err != nil {
		return Suiting{From: today, Fits: func(Session) bool { return false }}
	}
	who := Suiting{From: max(today, due.From), Fits: func(s Session) bool {
		return c.Programme.Suits(*person, due, s) == nil && c.Programme.Booking.MayBook(due.Dose, s.Day, today, minute) == nil
	}}
	if who.From == today {
		who.Minute = minute
	}
	return who
}
