package booking

import (
	"strings"
	"unicode"
)

// Names is the name of a place in each language: en, hi, bn. English is always
// there.
type Names map[string]string

// In returns the name in a language, English where there is none. Latin
// variants (hi-Latn, bn-Latn) get the English name, which is in their letters.
func (n Names) In(lang string) string {
	if s := n[lang]; s != "" {
		return s
	}
	return n["en"]
}

// Short cuts a name at a word to at most max characters, for the 30 that a
// registered SMS template allows a variable. A single long word is cut between
// letters, never within one.
func Short(name string, max int) string {
	name = strings.Join(strings.Fields(name), " ")
	r := []rune(name)
	if len(r) <= max {
		return name
	}
	for i := max; i > max/2; i-- {
		if r[i] == ' ' {
			return strings.TrimRight(string(r[:i]), " ,-")
		}
	}
	n := max
	for n > 0 && inside(r, n) {
		n--
	}
	return strings.TrimSpace(string(r[:n]))
}

// inside reports whether place n is within one written letter: in front of a
// vowel sign, or in a conjunct, which a virama or a joiner holds together.
func inside(r []rune, n int) bool {
	const joiners = "\u094d\u09cd\u200c\u200d"
	return unicode.IsMark(r[n]) || strings.ContainsRune(joiners, r[n]) || strings.ContainsRune(joiners, r[n-1])
}
