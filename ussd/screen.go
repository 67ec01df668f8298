package ussd

import (
	"fmt"
	"strconv"
	"strings"

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
}

// A screen is a Prompt in words, before it is cut into pages.
type screen struct {
	text    string   // the note, the hint and the question
	options []string // numbered
	back    string   // words for the key to the question before, if there is one
	more    string   // words for the key to the next page
	keys    []key    // what else is offered below
}

// A key is a word or two of the footer, shown where there is room.
type key struct {
	words string
	first bool // must be on the first page
}

// render puts a Prompt in words. note is the reason already in words, for a
// further page of what was asked again.
func render(w Words, lang string, p dialog.Prompt, note string) (screen, error) {
	var s screen
	var parts []string
	if note != "" {
		parts = append(parts, note)
	}
	for _, t := range []dialog.Text{p.Note, p.Hint, p.Say} {
		if t.ID == "" {
			continue
		}
		words, err := w.Text(lang, medium, t.ID, t.Data)
		if err != nil {
			return s, err
		}
		if words = strings.TrimSpace(words); words != "" {
			parts = append(parts, words)
		}
	}
	s.text = strings.Join(parts, "\n")
	if c, ok := p.Expect.(dialog.Choice); ok {
		for i, o := range c.Options {
			words, err := w.Text(lang, medium, o.Label.ID, o.Label.Data)
			if err != nil {
				return s, err
			}
			s.options = append(s.options, strconv.Itoa(i+1)+" "+strings.TrimSpace(words))
		}
	}
	if s.text == "" && len(s.options) == 0 {
		return s, fmt.Errorf("nothing to show for %q in %s", p.Say.ID, lang)
	}
	return s, nil
}

// An offer says which keys lead on from a question.
type offer struct{ back, home, latin bool }

// layout returns a Prompt in words with its keys below. flow is who asks.
func layout(w Words, lang, flow string, p dialog.Prompt, note string, o offer) (screen, error) {
	s, err := render(w, lang, p, note)
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
		s.keys = append(s.keys, key{words: word(textHome)})
	}
	// Where a call begins, letters are seen to be wrong; later it would be one
	// key more to wonder about.
	if o.latin && (flow == "home" || flow == "resume" || flow == "language") {
		s.keys = append(s.keys, key{words: word(textLatin), first: flow == "home"})
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
