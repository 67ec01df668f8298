package booking

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A Waiter is a person who asked to be told when a place opens. There is one
// line for everybody; Since is the place in it.
type Waiter struct {
	Household MSISDN
	Reference string
	Pincode   string // near which
	Request   uuid.UUID
	Since     time.Time
	Offers    int       // how often told and not heard of
	OfferedAt time.Time // zero until told
	Until     time.Time // when told: until when an answer is waited for, before others are told
	Centre    int64     // the place told of: a session of this centre
	Session   int64
}

// Left says why somebody is not in the line any more. It is stored.
type Left string

// The reasons.
const (
	LeftBooked Left = "booked" // has a place
	LeftAsked  Left = "asked"  // said no, or wants no messages
	LeftSilent Left = "silent" // was told so often and never answered
	LeftDone   Left = "done"   // needs no place: had all doses, or is not there any more
)

// A PlaceOffer tells a Waiter, as it was read, of a place.
type PlaceOffer struct {
	Waiter
	Session Session
	Until   time.Time
	Notice  Notice
}

// A Waitlist keeps the waiting list, with the promises of Store.
type Waitlist interface {
	// Join puts a person in the line. Who is in it keeps the place, or gets that
	// of Since if it is better, and from now on waits near Pincode. The same
	// Request again changes nothing, even after the person left.
	Join(ctx context.Context, w Waiter) error

	// Leave takes a person of the number off the line, or ("") all of them.
	Leave(ctx context.Context, number MSISDN, reference string, why Left, at time.Time) error

	// Waiting is who of the number is in the line, first come first.
	Waiting(ctx context.Context, number MSISDN) ([]Waiter, error)

	// PincodesToOffer is where people wait who may be told.
	PincodesToOffer(ctx context.Context, now time.Time) ([]string, error)

	// NextToOffer is at most limit people behind another (the zero Waiter is before
	// all) who wait near one of the pincodes and may be told, first come first.
	NextToOffer(ctx context.Context, after Waiter, pincodes []string, now time.Time, limit int) ([]Waiter, error)

	// PendingOffers is how many were told of each session and may still answer.
	PendingOffers(ctx context.Context, now time.Time) (map[int64]int, error)

	// Offer tells those who are as they were read and returns how many that were.
	// When the turn is not ours any more it tells nobody and returns false.
	Offer(ctx context.Context, turn int64, at time.Time, list []PlaceOffer) (told int, ours bool, err error)

	// Answered notes that a person said yes: others may be told of that place.
	// Who found none left was told in vain, which does not count.
	Answered(ctx context.Context, number MSISDN, reference string, vain bool, at time.Time) error

	// DropSilent takes those off the line who were told so often and did not answer.
	DropSilent(ctx context.Context, waves int, now time.Time) (int, error)

	// HasOffer tells whether a person was told of a place and may still answer.
	HasOffer(ctx context.Context, number MSISDN, reference string, now time.Time) (bool, error)
}

// JoinWaitlist puts a person of the number on the waiting list near a pincode. Asking
// again keeps the place in the line. Problems: NobodyYet, BadPincode,
// AlreadyBooked, and why the person may have no dose.
func (c *Core) JoinWaitlist(ctx context.Context, number MSISDN, request uuid.UUID, pincode, reference string) error {
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return err
	}
	person, ok := h.Person(reference)
	if !ok {
		return Refuse(NobodyYet)
	}
	if live, ok := person.Live(); ok {
		return c.alreadyBooked(live)
	}
	if _, err := c.Programme.NextDose(person, c.Today()); err != nil {
		return err
	}
	at, err := c.Places.Locate(pincode)
	if err != nil {
		return err
	}
	return c.Waitlist.Join(ctx, Waiter{Household: number, Reference: reference, Pincode: at.Asked, Request: request, Since: c.Now()})
}

// LeaveWaitlist takes everybody of the number off the waiting list: who sends STOP
// wants to hear of nothing.
func (c *Core) LeaveWaitlist(ctx context.Context, number MSISDN) error {
	return c.Waitlist.Leave(ctx, number, "", LeftAsked, c.Now())
}

