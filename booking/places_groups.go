package booking

import (
	"cmp"
	"slices"
)

// A Group is a centre's sessions of one day with one vaccine for people of one
// age, whatever the dose. It is what the Co-WIN API calls a session.
type Group struct {
	Centre  int64
	Day     Date
	Vaccine string
	MinAge  int
	MaxAge  int // 0: no upper limit
	Slots   []GroupSlot
}

// A GroupSlot is a slot of a Group with the dose of its session. A session that
// was called off has none.
type GroupSlot struct {
	Slot
	ID   SlotID
	Dose int
}

// Free returns how many places of a dose are left.
func (g Group) Free(dose int) int {
	n := 0
	for _, s := range g.Slots {
		if s.Dose == dose {
			n += max(0, s.Capacity-s.Booked)
		}
	}
	return n
}

// Groups returns a centre's sessions from one day to another, both included,
// grouped and in the order of day, age and vaccine. Slots are in the order of
// their windows, and within a window of their doses.
func (p *Places) Groups(centre int64, from, to Date) []Group {
	s := p.snapshot()
	c, ok := s.byID[centre]
	if !ok {
		return nil
	}
	var groups []Group
	for j := s.spots[c].first; j < s.spots[c].end; j++ {
		row := &s.sessions[j]
		k := &s.kinds[row.kind]
		if k.day < from || k.day > to {
			continue
		}
		var g *Group
		for i := len(groups) - 1; i >= 0 && g == nil && groups[i].Day == k.day; i-- { // sessions lie by day
			if o := &groups[i]; o.Vaccine == k.vaccine && o.MinAge == k.min && o.MaxAge == k.max {
				g = o
			}
		}
		if g == nil {
			groups = append(groups, Group{Centre: centre, Day: k.day, Vaccine: k.vaccine, MinAge: k.min, MaxAge: k.max})
			g = &groups[len(groups)-1]
		}
		for i := row.first; i < row.end; i++ {
			if s.count(i)&countClosed == 0 {
				g.Slots = append(g.Slots, GroupSlot{Slot: s.slotAt(i), ID: SlotID{Centre: centre, Slot: s.ids[i]}, Dose: k.dose})
			}
		}
	}
	groups = slices.DeleteFunc(groups, func(g Group) bool { return len(g.Slots) == 0 })
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.MinAge, b.MinAge), cmp.Compare(a.MaxAge, b.MaxAge), cmp.Compare(a.Vaccine, b.Vaccine))
	})
	for _, g := range groups {
		slices.SortStableFunc(g.Slots, func(a, b GroupSlot) int {
			return cmp.Or(cmp.Compare(a.Window.From, b.Window.From), cmp.Compare(a.Window.To, b.Window.To), cmp.Compare(a.Dose, b.Dose))
		})
	}
	return groups
}

// CentresAt returns the centres whose own address has the pincode, by id.
func (p *Places) CentresAt(pincode string) []Centre {
	n, ok := pinNumber(pincode)
	if !ok {
		return nil
	}
	s := p.snapshot()
	return s.centresOf(s.byPincode[n])
}

// CentresIn returns the centres of a district, by id.
func (p *Places) CentresIn(district int) []Centre {
	s := p.snapshot()
	return s.centresOf(s.byDistrict[district])
}

func (s *snapshot) centresOf(list []int32) []Centre {
	centres := make([]Centre, len(list))
	for i, c := range list {
		centres[i] = s.centres[c]
	}
	slices.SortFunc(centres, func(a, b Centre) int { return cmp.Compare(a.ID, b.ID) })
	return centres
}

// CentresNear returns at most max centres within km of a position, nearest
// first, whether they have room or not.
func (p *Places) CentresNear(lat, lon, within float64, max int) []Offer {
	none := Suiting{Fits: func(Session) bool { return false }} // then distance alone orders them
	offers := p.snapshot().nearest(Located{Pincode: Pincode{Lat: lat, Lon: lon}}, none, max, within)
	return slices.DeleteFunc(offers, func(o Offer) bool { return o.Km > within })
}
