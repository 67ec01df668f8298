package booking

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// A Located is the position of a pincode. Exact is false where the directory
// does not have the pincode and its neighbours by number were taken instead:
// the caller must hear of it.
type Located struct {
	Pincode
	Asked string // the pincode that was asked for
	Exact bool
}

// A Suiting selects the sessions that suit a person: those from a day on that
// fit.
//
// Fits may look at a session's Day, Vaccine, Dose and ages, at nothing else: a
// search asks once for each such kind of session, not once for each of the
// thousands of sessions near a city, and leaves the rest of the Session empty.
type Suiting struct {
	From Date
	Fits func(Session) bool // nil is everything

	// Minute is the minute of day From after which a window must end: a window
	// that is over is not offered. 0 is the whole day.
	Minute int
}

// An Offer is a centre that a search found.
type Offer struct {
	Centre Centre
	Km     float64
	Free   int  // places open to the person, over all its days
	First  Date // the first day with a place; 0 where Free is 0

	Sessions bool // it has sessions that fit, full or not
}

// A SlotOffer is a slot with room.
type SlotOffer struct {
	ID      SlotID
	Session Session
	Window  Window
	Free    int
}

// Directory is all that a search needs, as a store or a file gives it.
type Directory struct {
	Districts []District
	Pincodes  []Pincode
	Centres   []Centre
	Sessions  []Session // with their slots
}

// A SlotCount is the present state of a slot.
type SlotCount struct {
	ID       SlotID
	Capacity int
	Booked   int
	Closed   bool
}

// Places answers every search from memory. It is filled by Replace, kept
// current by Update, and safe for concurrent use; the zero Places is empty.
//
// A search takes no lock: the directory is an immutable snapshot, and only the
// counts inside it change, each by one atomic store. So what a search shows of
// a slot may be a moment old; the store decides whether a place is really there
// when it is booked.
type Places struct {
	now atomic.Pointer[snapshot]
	mu  sync.Mutex // keeps a Replace and an Update apart
}

// empty stands in for the snapshot of a Places that was never filled.
var empty = &snapshot{}

func (p *Places) snapshot() *snapshot {
	if s := p.now.Load(); s != nil {
		return s
	}
	return empty
}

