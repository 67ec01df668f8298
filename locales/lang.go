package locales

import "slices"

// The five languages, by the tag that is stored with a household. They are
// strings so that what is stored reads as what it is.
const (
	English      = "en"
	Hindi        = "hi"
	Bengali      = "bn"
	HindiLatin   = "hi-Latn"
	BengaliLatin = "bn-Latn"
)

// Languages lists every language there are words in, the one that all others
// fall back to first. Tests range over it; nobody may change it.
var Languages = []string{English, Hindi, Bengali, HindiLatin, BengaliLatin}

// speech is the medium that is heard. All others are read on a screen; pages
// is the one that shows every script.
const (
	speech = "ivr"
	pages  = "web"
)

// Valid reports whether lang is one of Languages, letter for letter: a tag
// that merely matches ("hi-IN", "HI") is not. What a caller chose is mapped to
// one of the five where it is chosen, never here, because matchers guess
// (x/text takes ur, ne and ta for English, and says it is sure).
func Valid(lang string) bool { return slices.Contains(Languages, lang) }

// Latin returns the form of lang that is written in Latin letters. English is
// its own; a tag that is not Valid gives English, which every phone can show.
func Latin(lang string) string {
	switch lang {
	case Hindi, HindiLatin:
		return HindiLatin
	case Bengali, BengaliLatin:
		return BengaliLatin
	}
	return English
}

// Native returns the form of lang in the script its readers learn at school:
// hi for hi-Latn, bn for bn-Latn, and any other tag as it is.
func Native(lang string) string {
	switch lang {
	case HindiLatin:
		return Hindi
	case BengaliLatin:
		return Bengali
	}
	return lang
}

// Script returns the ISO 15924 code of the letters lang is written in: Latn,
// Deva or Beng. Latn is the only one that can be sent in GSM-7.
func Script(lang string) string {
	switch lang {
	case Hindi:
		return "Deva"
	case Bengali:
		return "Beng"
	}
	return "Latn"
}

// Chain lists the languages a text is looked for in, the one asked for first.
// A phone that asked for Latin letters cannot show, or its owner cannot read,
// the native ones: on a screen it goes straight to English. An ear does not
// mind letters, so speech tries the native text before it changes language.
// The result is shared and must not be changed; it is nil for a language that
// is not Valid.
func Chain(lang, medium string) []string {
	switch lang {
	case English:
		return chainEnglish
	case Hindi:
		return chainHindi
	case Bengali:
		return chainBengali
	case HindiLatin:
		if medium == speech {
			return chainHindiHeard
		}
		return chainHindiLatin
	case BengaliLatin:
		if medium == speech {
			return chainBengaliHeard
		}
		return chainBengaliLatin
	}
	return nil
}

var (
	chainEnglish      = []string{English}
	chainHindi        = []string{Hindi, English}
	chainBengali      = []string{Bengali, English}
	chainHindiLatin   = []string{HindiLatin, English}
	chainBengaliLatin = []string{BengaliLatin, English}
	chainHindiHeard   = []string{HindiLatin, Hindi, English}
	chainBengaliHeard = []string{BengaliLatin, Bengali, English}
)
