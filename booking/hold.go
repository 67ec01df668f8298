package booking

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
)

// Waits are the settings of everything in which somebody waits for an answer:
// holds, the waiting list, sessions that are called off. A zero field stands
// for its default.
type Waits struct {
	Hold     time.Duration // how long a place is kept for a person who said yes; 0 is 30 minutes
	Answer   time.Duration // how long an offer of a place goes to nobody else; 0 is 2 hours
	Waves    int           // how many offers a person gets who does not answer; 0 is 3
	Multiple int           // how many people are offered each open place; 0 is 2
	Km       float64       // how far away an offered place may be; 0 is 25
	Offer    time.Duration // how long another place is kept for a person whose session was called off; 0 is 24 hours
}

func (w Waits) usual() Waits {
	return Waits{
		Hold:     cmp.Or(w.Hold, 30*time.Minute),
		Answer:   cmp.Or(w.Answer, 2*time.Hour),
		Waves:    cmp.Or(w.Waves, 3),
		Multiple: cmp.Or(w.Multiple, 2),
		Km:       cmp.Or(w.Km, 25),
		Offer:    cmp.Or(w.Offer, 24*time.Hour),
	}
}

// A Hold is an appointment whose place is kept until its person answers. A hold
// that was accepted has the status Booked.
type Hold struct {
	Appointment
	Until   time.Time
	Request uuid.UUID // by which it was asked for
}

// A Holding is a Hold ready to be stored.
type Holding struct {
	Hold
	Notices []Notice
}

// A Release asks for a held place to be given back.
type Release struct {
	Ending
	Lapsed bool // only if Until was before Ending.At
}

// A Holds keeps places for people who have yet to answer. It is part of Store,
// with its promises.
type Holds interface {
	// Hold gives a person a place until an answer. It counts as booked in the
	// slot and as live for the dose. Asking again with the same Request gives
	// the first answer. Problems as of Book.
	Hold(ctx context.Context, h Holding) (Hold, error)

	// Holds returns the number's held places, and the places that were held and
	// are booked now.
	Holds(ctx context.Context, number MSISDN) ([]Hold, error)

	// Lapsed returns at most limit held places that have expired.
	Lapsed(ctx context.Context, now time.Time, limit int) ([]Listed, error)

	// Release cancels held places and returns those that it did cancel. A place
	// that is not held (any more) stays as it is.
	Release(ctx context.Context, list ...Release) ([]Appointment, error)
}

// Hold keeps a place for a person until the time Waits.Hold is over. Asking
// again returns the same hold. A person who has the very slot keeps it as it
// is. Problems as of Book.
func (c *Core) Hold(ctx context.Context, number MSISDN, b Booking) (Hold, error) {
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return Hold{}, err
	}
	person, ok := h.Person(b.Reference)
	if !ok {
		return Hold{}, Refuse(NobodyYet)
	}
	if live, ok := person.Live(); ok {
		return c.held(ctx, live, b)
	}
	session, slot, ok := c.Places.Slot(b.Slot)
	if !ok {
		return Hold{}, Refuse(SlotGone)
	}
	due, err := c.fits(person, session, slot, b.Dose)
	if err != nil {
		return Hold{}, err
	}
	now, id := c.Now(), c.newID()
	got, err := c.Store.Hold(ctx, Holding{Hold: Hold{
		Appointment: Appointment{
			ID: id, Party: id, Household: number, Reference: person.Reference,
			Dose: due.Dose, Vaccine: session.Vaccine, Slot: b.Slot, Session: session.ID, Day: session.Day, Window: slot.Window,
			Status: Held, Spot: b.Spot, Channel: b.Channel, Agent: b.Agent, BookedAt: now,
		},
		Until: now.Add(c.Waits.usual().Hold), Request: b.Request,
	}})
	switch p, _ := AsProblem(err); {
	case p == nil:
	case p.Code == AlreadyBooked:
		return Hold{}, c.alreadyBooked(got.Appointment)
	case p.Code == SlotFull || p.Code == SlotGone:
		c.Places.Filled(b.Slot)
	}
	return got, err
}

// held answers a person who asks for a place and has one.
func (c *Core) held(ctx context.Context, live Appointment, b Booking) (Hold, error) {
	holds, err := c.Store.Holds(ctx, live.Household)
	if err != nil {
		return Hold{}, err
	}
	for _, h := range holds {
		if h.ID == live.ID && (h.Slot == b.Slot || h.Request == b.Request) {
			return h, nil
		}
	}
	if live.Slot == b.Slot {
		return Hold{Appointment: live}, nil
	}
	return Hold{}, c.alreadyBooked(live)
}

