package imports

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tikaline/booking"
)

// tidy returns a cell without the spaces around it, without Excel's two ways of
// marking text ('800001 and ="800001"), and without invisible characters. Runs
// of spaces inside become single.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b' || r == '\ufeff' || r == '\u00ad':
			return -1
		case unicode.IsControl(r) || unicode.IsSpace(r): // the no-break space too
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if inside, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inside, `"`) {
		s = strings.TrimSpace(inside[:len(inside)-1])
	}
	if rest, ok := strings.CutPrefix(s, "'"); ok && rest != "" && foldDigits(rest)[0] >= '0' && foldDigits(rest)[0] <= '9' {
		s = rest
	}
	return s
}

// zeros are the digits 0 of the scripts of India; in each script the digits 1
// to 9 follow it.
const zeros = "०০੦૦୦௦౦೦൦０٠۰"

// foldDigits writes digits of every script as 0-9.
func foldDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		for _, zero := range zeros {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, s)
}

// number reads a whole number in the forms that people and Excel write: 250,
// 1,200, 250.0, Rs 250, 250/-.
func number(s string) (int, error) {
	n := foldDigits(s)
	for _, sign := range []string{"₹", "Rs.", "Rs", "INR"} {
		n = strings.TrimPrefix(n, sign)
	}
	n = strings.TrimSuffix(strings.TrimSpace(n), "/-")
	n = strings.ReplaceAll(n, ",", "")
	if whole, part, ok := strings.Cut(n, "."); ok && strings.Trim(part, "0") == "" {
		n = whole
	}
	v, err := strconv.ParseInt(n, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return int(v), nil
}

// within reads a whole number between bounds, both included.
func within(what, s string, least, most int) (int, error) {
	if s == "" {
		return 0, fmt.Errorf("%s is missing", what)
	}
	n, err := number(s)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%s %d is not from %d to %d", what, n, least, most)
	}
	return n, nil
}

// pincode reads a pincode, also one that Excel has made a number of.
func pincode(s string) (string, error) {
	p := strings.TrimSuffix(strings.ReplaceAll(foldDigits(s), " ", ""), ".0")
	switch {
	case p == "":
		return "", fmt.Errorf("pincode is missing")
	case strings.ContainsAny(p, "eE") && strings.ContainsRune(p, '+'):
		return "", fmt.Errorf("pincode %q was shortened by the spreadsheet: format the column as text", s)
	case !wellFormed(p):
		return "", fmt.Errorf("pincode %q is not six digits, the first not 0", s)
	}
	return p, nil
}

// position reads latitude and longitude in degrees; two empty cells are 0, 0.
func position(lat, lon string) (source, error) {
	if lat == "" && lon == "" {
		return source{}, nil
	}
	var p source
	var err error
	if p.lat, err = strconv.ParseFloat(foldDigits(lat), 64); err != nil {
		return p, fmt.Errorf("lat %q is not a number of degrees", lat)
	}
	if p.lon, err = strconv.ParseFloat(foldDigits(lon), 64); err != nil {
		return p, fmt.Errorf("lon %q is not a number of degrees", lon)
	}
	switch {
	case p.inIndia():
		return p, nil
	case source{lat: p.lon, lon: p.lat}.inIndia():
		return p, fmt.Errorf("lat %s and lon %s have changed places", lat, lon)
	}
	return p, fmt.Errorf("lat %s and lon %s are not in India", lat, lon)
}

// yes reads yes and no, also written free and paid, as in lists of what a
// centre costs rather than of who runs it.
func yes(what, s string) (bool, error) {
	switch strings.ToLower(s) {
	case "yes", "y", "true", "1", "government", "govt", "public", "free", "हाँ", "हां", "हाँ।", "হ্যাঁ":
		return true, nil
	case "no", "n", "false", "0", "private", "pvt", "paid", "नहीं", "না":
		return false, nil
	}
	return false, fmt.Errorf("%s %q is neither yes nor no", what, s)
}

// date reads YYYY-MM-DD and, as is usual in India, DD-MM-YYYY, also with the
// slashes that Excel writes.
func date(s string) (booking.Date, error) {
	d := strings.NewReplacer("/", "-", ".", "-").Replace(foldDigits(s))
	for _, layout := range []string{time.DateOnly, "2-1-2006", "2-Jan-2006"} {
		if t, err := time.Parse(layout, d); err == nil {
			return booking.NewDate(t.Date()), nil
		}
	}
	return 0, fmt.Errorf("date %q is neither YYYY-MM-DD nor DD-MM-YYYY", s)
}

// window reads 09:00-11:00, 9:00 - 11:00 and the Co-WIN API's 09:00AM-11:00AM.
func window(s string) (booking.Window, error) {
	from, to, ok := strings.Cut(strings.NewReplacer("–", "-", "—", "-", ".", ":").Replace(foldDigits(s)), "-")
	start, err1 := clock(from)
	end, err2 := clock(to)
	if !ok || err1 != nil || err2 != nil {
		return booking.Window{}, fmt.Errorf("slot %q is not like 09:00-11:00", s)
	}
	if start >= end {
		return booking.Window{}, fmt.Errorf("slot %q does not run forward within a day", s)
	}
	return booking.Window{From: start, To: end}, nil
}

func clock(s string) (int16, error) {
	for _, layout := range []string{"15:04", "3:04PM"} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return int16(t.Hour()*60 + t.Minute()), nil
		}
	}
	if s == "24:00" {
		return 24 * 60, nil
	}
	return 0, fmt.Errorf("%q is no time of day", s)
}