// Replace takes a whole directory in place of the one before. It keeps none of
// d's slices. Searches use the old directory until the new one is complete.
func (p *Places) Replace(d Directory) {
	s := newSnapshot(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Store(s)
}

// Update takes new counts of slots and returns how many of the slots it did not
// know: if any, sessions were added since and it is time for a Replace.
func (p *Places) Update(counts []SlotCount) (unknown int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.snapshot()
	for _, c := range counts {
		i, ok := s.slot(c.ID)
		if !ok {
			unknown++
			continue
		}
		s.change(c.ID.Centre, i, func(count) count { return newCount(c.Capacity, c.Booked, c.Closed) })
	}
	return unknown
}

// Filled marks a slot as found full, until an Update has a newer count. It
// takes no lock, as it is called while a citizen waits for an answer.
func (p *Places) Filled(id SlotID) {
	s := p.snapshot()
	if i, ok := s.slot(id); ok {
		s.change(id.Centre, i, func(c count) count { return c | countFilled })
	}
}

// Locate returns where a pincode lies: exactly, or by the pincodes that share
// its first five, four or three digits. Problem: BadPincode.
func (p *Places) Locate(pincode string) (Located, error) { return p.snapshot().locate(pincode) }

// Centre returns the centre of that id.
func (p *Places) Centre(id int64) (Centre, bool) {
	s := p.snapshot()
	i, ok := s.byID[id]
	if !ok {
		return Centre{}, false
	}
	return s.centres[i], true
}

// District returns the district of that id.
func (p *Places) District(id int) (District, bool) {
	d, ok := p.snapshot().districts[id]
	return d, ok
}

// Districts returns every district, by state and name.
func (p *Places) Districts() []District {
	s := p.snapshot()
	all := make([]District, 0, len(s.districts))
	for _, d := range s.districts {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b District) int {
		return cmp.Or(cmp.Compare(a.State["en"], b.State["en"]), cmp.Compare(a.Name["en"], b.Name["en"]), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Slot returns the slot of that id with its session (which has no Slots).
func (p *Places) Slot(id SlotID) (Session, Slot, bool) {
	s := p.snapshot()
	i, ok := s.slot(id)
	if !ok {
		return Session{}, Slot{}, false
	}
	c := s.byID[id.Centre]
	for j := s.spots[c].first; j < s.spots[c].end; j++ {
		if i < s.sessions[j].end {
			return s.session(j), s.slotAt(i), true
		}
	}
	return Session{}, Slot{}, false
}

// Sessions returns the sessions of a centre from one day to another, both
// included, with their slots as they stand, soonest first.
func (p *Places) Sessions(centre int64, from, to Date) []Session {
	s := p.snapshot()
	c, ok := s.byID[centre]
	if !ok {
		return nil
	}
	var list []Session
	for j := s.spots[c].first; j < s.spots[c].end; j++ {
		session := s.session(j)
		if session.Day < from || session.Day > to {
			continue
		}
		for i := s.sessions[j].first; i < s.sessions[j].end; i++ {
			session.Slots = append(session.Slots, s.slotAt(i))
		}
		list = append(list, session)
	}
	return list
}

// Nearest returns at most max centres by distance, those with room first. It
// looks 150 km around: beyond that nobody travels for a dose, so rather than a
// far centre with room it names the nearest full ones. Only where there is no
// centre at all within 150 km does it look further, 600 km.
//
// A centre with the pincode that was asked for counts as at most 1 km away,
// because positions of pincodes are often wrong by more than that; its Km is
// still the computed distance.
func (p *Places) Nearest(at Located, who Suiting, max int) []Offer {
	s := p.snapshot()
	offers := s.nearest(at, who, max, reachKm)
	if len(offers) == 0 {
		offers = s.nearest(at, who, max, farKm)
	}
	return offers
}

// InDistrict returns at most max centres of a district: those with room first,
// by the day of their first place, then by name. Their Km is 0.
func (p *Places) InDistrict(district int, who Suiting, max int) []Offer {
	s := p.snapshot()
	return s.offers(s.byDistrict[district], who, max)
}

// AtPincode returns at most max centres whose own address has the pincode, in
// the order of InDistrict.
func (p *Places) AtPincode(pincode string, who Suiting, max int) []Offer {
	s := p.snapshot()
	n, ok := pinNumber(pincode)
	if !ok {
		return nil
	}
	return s.offers(s.byPincode[n], who, max)
}

// Slots returns the slots of a centre that have room and fit, soonest first.
func (p *Places) Slots(centre int64, who Suiting) []SlotOffer {
	s := p.snapshot()
	c, ok := s.byID[centre]
	if !ok {
		return nil
	}
	var list []SlotOffer
	ask := newAsking(s, who)
	for j := s.spots[c].first; j < s.spots[c].end; j++ {
		if !ask.fits(s.sessions[j].kind) {
			continue
		}
		session := s.session(j)
		if list == nil { // room for all that is left
			list = make([]SlotOffer, 0, s.sessions[s.spots[c].end-1].end-s.sessions[j].first)
		}
		for i := s.sessions[j].first; i < s.sessions[j].end; i++ {
			if free := ask.free(i, session.Day); free > 0 {
				list = append(list, SlotOffer{
					ID: SlotID{Centre: centre, Slot: s.ids[i]}, Session: session, Window: s.slots[i].window, Free: free,
				})
			}
		}
	}
	// Two sessions of a day run side by side, so their slots are merged.
	soonest := func(a, b SlotOffer) int {
		return cmp.Or(cmp.Compare(a.Session.Day, b.Session.Day), cmp.Compare(a.Window.From, b.Window.From), cmp.Compare(a.Window.To, b.Window.To))
	}
	if !slices.IsSortedFunc(list, soonest) {
		slices.SortStableFunc(list, soonest)
	}
	return list
}