// Confirm makes a held place a booked one and queues a confirmation. Confirming
// again gives the same answer. A hold that has expired is booked all the same
// while it is not given back: it is taken from nobody. Problem: NoAppointment.
func (c *Core) Confirm(ctx context.Context, number MSISDN, appointment uuid.UUID, by Channel, agent string) (Appointment, error) {
	person, a, err := c.live(ctx, number, appointment)
	if err != nil || a.Status == Booked {
		return a, err
	}
	return c.settle(ctx, a, by, agent, c.notice(number, NoticeBooked, a.ID.String(), PriorityConfirm, c.noticeData(person, a)))
}

// settle makes a held appointment a booked one, and takes the person off the
// waiting list.
func (c *Core) settle(ctx context.Context, a Appointment, by Channel, agent string, notices ...Notice) (Appointment, error) {
	got, err := c.Store.End(ctx, Ending{
		Household: a.Household, Appointment: a.ID, Status: Booked, Channel: by, Agent: agent, At: c.Now(), Notices: notices,
	})
	if err != nil {
		return Appointment{}, err
	}
	return got, c.Waitlist.Leave(ctx, a.Household, a.Reference, LeftBooked, c.Now())
}

// Release gives a held place back, for a person who said no. Releasing again
// gives the same answer. Problem: NoAppointment, also for a place that is
// booked: that is for Cancel.
func (c *Core) Release(ctx context.Context, number MSISDN, appointment uuid.UUID, by Channel, agent string) (Appointment, error) {
	e := Ending{Household: number, Appointment: appointment, Status: Cancelled, Channel: by, Agent: agent, At: c.Now()}
	got, err := c.Store.Release(ctx, Release{Ending: e})
	if err != nil {
		return Appointment{}, err
	}
	if len(got) == 1 {
		return got[0], nil
	}
	if _, _, err := c.live(ctx, number, appointment); !Refused(err, NoAppointment) {
		return Appointment{}, cmp.Or(err, error(Refuse(NoAppointment)))
	}
	return c.Store.End(ctx, e) // it was cancelled before, and the store returns it, or there is none
}

// ExpireHolds gives back at most limit held places that have expired, and
// queues a notice for each. It returns how many it gave back. Run from several
// nodes at once it gives each back once.
func (c *Core) ExpireHolds(ctx context.Context, limit int) (int, error) {
	now := c.Now()
	over, err := c.Store.Lapsed(ctx, now, limit)
	if err != nil || len(over) == 0 {
		return 0, err
	}
	list := make([]Release, len(over))
	for i, l := range over {
		n := c.notice(l.Household, NoticeHeldReleased, l.ID.String(), PriorityChange, c.listedData(l))
		list[i] = Release{Lapsed: true, Ending: Ending{
			Household: l.Household, Appointment: l.ID, Status: Cancelled, Channel: l.Channel, Agent: l.Agent, At: now, Notices: []Notice{n},
		}}
	}
	got, err := c.Store.Release(ctx, list...)
	return len(got), err
}

// listedData returns the values of a notice about a listed appointment.
func (c *Core) listedData(l Listed) NoticeData {
	d := c.noticeData(Beneficiary{Applicant: l.Applicant, Reference: l.Reference}, l.Appointment)
	d.Slot = l.Slot.Slot
	return d
}

// mostNear is how many centres near a place are looked at: more than lie within
// the usual distance almost anywhere.
const mostNear = 64

// near yields the slots with room within km of a place, those of the nearest
// centre first, and of a centre the soonest first. It asks Places as it goes.
func (c *Core) near(at Located, who Suiting, km float64) iter.Seq[SlotOffer] {
	return func(yield func(SlotOffer) bool) {
		for _, o := range c.Places.Nearest(at, who, mostNear) {
			if o.Free == 0 {
				return // centres without room come last
			}
			// A pincode's own centre is near, whatever its position says.
			if o.Km > km && o.Centre.Pincode != at.Asked {
				continue
			}
			for _, s := range c.Places.Slots(o.Centre.ID, who) {
				if !yield(s) {
					return
				}
			}
		}
	}
}
