package booking

import "strings"

// Names is what a place is called in each language: en, hi, bn. English is
// always there.
type Names map[string]string

// In is the name in a language, English where there is none. Latin variants
// (hi-Latn, bn-Latn) read the English name, which is in their letters.
func (n Names) In(lang string) string {
	if s := n[lang]; s != "" {
		return s
	}
	return n["en"]
}

// Short cuts a name at a word to at most max characters, for the 30 that a
// registered SMS template allows a variable.
func Short(name string, max int) string {
	name = strings.Join(strings.Fields(name), " ")
	r := []rune(name)
	if len(r) <= max {
		return name
	}
	cut := string(r[:max+1])
	if i := strings.LastIndexByte(cut, ' '); i > max/2 {
		return strings.TrimRight(cut[:i], " ,-")
	}
	return strings.TrimSpace(string(r[:max]))
}
