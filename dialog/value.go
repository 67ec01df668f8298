package dialog

import (
	"strings"
	"time"

	"tikaline/booking"
)

// A Slot is a day and a stretch of it among the values of a Text: "2 Dec Wed
// 9-11 am".
type Slot struct {
	Day    booking.Date
	Window booking.Window
}

// Brief returns its parts; from and to are minutes since midnight.
func (s Slot) Brief() (year int, month time.Month, day, from, to int) {
	year, month, day = s.Day.Civil()
	from, to = s.Window.Span()
	return year, month, day, from, to
}

// Terse is a Slot without the part of the day, where room is short.
type Terse Slot

// Terse returns its parts, as Slot.Brief does.
func (s Terse) Terse() (year int, month time.Month, day, from, to int) { return Slot(s).Brief() }

// Soon is a Slot that is said by how far it is from today: "tomorrow 9-11",
// "Thu 9-11".
type Soon struct {
	Slot
	Today booking.Date
}

// Soon returns how many days ahead it is, and its parts as Slot.Brief does.
func (s Soon) Soon() (ahead, year int, month time.Month, day, from, to int) {
	year, month, day, from, to = s.Slot.Brief()
	return int(s.Day - s.Today), year, month, day, from, to
}

// A Short is a name that may be cut, among the values of a Text: "Mohammad
// Sh..".
type Short string

// Short returns the whole name.
func (s Short) Short() string { return string(s) }

// At is a centre with what a caller must know before they agree to go there:
// that it is far, and that it takes money.
type At struct {
	Centre booking.Names
	Km     float64
	Paid   bool
}

// farKm is from where a distance is said.
const farKm = 10

// Phrase returns the message to put in its place, with its values.
func (a At) Phrase() (id string, data map[string]any) {
	data = map[string]any{"Centre": a.Centre, "Km": Km(a.Km)}
	switch {
	case a.Paid && a.Km >= farKm:
		return "place.far_paid", data
	case a.Paid:
		return "place.paid", data
	case a.Km >= farKm:
		return "place.far", data
	}
	return "place.near", data
}

// Also names the vaccine of an offer where a centre has several.
type Also struct{ Vaccine booking.Names }

// Phrase returns the message to put in its place, with its values.
func (a Also) Phrase() (id string, data map[string]any) {
	return "offer.also", map[string]any{"Vaccine": a.Vaccine}
}

// A Recorded is a person without a written name among the values of a Text: a
// channel that is heard plays the Recording where there is one; any other says
// when the person was born.
type Recorded struct {
	Recording string
	BirthYear int
}

// Phrase returns the message to put in its place, with its values.
func (r Recorded) Phrase() (id string, data map[string]any) {
	return "person.recorded", map[string]any{"Year": yearText(r.BirthYear)}
}

// nameOf returns what a person is called.
func nameOf(a booking.Applicant) any {
	if a.Name == "" {
		return Recorded{Recording: a.Recording, BirthYear: a.BirthYear}
	}
	return a.Name
}

// firstOf returns a person's first name.
func firstOf(a booking.Applicant) any {
	if first, _, ok := strings.Cut(a.Name, " "); ok {
		return first
	}
	return nameOf(a)
}

// shortOf returns a person's name as one that may be cut.
func shortOf(a booking.Applicant) any {
	if a.Name == "" {
		return nameOf(a)
	}
	return Short(a.Name)
}
