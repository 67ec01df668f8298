package locales

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Missing lists what would make a citizen hear another language than the one
// they chose, or nothing: "hi: registration.born", for every id that some
// language has and another lacks. A variant for one medium must be there in
// all languages or in none; where it is not needed, the bare text is repeated.
// Speech and pages have no use for the languages in Latin letters: those are
// for phones that show nothing else. Sorted; empty is good.
func (c *Catalogue) Missing() []string {
	var out []string
	for _, id := range c.allIDs() {
		medium, _, _ := strings.Cut(id, ".")
		for _, lang := range Languages {
			if (medium == speech || medium == pages) && lang != Native(lang) {
				continue
			}
			if c.message(lang, id) == nil {
				out = append(out, lang+": "+id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Mismatched lists the messages whose richest wording asks for other values than
// that of their English, and plurals in Indian languages whose one form lacks {{.Count}}: there
// that form also says 0, so "one place left" would be a lie. Sorted; empty is
// good.
func (c *Catalogue) Mismatched() []string {
	var out []string
	for _, lang := range Languages {
		for _, id := range c.IDs(lang) {
			m := c.message(lang, id)
			if en := c.message(English, id); en != nil && !slices.Equal(m.placeholders, en.placeholders) {
				out = append(out, fmt.Sprintf("%s: %s: has %v, English %v", lang, id, m.placeholders, en.placeholders))
			}
			if m.plural && lang != English && !slices.Contains(m.forms[0].placeholders, "Count") {
				out = append(out, fmt.Sprintf("%s: %s: the one form is used for 0 too and needs {{.Count}}", lang, id))
			}
		}
	}
	slices.Sort(out)
	return out
}

// Costly lists the messages whose words cost more than they show: in the Latin
// languages a character that is not in GSM-7 (₹, ’, a long dash, a Bengali
// letter left over) makes the whole screen or SMS more than twice as dear; in
// any, white space at the ends or U+202F. Texts for ivr and web alone may hold
// what they like, and so may those under the key "language": each language is
// offered in its own letters, on a screen that is short enough for it. Sorted;
// empty is good.
func (c *Catalogue) Costly() []string {
	var out []string
	for _, lang := range Languages {
		for _, id := range c.IDs(lang) {
			if medium, _, _ := strings.Cut(id, "."); medium == speech || medium == pages {
				continue
			}
			m := c.message(lang, id)
			for _, f := range slices.Concat(m.forms, m.poorer) {
				for _, fault := range costlyWords(f.src, Script(lang) == "Latn" && !offersLanguages(id)) {
					out = append(out, fmt.Sprintf("%s: %s: %s", lang, id, fault))
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func offersLanguages(id string) bool {
	return slices.Contains(strings.Split(id, "."), "language")
}

func costlyWords(words string, latin bool) []string {
	var faults []string
	if strings.TrimFunc(words, unicode.IsSpace) != words {
		faults = append(faults, "white space at an end")
	}
	for _, r := range words {
		if latin && septetsOf(r) == 0 || r == '\u202F' {
			faults = append(faults, fmt.Sprintf("%q (U+%04X) is not in GSM-7", r, r))
		}
	}
	return faults
}

func (c *Catalogue) message(lang, id string) *message {
	if t := c.tongues[lang]; t != nil {
		return t.messages[key{"", id}]
	}
	return nil
}

func (c *Catalogue) allIDs() []string {
	var ids []string
	for _, t := range c.tongues {
		ids = append(ids, t.ids...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
