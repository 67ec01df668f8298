package imports

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tikaline/booking"
)

const demoDays = 14

// A demoSize is how many places a centre has in a session, at least and at
// most, as was recorded of real centres in 2021.
type demoSize struct{ least, most int }

var (
	small    = demoSize{14, 85}
	hospital = demoSize{30, 71}
	large    = demoSize{216, 320}
)

// demoWindows are the four usual windows.
var demoWindows = []booking.Window{{From: 540, To: 660}, {From: 660, To: 780}, {From: 780, To: 900}, {From: 900, To: 1020}}

// Demo returns invented centres and their sessions from the day of now on: some
// in and around Patna, Ranchi, Kolkata and Delhi, and a hospital at every
// district's head pincode that is in pincodes. The same day always has the same
// sessions, whenever Demo is called.
//
// The ids serve for a Places; a store gives its own (LoadDemo).
func Demo(now time.Time, pincodes []booking.Pincode, districts []booking.District) ([]booking.Centre, []booking.Session) {
	var centres []booking.Centre
	var sizes []demoSize
	for i, p := range demoPlaces {
		centres = append(centres, booking.Centre{
			Code: fmt.Sprintf("DEMO-C%02d", i+1), Name: p.en + " (demo)", Short: booking.Names{"en": p.en, "hi": p.hi, "bn": p.bn},
			Address: "Demo centre, not a real place", Block: p.en[strings.LastIndexByte(p.en, ' ')+1:], Pincode: p.pincode,
			District: p.district, Lat: p.lat, Lon: p.lon, Government: p.fee == 0, Fee: p.fee,
		})
		sizes = append(sizes, p.size)
	}
	heads := headPincodes(pincodes)
	for _, d := range districts {
		head, ok := heads[d.ID]
		if !ok {
			continue
		}
		centres = append(centres, booking.Centre{
			Code: fmt.Sprintf("DEMO-D%03d", d.ID), Name: "District Hospital " + d.Name["en"] + " (demo)",
			Short: booking.Names{
				"en": hospitalOf("District Hospital ", d.Name["en"]),
				"hi": hospitalOf("जिला अस्पताल ", d.Name["hi"]),
				"bn": hospitalOf("জেলা হাসপাতাল ", d.Name["bn"]),
			},
			Address: "Demo centre, not a real place", Block: d.Name["en"], Pincode: head.Code,
			District: d.ID, Lat: head.Lat, Lon: head.Lon, Government: true,
		})
		sizes = append(sizes, hospital)
	}

	var sessions []booking.Session
	today := booking.DateOf(now)
	slots := int64(0)
	for i := range centres {
		centres[i].ID = int64(i + 1)
		for day := today; day < today+demoDays; day++ {
			for _, s := range demoSessions(centres[i], sizes[i], day) {
				s.ID = int64(len(sessions) + 1)
				for n := range s.Slots {
					slots++
					s.Slots[n].ID = slots
				}
				sessions = append(sessions, s)
			}
		}
	}
	return centres, sessions
}

// headPincodes returns each district's head post office: the pincode whose last
// digits are lowest, as 001 is the town's own.
func headPincodes(pincodes []booking.Pincode) map[int]booking.Pincode {
	heads := make(map[int]booking.Pincode)
	for _, p := range pincodes {
		if p.District == 0 || len(p.Code) != 6 {
			continue
		}
		head, ok := heads[p.District]
		if !ok || cmp.Or(cmp.Compare(p.Code[3:], head.Code[3:]), cmp.Compare(p.Code, head.Code)) < 0 {
			heads[p.District] = p
		}
	}
	return heads
}

// hospitalOf returns a short name for a district's hospital. Where that is too
// long, it leaves out the part in brackets, then the word for hospital, then
// both.
func hospitalOf(what, district string) string {
	plain, _, _ := strings.Cut(district, " (")
	for _, name := range []string{what + district, what + plain, district, plain} {
		if utf8.RuneCountInString(name) <= booking.ShortMax {
			return name
		}
	}
	return booking.Short(plain, booking.ShortMax)
}

// demoSessions returns the sessions of a centre's day: dose 1, for all adults
// or for people from 45 on, and dose 2 of one of the vaccines.
func demoSessions(c booking.Centre, size demoSize, day booking.Date) []booking.Session {
	h := fnv.New64a()
	fmt.Fprint(h, c.Code, " ", day)
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	vaccines := []string{booking.Covishield, booking.Covishield, booking.Covaxin}
	first := booking.Session{Centre: c.ID, Day: day, Vaccine: vaccines[r.IntN(3)], Dose: 1, MinAge: 18}
	if r.IntN(4) == 0 {
		first.MinAge = 45
	}
	second := booking.Session{Centre: c.ID, Day: day, Vaccine: vaccines[r.IntN(3)], Dose: 2, MinAge: 18}
	sessions := []booking.Session{first, second}
	// A city's centres have the other vaccine too, on every other day.
	if strings.HasPrefix(c.Code, "DEMO-C") && r.IntN(2) == 0 {
		other := first
		other.Vaccine = map[string]string{booking.Covishield: booking.Covaxin, booking.Covaxin: booking.Covishield}[first.Vaccine]
		sessions = append(sessions, other)
	}
	for i := range sessions {
		places := size.least + r.IntN(size.most-size.least+1)
		nearlyFull := r.IntN(5) == 0
		for _, w := range demoWindows {
			slot := booking.Slot{Window: w, Capacity: places/len(demoWindows) + r.IntN(3)}
			if c.Government { // three on the spot to two booked, as was reported
				slot.Spot = slot.Capacity * 3 / 2
			}
			if nearlyFull {
				slot.Capacity = r.IntN(3)
			}
			sessions[i].Slots = append(sessions[i].Slots, slot)
		}
	}
	return sessions
}

// LoadDemo puts the demo's districts, centres and sessions into a store that
// has the pincodes already.
func LoadDemo(ctx context.Context, sink Sink, now time.Time, pincodes []booking.Pincode) error {
	districts := Districts()
	centres, sessions := Demo(now, pincodes, districts)
	if err := sink.PutDistricts(ctx, districts); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := sink.PutCentres(ctx, withoutIDs(centres)); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	ids, err := sink.CentreIDs(ctx)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for i := range sessions {
		s := &sessions[i]
		code := centres[s.Centre-1].Code
		id, ok := ids[code]
		if !ok {
			return fmt.Errorf("demo: the store does not have centre %s", code)
		}
		s.ID, s.Centre = 0, id
		for n := range s.Slots {
			s.Slots[n].ID = 0
		}
	}
	if err := sink.PutSessions(ctx, sessions); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

func withoutIDs(centres []booking.Centre) []booking.Centre {
	centres = slices.Clone(centres)
	for i := range centres {
		centres[i].ID = 0
	}
	return centres
}
