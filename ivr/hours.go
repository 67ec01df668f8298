package ivr

import (
	"slices"
	"time"

	"tikaline/booking"
)

// Hours is when there are agents, in minutes of the day in India.
type Hours struct {
	From, To int
	Off      []time.Weekday
}

// Open reports whether there are agents at a time.
func (h Hours) Open(at time.Time) bool {
	at = at.In(booking.India)
	minute := at.Hour()*60 + at.Minute()
	return minute >= h.From && minute < h.To && !slices.Contains(h.Off, at.Weekday())
}

// Next returns at, or when there are agents again after it; zero where there never
// are any.
func (h Hours) Next(at time.Time) time.Time {
	if h.Open(at) {
		return at
	}
	for day := booking.DateOf(at); day <= booking.DateOf(at)+7; day++ {
		if from := day.Time().Add(time.Duration(h.From) * time.Minute); !from.Before(at) && h.Open(from) {
			return from
		}
	}
	return time.Time{}
}
