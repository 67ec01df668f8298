package booking

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
)

var anyone = Suiting{}

func centreAt(id int64, lat, lon float64, pincode string) Centre {
	return Centre{ID: id, Code: fmt.Sprint("C", id), Name: fmt.Sprint("PHC ", id), Pincode: pincode, District: 97, Lat: lat, Lon: lon}
}

// sessionWith returns a session with one slot for each count of bookings, of
// ten places each. Slot ids are the session's times 100, counted from 1.
func sessionWith(id, centre int64, day Date, booked ...int) Session {
	s := Session{ID: id, Centre: centre, Day: day, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18}
	for i, n := range booked {
		s.Slots = append(s.Slots, Slot{
			ID: id*100 + int64(i) + 1, Window: Window{From: int16(540 + 120*i), To: int16(660 + 120*i)}, Capacity: 10, Booked: n, Spot: 4,
		})
	}
	return s
}

func near(lat, lon float64, pincode string) Located {
	return Located{Pincode: Pincode{Code: pincode, Lat: lat, Lon: lon}, Asked: pincode, Exact: true}
}

func ids(offers []Offer) (list []int64) {
	for _, o := range offers {
		list = append(list, o.Centre.ID)
	}
	return list
}

func TestPlaces(t *testing.T) {
	const day = Date(20000)
	var p Places
	p.Replace(Directory{
		Districts: []District{{ID: 97, Name: Names{"en": "Patna"}, State: Names{"en": "Bihar"}}, {ID: 1, Name: Names{"en": "A"}, State: Names{"en": "Z"}}},
		Pincodes:  []Pincode{{Code: "800001", Lat: 25.61, Lon: 85.14}},
		Centres: []Centre{
			centreAt(1, 25.61, 85.15, "800002"), // 1 km, full
			centreAt(2, 25.61, 85.24, "800003"), // 10 km, room
			centreAt(3, 25.61, 85.34, "800001"), // 20 km, room, the asked pincode
			centreAt(4, 25.61, 86.14, "800004"), // 100 km, room, later
			centreAt(5, 28.61, 77.20, "110001"), // Delhi, room
			centreAt(6, 0, 0, "800001"),         // no position but a known pincode
			{ID: 7, Pincode: "999999"},          // nowhere
		},
		Sessions: []Session{
			sessionWith(10, 1, day, 10, 10),
			sessionWith(20, 2, day+1, 10, 3),
			sessionWith(30, 3, day, 0),
			sessionWith(40, 4, day+5, 0),
			sessionWith(50, 5, day, 0),
			sessionWith(21, 2, day, 10),
			sessionWith(99, 99, day, 0), // its centre is unknown
		},
	})
	at := near(25.61, 85.14, "800001")

	t.Run("those with room first, the asked pincode as near, then full ones", func(t *testing.T) {
		if got, want := ids(p.Nearest(at, anyone, 10)), []int64{3, 2, 4, 6, 1}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("no more than asked", func(t *testing.T) {
		if got, want := ids(p.Nearest(at, anyone, 2)), []int64{3, 2}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := p.Nearest(at, anyone, 0); got != nil {
			t.Errorf("got %v, want none", got)
		}
		if got := p.Nearest(at, anyone, math.MaxInt); len(got) != 5 {
			t.Errorf("got %d, want 5", len(got))
		}
	})
	t.Run("free places and first day are counted", func(t *testing.T) {
		o := p.Nearest(at, anyone, 2)[1]
		if o.Free != 7 || o.First != day+1 || math.Abs(o.Km-10) > 0.1 {
			t.Errorf("got %d places from %v at %.2f km", o.Free, o.First, o.Km)
		}
	})
	t.Run("distance is as reckoned, even for the asked pincode", func(t *testing.T) {
		if o := p.Nearest(at, anyone, 1)[0]; math.Abs(o.Km-20) > 0.1 {
			t.Errorf("got %.2f km", o.Km)
		}
	})
	t.Run("only what suits", func(t *testing.T) {
		who := Suiting{From: day + 2, Fits: func(s Session) bool { return s.MinAge <= 20 }}
		if got, want := ids(p.Nearest(at, who, 2)), []int64{4, 6}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		who.Fits = func(s Session) bool { return s.Vaccine == "COVAXIN" }
		if o := p.Nearest(at, who, 1)[0]; o.Free != 0 || o.First != 0 {
			t.Errorf("got %d places on %v", o.Free, o.First)
		}
	})
	t.Run("further away only where there is nothing at all", func(t *testing.T) {
		if got, want := ids(p.Nearest(near(28.6, 81.2, "271001"), anyone, 8)), []int64{5, 2, 3, 4, 6, 1}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := p.Nearest(near(8.5, 76.9, "695001"), anyone, 8); len(got) != 0 {
			t.Errorf("got %v from Kerala", ids(got))
		}
	})
	t.Run("found full", func(t *testing.T) {
		id := SlotID{2, 2002}
		p.Filled(id)
		p.Filled(SlotID{2, 1})
		if got := p.Slots(2, anyone); len(got) != 0 {
			t.Errorf("got %v", got)
		}
		if _, slot, _ := p.Slot(id); slot.Booked != 10 {
			t.Errorf("booked %d", slot.Booked)
		}
		if n := p.Update([]SlotCount{{ID: id, Capacity: 10, Booked: 3}, {ID: SlotID{2, 1}}, {ID: SlotID{88, 1}}}); n != 2 {
			t.Errorf("unknown %d, want 2", n)
		}
		if got := p.Slots(2, anyone); len(got) != 1 || got[0].Free != 7 || got[0].ID != id || got[0].Session.ID != 20 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("called off", func(t *testing.T) {
		p.Update([]SlotCount{{ID: SlotID{4, 4001}, Capacity: 10, Closed: true}})
		if got := p.Slots(4, anyone); len(got) != 0 {
			t.Errorf("got %v", got)
		}
		if _, slot, ok := p.Slot(SlotID{4, 4001}); !ok || !slot.Closed || slot.Spot != 4 {
			t.Errorf("got %v", slot)
		}
	})
	t.Run("by id", func(t *testing.T) {
		session, slot, ok := p.Slot(SlotID{2, 2002})
		want := Session{ID: 20, Centre: 2, Day: day + 1, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18}
		if !ok || !reflect.DeepEqual(session, want) || slot.Window.String() != "11:00-13:00" {
			t.Errorf("got %v, %v", session, slot)
		}
		if _, _, ok := p.Slot(SlotID{7, 1}); ok {
			t.Error("a slot of a centre without sessions")
		}
		if c, ok := p.Centre(6); !ok || c.Lat != 25.61 {
			t.Errorf("got %v", c)
		}
		if _, ok := p.Centre(8); ok {
			t.Error("found what is not there")
		}
		if d, ok := p.District(97); !ok || d.Name["en"] != "Patna" {
			t.Errorf("got %v", d)
		}
		if all := p.Districts(); len(all) != 2 || all[0].ID != 97 {
			t.Errorf("got %v", all)
		}
	})
	t.Run("sessions of a centre", func(t *testing.T) {
		got := p.Sessions(2, day, day+1)
		if len(got) != 2 || got[0].ID != 21 || got[1].Slots[1].Booked != 3 {
			t.Errorf("got %v", got)
		}
		if got := p.Sessions(2, day, day); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("district and pincode", func(t *testing.T) {
		if got, want := ids(p.InDistrict(97, anyone, 99)), []int64{3, 5, 2, 1, 4, 6}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got, want := ids(p.AtPincode("800001", anyone, 99)), []int64{3, 6}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := p.InDistrict(97, anyone, 1); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
}

func TestSlotsOfSideBySideSessionsAreMerged(t *testing.T) {
	var p Places
	p.Replace(Directory{
		Centres:  []Centre{centreAt(1, 25, 85, "800001")},
		Sessions: []Session{sessionWith(1, 1, 7, 0, 0), sessionWith(2, 1, 7, 0, 0), sessionWith(3, 1, 6, 0)},
	})
	var got []int64
	for _, s := range p.Slots(1, anyone) {
		got = append(got, s.ID.Slot)
	}
	if want := []int64{301, 101, 201, 102, 202}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestZeroPlacesIsEmpty(t *testing.T) {
	var p Places
	if _, err := p.Locate("800001"); !Refused(err, BadPincode) {
		t.Errorf("got %v", err)
	}
	p.Filled(SlotID{1, 1})
	if n := p.Update([]SlotCount{{}}); n != 1 {
		t.Errorf("got %d unknown", n)
	}
	if got := p.Nearest(near(25, 85, "800001"), anyone, 8); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if p.Slots(1, anyone) != nil || p.Sessions(1, 0, 1) != nil || p.InDistrict(1, anyone, 3) != nil || len(p.Districts()) != 0 {
		t.Error("something in an empty Places")
	}
}

func TestLocate(t *testing.T) {
	var p Places
	p.Replace(Directory{Pincodes: []Pincode{
		{Code: "800001", Lat: 25.61, Lon: 85.14},
		{Code: "800010", Lat: 25.60, Lon: 85.10},
		{Code: "800013", Lat: 25.60, Lon: 85.11},
		{Code: "800014", Lat: 40.00, Lon: 85.11}, // wrong, as such data is
		{Code: "800901", Lat: 25.50, Lon: 85.00},
		{Code: "900001", Lat: 25.50, Lon: 85.00}, // an operator's own
		{Code: "12345x", Lat: 25.50, Lon: 85.00},
		{Code: "834001"}, // no position
	}})
	cases := []struct {
		name, ask, code string
		exact           bool
	}{
		{"known", "800001", "800001", true},
		{"by five digits", "800019", "800013", false},
		{"by four digits", "800099", "800013", false},
		{"by three digits", "800555", "800013", false},
		{"nothing near", "834001", "", false},
		{"army post", "900002", "", false},
		{"known army post", "900001", "900001", true},
		{"begins with 0", "080001", "", false},
		{"five digits", "80000", "", false},
		{"seven digits", "8000011", "", false},
		{"letters", "80000l", "", false},
		{"Devanagari", "८००००१", "", false},
		{"empty", "", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := p.Locate(c.ask)
			if c.code == "" {
				if !Refused(err, BadPincode) {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if err != nil || got.Code != c.code || got.Exact != c.exact || got.Asked != c.ask {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"800001", "8000", "९00001", "999999", ""} {
		f.Add(s)
	}
	var p Places
	p.Replace(Directory{Pincodes: []Pincode{{Code: "800001", Lat: 25.61, Lon: 85.14}}})
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := p.Locate(s); err == nil && (got.Asked != s || got.Code != "800001") {
			t.Errorf("got %+v", got)
		}
	})
}

// TestSlots_over holds that what is over is not offered: at two in the
// afternoon nobody can come from nine to eleven.
func TestSlots_over(t *testing.T) {
	day := NewDate(2021, 5, 5)
	p := new(Places)
	p.Replace(Directory{
		Pincodes: []Pincode{{Code: "800001", Lat: 25.6, Lon: 85.1}},
		Centres:  []Centre{{ID: 1, Pincode: "800001", Lat: 25.6, Lon: 85.1}},
		Sessions: []Session{{ID: 1, Centre: 1, Day: day, Slots: []Slot{
			{ID: 1, Window: Window{540, 660}, Capacity: 5}, {ID: 2, Window: Window{780, 900}, Capacity: 7},
		}}},
	})
	at, err := p.Locate("800001")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		who    Suiting
		offers int
		free   int
	}{
		{"morning_has_both", Suiting{From: day, Minute: 600}, 2, 12},
		{"afternoon_has_the_later", Suiting{From: day, Minute: 840}, 1, 7},
		{"evening_has_none", Suiting{From: day, Minute: 900}, 0, 0},
		{"minute_of_another_day_does_not_count", Suiting{From: day - 1, Minute: 900}, 2, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := len(p.Slots(1, c.who)); got != c.offers {
				t.Errorf("%d slots, want %d", got, c.offers)
			}
			if got := p.Nearest(at, c.who, 1); len(got) != 1 || got[0].Free != c.free {
				t.Errorf("offers %+v, want %d free", got, c.free)
			}
		})
	}
}
