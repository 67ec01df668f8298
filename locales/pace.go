package locales

import (
	"time"
	"unicode"
)

// A pace is how long a voice needs for what a text is made of.
type pace struct{ letter, digit, comma, stop time.Duration }

var paces = map[string]pace{
	English: {85 * time.Millisecond, 350 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond},
	Hindi:   {85 * time.Millisecond, 350 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond},
	Bengali: {85 * time.Millisecond, 350 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond},
}

// Spoken estimates how long a voice takes to say text. Languages in Latin
// letters are heard as their native ones; one that is not ours is timed as
// English.
func Spoken(lang, text string) time.Duration {
	p, ok := paces[Native(lang)]
	if !ok {
		p = paces[English]
	}
	var d time.Duration
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			d += p.digit
		case r == ',' || r == ':' || r == ';':
			d += p.comma
		case r == '.' || r == '।' || r == '?' || r == '!':
			d += p.stop
		case unicode.IsLetter(r) || unicode.IsMark(r):
			d += p.letter
		}
	}
	return d
}
