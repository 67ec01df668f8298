package notices

import (
	"strings"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
	"tikaline/sms"
)

// nameLeast is the shortest a name is cut to, in characters, so that a notice
// keeps to its segments. A text that is longer even then costs more: two people
// of a household must not be taken for each other, and a long name its reader
// knows.
const nameLeast = 12

// segmentsMost returns how many segments a notice may cost in a language.
func segmentsMost(lang string) int {
	if locales.Script(lang) == "Latn" {
		return 1
	}
	return 2
}

// Text returns the words of a notice with as much of the name as fits into its
// segments, and leaves that name in values. It fails where the catalogue lacks
// the text.
func Text(words *locales.Catalogue, lang string, kind booking.NoticeKind, values map[string]any) (string, error) {
	word := func() (string, error) { return words.Text(lang, "sms", textID(kind), values) }
	over := func(text string) bool { return locales.Segments(text) > segmentsMost(lang) }
	text, err := word()
	name, ok := values["Name"].(string)
	if !ok {
		return text, err
	}
	for limit := sms.VarMost - 1; limit >= nameLeast && err == nil && over(text); limit-- {
		values["Name"] = shortName(name, limit)
		text, err = word()
	}
	if err == nil && over(text) { // then nothing is gained by it
		values["Name"] = name
		return word()
	}
	return text, err
}

// shortName returns a name of at most so many characters: whole words, unless
// that would leave too little to tell people apart by.
func shortName(name string, most int) string {
	short := booking.Short(name, most)
	if rest := strings.TrimPrefix(name, short); rest == "" || rest[0] == ' ' {
		return short
	}
	if i := strings.LastIndexByte(short, ' '); i >= 0 && utf8.RuneCountInString(short[:i]) >= nameLeast {
		return short[:i]
	}
	return short
}

// Values returns what a notice's text may name. A name is cut to what a variable
// of a registered text holds. Of a one-time password there are only its digits.
// To is empty: the number that citizens text is the program's setting.
func Values(d booking.NoticeData, places *booking.Places) map[string]any {
	if d.OTP != "" {
		return map[string]any{"Code": d.OTP}
	}
	v := map[string]any{"Name": booking.Short(d.Name, sms.VarMost), "Reference": d.Reference, "Code": booking.SecretCode(d.Reference), "To": ""}
	if d.Centre != 0 {
		c, _ := places.Centre(d.Centre)
		v["Centre"], v["Day"], v["Window"], v["When"] = c.Short, d.Day, d.Window, locales.Brief{Day: d.Day, Window: d.Window}
		v["PhotoID"] = photoID(d.PhotoID)
	}
	return v
}

// nameOf is the name of a person in a notice. Where it was spoken and is not
// written down yet, it is the year of birth that it was said with.
func nameOf(a booking.Applicant) any {
	if a.Name == "" {
		return dialog.Recorded{Recording: a.Recording, BirthYear: a.BirthYear}
	}
	return booking.Short(a.Name, sms.VarMost)
}

// photoID is the key of a photo id, worded.
type photoID string

// Word returns the id of its short name in the catalogue.
func (k photoID) Word() string { return "bring." + string(k) }
