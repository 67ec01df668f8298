package booking_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tikaline/booking"
)

func TestParseName(t *testing.T) {
	for name, tt := range map[string]struct {
		in, want string
		code     booking.Code
	}{
		"Latin":                  {"Asha Devi", "Asha Devi", ""},
		"Devanagari":             {"आशा देवी", "आशा देवी", ""},
		"Bengali with a joiner":  {"শর্\u200dমা", "শর্\u200dমা", ""},
		"Tamil":                  {"ஆஷா", "ஆஷா", ""},
		"initials":               {"K. R. Rao", "K. R. Rao", ""},
		"apostrophe and dash":    {"Mary-Ann D'Souza", "Mary-Ann D'Souza", ""},
		"spaces tidied":          {"  Asha \t Devi\n", "Asha Devi", ""},
		"two letters":            {"Jo", "Jo", ""},
		"one letter":             {"J", "", booking.NameTooShort},
		"one letter with a sign": {"आ", "", booking.NameTooShort},
		"dots only":              {"...", "", booking.NameTooShort},
		"nothing":                {"", "", booking.NameTooShort},
		"most letters":           {strings.Repeat("a", 60), strings.Repeat("a", 60), ""},
		"one letter more":        {strings.Repeat("a", 61), "", booking.NameTooLong},
		"60 of three bytes":      {strings.Repeat("क", 60), strings.Repeat("क", 60), ""},
		"digits":                 {"Asha 2", "", booking.NameNotWords},
		"digits of Devanagari":   {"आशा २", "", booking.NameNotWords},
		"punctuation":            {"Asha; DROP TABLE", "", booking.NameNotWords},
		"emoji":                  {"Asha 😀", "", booking.NameNotWords},
		"control character":      {"Asha\x07", "", booking.NameNotWords},
		"right-to-left override": {"Asha\u202eived", "", booking.NameNotWords},
		"broken UTF-8":           {"Asha\xff", "", booking.NameNotWords},
		"joiners only":           {"\u200c\u200d", "", booking.NameTooShort},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := booking.ParseName(tt.in)
			if got != tt.want || code(t, err) != tt.code {
				t.Errorf("%q: %q, %v; want %q, %q", tt.in, got, err, tt.want, tt.code)
			}
		})
	}
	t.Run("too long says how much is allowed", func(t *testing.T) {
		_, err := booking.ParseName(strings.Repeat("a", 61))
		if p, _ := booking.AsProblem(err); p == nil || p.Args["Max"] != booking.NameMax {
			t.Errorf("refused with %v", err)
		}
	})
}

func TestParseBirth(t *testing.T) {
	for _, tt := range []struct {
		in, on string
		year   int
		code   booking.Code
	}{
		{"1958", "2021-09-20", 1958, ""}, {"63", "2021-09-20", 1958, ""}, {"063", "2021-09-20", 1958, ""}, {"120", "2021-09-20", 1901, ""},
		{"18", "2021-09-20", 2003, ""}, {"17", "2021-09-20", 0, booking.YearWanted}, {"16", "2021-09-20", 2005, ""},
		// Those of 45 to 59 had to bring a certificate at first.
		{"45", "2021-03-02", 1976, ""}, {"44", "2021-03-02", 0, booking.YearWanted}, {"58", "2021-03-02", 1963, ""},
		{"59", "2021-03-02", 0, booking.YearWanted}, {"60", "2021-03-02", 1961, ""},
		{"121", "2021-09-20", 0, booking.BadYear}, {"999", "2021-09-20", 0, booking.BadYear}, {"5", "2021-09-20", 0, booking.BadYear},
		{"", "2021-09-20", 0, booking.BadYear}, {"ab", "2021-09-20", 0, booking.BadYear}, {"-1", "2021-09-20", 0, booking.BadYear}, {"+63", "2021-09-20", 0, booking.BadYear},
		{"1800", "2021-09-20", 0, booking.BadYear}, {"2022", "2021-09-20", 0, booking.BadYear},
	} {
		year, err := booking.India2021().ParseBirth(tt.in, day(tt.on))
		ok := err == nil && tt.code == "" || tt.code != "" && booking.Refused(err, tt.code)
		if !ok || err == nil && year != tt.year {
			t.Errorf("%q on %s is %d, %v; want %d %s", tt.in, tt.on, year, err, tt.year, tt.code)
		}
	}
}

