package dialog

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"tikaline/booking"
)

// Bounds of what is looked at and offered.
const (
	nearby   = 12 // centres that are looked at for an offer
	freeKm   = 25 // how far a centre free of charge goes before a nearer one that is paid
	mostDays = 4  // further days on the list of changes
)

// placing is the part of a flow's answers that finds a place: near which
// pincode, what is offered, and what the caller turned down.
type placing struct {
	Pincode string       `json:"pincode,omitempty"`
	Place   int64        `json:"place,omitempty"`  // a centre to offer first
	Tried   []int64      `json:"tried,omitempty"`  // centres that were turned down
	Centre  int64        `json:"centre,omitempty"` // of the place offered
	Slot    int64        `json:"slot,omitempty"`
	Km      float64      `json:"km,omitempty"`   // to that centre, where it is known
	Pick    string       `json:"pick,omitempty"` // what the caller chose in place of the offer
	Other   bool         `json:"other,omitempty"`
	List    []int64      `json:"list,omitempty"` // slots on the list of changes, as the caller saw it
	Lack    booking.Lack `json:"lack,omitempty"` // why there is no offer
}

// What a caller chooses in place of the offer: keys of options, and "again"
// where another pincode was typed straight away.
const (
	pickChange    = "change"
	pickPlace     = "place"
	pickElsewhere = "elsewhere"
	pickAgain     = "again"
	pickWait      = "wait"
)

// slot returns the place offered.
func (p *placing) slot() booking.SlotID { return booking.SlotID{Centre: p.Centre, Slot: p.Slot} }

// near takes a pincode to search from, and remembers it.
func (p *placing) near(ctx context.Context, v *Visit, pincode string) error {
	if _, err := v.Locate(pincode); err != nil {
		return err
	}
	*p = placing{Pincode: pincode, Pick: pickAgain}
	return v.Near(ctx, pincode)
}

// open returns what a centre has for the person, soonest first. Who moves is not
// offered what they have: nothing would change, and no message would come.
func open(r Reader, centre int64, who booking.Beneficiary) []booking.SlotOffer {
	free := r.Slots(centre, &who)
	if live, ok := who.Live(); ok {
		free = slices.DeleteFunc(free, func(o booking.SlotOffer) bool { return o.ID == live.Slot })
	}
	return free
}

