package walk

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// An Act is a change that a Core can be told to refuse.
type Act string

// The acts.
const (
	Speak    Act = "speak"
	Near     Act = "near"
	Register Act = "register"
	Book     Act = "book"
	Move     Act = "move"
	Cancel   Act = "cancel"
	Remove   Act = "remove"
	CallBack Act = "call_back"

	JoinWaitlist Act = "join_waitlist"
)

// A Core is a dialog.Core in memory, for one household. Like the real one it
// is idempotent and safe for concurrent use; set its exported fields before that
// and read them afterwards.
type Core struct {
	Clock  func() time.Time
	Rules  *booking.Programme
	House  booking.Household
	Places []Place                  // nearest first
	Refuse map[Act]*booking.Problem // what is answered in place of acting
	Full   bool                     // no slot has room
	Gone   bool                     // the sessions were called off
	Code   string                   // the one-time password that is waited for; "" is none

	Reads int // how often the household was read
	Acts  int // how many things were changed
	Calls int // how many call-backs are queued
	Waits int // how many people joined the waiting list

	mu       sync.Mutex
	taken    map[booking.SlotID]int
	people   map[uuid.UUID]booking.Beneficiary // by request
	requests map[uuid.UUID]booking.Appointment // by request
	serial   uint32
}

// New returns a Core with centres and sessions from the clock's day on, for a
// number that was never seen.
func New(clock func() time.Time) *Core {
	return &Core{
		Clock: clock, Rules: india, House: booking.Household{Number: Number}, Places: places(booking.DateOf(clock())),
		taken: make(map[booking.SlotID]int), people: make(map[uuid.UUID]booking.Beneficiary),
		requests: make(map[uuid.UUID]booking.Appointment),
	}
}

// india is parsed once: a Programme does not change.
var india = booking.India2021()

// Clone returns a copy that changes on its own.
func (c *Core) Clone() *Core {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := &Core{
		Clock: c.Clock, Rules: c.Rules, House: c.House, Places: c.Places, Refuse: c.Refuse, Full: c.Full, Gone: c.Gone, Code: c.Code,
		Reads: c.Reads, Acts: c.Acts, Calls: c.Calls, Waits: c.Waits,
		taken: maps.Clone(c.taken), people: maps.Clone(c.people), requests: maps.Clone(c.requests), serial: c.serial,
	}
	n.House.People = c.household().People
	return n
}

// household returns a copy, so that no reader sees a later change.
func (c *Core) household() booking.Household {
	h := c.House
	h.People = slices.Clone(h.People)
	for i := range h.People {
		h.People[i].Appointments = slices.Clone(h.People[i].Appointments)
	}
	return h
}

// OpenCode returns Code.
func (c *Core) OpenCode(context.Context) (string, bool, error) { return c.Code, c.Code != "", nil }

// Today returns the day in India.
func (c *Core) Today() booking.Date { return booking.DateOf(c.Clock()) }

// Programme returns Rules: India's of 2021, unless set otherwise.
func (c *Core) Programme() *booking.Programme { return c.Rules }

// Household returns the household as it stands.
func (c *Core) Household(context.Context) (booking.Household, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Reads++
	return c.household(), nil
}

// Locate knows the pincodes of this package.
func (c *Core) Locate(pincode string) (booking.Located, error) {
	at := booking.Located{Pincode: booking.Pincode{Code: pincode, District: district.ID}, Asked: pincode, Exact: true}
	switch {
	case len(pincode) != 6 || pincode[0] == '0':
		return booking.Located{}, booking.Refuse(booking.BadPincode)
	case pincode == NearPincode:
		at.Code, at.Exact = "799290", false
	case pincode == EmptyPincode:
		at.District, at.DistrictName = 0, "SOUTH TWENTY FOUR PARGANAS"
	}
	return at, nil
}

// Centre returns one of the Places.
func (c *Core) Centre(id int64) (booking.Centre, bool) {
	p, ok := c.place(id)
	return p.Centre, ok
}

func (c *Core) place(id int64) (Place, bool) {
	for _, p := range c.Places {
		if p.ID == id {
			return p, true
		}
	}
	return Place{}, false
}

// District returns the one district that there is.
func (c *Core) District(id int) (booking.District, bool) { return district, id == district.ID }

// Slot returns a slot of one of the Places.
func (c *Core) Slot(id booking.SlotID) (booking.Session, booking.Slot, bool) {
	p, _ := c.place(id.Centre)
	for _, s := range p.Sessions {
		for _, slot := range s.Slots {
			if slot.ID == id.Slot && !c.Gone {
				return s, slot, true
			}
		}
	}
	return booking.Session{}, booking.Slot{}, false
}

