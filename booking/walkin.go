package booking

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// WalkInDays is how many days back a walk-in may still be recorded: a centre
// without a network sends its day later.
const WalkInDays = 7

// A WalkIn is a person who came to a centre without a booking and was given a
// dose there. Asking again with the same Request gives the same answer.
type WalkIn struct {
	Request uuid.UUID
	Number  MSISDN

	// Reference is of a registered person; "" is an Applicant who agreed to the
	// programme's consent text on the spot.
	Reference string
	Applicant

	Centre  int64
	Vaccine string
	At      time.Time // when the dose was given
	Agent   string    // the staff member who records it
}

// ServeWalkIn records that a walk-in was given a dose: it registers the person
// if need be, takes a place of the day's on-the-spot share, and marks it
// attended. Once online booking for the day is over, the places that are left
// of it serve too. No notice is queued: the person is there.
//
// Problems: those of Register; TooEarly for a day to come, TooLateToBook for a
// day more than WalkInDays ago; AlreadyBooked for somebody with a place
// elsewhere; NoSlot where the centre gives no such dose that day; SlotFull.
func (c *Core) ServeWalkIn(ctx context.Context, w WalkIn) (Beneficiary, Appointment, error) {
	day, today := DateOf(w.At), c.Today()
	switch {
	case w.At.After(c.Now().Add(time.Hour)): // an hour allows for a clock that is a little fast
		return Beneficiary{}, Appointment{}, Refuse(TooEarly, "Day", day)
	case day < today-WalkInDays:
		return Beneficiary{}, Appointment{}, Refuse(TooLateToBook)
	}
	person, err := c.walkedIn(ctx, w)
	if err != nil {
		return Beneficiary{}, Appointment{}, err
	}
	a, there, err := c.hereAlready(ctx, person, w, day)
	if there || err != nil {
		return person, a, err
	}
	a, err = c.spot(ctx, person, w, day)
	if Refused(err, SlotFull) {
		// This very walk-in, sent twice at once, may have taken the last place.
		h, again := c.Store.Household(ctx, w.Number)
		if again != nil {
			return person, Appointment{}, again
		}
		if p, ok := h.Person(person.Reference); ok {
			if a, there, again := c.hereAlready(ctx, p, w, day); there {
				return p, a, again
			}
		}
	}
	if err != nil {
		return person, Appointment{}, err
	}
	a, err = c.Attend(ctx, w.Number, a.ID, w.Agent)
	return person, a, err
}

// hereAlready returns the dose that was recorded before, before any rule is
// checked; or a booking at this centre on this day, which it marks attended.
func (c *Core) hereAlready(ctx context.Context, person Beneficiary, w WalkIn, day Date) (Appointment, bool, error) {
	for _, a := range person.Appointments {
		if a.Status == Attended && a.Day == day && a.Slot.Centre == w.Centre {
			return a, true, nil
		}
	}
	live, ok := person.Live()
	switch {
	case !ok:
		return Appointment{}, false, nil
	case live.Slot.Centre != w.Centre || live.Day != day:
		return Appointment{}, false, c.alreadyBooked(live)
	}
	a, err := c.Attend(ctx, w.Number, live.ID, w.Agent)
	return a, true, err
}

// walkedIn returns the person, and registers them first if need be.
func (c *Core) walkedIn(ctx context.Context, w WalkIn) (Beneficiary, error) {
	if w.Reference == "" {
		b, err := c.Register(ctx, w.Number, Registration{
			Applicant: w.Applicant, Request: w.Request, Channel: Staff, Agent: w.Agent,
			Consent: Consent{Version: c.Programme.Consent},
		})
		if !Refused(err, SamePerson) {
			return b, err
		}
		// They were registered before, perhaps by a form that was refused for
		// its vaccine.
	}
	h, err := c.Store.Household(ctx, w.Number)
	if err != nil {
		return Beneficiary{}, err
	}
	for _, b := range h.People {
		if b.Reference == w.Reference || w.Reference == "" && b.BirthYear == w.BirthYear && b.Gender == w.Gender && samePerson(b.Name, w.Name) {
			return b, nil
		}
	}
	return Beneficiary{}, Refuse(NobodyYet)
}

func samePerson(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// spot takes a place for a walk-in: from the on-the-spot share of the present
// window, else of another window of the day, else one that nobody can book any
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
		id := c.newID()
		got, err := c.Store.Book(ctx, NewAppointment{Request: w.Request, Appointment: Appointment{
			ID: id, Party: id, Household: w.Number, Reference: person.Reference, Dose: due.Dose, Vaccine: t.session.Vaccine,
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

// tries returns the places that a walk-in may get, the best first.
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
