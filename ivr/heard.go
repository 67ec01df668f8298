package ivr

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tikaline/dialog"
)

// A Heard is what a caller hears before an answer is waited for: the Say and
// Pause verbs, how long it takes, and how many choices are in it.
type Heard struct {
	Verbs   []Verb
	Took    time.Duration
	Choices int
}

// Text returns its words.
func (h Heard) Text() string {
	var parts []string
	for _, v := range h.Verbs {
		if v.Do == Say {
			parts = append(parts, v.Text)
		}
	}
	return strings.Join(parts, " ")
}

// Hear returns a Prompt as it is heard in a language, page by page, by somebody who
// hears it first. Of a name that was only spoken it has the words. A nil voice
// has no recordings.
func Hear(words Words, voice Voice, lang string, p dialog.Prompt) ([]Heard, error) {
	s := speaker{words: words, voice: voice, lang: lang}
	if x, ok := p.Expect.(dialog.Choice); ok && p.Say.ID == "language.pick" {
		pg, err := s.languages(x.Options)
		return []Heard{{pg.verbs, pg.took, len(pg.offered)}}, err
	}
	var all []Heard
	for from := 0; len(all) == 0 || from > 0; {
		pg, err := s.put(p, from, false)
		if err != nil {
			return nil, err
		}
		all = append(all, Heard{pg.verbs, pg.took + pg.note, len(pg.offered)})
		from = pg.next
	}
	return all, nil
}

// press stands in the name of a recording between a choice and its key.
const press = ".press."

// Script returns what has to be read aloud for the recording that a Voice is asked
// for by that id; false where there is no such message, or it has values.
func Script(words Words, lang, id string) (string, bool) {
	if !slices.Contains(Languages, lang) {
		return "", false
	}
	s := speaker{words: words, lang: lang}
	option, key, isChoice := strings.Cut(id, press)
	if !isChoice {
		text, err := words.Text(lang, medium, id, nil)
		return text, err == nil
	}
	n, err := strconv.Atoi(key)
	if err != nil || n < 1 || n > MaxChoices {
		return "", false
	}
	said, err := s.choice(dialog.Text{ID: option}, n)
	return Heard{Verbs: said.verbs}.Text(), err == nil
}
