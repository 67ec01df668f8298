package ivr

import (
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

// Text is its words.
func (h Heard) Text() string {
	var parts []string
	for _, v := range h.Verbs {
		if v.Do == Say {
			parts = append(parts, v.Text)
		}
	}
	return strings.Join(parts, " ")
}

// Hear is a Prompt as it is heard in a language, page by page, by somebody who
// hears it first. Of a name that was only spoken it has the words.
func Hear(words Words, lang string, p dialog.Prompt) ([]Heard, error) {
	s := speaker{words: words, lang: lang}
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
