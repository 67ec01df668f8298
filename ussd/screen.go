package ussd

import (
	"fmt"
	"strconv"
	"strings"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// medium is how the catalogue is asked for a screen's words.
const medium = "ussd"

// maxOptions is how many options a screen shows: more is a burden, even where
// there is room.
const maxOptions = 5

// DefaultBudget is what an Indian operator passes (facts of NIC's service):
// a whole screen in GSM-7, or with a single Indian letter anywhere in it.
var DefaultBudget = locales.Budget{Septets: 150, Units: 60}

// Words is the catalogue: *locales.Catalogue.
type Words interface {
	Text(lang, medium, id string, data map[string]any) (string, error)
	Wordings(lang, medium, id string, data map[string]any) ([]string, error)
}

// A screen is a Prompt in words, before it is cut into pages. What has several
// wordings has them richest first.
type screen struct {
	notes   []string // the reason for asking again, the hint
	bare    bool     // the note only says that the key was wrong: the options say so too
	text    []string // the question
	short   []string // the question, where options follow on a further page
	options []option // numbered by their place

	// Words for the keys that may be shown below; "" is a key that is not offered.
	back, more, home, latin string
}

// An option is a line to choose.
type option struct {
	words string // with its number
	late  bool   // it stands behind those that are not
}

// render puts a Prompt in words. notes are the reason already in words, for a
// further page of what was asked again.
func render(w Words, lang, flow string, p dialog.Prompt, notes []string) (screen, error) {
	s := screen{notes: notes}
	var err error
	words := func(t dialog.Text) []string {
		if t.ID == "" || err != nil {
			return nil
		}
		var all []string
		all, err = w.Wordings(lang, medium, t.ID, t.Data)
		for i, words := range all {
			all[i] = strings.TrimSpace(words)
		}
		return all
	}
	s.text, s.short = words(p.Say), words(p.Short)
	if len(notes) == 0 && (flow != "language" || p.Note.Data["Code"] != nil) { // languages are told by themselves
		s.notes = words(p.Note)
		s.bare = p.Note.ID == "problem."+string(booking.NotAnOption)
		if hint := words(p.Hint); len(hint) > 0 {
			s.notes, s.bare = combine(s.notes, hint), false
		}
	}
	if c, ok := p.Expect.(dialog.Choice); ok {
		s.options = make([]option, len(c.Options))
		for i, o := range c.Options {
			words, e := w.Text(lang, medium, o.Label.ID, o.Label.Data)
			if e != nil {
				return s, e
			}
			s.options[i] = option{words: strconv.Itoa(i+1) + " " + strings.TrimSpace(words), late: o.Late}
		}
	}
	if err == nil && (len(s.text) == 0 || s.text[0] == "") {
		err = fmt.Errorf("nothing to show for %q in %s", p.Say.ID, lang)
	}
	return s, err
}

// combine puts the wordings of one text above those of another; where only one
// has room, it is the other.
func combine(above, below []string) []string {
	var all []string
	for _, b := range below {
		for _, a := range above {
			all = append(all, join(a, b))
		}
	}
	return append(all, below...)
}

// An offer says which keys lead on from a question.
type offer struct{ back, home, latin bool }

// layout returns a Prompt in words with its keys below. flow is who asks.
func layout(w Words, lang, flow string, p dialog.Prompt, notes []string, o offer) (screen, error) {
	s, err := render(w, lang, flow, p, notes)
	if err != nil {
		return s, err
	}
	word := func(id string) string {
		words, e := w.Text(lang, medium, id, nil)
		if e != nil {
			err = e
		}
		return words
	}
	s.more = word(textMore)
	if p.Expect == nil {
		return s, err
	}
	if o.back && flow != "home" && flow != "resume" {
		s.back = word(textBack)
	}
	if o.home && flow != "home" {
		s.home = word(textHome)
	}
	// Where a call begins, letters are seen to be wrong; later it would be one
	// key more to wonder about.
	if o.latin && (flow == "home" || flow == "resume" || flow == "language") {
		s.latin = word(textLatin)
	}
	return s, err
}

// offersLatin reports whether 9 is free to say that the letters look wrong.
func offersLatin(lang string, p dialog.Prompt) bool {
	c, ok := p.Expect.(dialog.Choice)
	return ok && len(c.Options) < 9 && locales.Script(lang) != "Latn"
}

// join puts one text below another.
func join(above, below string) string {
	switch {
	case above == "":
		return below
	case below == "":
		return above
	}
	return above + "\n" + below
}
