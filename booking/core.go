package booking

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// A Core is the rules over a Store: what every channel books through. Its
// methods are safe for concurrent use and idempotent. A refusal that the
// citizen can do something about comes back as a *Problem; any other error is a
// fault of ours.
type Core struct {
	Store     Store
	Waitlist  Waitlist
	CallOffs  CallOffs
	Reminders Reminders
	Leases    Leases
	Places    *Places
	Programme *Programme
	Now       func() time.Time // the clock
	Rand      io.Reader        // nil is crypto/rand
	Waits     Waits            // how long answers are waited for
	Codes     OpenCodes        // one-time passwords to tell a caller; nil is none
	CodesBy   []Channel        // by which channels: USSD, IVR
}

// Today returns the day in India.
func (c *Core) Today() Date { return DateOf(c.Now()) }

// minute returns the minute of the day in India.
func (c *Core) minute() int {
	t := c.Now().In(India)
	return t.Hour()*60 + t.Minute()
}

// Register registers a person under a number that has consented, and queues a
// notice with the reference id.
func (c *Core) Register(ctx context.Context, number MSISDN, r Registration) (Beneficiary, error) {
	today := c.Today()
	if r.Consent.Version == "" {
		return Beneficiary{}, Refuse(ConsentNeeded)
	}
	if r.Name != "" || c.Programme.WrittenNames || r.Recording == "" && !r.NameLater {
		name, err := ParseName(r.Name)
		if err != nil {
			return Beneficiary{}, err
		}
		r.Name = name
	}
	if _, err := ParseYear(fmt.Sprint(r.BirthYear), today); err != nil {
		return Beneficiary{}, err
	}
	last4, err := ParseIDLast4(r.IDLast4)
	if err != nil {
		return Beneficiary{}, err
	}
	r.IDLast4 = last4
	if !c.acceptsID(r.PhotoID, today) {
		return Beneficiary{}, Refuse(BadID)
	}
	if err := c.Programme.Admits(r.BirthYear, r.Certificate, today); err != nil {
		return Beneficiary{}, err
	}
	now := c.Now()
	r.Consent.At = now
	r.Consent.Channel = r.Channel
	return c.Store.Register(ctx, NewPerson{
		Registration: r,
		Household:    number,
		References:   func() string { return NewReference(number, cmp.Or(c.Rand, rand.Reader)) },
		Max:          c.Programme.PeoplePerNumber(today),
		At:           now,
		Notices: func(b Beneficiary) []Notice {
			return []Notice{c.notice(number, NoticeRegistered, b.Reference, PriorityConfirm, NoticeData{Name: b.Name, BirthYear: unnamed(b.Applicant), Reference: b.Reference})}
		},
	})
}

func (c *Core) acceptsID(key string, day Date) bool {
	for _, id := range c.Programme.IDs(day) {
		if id.Key == key {
			return true
		}
	}
	return false
}

// Book gives a person of the number a place in a slot and queues a
// confirmation.
func (c *Core) Book(ctx context.Context, number MSISDN, b Booking) (Appointment, error) {
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return Appointment{}, err
	}
	person, ok := h.Person(b.Reference)
	if !ok {
		return Appointment{}, Refuse(NobodyYet)
	}
	// An appointment that was given before is returned again before any rule is
	// checked: the answer to a repeated message does not change with the clock.
	if live, ok := person.Live(); ok {
		if live.Slot == b.Slot && (!b.Fresh || live.Status == Held) {
			return live, nil
		}
		return Appointment{}, c.alreadyBooked(live)
	}
	session, slot, ok := c.Places.Slot(b.Slot)
	if !ok {
		return Appointment{}, Refuse(SlotGone)
	}
	due, err := c.fits(person, session, slot, b.Dose)
	if err != nil {
		return Appointment{}, err
	}
	a := Appointment{
		ID: c.newID(), Household: number, Reference: person.Reference,
		Dose: due.Dose, Vaccine: session.Vaccine, Slot: b.Slot, Session: session.ID, Day: session.Day, Window: slot.Window,
		Status: Booked, Spot: b.Spot, Channel: b.Channel, Agent: b.Agent, BookedAt: c.Now(),
	}
	a.Party = a.ID
	got, err := c.Store.Book(ctx, NewAppointment{
		Appointment: a, Request: b.Request,
		Notices: []Notice{c.notice(number, NoticeBooked, a.ID.String(), PriorityConfirm, c.noticeData(person, a))},
	})
	switch p, _ := AsProblem(err); {
	case p == nil && err == nil && b.Fresh && got.ID != a.ID: // another request for this slot was quicker, after the household was read
		return Appointment{}, c.alreadyBooked(got)
	case p == nil:
	case p.Code == AlreadyBooked: // by another channel, after the household was read
		return Appointment{}, c.alreadyBooked(got)
	case p.Code == SlotFull || p.Code == SlotGone:
		c.Places.Filled(b.Slot)
	}
	return got, err
}

// fits checks that the person may have a place in the slot now, and returns the
// dose that is due, or the Problem that says why not.
func (c *Core) fits(person Beneficiary, session Session, slot Slot, dose int) (Due, error) {
	today, minute := c.Today(), c.minute()
	due, err := c.Programme.NextDose(person, today)
	if err != nil {
		return due, err
	}
	if dose != 0 && dose != due.Dose {
		return due, Refuse(NotForYou, "Dose", due.Dose, "Asked", dose)
	}
	if err := c.Programme.Suits(person, due, session); err != nil {
		return due, err
	}
	if session.Day == today && int(slot.Window.To) <= minute {
		return due, Refuse(TooLateToBook)
	}
	return due, c.Programme.Booking.MayBook(due.Dose, session.Day, today, minute)
}

