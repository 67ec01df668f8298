package locales

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// A pace is how long a voice takes over what a text is made of.
type pace struct{ letter, digit, comma, stop time.Duration }

// The paces are of espeak-ng 1.51 at -s 140, fitted to every prompt of the
// dialogues: they come within 0.3 s of what it takes for one, on average. With
// its pauses that is 139 words a minute in English, 134 in Hindi and 107 in
// Bengali, whose words are longer. A person who reads slowly and clearly takes
// no longer; the voices of providers are a little quicker. Letters are counted
// and not words, because that came twice as near.
var paces = map[string]pace{
	English: {75 * time.Millisecond, 320 * time.Millisecond, 330 * time.Millisecond, 800 * time.Millisecond},
	Hindi:   {95 * time.Millisecond, 350 * time.Millisecond, 160 * time.Millisecond, 750 * time.Millisecond},
	Bengali: {100 * time.Millisecond, 345 * time.Millisecond, 170 * time.Millisecond, 800 * time.Millisecond},
}

// breath is what a voice needs before each text.
const breath = 150 * time.Millisecond

// WordsAMinute is the speed of speech that Spoken reckons with, pauses
// included.
var WordsAMinute = map[string]int{English: 139, Hindi: 134, Bengali: 107}

// Spoken estimates how long a voice takes to say a text, slowly and clearly.
// Each digit counts: 22 is as long as 2 2. Languages in Latin letters are heard
// as their native ones; one that is not ours is timed as English.
func Spoken(lang, text string) time.Duration {
	p, ok := paces[Native(lang)]
	if !ok {
		p = paces[English]
	}
	var d, pause time.Duration
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			d += pause + p.digit
		case r == ',' || r == ':' || r == ';':
			pause = max(pause, p.comma)
			continue
		case r == '.' || r == '।' || r == '?' || r == '!':
			pause = p.stop
			continue
		case unicode.IsLetter(r) || unicode.IsMark(r):
			d += pause + paces[readBy(r)].letter
		case r == ' ' || r == utf8.RuneError:
			continue
		}
		pause = 0
	}
	if d == 0 {
		return 0
	}
	return breath + d
}

// readBy is the language whose letters r is one of: a name in other letters
// takes its own time.
func readBy(r rune) string {
	switch {
	case unicode.Is(unicode.Devanagari, r):
		return Hindi
	case unicode.Is(unicode.Bengali, r):
		return Bengali
	}
	return English
}
