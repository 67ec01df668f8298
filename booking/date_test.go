package booking_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tikaline/booking"
)

func TestDate(t *testing.T) {
	t.Run("begins at midnight in India", func(t *testing.T) {
		for at, want := range map[string]string{
			"2021-02-28T18:29:59Z":      "2021-02-28",
			"2021-02-28T18:30:00Z":      "2021-03-01",
			"2021-03-01T00:00:00+05:30": "2021-03-01",
			"2021-03-01T18:29:59Z":      "2021-03-01",
			"2021-12-31T18:30:00Z":      "2022-01-01",
			"2020-02-28T20:00:00-05:00": "2020-02-29",
		} {
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			if got := booking.DateOf(when).String(); got != want {
				t.Errorf("%s is on %s, want %s", at, got, want)
			}
		}
	})
	t.Run("is counted from 1970", func(t *testing.T) {
		for s, want := range map[string]booking.Date{"1970-01-01": 0, "1970-01-02": 1, "1969-12-31": -1, "2021-03-01": 18687} {
			if got := day(s); got != want {
				t.Errorf("%s is %d, want %d", s, got, want)
			}
		}
	})
	t.Run("is the same in every form", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			d := booking.Date(rapid.Int32Range(-700_000, 2_900_000).Draw(t, "day")) // years 54 to 9909
			if again, err := booking.ParseDate(d.String()); err != nil || again != d {
				t.Fatalf("%s is read as %s, %v", d, again, err)
			}
			if again := booking.NewDate(d.Civil()); again != d {
				t.Fatalf("%s is made into %s", d, again)
			}
			if booking.DateOf(d.Time()) != d || booking.DateOf(d.Time().Add(-time.Nanosecond)) != d-1 {
				t.Fatalf("%s begins at %s", d, d.Time())
			}
			b, err := json.Marshal(d)
			var again booking.Date
			if err != nil || json.Unmarshal(b, &again) != nil || again != d {
				t.Fatalf("%s is %s in JSON, and %s again", d, b, again)
			}
			if y, _, _ := d.Civil(); d.Year() != y {
				t.Fatalf("%s is in %d", d, d.Year())
			}
		})
	})
	t.Run("rolls over", func(t *testing.T) {
		if got := booking.NewDate(2021, time.December, 32); got != day("2022-01-01") {
			t.Errorf("is %s", got)
		}
	})
	t.Run("nothing in JSON is no day", func(t *testing.T) {
		d := day("2021-03-01")
		if err := json.Unmarshal([]byte(`""`), &d); err != nil || d != 0 {
			t.Errorf("is %s, %v", d, err)
		}
	})
	t.Run("what is no date is refused", func(t *testing.T) {
		for _, s := range []string{"", "2021-3-1", "2021-02-29", "2021-13-01", "01-03-2021", "2021-03-01 ", "2021-03-01T00:00", "+2021-03-01", "२०२१-०३-०१"} {
			if d, err := booking.ParseDate(s); err == nil {
				t.Errorf("%q is read as %s", s, d)
			}
			b, _ := json.Marshal(s)
			var d booking.Date
			if err := json.Unmarshal(b, &d); err == nil && s != "" {
				t.Errorf("%s is read as %s", b, d)
			}
		}
		var d booking.Date
		if err := json.Unmarshal([]byte("18687"), &d); err == nil {
			t.Errorf("a number is read as %s", d)
		}
	})
}

func TestWindow(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want booking.Window
		ok   bool
	}{
		"morning":                      {"09:00-11:30", booking.Window{From: 540, To: 690}, true},
		"whole day":                    {"00:00-24:00", booking.Window{From: 0, To: 1440}, true},
		"last minute":                  {"23:59-24:00", booking.Window{From: 1439, To: 1440}, true},
		"backwards":                    {"11:30-09:00", booking.Window{}, false},
		"no time at all":               {"09:00-09:00", booking.Window{}, false},
		"beyond the day":               {"09:00-24:01", booking.Window{}, false},
		"minute 60":                    {"09:60-11:00", booking.Window{}, false},
		"one digit":                    {"9:00-11:00", booking.Window{}, false},
		"blank for a digit":            {" 9:00-11:00", booking.Window{}, false},
		"sign for a digit":             {"+9:00-11:00", booking.Window{}, false},
		"so many hours that they wrap": {"1:00-1100:0", booking.Window{}, false},
		"more behind":                  {"09:00-11:00:", booking.Window{}, false},
		"half":                         {"09:00", booking.Window{}, false},
		"nothing":                      {"", booking.Window{}, false},
		"twelve-hour clock":            {"09:00AM-11AM", booking.Window{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := booking.ParseWindow(tt.in)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("%q: %+v, %v", tt.in, got, err)
			}
			if tt.ok && got.String() != tt.in {
				t.Errorf("%q is written %q", tt.in, got)
			}
		})
	}
	t.Run("is the same in every form", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			from := rapid.Int16Range(0, 1439).Draw(t, "from")
			w := booking.Window{From: from, To: rapid.Int16Range(from+1, 1440).Draw(t, "to")}
			if again, err := booking.ParseWindow(w.String()); err != nil || again != w {
				t.Fatalf("%s is read as %s, %v", w, again, err)
			}
			if a, b := w.Span(); a != int(w.From) || b != int(w.To) {
				t.Fatalf("%s spans %d to %d", w, a, b)
			}
		})
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2021-03-01", "2020-02-29", "2021-02-29", "0000-01-01", "9999-12-31", "", "2021-3-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := booking.ParseDate(s); err == nil && d.String() != s {
			t.Fatalf("%q is read as %s", s, d)
		}
	})
}

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"09:00-11:00", "00:00-24:00", "+9:00-11:00", "1:00-1100:0", "", "09:00-11:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := booking.ParseWindow(s)
		if err == nil && (w.String() != s || w.From < 0 || w.From >= w.To || w.To > 24*60) {
			t.Fatalf("%q is read as %s", s, w)
		}
	})
}