func (c *Core) alreadyBooked(live Appointment) *Problem {
	centre, _ := c.Places.Centre(live.Slot.Centre)
	return Refuse(AlreadyBooked, "Centre", centre.Short, "Day", live.Day)
}

// Move changes a booked appointment to another slot, before its day.
func (c *Core) Move(ctx context.Context, number MSISDN, m Move) (Appointment, error) {
	person, a, err := c.live(ctx, number, m.Appointment)
	if err != nil {
		return Appointment{}, err
	}
	if a.Slot == m.To {
		return a, nil
	}
	if err := c.Programme.Booking.MayChange(a.Day, c.Today()); err != nil {
		return Appointment{}, err
	}
	session, slot, ok := c.Places.Slot(m.To)
	if !ok {
		return Appointment{}, Refuse(SlotGone)
	}
	if _, err := c.fits(person, session, slot, a.Dose); err != nil {
		return Appointment{}, err
	}
	a.Party = a.ID // a person who moves alone has left the others
	a, n := c.moved(person, a, m.To, session, slot, m.Channel, m.Agent)
	got, err := c.Store.Move(ctx, SlotChange{Appointment: a, Notices: []Notice{n}})
	if p, ok := AsProblem(err); ok && (p.Code == SlotFull || p.Code == SlotGone) {
		c.Places.Filled(m.To)
	}
	return got, err
}

// moved returns the appointment as it is in another slot, and the notice of the
// move.
func (c *Core) moved(person Beneficiary, a Appointment, to SlotID, session Session, slot Slot, by Channel, agent string) (Appointment, Notice) {
	a.Vaccine, a.Slot, a.Session, a.Day, a.Window = session.Vaccine, to, session.ID, session.Day, slot.Window
	a.Channel, a.Agent, a.BookedAt = by, agent, c.Now()
	key := fmt.Sprintf("%s/%d/%d", a.ID, a.Slot.Slot, a.BookedAt.UnixMilli())
	return a, c.notice(a.Household, NoticeMoved, key, PriorityConfirm, c.noticeData(person, a))
}

// Cancel gives an appointment's place back, before its day. Cancelling again
// gives the same answer, whatever the day.
func (c *Core) Cancel(ctx context.Context, number MSISDN, appointment uuid.UUID, by Channel, agent string) (Appointment, error) {
	person, a, err := c.live(ctx, number, appointment)
	if Refused(err, NoAppointment) {
		// Either it was cancelled before, and the store returns it, or there is
		// none. Nothing changes either way, so no rule is checked and no notice
		// is queued.
		return c.Store.End(ctx, Ending{
			Household: number, Appointment: appointment, Status: Cancelled, Channel: by, Agent: agent, At: c.Now(),
		})
	}
	if err != nil {
		return Appointment{}, err
	}
	if err := c.Programme.Booking.MayChange(a.Day, c.Today()); err != nil {
		return Appointment{}, err
	}
	return c.Store.End(ctx, Ending{
		Household: number, Appointment: a.ID, Status: Cancelled, Channel: by, Agent: agent, At: c.Now(),
		Notices: []Notice{c.notice(number, NoticeCancelled, a.ID.String(), PriorityChange, c.noticeData(person, a))},
	})
}

// Attend records that the dose was given, on the appointment's day or after it.
func (c *Core) Attend(ctx context.Context, number MSISDN, appointment uuid.UUID, agent string) (Appointment, error) {
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return Appointment{}, err
	}
	for _, b := range h.People {
		for _, a := range b.Appointments {
			if a.ID == appointment && a.Day > c.Today() {
				return Appointment{}, Refuse(TooEarly, "Day", a.Day)
			}
		}
	}
	return c.Store.End(ctx, Ending{
		Household: number, Appointment: appointment, Status: Attended, Channel: Staff, Agent: agent, At: c.Now(),
	})
}

// Expire marks as Missed at most limit appointments of days that have passed,
// and returns how many it marked. A person who missed theirs may book again.
func (c *Core) Expire(ctx context.Context, limit int) (int, error) {
	return c.Store.Expire(ctx, c.Today(), c.Now(), limit)
}

// Remove takes a person off the number, before vaccination and without a live
// appointment.
func (c *Core) Remove(ctx context.Context, number MSISDN, reference string) error {
	if _, ok := CellOfReference(reference); !ok { // no such id can exist
		return Refuse(NobodyYet)
	}
	return c.Store.Remove(ctx, number, reference, c.Now())
}

// live returns the number's live appointment of that id, with its person.
func (c *Core) live(ctx context.Context, number MSISDN, id uuid.UUID) (Beneficiary, Appointment, error) {
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return Beneficiary{}, Appointment{}, err
	}
	for _, b := range h.People {
		if a, ok := b.Live(); ok && a.ID == id {
			return b, a, nil
		}
	}
	return Beneficiary{}, Appointment{}, Refuse(NoAppointment)
}

func (c *Core) notice(to MSISDN, kind NoticeKind, key string, p Priority, d NoticeData) Notice {
	return NewNotice(c.newID(), to, kind, key, p, c.Now(), d)
}

func (c *Core) noticeData(b Beneficiary, a Appointment) NoticeData {
	return NoticeData{
		Name: b.Name, BirthYear: unnamed(b.Applicant), Reference: b.Reference, PhotoID: b.PhotoID, Dose: a.Dose, Vaccine: a.Vaccine,
		Centre: a.Slot.Centre, Day: a.Day, Window: a.Window,
	}
}

func (c *Core) newID() uuid.UUID { return NewID(c.Rand) }
