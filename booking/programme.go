package booking

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Programme is the rules of a vaccination drive: who may come from when,
// which vaccines, how far apart the doses, which ids, how many to a number.
// It is a file, not code, because such rules change every few weeks.
type Programme struct {
	Name       string      `json:"name"`
	Source     string      `json:"source"`
	Consent    string      `json:"consent"` // version of the consent text
	Household  []People    `json:"household"`
	PhotoIDs   []PhotoID   `json:"photo_ids"`
	Phases     []Phase     `json:"phases"`     // for doses 1 and 2
	Precaution []Phase     `json:"precaution"` // for dose 3
	Vaccines   []Vaccine   `json:"vaccines"`
	Conditions Conditions  `json:"conditions"`
	Booking    BookingRule `json:"booking"`

	// WrittenNames means that nobody registers with a name that was only spoken
	// and has yet to be written down. A caller is then handed over to an agent.
	WrittenNames bool `json:"written_names"`
}

// People is how many may share a number, from a day on.
type People struct {
	From   Date   `json:"from"`
	People int    `json:"people"`
	Source string `json:"source"`
}

// A PhotoID is a kind of identity document. Key is stored; Wire is the Co-WIN
// API's number.
type PhotoID struct {
	Key  string `json:"key"`
	Wire int    `json:"wire"`
	From Date   `json:"from"`
}

// A Phase opens the drive to a group. Ages are calendar year less year of
// birth. Until is the last day, 0 for ever; no Vaccines means all of them.
type Phase struct {
	Name         string   `json:"name"`
	Registration Date     `json:"registration"`
	Doses        Date     `json:"doses"`
	Until        Date     `json:"until"`
	MinAge       int      `json:"min_age"`
	MaxAge       int      `json:"max_age"`
	Certificate  bool     `json:"certificate"` // of one of the Conditions
	Vaccines     []string `json:"vaccines"`
	Source       string   `json:"source"`
}

// A Vaccine is named as on the wire of the Co-WIN API.
type Vaccine struct {
	Name  string `json:"name"`
	From  Date   `json:"from"`
	Doses int    `json:"doses"`
	Gaps  []Gap  `json:"gaps"`
}

// A Gap is the least number of days from the dose before, in force for what is
// booked from a day on. Bookings made under an older gap stay valid.
type Gap struct {
	Dose   int    `json:"dose"`
	From   Date   `json:"from"`
	Days   int    `json:"days"`
	Source string `json:"source"`
}

// Conditions are the illnesses that a certificate may name.
type Conditions struct {
	Count  int         `json:"count"`
	Source string      `json:"source"`
	List   []Condition `json:"list"`
}

// A Condition is one of them, by its number on the official form.
type Condition struct {
	No   int    `json:"no"`
	Name string `json:"name"`
}

// BookingRule is until when a place may be booked or changed.
type BookingRule struct {
	LastMinute       string `json:"last_minute"`        // HH:MM, for the same day
	Dose2DaysBefore  int    `json:"dose2_days_before"`  // days before the day, at least
	ChangeDaysBefore int    `json:"change_days_before"` // for moving and cancelling
	Source           string `json:"source"`
	lastMinute       int
}

//go:embed programmes/india2021.json
var india2021 []byte

// India2021 returns the built-in programme: India's, from January 2021 on.
func India2021() *Programme {
	p, err := ParseProgramme(india2021)
	if err != nil {
		panic(err) // the file is part of the program and tested with it
	}
	return p
}

// ParseProgramme reads a programme file; its error names the entry that is
// wrong. Unknown keys are refused: a misspelt rule must not be no rule.
func ParseProgramme(b []byte) (*Programme, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	p := new(Programme)
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("read programme: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("read programme: something follows the closing brace")
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("programme %q: %w", p.Name, err)
	}
	return p, nil
}

