package booking_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tikaline/booking"
)

func TestParseMSISDN(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want booking.MSISDN // "": refused
	}{
		"ten digits":                      {"9876543210", "+919876543210"},
		"with a plus":                     {"+919876543210", "+919876543210"},
		"with the country":                {"919876543210", "+919876543210"},
		"with a nought":                   {"09876543210", "+919876543210"},
		"with nought and country":         {"0919876543210", "+919876543210"},
		"as dialled from abroad":          {"00919876543210", "+919876543210"},
		"in groups":                       {" +91 98765-43210 ", "+919876543210"},
		"in brackets":                     {"(+91) 98765.43210", "+919876543210"},
		"lowest":                          {"6000000000", "+916000000000"},
		"highest":                         {"9999999999", "+919999999999"},
		"begins like the country":         {"9198765432", "+919198765432"},
		"land line":                       {"02222223333", ""},
		"begins with 5":                   {"5876543210", ""},
		"too short":                       {"987654321", ""},
		"too long":                        {"98765432101", ""},
		"nothing":                         {"", ""},
		"only a plus":                     {"+", ""},
		"letters":                         {"98765O3210", ""},
		"digits that were not folded":     {"९८७६५४३२१०", ""},
		"Nepal":                           {"+9779841234567", ""},
		"Singapore, ten digits in all":    {"+6591234567", ""},
		"Iran, as if the plus said India": {"+9876543210", ""},
		"two plus signs":                  {"+91+9876543210", ""},
		"plus at the end":                 {"919876543210+", ""},
		"plus before a nought":            {"+09876543210", ""},
		"short code":                      {"1075", ""},
		"NUL":                             {"9876543210\x00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := booking.ParseMSISDN(tt.in)
			if got != tt.want || booking.Refused(err, booking.BadNumber) != (tt.want == "") {
				t.Errorf("%q: %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
	t.Run("what it gives it takes", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.StringMatching(`[6-9][0-9]{9}`).Draw(t, "national")
			for _, form := range []string{"%s", "0%s", "91%s", "+91%s", "0091%s", "+91 %s", "091-%s"} {
				if got, err := booking.ParseMSISDN(fmt.Sprintf(form, n)); err != nil || got != booking.MSISDN("+91"+n) {
					t.Fatalf(form+": %q, %v", n, got, err)
				}
			}
		})
	})
}

// TestCell holds cells to what is stored: they are part of every key.
func TestCell(t *testing.T) {
	t.Run("stays what it was", func(t *testing.T) {
		// crc32 (IEEE) modulo 1024, reckoned with zlib
		for number, want := range map[booking.MSISDN]int16{
			"+919876543210": 606, "+916000000000": 602, "+917777777777": 714, "+918888888888": 994, "+919999999999": 293,
		} {
			if got := number.Cell(); got != want {
				t.Errorf("%s is in cell %d, want %d", number, got, want)
			}
		}
	})
	t.Run("is one of those that there are", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			n := booking.MSISDN(rapid.String().Draw(t, "number"))
			if c := n.Cell(); c < 0 || c >= booking.Cells || c != n.Cell() {
				t.Fatalf("%q is in cell %d", n, c)
			}
		})
	})
	t.Run("spreads numbers that follow each other evenly", func(t *testing.T) {
		const mean = 200
		var in [booking.Cells]int
		for i := range booking.Cells * mean {
			in[booking.MSISDN(fmt.Sprintf("+91%010d", 9_800_000_000+i)).Cell()]++
		}
		for cell, n := range in {
			if n < mean*6/10 || n > mean*14/10 { // six standard deviations
				t.Errorf("cell %d has %d numbers, the mean is %d", cell, n, mean)
			}
		}
	})
}

func TestTail(t *testing.T) {
	for number, want := range map[booking.MSISDN]string{"+919876543210": "210", "12": "12", "": ""} {
		if got := number.Tail(); got != want {
			t.Errorf("%q is logged as %q, want %q", number, got, want)
		}
	}
}

func FuzzParseMSISDN(f *testing.F) {
	for _, s := range []string{"9876543210", "+91 98765 43210", "0091-9876543210", "+6591234567", "", "९८७६५४३२१०", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := booking.ParseMSISDN(s)
		if err != nil {
			if !booking.Refused(err, booking.BadNumber) || n != "" {
				t.Fatalf("%q: %q, %v", s, n, err)
			}
			return
		}
		if len(n) != 13 || n[:3] != "+91" || n[3] < '6' {
			t.Fatalf("%q: %q", s, n)
		}
		if again, err := booking.ParseMSISDN(string(n)); err != nil || again != n {
			t.Fatalf("%q: %q, then %q, %v", s, n, again, err)
		}
	})
}
