package ussd

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

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

// layout is a Prompt in words with its keys below. flow is who asks.
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

// offersLatin tells whether 9 is free to say that the letters look wrong.
func offersLatin(lang string, p dialog.Prompt) bool {
	c, ok := p.Expect.(dialog.Choice)
	return ok && len(c.Options) < 9 && locales.Script(lang) != "Latn"
}

// pages cuts the screen into pages that each fit into b. Joined they hold the
// text and every option; an option keeps its number.
func (s screen) pages(b locales.Budget) []string {
	var all []string
	text, options := s.text, s.options
	for {
		first := len(all) == 0
		if page, ok := s.last(text, options, b, first); ok {
			return append(all, page)
		}
		foot := s.foot(text, options, b, first)
		var body string
		body, text, options = fill(text, options, foot, b)
		if rich := s.footer(b, true, first, true); locales.Fits(join(body, rich), b) {
			foot = rich
		}
		all = append(all, join(body, foot))
	}
}

// last is what is left as one page, with as many keys as fit, if it fits.
func (s screen) last(text string, options []string, b locales.Budget, first bool) (string, bool) {
	if len(options) > maxOptions {
		return "", false
	}
	body := join(text, strings.Join(options, "\n"))
	for _, rich := range []bool{true, false} {
		if page := join(body, s.footer(b, false, first, rich)); locales.Fits(page, b) {
			return page, true
		}
	}
	return "", false
}

// foot is what stands below the next page. Back is not shown where only it
// would cut a word or two off a text or an option: the key works all the same.
func (s screen) foot(text string, options []string, b locales.Budget, first bool) string {
	foot := s.footer(b, true, first, false)
	next := text
	if next == "" {
		next = options[0]
	}
	slim := screen{more: s.more, keys: s.keys}.footer(b, true, first, false)
	if !locales.Fits(join(next, foot), b) && locales.Fits(join(next, slim), b) {
		return slim
	}
	return foot
}

// footer is the keys in one line: Back, More where there is more, what must be
// on the first page, and when rich the rest.
func (s screen) footer(b locales.Budget, more, first, rich bool) string {
	var words []string
	if s.back != "" {
		words = append(words, s.back)
	}
	if more {
		words = append(words, s.more)
	}
	for _, k := range s.keys {
		if rich || first && k.first {
			words = append(words, k.words)
		}
	}
	foot := strings.Join(words, " ")
	half := locales.Budget{Septets: b.Septets / 2, Units: b.Units / 2}
	if !rich && !locales.Fits(foot, half) {
		// no room to say anything: the keys work without being shown
		if more {
			return s.more
		}
		return ""
	}
	return foot
}

// pair is how many options are read against each other: yes and no stay on one
// page where they can.
const pair = 2

// fill takes as much of the text and then as many options as fit above foot.
// It always takes something.
func fill(text string, options []string, foot string, b locales.Budget) (body, restText string, restOptions []string) {
	if text != "" {
		if !locales.Fits(join(text, foot), b) {
			head, rest := cut(text, foot, b)
			return head, rest, options
		}
		body = text
		if both := strings.Join(options, "\n"); len(options) == pair &&
			!locales.Fits(join(join(body, both), foot), b) && locales.Fits(join(both, foot), b) {
			return body, "", options
		}
	}
	n := 0
	for n < len(options) && n < maxOptions {
		longer := join(body, options[n])
		if !locales.Fits(join(longer, foot), b) {
			break
		}
		body = longer
		n++
	}
	if body == "" { // one option is more than a page
		head, rest := cut(options[0], foot, b)
		if options = options[1:]; rest != "" {
			options = append([]string{rest}, options...)
		}
		return head, "", options
	}
	return body, "", options[n:]
}

// cut divides a text where its head fits above foot.
func cut(s, foot string, b locales.Budget) (head, rest string) {
	head, rest = locales.Cut(s, above(foot, b))
	if strings.TrimSpace(head) == "" {
		// no budget that Check lets pass is so small; but never stand still
		_, width := utf8.DecodeRuneInString(rest)
		head, rest = head+rest[:width], rest[width:]
	}
	return strings.TrimSpace(head), strings.TrimSpace(rest)
}

// above is what is left of b when foot stands below.
func above(foot string, b locales.Budget) locales.Budget {
	if foot == "" {
		return b
	}
	units, gsm := locales.Cost("\n" + foot)
	if !gsm {
		// the whole page is sent in UTF-16, and a GSM-7 letter is never less
		// than a unit
		left := max(0, b.Units-units)
		return locales.Budget{Septets: left, Units: left}
	}
	return locales.Budget{Septets: max(0, b.Septets-units), Units: max(0, b.Units-1-utf8.RuneCountInString(foot))}
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
