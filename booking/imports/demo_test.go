package imports

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"tikaline/booking"
)

// somePincodes returns a directory for tests.
func somePincodes() []booking.Pincode {
	return []booking.Pincode{
		{Code: "800001", Lat: 25.6190, Lon: 85.1410, District: 97, DistrictName: "Patna", StateName: "Bihar"},
		{Code: "800020", Lat: 25.5960, Lon: 85.1560, District: 97, DistrictName: "Patna", StateName: "Bihar"},
		{Code: "803101", Lat: 25.20, Lon: 85.52, District: 90, DistrictName: "Nalanda", StateName: "Bihar"},
		{Code: "140301", Lat: 30.70, Lon: 76.70, District: 496, DistrictName: "Mohali", StateName: "Punjab"},
		{Code: "743165", Lat: 22.88, Lon: 88.40, District: 712, DistrictName: "Basirhat", StateName: "West Bengal"},
		{Code: "799999", Lat: 23.88, Lon: 91.40, DistrictName: "Nowhere", StateName: "Tripura"},
	}
}

var demoNow = time.Date(2021, 6, 1, 10, 0, 0, 0, booking.India)

func TestDemo(t *testing.T) {
	centres, sessions := Demo(demoNow, somePincodes(), Districts())
	if len(centres) != len(demoPlaces)+4 {
		t.Errorf("%d centres", len(centres))
	}
	codes := make(map[string]booking.Centre)
	for _, c := range centres {
		codes[c.Code] = c
		for lang, script := range map[string]*unicode.RangeTable{"en": unicode.Latin, "hi": unicode.Devanagari, "bn": unicode.Bengali} {
			name := c.Short[lang]
			if n := utf8.RuneCountInString(name); n == 0 || n > booking.ShortMax {
				t.Errorf("%q has %d characters", name, n)
			}
			in(t, name, script)
		}
		if c.Government != (c.Fee == 0) || !wellFormed(c.Pincode) || !(source{lat: c.Lat, lon: c.Lon}).inIndia() {
			t.Errorf("got %+v", c)
		}
	}
	if len(codes) != len(centres) {
		t.Error("a code is there twice")
	}
	if c := codes["DEMO-D097"]; c.Short["hi"] != "जिला अस्पताल पटना" || c.Short["bn"] != "জেলা হাসপাতাল পাটনা" || c.Pincode != "800001" {
		t.Errorf("got %+v", c)
	}

	programme := booking.India2021()
	seen := make(map[[6]any]bool)
	vaccines, doses, ages, scarce := map[string]int{}, map[int]int{}, map[int]int{}, 0
	for _, s := range sessions {
		key := [6]any{s.Centre, s.Day, s.Vaccine, s.Dose, s.MinAge, s.MaxAge}
		if seen[key] {
			t.Errorf("twice: %v", key)
		}
		seen[key] = true
		if _, ok := programme.Vaccine(s.Vaccine); !ok || len(s.Slots) != 4 {
			t.Errorf("got %+v", s)
		}
		vaccines[s.Vaccine]++
		doses[s.Dose]++
		ages[s.MinAge]++
		left := 0
		for _, slot := range s.Slots {
			left += slot.Capacity
			if slot.Capacity < 0 || slot.Booked != 0 || slot.Window.From >= slot.Window.To {
				t.Errorf("got %+v", slot)
			}
		}
		if left <= 8 {
			scarce++
		}
	}
	if len(vaccines) != 2 || len(doses) != 2 || len(ages) != 2 || scarce == 0 {
		t.Errorf("vaccines %v, doses %v, ages %v, %d nearly full", vaccines, doses, ages, scarce)
	}

	t.Run("every city has room within reach", func(t *testing.T) {
		var p booking.Places
		p.Replace(booking.Directory{Districts: Districts(), Pincodes: somePincodes(), Centres: centres, Sessions: sessions})
		for _, at := range []booking.Pincode{{Code: "800001", Lat: 25.61, Lon: 85.14}, {Code: "834001", Lat: 23.37, Lon: 85.33}, {Code: "700001", Lat: 22.57, Lon: 88.35}, {Code: "110001", Lat: 28.63, Lon: 77.22}} {
			who := booking.Suiting{From: booking.DateOf(demoNow), Fits: func(s booking.Session) bool { return s.Dose == 1 && s.MinAge <= 30 }}
			offers := p.Nearest(booking.Located{Pincode: at, Asked: at.Code, Exact: true}, who, 8)
			government, private := 0, 0
			for _, o := range offers {
				if o.Km < 25 && o.Free > 0 {
					government, private = government+1, private+1
					if o.Centre.Government {
						private--
					} else {
						government--
					}
				}
			}
			if len(offers) != 8 || government < 3 || private < 1 {
				t.Errorf("%s: %d government, %d private", at.Code, government, private)
			}
		}
	})
	t.Run("a day is the same whenever it is asked for", func(t *testing.T) {
		_, later := Demo(demoNow.Add(24*time.Hour), somePincodes(), Districts())
		pick := func(list []booking.Session) (day []booking.Session) {
			for _, s := range list {
				if s.Centre == 3 && s.Day == booking.DateOf(demoNow)+2 {
					s.ID = 0
					s.Slots = slices.Clone(s.Slots)
					for i := range s.Slots {
						s.Slots[i].ID = 0
					}
					day = append(day, s)
				}
			}
			return day
		}
		if a, b := pick(sessions), pick(later); len(a) == 0 || !reflect.DeepEqual(a, b) {
			t.Errorf("got %v, then %v", a, b)
		}
	})
	t.Run("without a directory the cities are there", func(t *testing.T) {
		centres, sessions := Demo(demoNow, nil, nil)
		if len(centres) != len(demoPlaces) || len(sessions) == 0 {
			t.Errorf("%d centres, %d sessions", len(centres), len(sessions))
		}
	})
}

func TestHospitalOfLongDistricts(t *testing.T) {
	for _, d := range Districts() {
		for lang, what := range map[string]string{"en": "District Hospital ", "hi": "जिला अस्पताल ", "bn": "জেলা হাসপাতাল "} {
			if name := hospitalOf(what, d.Name[lang]); name == "" || utf8.RuneCountInString(name) > booking.ShortMax {
				t.Errorf("%q", name)
			}
		}
	}
}

func TestLoadDemo(t *testing.T) {
	var s memorySink
	if err := LoadDemo(context.Background(), &s, demoNow, somePincodes()); err != nil {
		t.Fatal(err)
	}
	if len(s.districts) != 756 || len(s.centres) != len(demoPlaces)+4 || len(s.sessions) == 0 {
		t.Errorf("%d districts, %d centres, %d sessions", len(s.districts), len(s.centres), len(s.sessions))
	}
	if x := s.sessions[0]; x.ID != 0 || x.Slots[0].ID != 0 || x.Centre != 1001 {
		t.Errorf("got %+v", x)
	}
}
