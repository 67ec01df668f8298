package booking

import (
	"encoding/json"
	"fmt"
	"time"
)

// India is the zone of every date and time of day in the programme. India has
// no daylight saving time, so a fixed offset needs no zone data.
var India = time.FixedZone("IST", 5*3600+1800)

// A Date is a day in India, counted from 1 January 1970. The zero Date means
// "no day" wherever a day may be missing.
type Date int32

// DateOf returns the day in India on which t falls.
func DateOf(t time.Time) Date {
	y, m, d := t.In(India).Date()
	return NewDate(y, m, d)
}

// NewDate returns the given day; months and days beyond their range roll over.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	return NewDate(t.Date()), nil
}

// Time is midnight at the start of the day in India.
func (d Date) Time() time.Time {
	y, m, day := d.Civil()
	return time.Date(y, m, day, 0, 0, 0, 0, India)
}

// Civil returns the day as year, month and day.
func (d Date) Civil() (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// Year returns the calendar year, from which ages are reckoned.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

func (d Date) String() string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// MarshalJSON writes YYYY-MM-DD.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads YYYY-MM-DD; "" is no day.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		*d = 0
		return nil
	}
	p, err := ParseDate(s)
	*d = p
	return err
}

// A Window is a span of one day in minutes since midnight, From before To.
type Window struct {
	From int16 `json:"from"`
	To   int16 `json:"to"`
}

// Span returns the window's two ends in minutes since midnight.
func (w Window) Span() (from, to int) { return int(w.From), int(w.To) }

func (w Window) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, w.To/60, w.To%60)
}

// ParseWindow reads HH:MM-HH:MM, 24-hour.
func ParseWindow(s string) (Window, error) {
	var fh, fm, th, tm int
	if n, err := fmt.Sscanf(s, "%d:%d-%d:%d", &fh, &fm, &th, &tm); n != 4 || err != nil ||
		fmt.Sprintf("%02d:%02d-%02d:%02d", fh, fm, th, tm) != s { // Sscanf takes signs, spaces and what follows
		return Window{}, fmt.Errorf("window %q is not HH:MM-HH:MM", s)
	}
	from, to := fh*60+fm, th*60+tm
	if fh < 0 || fm < 0 || tm < 0 || fm > 59 || tm > 59 || to > 24*60 || from >= to {
		return Window{}, fmt.Errorf("window %q does not run forward within a day", s)
	}
	return Window{From: int16(from), To: int16(to)}, nil
}
