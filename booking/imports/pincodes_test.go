package imports

import (
	"strings"
	"testing"

	"tikaline/booking"
)

func readPincodes(s string) ([]booking.Pincode, Report, error) {
	return ReadPincodes(strings.NewReader(s), against())
}

func TestReadPincodes(t *testing.T) {
	cases := []struct {
		name, file, why string
		want            booking.Pincode
	}{
		{"by id", PincodesHeader + "\n800001,25.6,85.1,97,,\n", "", booking.Pincode{Code: "800001", Lat: 25.6, Lon: 85.1, District: 97, DistrictName: "Patna", StateName: "Bihar"}},
		{"by name", PincodesHeader + "\n800001,25.6,85.1,,PATNA,BIHAR\n", "", booking.Pincode{Code: "800001", Lat: 25.6, Lon: 85.1, District: 97, DistrictName: "PATNA", StateName: "BIHAR"}},
		{"unknown name is kept", "long,lat,pincode,district,state\n85.1,25.6,800001,Nowhere,Bihar\n", "", booking.Pincode{Code: "800001", Lat: 25.6, Lon: 85.1, DistrictName: "Nowhere", StateName: "Bihar"}},
		{"only a position", "pincode,lat,lon\n८००००१,२५.६,85.1\n", "", booking.Pincode{Code: "800001", Lat: 25.6, Lon: 85.1}},
		{"unknown id", PincodesHeader + "\n800001,25.6,85.1,9999,,\n", "none of the Co-WIN API's", booking.Pincode{}},
		{"no position", PincodesHeader + "\n800001,,,97,,\n", "lat and lon are missing", booking.Pincode{}},
		{"no pincode", PincodesHeader + "\n080001,25.6,85.1,97,,\n", "is not six digits", booking.Pincode{}},
		{"a centre's column", "pincode,lat,lon,fee\n", "there is no column \"fee\"", booking.Pincode{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, why := outcome(t, readPincodes, c.file)
			if (why == "") != (c.why == "") || !strings.Contains(why, c.why) || got != c.want {
				t.Errorf("got %+v, %q", got, why)
			}
		})
	}
	t.Run("twice", func(t *testing.T) {
		list, report, _ := readPincodes("pincode,lat,lon\n800001,25.6,85.1\n800001,25.7,85.1\n")
		if len(list) != 1 || len(report.Refused) != 1 || report.Refused[0].Reason != "pincode 800001 is in line 2 already" {
			t.Errorf("%+v", report)
		}
	})
}

func FuzzReadPincodes(f *testing.F) {
	f.Add(PincodesHeader + "\n800001,25.6,85.1,97,Patna,Bihar\n")
	f.Add("pincode\tlat\tlon\r\n'800001\t२५.६\t85.1\r\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, report, err := readPincodes(file)
		if len(list) != report.Good || err == nil && report.Good+len(report.Refused) != report.Read {
			t.Errorf("%d lines, %+v", len(list), report)
		}
		for _, p := range list {
			if !wellFormed(p.Code) || !(source{lat: p.Lat, lon: p.Lon}).inIndia() {
				t.Errorf("took %+v", p)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("BIHAR", "Aurangabad (BR)")
	f.Add("24", "((24")
	m := NewMatcher(Districts())
	f.Fuzz(func(t *testing.T, state, district string) {
		if id, ok := m.Match(state, district); ok != (id != 0) {
			t.Errorf("got %d, %v", id, ok)
		}
	})
}

func TestFoldDigits(t *testing.T) {
	for _, c := range []struct{ name, from string }{
		{"Devanagari", "८००००१"}, {"Bengali", "৮০০০০১"}, {"full width", "８００００１"}, {"mixed", "8000०१"}, {"Arabic", "٨٠٠٠٠١"}, {"Persian", "۸۰۰۰۰۱"},
		{"Gurmukhi", "੮੦੦੦੦੧"}, {"Gujarati", "૮૦૦૦૦૧"}, {"Odia", "୮୦୦୦୦୧"}, {"Tamil", "௮௦௦௦௦௧"}, {"Telugu", "౮౦౦౦౦౧"}, {"Kannada", "೮೦೦೦೦೧"}, {"Malayalam", "൮൦൦൦൦൧"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := foldDigits(c.from); got != "800001" {
				t.Errorf("got %q", got)
			}
		})
	}
}