// candidates returns the centres near the pincode with room for the person:
// those free of charge within freeKm first, then by distance.
func (p *placing) candidates(r Reader, who booking.Beneficiary) ([]booking.Offer, booking.Located, error) {
	at, err := r.Locate(p.Pincode)
	if err != nil {
		return nil, at, err
	}
	offers := r.Nearest(at, &who, nearby)
	if len(offers) == 0 {
		return nil, at, booking.Refuse(booking.NoCentre, "Pincode", p.Pincode, "District", districtName(r, at))
	}
	offers = slices.DeleteFunc(offers, func(o booking.Offer) bool { return o.Free == 0 })
	first := func(o booking.Offer) int {
		if o.Centre.Government && o.Km <= freeKm {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(offers, func(a, b booking.Offer) int { return first(a) - first(b) })
	return offers, at, nil
}

// suggest finds the place to offer: the soonest at the centre chosen before, or
// at the best one that was not turned down. Problems: NoCentre, BadPincode,
// DoseNotDue; NoSlot where the person has no choice left, with Lack.
func (p *placing) suggest(r Reader, who booking.Beneficiary) error {
	if p.Pincode == "" { // others are looked for around the centre they have
		c, _ := r.Centre(p.Place)
		p.Pincode = c.Pincode
	}
	if p.Slot != 0 && slices.ContainsFunc(open(r, p.Centre, who), func(o booking.SlotOffer) bool { return o.ID.Slot == p.Slot }) {
		return nil
	}
	if p.Place != 0 && !slices.Contains(p.Tried, p.Place) {
		if free := open(r, p.Place, who); len(free) > 0 {
			p.Centre, p.Slot, p.Km = p.Place, free[0].ID.Slot, 0
			return nil
		}
	}
	offers, at, err := p.candidates(r, who)
	if err != nil {
		return err
	}
	if p.offer(r, who, offers, p.Tried) {
		return nil
	}
	p.Tried = nil // nothing is left but what was turned down
	if p.offer(r, who, offers, nil) {
		return nil
	}
	due, err := r.NextDose(who)
	switch {
	case err != nil:
		return err
	case due.From > r.Today(): // waiting for a place does not help who has to wait for the day
		return booking.Refuse(booking.DoseNotDue, "Day", due.From)
	}
	p.Lack = r.Lack(at, who)
	return booking.Refuse(booking.NoSlot)
}

// offer offers the soonest place of the first centre that was not turned down;
// false where there is none.
func (p *placing) offer(r Reader, who booking.Beneficiary, offers []booking.Offer, tried []int64) bool {
	for _, o := range offers {
		if slices.Contains(tried, o.Centre.ID) {
			continue
		}
		if free := open(r, o.Centre.ID, who); len(free) > 0 {
			p.Centre, p.Slot, p.Km = o.Centre.ID, free[0].ID.Slot, o.Km
			return true
		}
	}
	return false
}

// alternatives makes the list of changes: whether there is another centre, the
// next time of that day and the last, the other vaccine, and the first of each
// further day. What most people look for, the next time and the next day, comes
// first. Whoever chooses from one list after the other comes to every time there
// is: after the last time and day the list goes on with the first.
func (p *placing) alternatives(r Reader, who booking.Beneficiary) {
	session, offered, _ := r.Slot(p.slot())
	free := open(r, p.Centre, who)
	vaccine := another(free, session)
	var times, days, before []int64
	var next int
	var day booking.Date
	var other booking.SlotOffer // of that vaccine: the first from the same time on, else the last
	for _, o := range free {
		switch {
		case o.ID.Slot == p.Slot:
		case o.Session.Day == session.Day && o.Session.Vaccine == session.Vaccine:
			if !follows(o.Window, offered.Window) {
				next = len(times) + 1
			}
			times = append(times, o.ID.Slot)
		case o.Session.Day == session.Day:
			if o.Session.Vaccine == vaccine && (other.ID.Slot == 0 || other.Window.From < offered.Window.From) {
				other = o
			}
		case o.Session.Day == day:
		case o.Session.Day > session.Day:
			day, days = o.Session.Day, append(days, o.ID.Slot)
		default:
			day, before = o.Session.Day, append(before, o.ID.Slot)
		}
	}
	days = append(days, before...)
	days = days[:min(len(days), mostDays)]
	if next == len(times) {
		next = 0 // there is none later
	}
	p.List = nil
	if len(times) > 0 {
		p.List = append(p.List, times[next])
	}
	if len(days) > 0 {
		p.List = append(p.List, days[0])
		days = days[1:]
	}
	if last := len(times) - 1; last > next {
		p.List = append(p.List, times[last])
	}
	if other.ID.Slot != 0 {
		p.List = append(p.List, other.ID.Slot)
	}
	p.List = append(p.List, days...)
	offers, _, _ := p.candidates(r, who) // without one there is still another pincode
	p.Other = slices.ContainsFunc(offers, func(o booking.Offer) bool {
		return o.Centre.ID != p.Centre && !slices.Contains(p.Tried, o.Centre.ID)
	})
}

// follows reports whether a window comes after another.
func follows(w, than booking.Window) bool {
	return cmp.Or(cmp.Compare(w.From, than.From), cmp.Compare(w.To, than.To)) > 0
}

// another returns the vaccine, of those given on the day of a session, that
// follows the session's own by name, or the first where that is the last; "" where
// there is no other.
func another(free []booking.SlotOffer, than booking.Session) string {
	var after, first string
	for _, o := range free {
		switch v := o.Session.Vaccine; {
		case o.Session.Day != than.Day || v == than.Vaccine:
		case v > than.Vaccine && (after == "" || v < after):
			after = v
		case first == "" || v < first:
			first = v
		}
	}
	return cmp.Or(after, first)
}

// slotKey is a slot of the offered centre as an option. No pincode looks like it.
func slotKey(id int64) string { return "s" + strconv.FormatInt(id, 10) }

// choose takes an answer to the list of changes. Problems: SlotFull and SlotGone
// for a time that was free when it was listed.
func (p *placing) choose(ctx context.Context, v *Visit, who booking.Beneficiary, in string) error {
	p.Pick = in
	switch in {
	case pickPlace:
		p.Tried, p.Slot, p.Place = append(p.Tried, p.Centre), 0, 0
		return nil
	case pickElsewhere:
		return nil
	}
	i := slices.IndexFunc(p.List, func(id int64) bool { return slotKey(id) == in })
	if i < 0 { // another pincode, typed straight away
		return p.near(ctx, v, in)
	}
	id := p.List[i]
	if _, _, ok := v.Slot(booking.SlotID{Centre: p.Centre, Slot: id}); !ok {
		return booking.Refuse(booking.SlotGone)
	}
	if !slices.ContainsFunc(open(v, p.Centre, who), func(o booking.SlotOffer) bool { return o.ID.Slot == id }) {
		return booking.Refuse(booking.SlotFull)
	}
	p.Slot = id
	return nil
}

// vaccines reports whether a centre has more than one vaccine for the person:
// with one, naming it is only noise.
func vaccines(list []booking.SlotOffer) bool {
	return slices.ContainsFunc(list, func(o booking.SlotOffer) bool { return o.Session.Vaccine != list[0].Session.Vaccine })
}

// at says where the offered centre is.
func (p *placing) at(r Reader) At {
	c, _ := r.Centre(p.Centre)
	return At{Centre: c.Short, Km: p.Km, Paid: !c.Government}
}
