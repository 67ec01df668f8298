package locales

import "unicode/utf8"

// Sizes of the parts of a text message: 3GPP TS 23.040, with the six octets
// that number the parts taken off each part of a longer text.
const (
	oneSeptets, partSeptets = 160, 153
	oneUnits, partUnits     = 70, 67
)

// A Budget is how much text fits somewhere: Septets if every character of it
// is in GSM-7, UTF-16 Units as soon as one is not. It has two numbers because
// the network has: one Bengali letter in an English text makes the whole text
// four times shorter than the reader of the numbers would think.
type Budget struct {
	Septets int
	Units   int
}

// Cost counts s as the network does: in GSM-7 septets (characters of the
// extension table are two) while all of it is in GSM-7, otherwise in UTF-16
// units. It counts exactly what is given: whoever normalises a text does so
// before measuring it, since NFC makes two units of য় and ड़. A byte that is
// not UTF-8 counts as the replacement character it would be sent as.
func Cost(s string) (units int, gsm bool) {
	size := SizeOf(s)
	if size.Other {
		return size.Units, false
	}
	return size.Septets, true
}

// A Size is what a text takes of a Budget. The sizes of whole texts add up to
// that of the text they make; the zero Size is that of no text.
type Size struct {
	Septets int  // of what of it is in GSM-7
	Units   int  // of all of it
	Other   bool // a character of it is not in GSM-7
}

// SizeOf counts s as Cost does.
func SizeOf(s string) (size Size) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			n := asciiSeptets[c]
			size.Septets += int(n)
			size.Units++
			size.Other = size.Other || n == 0
			i++
		case c == 0xE0 && i+2 < len(s) && s[i+1]&0xE0 == 0xA0 && s[i+2]&0xC0 == 0x80:
			size.Units++ // U+0800 to U+0FFF: the letters of India, not worth decoding
			size.Other = true
			i += 3
		default:
			r, width := utf8.DecodeRuneInString(s[i:])
			n := septetsOf(r)
			size.Septets += n
			size.Units += unitsOf(r)
			size.Other = size.Other || n == 0
			i += width
		}
	}
	return size
}

// Plus is the size of two texts in one.
func (a Size) Plus(b Size) Size {
	return Size{a.Septets + b.Septets, a.Units + b.Units, a.Other || b.Other}
}

// Fits reports whether a text of that size can be sent within b.
func (a Size) Fits(b Budget) bool {
	if a.Other {
		return a.Units <= b.Units
	}
	return a.Septets <= b.Septets
}

// Fits reports whether all of s can be sent within b.
func Fits(s string, b Budget) bool { return SizeOf(s).Fits(b) }

// Segments returns how many text messages s is sent, and paid for, as: 160
// septets or 70 units in one, 153 or 67 in each of several. A character of two
// septets or two units is never divided, so a part may end one short. No text
// is no message.
func Segments(s string) int {
	total, gsm := Cost(s)
	one, part, size := oneUnits, partUnits, unitsOf
	if gsm {
		one, part, size = oneSeptets, partSeptets, septetsOf
	}
	switch {
	case total == 0:
		return 0
	case total <= one:
		return 1
	}
	segments, room := 0, 0
	for _, r := range s {
		n := size(r)
		if n > room {
			segments++
			room = part
		}
		room -= n
	}
	return segments
}

func unitsOf(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// septetsOf returns 1 for the basic table of GSM-7, 2 for its extension and 0
// for everything else.
func septetsOf(r rune) int {
	if r < utf8.RuneSelf {
		return int(asciiSeptets[r])
	}
	switch r {
	case '£', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', 'Ø', 'ø', 'Å', 'å',
		'Δ', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ',
		'Æ', 'æ', 'ß', 'É', '¤', '¡', 'Ä', 'Ö', 'Ñ', 'Ü', '§', '¿', 'ä', 'ö', 'ñ', 'ü', 'à':
		return 1
	case '€':
		return 2
	}
	return 0
}

// asciiSeptets is the ASCII half of the default alphabet and its extension
// table, 3GPP TS 23.038, 6.2.1. The grave accent is in neither.
var asciiSeptets = [utf8.RuneSelf]uint8{
	'\n': 1, '\r': 1, '\f': 2,
	' ': 1, '!': 1, '"': 1, '#': 1, '$': 1, '%': 1, '&': 1, '\'': 1, '(': 1, ')': 1,
	'*': 1, '+': 1, ',': 1, '-': 1, '.': 1, '/': 1,
	'0': 1, '1': 1, '2': 1, '3': 1, '4': 1, '5': 1, '6': 1, '7': 1, '8': 1, '9': 1,
	':': 1, ';': 1, '<': 1, '=': 1, '>': 1, '?': 1, '@': 1,
	'A': 1, 'B': 1, 'C': 1, 'D': 1, 'E': 1, 'F': 1, 'G': 1, 'H': 1, 'I': 1, 'J': 1,
	'K': 1, 'L': 1, 'M': 1, 'N': 1, 'O': 1, 'P': 1, 'Q': 1, 'R': 1, 'S': 1, 'T': 1,
	'U': 1, 'V': 1, 'W': 1, 'X': 1, 'Y': 1, 'Z': 1,
	'[': 2, '\\': 2, ']': 2, '^': 2, '_': 1,
	'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1, 'f': 1, 'g': 1, 'h': 1, 'i': 1, 'j': 1,
	'k': 1, 'l': 1, 'm': 1, 'n': 1, 'o': 1, 'p': 1, 'q': 1, 'r': 1, 's': 1, 't': 1,
	'u': 1, 'v': 1, 'w': 1, 'x': 1, 'y': 1, 'z': 1,
	'{': 2, '|': 2, '}': 2, '~': 2,
}
