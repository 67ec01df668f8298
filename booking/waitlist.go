package booking

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A Waiter is a person on the waiting list. There is one list for everybody, in
// the order of Since.
type Waiter struct {
	Household MSISDN
	Reference string
	Pincode   string // near which
	Request   uuid.UUID
	Since     time.Time
	Offers    int       // how many offers went unanswered
	OfferedAt time.Time // when a place was last offered; zero until then
	Until     time.Time // until when the last offer may be answered, before others are offered the place
	Centre    int64     // the place offered: a session of this centre
	Session   int64
}

// Left is why somebody is not on the waiting list any more. It is stored.
type Left string

// The reasons.
const (
	LeftBooked Left = "booked" // has a place
	LeftAsked  Left = "asked"  // said no, or wants no messages
	LeftSilent Left = "silent" // had all their offers and never answered
	LeftDone   Left = "done"   // needs no place: had all doses, or is not registered any more
)

// A PlaceOffer offers a place to a Waiter, who is as they were read.
type PlaceOffer struct {
	Waiter
	Session Session
	Until   time.Time
	Notice  Notice
}

// A Waitlist keeps the waiting list, with the promises of Store.
type Waitlist interface {
	// Join puts a person on the list. A person who is on it keeps their
	// position, or gets that of Since if it is better, and from now on waits
	// near Pincode. The same Request again changes nothing, even after the
	// person left.
	Join(ctx context.Context, w Waiter) error

	// Leave takes a person of the number off the list; reference "" takes off
	// all of them.
	Leave(ctx context.Context, number MSISDN, reference string, why Left, at time.Time) error

	// Waiting returns the people of the number who are on the list, first come
	// first.
	Waiting(ctx context.Context, number MSISDN) ([]Waiter, error)

	// PincodesToOffer returns the pincodes near which people wait who may be
	// offered a place.
	PincodesToOffer(ctx context.Context, now time.Time) ([]string, error)

	// NextToOffer returns at most limit people behind another (the zero Waiter
	// is before all) who wait near one of the pincodes and may be offered a
	// place, first come first.
	NextToOffer(ctx context.Context, after Waiter, pincodes []string, now time.Time, limit int) ([]Waiter, error)

	// PendingOffers returns, by session, how many people were offered a place
	// in it and may still answer.
	PendingOffers(ctx context.Context, now time.Time) (map[int64]int, error)

	// Offer queues the notices of the people who are still as they were read
	// and returns how many those were. When token is not the newest of its
	// lease it offers nothing and returns false.
	Offer(ctx context.Context, token int64, at time.Time, list []PlaceOffer) (offered int, leased bool, err error)

	// Answered records that a person said yes: others may be offered that
	// place. An offer that led to no place, as all were taken, does not count.
	Answered(ctx context.Context, number MSISDN, reference string, withoutPlace bool, at time.Time) error

	// DropSilent takes the people off the list who had that many offers and did
	// not answer, and returns how many.
	DropSilent(ctx context.Context, waves int, now time.Time) (int, error)

	// HasOffer reports whether a person was offered a place and may still
	// answer.
	HasOffer(ctx context.Context, number MSISDN, reference string, now time.Time) (bool, error)
}

// JoinWaitlist puts a person of the number on the waiting list near a pincode.
// Asking again keeps their position. Problems: NobodyYet, BadPincode,
// AlreadyBooked, and those of Programme.NextDose.
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

// LeaveWaitlist takes everybody of the number off the waiting list: a number
// that sends STOP wants no messages.
func (c *Core) LeaveWaitlist(ctx context.Context, number MSISDN) error {
	return c.Waitlist.Leave(ctx, number, "", LeftAsked, c.Now())
}

// Accept answers the last notices of the number with yes: a place that is held
// is booked; otherwise a person who was offered an open place gets one held.
// The status of each appointment that it returns is Booked or Held accordingly.
// The same request again gives the same answer.
//
// Problems: NoSlot when others were quicker, and the person keeps their
// position; NoAppointment when the number has nothing to answer.
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
				continue // it expired a moment ago
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
	waiting, err := c.Waitlist.Waiting(ctx, number)
	if err != nil {
		return nil, err
	}
	refusal := Refuse(NoAppointment)
	for _, w := range waiting {
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

// requestOf returns the request for one of the people that a message is about.
func requestOf(request uuid.UUID, reference string) uuid.UUID {
	return uuid.NewSHA1(request, []byte(reference))
}

// take holds a place for a person who was offered one: the place offered, or
// else the nearest.
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
	offered := c.Places.Slots(w.Centre, who)
	offered = slices.DeleteFunc(offered, func(s SlotOffer) bool { return s.Session.ID != w.Session })
	for _, slots := range []func(func(SlotOffer) bool){slices.Values(offered), c.near(at, who, c.Waits.usual().Km)} {
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

// Decline answers the last notices of the number with no: the places that are
// held for it are given back; otherwise a person who was offered an open place
// leaves the waiting list. It returns the appointments that were given back.
// Problem: NoAppointment when the number has nothing to answer.
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
	waiting, err := c.Waitlist.Waiting(ctx, number)
	if err != nil {
		return nil, err
	}
	asked := false
	for _, w := range waiting {
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
