// Package locales holds every word said to a citizen, in en, hi, bn, hi-Latn
// and bn-Latn, and what has to be known about letters: the digits of every
// script, what a text costs to send, where it may be cut.
//
//	words, err := locales.Default()
//	...
//	text, err := words.Text("hi", "ussd", "booking.offer", map[string]any{
//		"Day":   day,   // has Civil() (int, time.Month, int): "5 नवंबर (गुरु)"
//		"At":    slot,  // has Span() (from, to int):          "सुबह 10-11"
//		"Place": centre, // has In(lang string) string
//		"Count": 12,    // chooses the plural
//	})
//	if !locales.Fits(text, budget) { ... }
//
//	answer := locales.Fold("  ८००००१ ") // "800001"
//
// # How a message is written
//
// One file per language, en.toml first, by hand. A message is words and
// {{.Name}}; {{if .Name}}…{{end}} where it cannot be helped. A medium that
// needs other words has them under its own name, which comes first; one that
// needs many has a directory of them (ivr/hi.toml, web/hi.toml):
//
//	[registration]
//	born = "Year of birth, 4 digits?"
//
//	[ivr.registration]
//	born = "Please key in the four digits of the year of birth."
//
//	[find]
//	found = {one = "{{.Count}} centre near you", other = "{{.Count}} centres near you"}
//
// Where room is short, a message may have several wordings, richest first. Text says
// the first, Wordings returns all, and a poorer one may use other values that the
// message is given:
//
//	[ussd.registration]
//	born = ["{{.Name}}: year of birth, 4 digits?", "Year of birth?"]
//
// In speech (ivr) the name of a value says how: {{.Pincode}}, {{.Reference}} and
// {{.Last4}} are digits one by one in groups, {{.Code}} slower still, {{.Year}}
// "19 सौ 58", {{.Dose}} "first"; times are those of a clock that strikes, and a
// distance comes with its unit. Spoken estimates how long a text takes to say.
//
// In Hindi and Bengali `one` is said of 0 as well as of 1, so it must show the
// number. No key may be one, other, id, description or another word go-i18n
// has plans for.
//
// # What it promises
//
//   - A Catalogue never changes; it may be used by any number of goroutines.
//   - Text gives the whole message or an error and "", never "<no value>" and
//     never a text in another script than the caller can read (see Chain).
//   - Load refuses what would only be noticed on a citizen's phone.
//   - Every number, date and time has the digits 0-9, and nothing this package
//     adds is outside GSM-7 in the Latin languages.
//   - Folding twice is folding once. Parts of a Cut or a Split, joined, are the
//     text, and each fits unless a single code point does not.
//
// # What was decided, and why
//
// go-i18n is the catalogue and chooses plurals, with one bundle per language:
// it has no chained fallback, and with one bundle for all, a message missing
// in hi-Latn comes back in English without hi having been looked at. Its
// templates are replaced by our own (template.go), because a text is made for
// every message that arrives and text/template takes most of that time, and
// because a value that is missing has to be an error.
//
// Names of months, weekdays and times of day are Go tables rather than
// messages: they are chosen by arithmetic, must all be there, and a test sets
// the whole of them side by side for a native reader. No time has U+202F in it
// (CLDR's do), which would turn an SMS in Latin letters into UCS-2.
//
// Text is never normalised on its way out. NFC makes two units of য়, ड़ and
// their like, an SMS template has to be sent in the form it was registered in,
// and Cost can only be right about the bytes that are really sent.
//
// What is a code is told from what is a number by its name in the message, not
// by a type: the values are stored strings, and a translator sees the name.
//
// Names of people are never transliterated: what was typed is what is shown.
package locales