func (p *Programme) check() error {
	switch {
	case p.Name == "":
		return fmt.Errorf("name is missing")
	case p.Consent == "":
		return fmt.Errorf("consent is missing")
	case len(p.Household) == 0:
		return fmt.Errorf("household is empty: how many may share a number?")
	case len(p.PhotoIDs) == 0:
		return fmt.Errorf("photo_ids is empty")
	case len(p.Phases) == 0:
		return fmt.Errorf("phases is empty: nobody could register")
	case len(p.Vaccines) == 0:
		return fmt.Errorf("vaccines is empty")
	}
	for _, ph := range slices.Concat(p.Phases, p.Precaution) {
		if ph.Name == "" || ph.Registration == 0 || ph.Doses < ph.Registration || (ph.MaxAge != 0 && ph.MaxAge < ph.MinAge) {
			return fmt.Errorf("phase %q: needs a name, registration not after doses, max_age not below min_age", ph.Name)
		}
		if ph.Until != 0 && ph.Until < ph.Doses {
			return fmt.Errorf("phase %q: until is before doses", ph.Name)
		}
		for _, v := range ph.Vaccines {
			if _, ok := p.Vaccine(v); !ok {
				return fmt.Errorf("phase %q: vaccine %q is not in vaccines", ph.Name, v)
			}
		}
	}
	for _, v := range p.Vaccines {
		if v.Name == "" || v.Doses < 1 {
			return fmt.Errorf("vaccine %q: needs a name and doses", v.Name)
		}
		in := make(map[int]Date) // force, by dose
		for _, g := range v.Gaps {
			if g.Dose < 2 || g.Days < 0 || g.From <= in[g.Dose] {
				return fmt.Errorf("vaccine %q: a gap needs a dose from 2, days not below 0, and a later from than the one before", v.Name)
			}
			in[g.Dose] = g.From
		}
	}
	return p.checkLimits()
}

// checkLimits checks the ids and numbers. The last of a list that is in force
// counts, so lists must be in the order of their days.
func (p *Programme) checkLimits() error {
	since := Date(0)
	for _, h := range p.Household {
		if h.People < 1 || h.From <= since {
			return fmt.Errorf("household: needs people from 1, and a later from than the one before")
		}
		since = h.From
	}
	keys := make(map[string]bool)
	for _, id := range p.PhotoIDs {
		if id.Key == "" || keys[id.Key] {
			return fmt.Errorf("photo id %q: needs a key of its own", id.Key)
		}
		keys[id.Key] = true
	}
	b := &p.Booking
	var h, m int
	if n, err := fmt.Sscanf(b.LastMinute, "%d:%d", &h, &m); n != 2 || err != nil ||
		fmt.Sprintf("%02d:%02d", h, m) != b.LastMinute || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return fmt.Errorf("booking.last_minute %q is not HH:MM", b.LastMinute)
	}
	if b.Dose2DaysBefore < 0 || b.ChangeDaysBefore < 0 {
		return fmt.Errorf("booking: dose2_days_before and change_days_before are not below 0")
	}
	b.lastMinute = h*60 + m
	return nil
}

// Vaccine returns the vaccine of that name; ok is false where the programme has
// none.
func (p *Programme) Vaccine(name string) (Vaccine, bool) {
	for _, v := range p.Vaccines {
		if v.Name == name {
			return v, true
		}
	}
	return Vaccine{}, false
}

// PeoplePerNumber returns how many may be registered under one number that day.
func (p *Programme) PeoplePerNumber(day Date) int {
	n := 0
	for _, r := range p.Household {
		if r.From <= day {
			n = r.People
		}
	}
	if n == 0 {
		n = p.Household[0].People
	}
	return n
}

// IDs returns the photo ids accepted that day, in the order in which to offer
// them.
func (p *Programme) IDs(day Date) []PhotoID {
	var ids []PhotoID
	for _, id := range p.PhotoIDs {
		if id.From <= day {
			ids = append(ids, id)
		}
	}
	return ids
}
