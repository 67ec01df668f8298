package booking

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// WalkInDays is how many days back a walk-in may still be written down: a
// centre without a network sends its day later.
const WalkInDays = 7

// A WalkIn is somebody who came to a centre without a booking and was given a
// dose there. Asking again with the same Request gives the same answer.
type WalkIn struct {
	Request uuid.UUID
	Number  MSISDN

	// Who: somebody registered, or else an Applicant who agreed to the
	// programme's consent text on the spot.
	Reference string
	Applicant

	Centre  int64
	Vaccine string
	At      time.Time // when the dose was given
	Agent   string    // the staff member who writes it down
}

// ServeWalkIn writes down that a walk-in was given a dose: registers the person
// if need be, takes a place of the day's on-the-spot share, and marks it
// attended. What the centre does not need online any more on that day serves
// too, once booking for it is over. No notice is owed: the person is there.
//
// Problems: those of Register; TooEarly for a day to come, TooLateToBook for one
// longer than WalkInDays ago; AlreadyBooked for somebody with a place elsewhere;
// NoSlot where the centre gives no such dose that day; SlotFull.
func (c *Core) ServeWalkIn(ctx context.Context, w WalkIn) (Beneficiary, Appointment, error) {
	day, today := DateOf(w.At), c.Today()
	switch {
	case w.At.After(c.Now().Add(time.Hour)): // more than a clock that is a little fast
		return Beneficiary{}, Appointment{}, Refuse(TooEarly, "Day", day)
	case day < today-WalkInDays:
		return Beneficiary{}, Appointment{}, Refuse(TooLateToBook)
	}
	person, err := c.walkedIn(ctx, w)
	if err != nil {
		return Beneficiary{}, Appointment{}, err
	}
	// What was written down before is answered before any rule is asked.
	for _, a := range person.Appointments {
		if a.Status == Attended && a.Day == day && a.Slot.Centre == w.Centre {
			return person, a, nil
		}
	}
	if live, ok := person.Live(); ok {
		if live.Slot.Centre != w.Centre || live.Day != day {
			return person, Appointment{}, c.alreadyBooked(live)
		}
		a, err := c.Attend(ctx, w.Number, live.ID, w.Agent)
		return person, a, err
	}
	a, err := c.spot(ctx, person, w, day)
	if err != nil {
		return person, Appointment{}, err
	}
	a, err = c.Attend(ctx, w.Number, a.ID, w.Agent)
	return person, a, err
}

// walkedIn is the person, registered with this if he was not.
func (c *Core) walkedIn(ctx context.Context, w WalkIn) (Beneficiary, error) {
	if w.Reference == "" {
		return c.Register(ctx, w.Number, Registration{
			Applicant: w.Applicant, Request: w.Request, Channel: Staff, Agent: w.Agent,
			Consent: Consent{Version: c.Programme.Consent},
		})
	}
	h, err := c.Store.Household(ctx, w.Number)
	if err != nil {
		return Beneficiary{}, err
	}
	person, ok := h.Person(w.Reference)
	if !ok {
		return Beneficiary{}, Refuse(NobodyYet)
	}
	return person, nil
}

// spot takes a place for a walk-in: of the on-the-spot share of the window that
// it is, else of another window of the day, else one that nobody can book any
// more.
func (c *Core) spot(ctx context.Context, person Beneficiary, w WalkIn, day Date) (Appointment, error) {
	due, err := c.Programme.NextDose(person, day)
	if err != nil {
		return Appointment{}, err
	}
	sessions, err := c.Store.DaySessions(ctx, w.Centre, day)
	if err != nil {
		return Appointment{}, err
	}
	refused := error(Refuse(NoSlot))
	var fitting []Session
	for _, s := range sessions {
		switch err := c.Programme.Suits(person, due, s); {
		case s.Vaccine != w.Vaccine:
		case err != nil:
			refused = err
		default:
			fitting = append(fitting, s)
		}
	}
	if len(fitting) == 0 {
		return Appointment{}, refused
	}
	closed := day < c.Today() || c.Programme.Booking.MayBook(due.Dose, day, c.Today(), c.minute()) != nil
	for _, t := range tries(fitting, w.At, closed) {
		got, err := c.Store.Book(ctx, NewAppointment{Request: w.Request, Appointment: Appointment{
			ID: c.newID(), Household: w.Number, Reference: person.Reference, Dose: due.Dose, Vaccine: t.session.Vaccine,
			Slot: SlotID{w.Centre, t.slot.ID}, Session: t.session.ID, Day: day, Window: t.slot.Window,
			Status: Booked, Spot: t.spot, Channel: Staff, Agent: w.Agent, BookedAt: c.Now(),
		}})
		switch p, _ := AsProblem(err); {
		case p == nil:
			return got, err
		case p.Code == AlreadyBooked:
			return Appointment{}, c.alreadyBooked(got)
		case p.Code != SlotFull && p.Code != SlotGone:
			return Appointment{}, err
		}
	}
	return Appointment{}, Refuse(SlotFull)
}

// A try is a place to try for a walk-in.
type try struct {
	session Session
	slot    Slot
	spot    bool // of the on-the-spot share
}

// tries is where a walk-in may find a place, the best first.
func tries(sessions []Session, at time.Time, closed bool) []try {
	t := at.In(India)
	minute := t.Hour()*60 + t.Minute()
	var now, later, rest []try
	for _, s := range sessions {
		for _, slot := range s.Slots {
			if slot.Closed {
				continue
			}
			if slot.SpotUsed < slot.Spot {
				one := try{s, slot, true}
				if int(slot.Window.From) <= minute && minute < int(slot.Window.To) {
					now = append(now, one)
				} else {
					later = append(later, one)
				}
			}
			if closed && slot.Booked < slot.Capacity {
				rest = append(rest, try{s, slot, false})
			}
		}
	}
	return slices.Concat(now, later, rest)
}
