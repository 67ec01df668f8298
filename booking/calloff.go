package booking

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ErrNoSession means that there is no session of that id to call off: none at
// all, or its day is over.
var ErrNoSession = errors.New("there is no such session, or its day is over")

// A Reassignment is what becomes of a place in a session that was called off.
// Next is held until Until. Where no place was free, the ID of Next is zero and
// the person joins the waiting list as Waiter. Either way Notice tells them.
type Reassignment struct {
	Was    Listed
	Next   Appointment
	Until  time.Time
	Waiter Waiter
	Notice Notice
	At     time.Time
}

// A CallOffReport accounts for everybody who had a place in a session that was
// called off. Each field counts people. Offered and Waiting together are all of
// them when Left is 0.
type CallOffReport struct {
	Session Session // without slots
	Reason  string
	Left    int // still have a place in it: run CallOff again

	Offered   int // were given another place, held until they answer
	Confirmed int // of those Offered, answered yes
	Released  int // of those Offered, answered no or not in time

	Waiting int // no place was free: they are on the waiting list

	Told      int       // the notice was sent
	Queued    int       // the notice waits to be sent
	Unreached []Unreach // the notice could not be sent or did not arrive: call them
}

// People returns how many people had a place and were reassigned.
func (r CallOffReport) People() int { return r.Offered + r.Waiting }

// An Unreach is a person whom a notice did not reach, and why.
type Unreach struct {
	Household MSISDN
	Reference string
	Reason    string
}

// CallOffs calls sessions off, with the promises of Store.
type CallOffs interface {
	// CloseSession stops all booking of a session and remembers why; once it
	// returns, nobody gets a place in it. Doing it again keeps the first reason
	// and time. Error: ErrNoSession.
	CloseSession(ctx context.Context, session int64, reason string, at time.Time) (Session, error)

	// Remaining returns at most limit people who have a booked or held place in
	// a session.
	Remaining(ctx context.Context, s Session, limit int) ([]Listed, error)

	// Reassign carries out each reassignment: it gives the place back, and
	// holds the next one or puts the person on the waiting list. A person who
	// has no place in the session any more is left alone. It returns the slots
	// that proved to be full: their people still have their places in the
	// session.
	Reassign(ctx context.Context, s Session, list []Reassignment) (full []SlotID, err error)

	// CallOffReport returns how a session called off stands.
	CallOffReport(ctx context.Context, s Session) (CallOffReport, error)
}

const (
	callOffBatch = 50 // people reassigned together
	callOffTries = 20 // rounds in which nobody finds the place that was seen free
)

// A person who is offered another place has at least offerLeast to answer, and
// never longer than until the minute offerEvening of the evening before.
const (
	offerLeast   = 2 * time.Hour
	offerEvening = 20 * 60
)

// CallOff calls a session off: nobody can book it any more, and everybody who
// had a place is offered another, held until they answer, or put on the waiting
// list, and gets a notice of it. It may be stopped at any moment and run again,
// also by several at once; what was done is not done twice. progress, where it
// is not nil, is called with the report after each batch. Error: ErrNoSession.
func (c *Core) CallOff(ctx context.Context, session int64, reason string, progress func(CallOffReport)) (CallOffReport, error) {
	s, err := c.CallOffs.CloseSession(ctx, session, reason, c.Now())
	if err != nil {
		return CallOffReport{}, err
	}
	for try := 0; ; {
		people, err := c.CallOffs.Remaining(ctx, s, callOffBatch)
		if err != nil {
			return CallOffReport{}, err
		}
		if len(people) == 0 {
			return c.CallOffs.CallOffReport(ctx, s)
		}
		p := planner{core: c, session: s, taken: make(map[SlotID]int)}
		list := make([]Reassignment, len(people))
		for i, one := range people {
			if list[i], err = p.plan(ctx, one); err != nil {
				return CallOffReport{}, err
			}
		}
		full, err := c.CallOffs.Reassign(ctx, s, list)
		if err != nil {
			return CallOffReport{}, err
		}
		for id, n := range p.taken {
			c.Places.took(id, n)
		}
		for _, id := range full {
			c.Places.Filled(id)
		}
		if try++; len(full) == 0 {
			try = 0
		}
		if try >= callOffTries {
			return CallOffReport{}, fmt.Errorf("call off session %d: places were full %d times running: run it again", session, try)
		}
		if progress != nil {
			r, err := c.CallOffs.CallOffReport(ctx, s)
			if err != nil {
				return CallOffReport{}, err
			}
			progress(r)
		}
	}
}

