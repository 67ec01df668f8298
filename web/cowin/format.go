package cowin

import (
	"fmt"
	"strconv"

	"tikaline/booking"
)

// dmy returns a date as the API writes it: 02-05-2026. No date is "".
func dmy(d booking.Date) string {
	if d == 0 {
		return ""
	}
	y, m, day := d.Civil()
	return fmt.Sprintf("%02d-%02d-%04d", day, m, y)
}

// clock returns a minute of the day: 09:00.
func clock(minute int16) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// seconds returns a minute of the day as sessions have it: 09:00:00.
func seconds(minute int16) string { return clock(minute) + ":00" }

// slotText returns a window as sessions name it: 09:00AM-11:00AM.
func slotText(w booking.Window) string { return half(w.From) + "-" + half(w.To) }

// half returns a minute of the day by the twelve-hour clock: 12:00PM is noon.
func half(minute int16) string {
	h, m := minute/60%24, minute%60
	suffix := "AM"
	if h >= 12 {
		suffix = "PM"
	}
	if h %= 12; h == 0 {
		h = 12
	}
	return fmt.Sprintf("%02d:%02d%s", h, m, suffix)
}

// pinNumber returns a pincode as the number that the API has in some places; 0
// is none.
func pinNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// exact returns degrees as the text that the API has in some places.
func exact(degrees float64) string { return strconv.FormatFloat(degrees, 'f', 8, 64) }

// feeType returns the API's word for a fee: Free or Paid.
func feeType(fee int) string {
	if fee > 0 {
		return "Paid"
	}
	return "Free"
}
