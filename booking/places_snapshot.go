package booking

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync/atomic"
)

// A snapshot is a directory arranged for searching. Only its counts change.
// Slots lie in flat slices, a centre's side by side, because a country's worth
// is millions: a map of slots would be five times the memory and a cache miss
// for each.
type snapshot struct {
	districts map[int]District
	pincodes  map[string]Pincode
	around    map[string]string // first 3, 4 or 5 digits -> the pincode in their middle

	centres    []Centre // in the order of the grid's cells, those without a position last
	spots      []spot   // what a search needs of each centre
	grid       grid
	byID       map[int64]int32
	byPincode  map[uint32][]int32
	byDistrict map[int][]int32

	kinds    []kind
	sessions []sessionRow // by centre, day
	ids      []int64      // of slots, by session and window
	slots    []slotRow
	counts   []atomic.Uint64
	open     []atomic.Int32 // of each centre, how many slots have room: a full centre is skipped at once
}

// A kind is the part of a session that decides whom it suits. There are as many
// as days times vaccines times age groups: a few hundred for the whole country.
type kind struct {
	day            Date
	vaccine        string
	dose, min, max int
}

type sessionRow struct {
	id         int64
	kind       int32
	first, end int32 // its slots
}

type slotRow struct {
	window     Window
	spot, used int32
}

// A spot is a centre as the search sees it.
type spot struct {
	lat, lon   float64
	id         int64
	pincode    uint32
	first, end int32 // its sessions
}

// A count is a slot's capacity, bookings and state in one word, so that a
// search never sees half of a change.
type count uint64

const (
	countMax           = 1<<31 - 1
	countClosed  count = 1 << 62
	countFilled  count = 1 << 63
	capacityBits       = 31
)

func newCount(capacity, booked int, closed bool) count {
	c := count(clamp(capacity))<<capacityBits | count(clamp(booked))
	if closed {
		c |= countClosed
	}
	return c
}

func clamp(n int) uint64 { return uint64(max(0, min(n, countMax))) }

func (c count) capacity() int { return int(c >> capacityBits & countMax) }
func (c count) booked() int   { return int(c & countMax) }

// free returns how many places are left to book.
func (c count) free() int {
	if c&(countClosed|countFilled) != 0 {
		return 0
	}
	return max(0, c.capacity()-c.booked())
}

func (s *snapshot) count(i int32) count { return count(s.counts[i].Load()) }

// change makes a slot's count what next makes of it, and keeps its centre's
// number of slots with room in step.
func (s *snapshot) change(centre int64, i int32, next func(count) count) {
	for {
		was := s.count(i)
		now := next(was)
		if !s.counts[i].CompareAndSwap(uint64(was), uint64(now)) {
			continue // another goroutine was quicker: read it again
		}
		switch had, has := was.free() > 0, now.free() > 0; {
		case had && !has:
			s.open[s.byID[centre]].Add(-1)
		case has && !had:
			s.open[s.byID[centre]].Add(1)
		}
		return
	}
}

func newSnapshot(d Directory) *snapshot {
	s := &snapshot{districts: make(map[int]District, len(d.Districts))}
	for _, district := range d.Districts {
		s.districts[district.ID] = district
	}
	s.addPincodes(d.Pincodes)
	s.addCentres(d.Centres)
	s.addSessions(d.Sessions)
	return s
}

// addCentres puts the centres in the order of the grid, so that a search reads
// a cell's as one run. A centre whose position is missing gets its pincode's;
// where that is missing too, the centre is found by pincode, district and id
// only.
func (s *snapshot) addCentres(centres []Centre) {
	unique := make(map[int64]Centre, len(centres)) // the last centre of an id wins
	for _, c := range centres {
		if !positioned(c.Lat, c.Lon) {
			at := s.pincodes[c.Pincode]
			c.Lat, c.Lon = at.Lat, at.Lon
		}
		unique[c.ID] = c
	}
	s.centres = slices.Collect(maps.Values(unique))
	s.grid = newGrid(s.centres)
	slices.SortFunc(s.centres, func(a, b Centre) int {
		return cmp.Or(cmp.Compare(s.grid.cell(a), s.grid.cell(b)), cmp.Compare(a.ID, b.ID))
	})
	s.grid.index(s.centres)

	s.spots = make([]spot, len(s.centres))
	s.byID = make(map[int64]int32, len(s.centres))
	s.byPincode = make(map[uint32][]int32)
	s.byDistrict = make(map[int][]int32)
	for n, c := range s.centres {
		i := int32(n)
		pin, _ := pinNumber(c.Pincode)
		s.spots[i] = spot{lat: c.Lat, lon: c.Lon, id: c.ID, pincode: pin}
		s.byID[c.ID] = i
		s.byDistrict[c.District] = append(s.byDistrict[c.District], i)
		if pin != 0 {
			s.byPincode[pin] = append(s.byPincode[pin], i)
		}
	}
}