// A planner looks for other places for people of a session, and remembers the
// places it has given away until the store has them.
type planner struct {
	core    *Core
	session Session
	taken   map[SlotID]int
}

func (p *planner) plan(ctx context.Context, was Listed) (Reassignment, error) {
	c, now := p.core, p.core.Now()
	h, err := c.Store.Household(ctx, was.Household)
	if err != nil {
		return Reassignment{}, err
	}
	centre, _ := c.Places.Centre(p.session.Centre)
	r := Reassignment{Was: was, At: now}
	key := fmt.Sprintf("%d/%s", p.session.ID, was.ID)
	if person, ok := h.Person(was.Reference); ok {
		if s, ok := p.find(person, was, centre); ok {
			p.taken[s.ID]++
			r.Next = Appointment{
				ID: uuid.NewSHA1(was.ID, []byte("called off")), Household: was.Household, Reference: was.Reference,
				Dose: was.Dose, Vaccine: s.Session.Vaccine, Slot: s.ID, Session: s.Session.ID, Day: s.Session.Day, Window: s.Window,
				Status: Held, Channel: was.Channel, Agent: was.Agent, BookedAt: now,
			}
			r.Until = p.until(s.Session.Day)
			d := c.noticeData(person, r.Next)
			d.Slot = s.ID.Slot
			r.Notice = c.notice(was.Household, NoticeCalledOff, key, PriorityChange, d)
			return r, nil
		}
	}
	r.Waiter = Waiter{
		Household: was.Household, Reference: was.Reference, Request: uuid.NewSHA1(was.ID, []byte("waiting")),
		Pincode: centre.Pincode,
		Since:   was.BookedAt, // a person who had a place comes before those who never had one
	}
	if h.Pincode != "" {
		r.Waiter.Pincode = h.Pincode
	}
	r.Notice = c.notice(was.Household, NoticeCalledOffWaiting, key, PriorityChange, c.listedData(was))
	return r, nil
}

// find returns the next slot for a person: at the same centre, or else the
// nearest; not before the planned day, if there is such a slot.
func (p *planner) find(person Beneficiary, was Listed, centre Centre) (SlotOffer, bool) {
	c := p.core
	who := c.suiting(&person)
	if due, err := c.Programme.NextDose(person, c.Today()); err != nil || due.Dose != was.Dose {
		return SlotOffer{}, false // its dose was given elsewhere meanwhile
	}
	who.From, who.Minute = max(who.From, p.firstDay()), 0
	at := Located{Pincode: Pincode{Code: centre.Pincode, Lat: centre.Lat, Lon: centre.Lon, District: centre.District}, Asked: centre.Pincode, Exact: true}
	later := who
	later.From = max(later.From, was.Day)
	for _, w := range []Suiting{later, who} {
		for _, s := range c.Places.Slots(centre.ID, w) {
			if p.free(s) {
				return s, true
			}
		}
	}
	for _, w := range []Suiting{later, who} {
		for s := range c.near(at, w, c.Waits.usual().Km) {
			if p.free(s) {
				return s, true
			}
		}
	}
	return SlotOffer{}, false
}

func (p *planner) free(s SlotOffer) bool {
	return s.Session.ID != p.session.ID && p.taken[s.ID] < s.Free
}

// until returns when an offer for a day ends.
func (p *planner) until(day Date) time.Time {
	evening := (day - 1).Time().Add(offerEvening * time.Minute)
	if until := p.core.Now().Add(p.core.Waits.usual().Offer); until.Before(evening) {
		return until
	}
	return evening
}

// firstDay returns the first day for which there is time to answer an offer.
func (p *planner) firstDay() Date {
	day := p.core.Today() + 1
	for p.until(day).Before(p.core.Now().Add(min(offerLeast, p.core.Waits.usual().Offer))) {
		day++
	}
	return day
}

// took notes that places of a slot were taken, until an Update says better.
func (p *Places) took(id SlotID, n int) {
	s := p.snapshot()
	if i, ok := s.slot(id); ok {
		s.change(id.Centre, i, func(c count) count { return c + count(clamp(n)) })
	}
}
