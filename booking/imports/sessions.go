package imports

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tikaline/booking"
)

// SessionsHeader is the columns of a file of sessions.
const SessionsHeader = "centre_code,date,vaccine,dose,min_age,max_age,slots,places,on_the_spot"

var sessionColumns = columns("centre_code*/code/centre_id/center_id date* vaccine* dose* min_age*/min_age_limit max_age/max_age_limit slots* places*/capacity on_the_spot/spot")

const (
	placesMax = 5000 // in a slot: ten times the largest hall recorded
	aheadMax  = 366  // days
	ageMax    = 120
)

// ReadSessions reads a file of sessions for known centres. It returns the good
// lines, without ids of their own, and a report; the error means that the file
// as a whole cannot be read.
func ReadSessions(r io.Reader, a Against) ([]booking.Session, Report, error) {
	var report Report
	if a.Programme == nil {
		return nil, report, errors.New("sessions are read against a programme")
	}
	type group struct {
		centre         int64
		day            booking.Date
		vaccine        string
		dose, min, max int
	}
	lines := make(map[group]int)
	var list []booking.Session
	err := readTable(r, sessionColumns, &report, func(r row) {
		s, err := a.session(r)
		key := group{s.Centre, s.Day, s.Vaccine, s.Dose, s.MinAge, s.MaxAge}
		if line, twice := lines[key]; err == nil && twice {
			err = fmt.Errorf("a session of this centre, date, vaccine, dose and ages is in line %d already", line)
		}
		if err != nil {
			report.refuse(r.line, "%v", err)
			return
		}
		lines[key] = r.line
		list = append(list, s)
		report.Good++
	})
	return list, report, err
}

func (a Against) session(r row) (booking.Session, error) {
	var s booking.Session
	var err error
	code := r.cells["centre_code"]
	id, ok := a.Centres[code]
	if !ok {
		return s, fmt.Errorf("there is no centre with code %q: import the centres first", code)
	}
	s.Centre = id
	if s.Day, err = a.day(r.cells["date"]); err != nil {
		return s, err
	}
	vaccine, err := a.vaccine(r.cells["vaccine"], s.Day)
	if err != nil {
		return s, err
	}
	s.Vaccine = vaccine.Name
	if s.Dose, err = within("dose", r.cells["dose"], 1, lastDose(vaccine)); err != nil {
		return s, err
	}
	if s.MinAge, err = within("min_age", r.cells["min_age"], 0, ageMax); err != nil {
		return s, err
	}
	if cell := r.cells["max_age"]; cell != "" {
		if s.MaxAge, err = within("max_age", cell, 0, ageMax); err != nil {
			return s, err
		}
	}
	if s.MaxAge != 0 && s.MaxAge < s.MinAge {
		return s, fmt.Errorf("max_age %d is below min_age %d", s.MaxAge, s.MinAge)
	}
	s.Slots, err = slots(r)
	return s, err
}

func (a Against) day(cell string) (booking.Date, error) {
	d, err := date(cell)
	switch {
	case err != nil:
		return d, err
	case d < a.Today:
		return d, fmt.Errorf("%s has passed", d)
	case d > a.Today+aheadMax:
		return d, fmt.Errorf("%s is more than a year ahead", d)
	}
	return d, nil
}

// vaccine returns the programme's of that name, whatever its capitals and
// spaces.
func (a Against) vaccine(cell string, day booking.Date) (booking.Vaccine, error) {
	var names []string
	for _, v := range a.Programme.Vaccines {
		if letters(v.Name) == letters(cell) {
			if day < v.From {
				return v, fmt.Errorf("%s is given from %s on, not on %s", v.Name, v.From, day)
			}
			return v, nil
		}
		names = append(names, v.Name)
	}
	return booking.Vaccine{}, fmt.Errorf("vaccine %q is not in the programme: it has %s", cell, strings.Join(names, ", "))
}

func lastDose(v booking.Vaccine) int {
	last := v.Doses
	for _, g := range v.Gaps {
		last = max(last, g.Dose)
	}
	return last
}

// slots returns the windows of a line, in order, with their places.
func slots(r row) ([]booking.Slot, error) {
	// "09:00 - 11:00" is one slot.
	cell := strings.NewReplacer(" - ", "-", " – ", "-", " -", "-", "- ", "-", " AM", "AM", " PM", "PM", " am", "AM", " pm", "PM").Replace(r.cells["slots"])
	words := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" ,;|", r) })
	if len(words) == 0 {
		return nil, errors.New("slots are missing")
	}
	places, err := shares("places", r.cells["places"], len(words))
	if err != nil {
		return nil, err
	}
	spot, err := shares("on_the_spot", r.cells["on_the_spot"], len(words))
	if err != nil {
		return nil, err
	}
	var all []booking.Slot
	for i, word := range words {
		w, err := window(word)
		if err != nil {
			return nil, err
		}
		all = append(all, booking.Slot{Window: w, Capacity: places[i], Spot: spot[i]})
	}
	slices.SortFunc(all, func(a, b booking.Slot) int { return int(a.Window.From) - int(b.Window.From) })
	some := 0
	for i, s := range all {
		if i > 0 && s.Window.From < all[i-1].Window.To {
			return nil, fmt.Errorf("slots %s and %s overlap", all[i-1].Window, s.Window)
		}
		some += s.Capacity + s.Spot
	}
	if some == 0 {
		return nil, errors.New("places and on_the_spot are all 0")
	}
	return all, nil
}

// shares returns a number for each slot: one for all, or as many as there are.
func shares(what, cell string, count int) ([]int, error) {
	// A comma inside a number groups its thousands; behind a number it
	// separates.
	words := strings.FieldsFunc(strings.ReplaceAll(cell, ", ", " "), func(r rune) bool { return strings.ContainsRune(" ;|", r) })
	if len(words) == 0 && what == "on_the_spot" {
		words = []string{"0"}
	}
	if len(words) != 1 && len(words) != count {
		return nil, fmt.Errorf("%s has %d numbers for %d slots", what, len(words), count)
	}
	all := make([]int, count)
	for i := range all {
		n, err := within(what, words[min(i, len(words)-1)], 0, placesMax)
		if err != nil {
			return nil, err
		}
		all[i] = n
	}
	return all, nil
}