// Accept is the number's yes to what it was told last: a place that is held is
// booked; otherwise who was told of an open place gets one held. The status of
// what it returns says which, for each person of the number. The same request
// again gives the same answer.
//
// Problems: NoSlot when others were quicker, and the person keeps the place in
// the line; NoAppointment when nothing was asked.
func (c *Core) Accept(ctx context.Context, number MSISDN, request uuid.UUID, by Channel, agent string) ([]Appointment, error) {
	holds, err := c.Store.Holds(ctx, number)
	if err != nil {
		return nil, err
	}
	var same, confirmed, list []Appointment
	for _, h := range holds {
		switch {
		case h.Request == requestOf(request, h.Reference):
			same = append(same, h.Appointment)
		case h.Status == Booked:
			confirmed = append(confirmed, h.Appointment)
		default:
			a, err := c.Confirm(ctx, number, h.ID, by, agent)
			if Refused(err, NoAppointment) {
				continue // its time was over a moment ago
			}
			if err != nil {
				return nil, err
			}
			list = append(list, a)
		}
	}
	if same != nil || list != nil {
		return append(same, list...), nil
	}
	line, err := c.Waitlist.Waiting(ctx, number)
	if err != nil {
		return nil, err
	}
	refusal := Refuse(NoAppointment)
	for _, w := range line {
		if w.Until.IsZero() {
			continue
		}
		a, err := c.take(ctx, w, Booking{Request: requestOf(request, w.Reference), Reference: w.Reference, Channel: by, Agent: agent})
		if p, ok := AsProblem(err); ok {
			refusal = p
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	switch {
	case list != nil:
		return list, nil
	case confirmed != nil && refusal.Code == NoAppointment: // a yes after the yes
		return confirmed, nil
	}
	return nil, refusal
}

// requestOf is the request for one of the people that a message is about.
func requestOf(request uuid.UUID, reference string) uuid.UUID {
	return uuid.NewSHA1(request, []byte(reference))
}

// take holds a place for who was told of one: there, or else the nearest.
func (c *Core) take(ctx context.Context, w Waiter, b Booking) (Appointment, error) {
	h, err := c.Store.Household(ctx, w.Household)
	if err != nil {
		return Appointment{}, err
	}
	person, ok := h.Person(w.Reference)
	if !ok {
		return Appointment{}, Refuse(NobodyYet)
	}
	at, err := c.Places.Locate(w.Pincode)
	if err != nil {
		return Appointment{}, err
	}
	who := c.suiting(&person)
	told := c.Places.Slots(w.Centre, who)
	told = slices.DeleteFunc(told, func(s SlotOffer) bool { return s.Session.ID != w.Session })
	for _, slots := range []func(func(SlotOffer) bool){slices.Values(told), c.near(at, who, c.Waits.usual().Km)} {
		for s := range slots {
			b.Slot = s.ID
			held, err := c.Hold(ctx, w.Household, b)
			switch {
			case err == nil:
				return held.Appointment, c.Waitlist.Answered(ctx, w.Household, w.Reference, false, c.Now())
			case Refused(err, SlotFull), Refused(err, SlotGone), Refused(err, TooLateToBook):
			default:
				return Appointment{}, err
			}
		}
	}
	if err := c.Waitlist.Answered(ctx, w.Household, w.Reference, true, c.Now()); err != nil {
		return Appointment{}, err
	}
	return Appointment{}, Refuse(NoSlot)
}

// Decline is the number's no to what it was told last: what is held for it is given
// back; otherwise who was told of an open place leaves the waiting list.
// It returns what was given back. Problem: NoAppointment when nothing was asked.
func (c *Core) Decline(ctx context.Context, number MSISDN, by Channel, agent string) ([]Appointment, error) {
	holds, err := c.Store.Holds(ctx, number)
	if err != nil {
		return nil, err
	}
	var list []Appointment
	for _, h := range holds {
		if h.Status != Held {
			continue
		}
		a, err := c.Release(ctx, number, h.ID, by, agent)
		if Refused(err, NoAppointment) {
			continue
		}
		if err != nil {
			return list, err
		}
		list = append(list, a)
		if err := c.Waitlist.Leave(ctx, number, h.Reference, LeftAsked, c.Now()); err != nil {
			return list, err
		}
	}
	if list != nil {
		return list, nil
	}
	line, err := c.Waitlist.Waiting(ctx, number)
	if err != nil {
		return nil, err
	}
	asked := false
	for _, w := range line {
		if w.Until.IsZero() {
			continue
		}
		asked = true
		if err := c.Waitlist.Leave(ctx, number, w.Reference, LeftAsked, c.Now()); err != nil {
			return nil, err
		}
	}
	if !asked {
		return nil, Refuse(NoAppointment)
	}
	return nil, nil
}