// positioned reports whether a position is known. A missing number turns into
// 0, and 0, 0 lies in the sea off Ghana.
func positioned(lat, lon float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lon) <= 180 && (lat != 0 || lon != 0)
}

// addSessions lays out the sessions of known centres and their slots.
func (s *snapshot) addSessions(sessions []Session) {
	of := make([][]int32, len(s.centres))
	slots := 0
	for n := range sessions {
		if c, ok := s.byID[sessions[n].Centre]; ok {
			of[c] = append(of[c], int32(n))
			slots += len(sessions[n].Slots)
		}
	}
	s.sessions = make([]sessionRow, 0, len(sessions))
	s.ids = make([]int64, 0, slots)
	s.slots = make([]slotRow, 0, slots)
	s.counts = make([]atomic.Uint64, slots)
	s.open = make([]atomic.Int32, len(s.centres))
	kinds := make(map[kind]int32)
	var sorted []Slot
	for c, list := range of {
		slices.SortFunc(list, func(i, j int32) int {
			a, b := &sessions[i], &sessions[j]
			return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
		})
		s.spots[c].first = int32(len(s.sessions))
		for _, n := range list {
			session := &sessions[n]
			k := kind{session.Day, session.Vaccine, session.Dose, session.MinAge, session.MaxAge}
			at, ok := kinds[k]
			if !ok {
				at = int32(len(s.kinds))
				kinds[k] = at
				s.kinds = append(s.kinds, k)
			}
			row := sessionRow{id: session.ID, kind: at, first: int32(len(s.slots))}
			sorted = append(sorted[:0], session.Slots...)
			slices.SortFunc(sorted, func(a, b Slot) int {
				return cmp.Or(cmp.Compare(a.Window.From, b.Window.From), cmp.Compare(a.Window.To, b.Window.To), cmp.Compare(a.ID, b.ID))
			})
			for _, slot := range sorted {
				n := newCount(slot.Capacity, slot.Booked, slot.Closed)
				s.counts[len(s.slots)].Store(uint64(n))
				if n.free() > 0 {
					s.open[c].Add(1)
				}
				s.ids = append(s.ids, slot.ID)
				s.slots = append(s.slots, slotRow{window: slot.Window, spot: int32(clamp(slot.Spot)), used: int32(clamp(slot.SpotUsed))})
			}
			row.end = int32(len(s.slots))
			s.sessions = append(s.sessions, row)
		}
		s.spots[c].end = int32(len(s.sessions))
	}
}

// slot returns the index of the slot. A centre has some hundred slots, and
// reading their ids one after the other beats any index of millions.
func (s *snapshot) slot(id SlotID) (int32, bool) {
	c, ok := s.byID[id.Centre]
	if !ok {
		return 0, false
	}
	first, end := s.spots[c].first, s.spots[c].end
	if first == end {
		return 0, false
	}
	from, to := s.sessions[first].first, s.sessions[end-1].end
	i := slices.Index(s.ids[from:to], id.Slot)
	return from + int32(i), i >= 0
}

// session returns the session of a row, without its slots.
func (s *snapshot) session(j int32) Session {
	row := s.sessions[j]
	session := s.kinds[row.kind].session()
	session.ID = row.id
	session.Centre = s.centreOf(j)
	return session
}

func (k kind) session() Session {
	return Session{Day: k.day, Vaccine: k.vaccine, Dose: k.dose, MinAge: k.min, MaxAge: k.max}
}

// centreOf returns the centre whose sessions include that row: sessions lie in
// the order of the centres.
func (s *snapshot) centreOf(j int32) int64 {
	i, _ := slices.BinarySearchFunc(s.spots, j, func(c spot, j int32) int {
		switch {
		case c.end <= j:
			return -1
		case c.first > j:
			return 1
		}
		return 0
	})
	return s.spots[i].id
}

// slotAt returns a slot with its present counts. A slot that was found full is
// returned as full.
func (s *snapshot) slotAt(i int32) Slot {
	n, row := s.count(i), s.slots[i]
	slot := Slot{
		ID: s.ids[i], Window: row.window, Capacity: n.capacity(), Booked: n.booked(),
		Spot: int(row.spot), SpotUsed: int(row.used), Closed: n&countClosed != 0,
	}
	if n&countFilled != 0 {
		slot.Booked = max(slot.Booked, slot.Capacity)
	}
	return slot
}