func TestParseYear(t *testing.T) {
	today := day("2021-03-01")
	for in, want := range map[string]int{
		"1958": 1958, "2021": 2021, "1901": 1901, "2022": 0, "1900": 0, "58": 0, "": 0, "19588": 0, "+958": 0, "-958": 0, "19 8": 0, "0x7A": 0, "१९५८": 0,
	} {
		got, err := booking.ParseYear(in, today)
		if got != want || booking.Refused(err, booking.BadYear) != (want == 0) {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
}

func TestParseIDLast4(t *testing.T) {
	for name, tt := range map[string]struct {
		in, want string
	}{
		"four digits":            {"1234", "1234"},
		"letters and digits":     {"34F9", "34F9"},
		"small letters":          {"ab1c", "AB1C"},
		"whole Aadhaar number":   {"2345 6789 0123", "0123"},
		"whole PAN":              {"ABCDE1234F", "234F"},
		"driving licence":        {"WB-01/2011.0001234", "1234"},
		"three":                  {"123", ""},
		"nothing":                {"", ""},
		"signs only":             {"-- /", ""},
		"no id is that long":     {strings.Repeat("1", 21), ""},
		"longest":                {strings.Repeat("1", 16) + "2345", "2345"},
		"digits of Devanagari":   {"१२३४", ""},
		"name in place of an id": {"आशा देवी", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := booking.ParseIDLast4(tt.in)
			if got != tt.want || booking.Refused(err, booking.BadID) != (tt.want == "") {
				t.Errorf("%q: %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
	t.Run("keeps four characters of any id", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			id := rapid.StringMatching(`[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}`).Draw(t, "aadhaar")
			if got, err := booking.ParseIDLast4(id); err != nil || len(got) != 4 || !strings.HasSuffix(id, got) {
				t.Fatalf("%q: %q, %v", id, got, err)
			}
		})
	})
}

func TestBeneficiary(t *testing.T) {
	b := booking.Beneficiary{Appointments: []booking.Appointment{
		{Dose: 1, Status: booking.Attended}, {Dose: 2, Status: booking.Missed}, {Dose: 2, Status: booking.Cancelled},
	}}
	if _, ok := b.Live(); ok {
		t.Error("an appointment that is over counts as live")
	}
	for _, s := range []booking.Status{booking.Held, booking.Booked} {
		b.Appointments[2].Status = s
		if live, ok := b.Live(); !ok || live.Status != s {
			t.Errorf("%s does not count as live", s)
		}
	}
	if b.Doses() != 1 {
		t.Errorf("had %d doses", b.Doses())
	}
	if _, ok := b.Taken(1); !ok {
		t.Error("dose 1 is not known")
	}
	if _, ok := b.Taken(2); ok {
		t.Error("dose 2 that was booked counts as taken")
	}
	h := booking.Household{People: []booking.Beneficiary{{Reference: "1"}, {Reference: "2"}}}
	if got, ok := h.Person("2"); !ok || got.Reference != "2" {
		t.Errorf("found %v", got)
	}
	if _, ok := h.Person(""); ok {
		t.Error("found somebody without a reference id")
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Asha Devi", "आशा देवी", "শর্\u200dমা", "...", "Asha 2", "\xff", strings.Repeat("क ", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := booking.ParseName(s)
		if err != nil {
			if _, ok := booking.AsProblem(err); !ok || n != "" {
				t.Fatalf("%q: %q, %v", s, n, err)
			}
			return
		}
		if !utf8.ValidString(n) || utf8.RuneCountInString(n) > booking.NameMax || strings.TrimSpace(n) != n {
			t.Fatalf("%q: %q", s, n)
		}
		if again, err := booking.ParseName(n); err != nil || again != n {
			t.Fatalf("%q: %q, then %q, %v", s, n, again, err)
		}
	})
}

func FuzzParseIDLast4(f *testing.F) {
	for _, s := range []string{"1234", "2345 6789 0123", "ABCDE1234F", "ab-1/c.", "", "\xff1234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := booking.ParseIDLast4(s)
		if (err == nil) != (len(got) == 4) || strings.Trim(got, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Fatalf("%q: %q, %v", s, got, err)
		}
	})
}

func FuzzParseYear(f *testing.F) {
	for _, s := range []string{"1958", "+958", "0000", "9999", "", "195", "१९५८"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		y, err := booking.ParseYear(s, day("2021-03-01"))
		if err == nil && (y < 1901 || y > 2021) || err != nil && y != 0 {
			t.Fatalf("%q: %d, %v", s, y, err)
		}
	})
}

func FuzzParseProgramme(f *testing.F) {
	f.Add([]byte(`{"name":"x","consent":"1","household":[{"from":"2021-01-16","people":4}],"photo_ids":[{"key":"a","wire":1,"from":"2021-01-16"}],` +
		`"phases":[{"name":"all","registration":"2021-03-01","doses":"2021-03-01"}],"vaccines":[{"name":"V","doses":2,"gaps":[{"dose":2,"from":"2021-01-16","days":28}]}],` +
		`"booking":{"last_minute":"15:00"}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"name":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := booking.ParseProgramme(b)
		if err != nil {
			return
		}
		// What was read can be asked anything.
		for d := day("2020-12-31"); d < day("2022-06-01"); d += 97 {
			if p.PeoplePerNumber(d) < 1 {
				t.Fatalf("nobody to a number on %s", d)
			}
			_ = p.IDs(d)
			for born := 1901; born < 2022; born += 30 {
				if _, err := p.NextDose(booking.Beneficiary{Applicant: booking.Applicant{BirthYear: born}}, d); err != nil {
					if _, ok := booking.AsProblem(err); !ok {
						t.Fatal(err)
					}
				}
			}
		}
	})
}