// Nearest returns the Places, those with room first; none at EmptyPincode.
func (c *Core) Nearest(at booking.Located, person *booking.Beneficiary, most int) []booking.Offer {
	if at.Asked == EmptyPincode {
		return nil
	}
	var open, full []booking.Offer
	fits := c.fits(person)
	for _, p := range c.Places {
		o := booking.Offer{Centre: p.Centre, Km: p.Km}
		o.Sessions = !c.Gone && slices.ContainsFunc(p.Sessions, fits)
		c.each(p, fits, func(s booking.Session, _ booking.Slot, free int) {
			if o.Free == 0 {
				o.First = s.Day
			}
			o.Free += free
		})
		if o.Free > 0 {
			open = append(open, o)
		} else {
			full = append(full, o)
		}
	}
	// The full one is shown among the first, so that it is seen and chosen.
	if n := most - len(full); n > 0 && len(open) > n {
		open = open[:n]
	}
	all := append(open, full...)
	return all[:min(most, len(all))]
}

// Slots returns what a centre has for the person, by the programme's rules.
func (c *Core) Slots(centre int64, person *booking.Beneficiary) []booking.SlotOffer {
	p, _ := c.place(centre)
	var list []booking.SlotOffer
	c.each(p, c.fits(person), func(s booking.Session, slot booking.Slot, free int) {
		list = append(list, booking.SlotOffer{
			ID: booking.SlotID{Centre: centre, Slot: slot.ID}, Session: s, Window: slot.Window, Free: free,
		})
	})
	return list
}

// each calls do for each slot with room.
func (c *Core) each(p Place, fits func(booking.Session) bool, do func(booking.Session, booking.Slot, int)) {
	if c.Full || c.Gone {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range p.Sessions {
		if !fits(s) {
			continue
		}
		for _, slot := range s.Slots {
			if free := slot.Capacity - c.taken[booking.SlotID{Centre: p.ID, Slot: slot.ID}]; free > 0 {
				do(s, slot, free)
			}
		}
	}
}

// fits returns a test of whether a session suits the person; nil is anybody.
func (c *Core) fits(person *booking.Beneficiary) func(booking.Session) bool {
	now := c.Clock().In(booking.India)
	today, minute := booking.DateOf(now), now.Hour()*60+now.Minute()
	if person == nil {
		return func(s booking.Session) bool { return c.Rules.Booking.MayBook(s.Dose, s.Day, today, minute) == nil }
	}
	due, err := c.Rules.NextDose(*person, today)
	return func(s booking.Session) bool {
		return err == nil && s.Dose == due.Dose && c.Rules.Suits(*person, due, s) == nil &&
			c.Rules.Booking.MayBook(due.Dose, s.Day, today, minute) == nil
	}
}

// NextDose follows the programme's rules.
func (c *Core) NextDose(b booking.Beneficiary) (booking.Due, error) {
	return c.Rules.NextDose(b, c.Today())
}

// Lack says that nothing is given where the sessions were called off or the person
// is too young for all of them, else that all is full.
func (c *Core) Lack(_ booking.Located, person booking.Beneficiary) booking.Lack {
	fits := c.fits(&person)
	for _, p := range c.Places {
		switch {
		case c.Gone:
			return booking.LackSession
		case slices.ContainsFunc(p.Sessions, fits):
			return booking.LackRoom
		}
	}
	due, _ := c.NextDose(person)
	for _, p := range c.Places {
		if slices.ContainsFunc(p.Sessions, func(s booking.Session) bool { return s.Dose == due.Dose }) {
			return booking.LackAge
		}
	}
	return booking.LackDose
}

// MayChange follows the programme's rules.
func (c *Core) MayChange(a booking.Appointment) error {
	return c.Rules.Booking.MayChange(a.Day, c.Today())
}

// refuses returns the Problem that an act was told to fail with. Its type is
// error, as a nil *Problem would not be a nil error.
func (c *Core) refuses(a Act) error {
	if p := c.Refuse[a]; p != nil {
		return p
	}
	return nil
}

// id returns the next of a series of ids.
func (c *Core) id() uuid.UUID {
	c.serial++
	id := uuid.UUID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint32(id[12:], c.serial)
	return id
}

// reference returns the next of a series of reference ids.
func (c *Core) reference() string {
	id := c.id()
	return booking.NewReference(Number, bytes.NewReader(bytes.Repeat([]byte{0x1d, 0xcd, id[14], id[15]}, 4)))
}
