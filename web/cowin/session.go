package cowin

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A sessionKey is the content of a session_id: a uuid of version 8 with these
// fields
//
//	48 bits  centre
//	 4       8, the version
//	16       day (12 here, 4 behind the variant)
//	 2       the uuid's variant
//	 8 + 8   least and greatest age
//	16       vaccine, as a sum of its name
//	26       a check over all of that
type sessionKey struct {
	centre   int64
	day      booking.Date
	min, max int
	vaccine  uint16
}

func keyOf(g booking.Group) sessionKey {
	return sessionKey{g.Centre, g.Day, g.MinAge, g.MaxAge, vaccineSum(g.Vaccine)}
}

func vaccineSum(name string) uint16 { return uint16(crc32.ChecksumIEEE([]byte(name))) }

const checkBits = 26

// id returns the session_id.
func (k sessionKey) id() uuid.UUID {
	hi := uint64(k.centre)<<16 | 8<<12 | uint64(k.day)>>4&0xfff
	lo := uint64(2)<<62 | uint64(k.day)&0xf<<58 | uint64(k.min)&0xff<<50 | uint64(k.max)&0xff<<42 | uint64(k.vaccine)<<26
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], hi)
	binary.BigEndian.PutUint64(id[8:], lo)
	binary.BigEndian.PutUint64(id[8:], lo|uint64(crc32.ChecksumIEEE(id[:]))&(1<<checkBits-1))
	return id
}

// parseSession reads a session_id; ok is false for one that we did not make.
func parseSession(s string) (sessionKey, bool) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return sessionKey{}, false
	}
	hi, lo := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	k := sessionKey{
		centre:  int64(hi >> 16),
		day:     booking.Date(hi&0xfff<<4 | lo>>58&0xf),
		min:     int(lo >> 50 & 0xff),
		max:     int(lo >> 42 & 0xff),
		vaccine: uint16(lo >> 26),
	}
	return k, k.id() == id
}

// group returns the session that a key names, with its present counts.
func (a *api) group(k sessionKey) (booking.Group, bool) {
	for _, g := range a.Core.Places.Groups(k.centre, k.day, k.day) {
		if keyOf(g) == k {
			return g, true
		}
	}
	return booking.Group{}, false
}

// capacity returns how many places of a dose can be booked now.
func (a *api) capacity(g booking.Group, dose int, now moment) int {
	if a.Core.Programme.Booking.MayBook(dose, g.Day, now.day, now.minute) != nil {
		return 0
	}
	n := 0
	for _, s := range g.Slots {
		if s.Dose == dose && !now.over(g.Day, s.Window) {
			n += max(0, s.Capacity-s.Booked)
		}
	}
	return n
}

// windows returns the slots to list of a group: those with a place for either
// dose, and all of them where there is none.
func (a *api) windows(g booking.Group, now moment) []booking.Window {
	var open, all []booking.Window
	add := func(list []booking.Window, w booking.Window) []booking.Window {
		if n := len(list); n > 0 && list[n-1] == w {
			return list
		}
		return append(list, w)
	}
	for _, s := range g.Slots {
		if s.Dose > 2 {
			continue
		}
		all = add(all, s.Window)
		if s.Booked < s.Capacity && !now.over(g.Day, s.Window) {
			open = add(open, s.Window)
		}
	}
	if open == nil {
		return all
	}
	return open
}

// A moment is the time of a request, in India.
type moment struct {
	day    booking.Date
	minute int
}

func (a *api) now() moment {
	t := a.Core.Now().In(booking.India)
	return moment{booking.DateOf(t), t.Hour()*60 + t.Minute()}
}

// over reports whether a window of a day has passed.
func (m moment) over(day booking.Date, w booking.Window) bool {
	return day < m.day || day == m.day && int(w.To) <= m.minute
}
