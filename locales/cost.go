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
	septets := 0
	for i, r := range s {
		n := septetsOf(r)
		if n == 0 {
			return mixedUnits(s, i), false
		}
		septets += n
	}
	return septets, true
}

// mixedUnits counts all of s in UTF-16 units; the first i bytes are GSM-7,
// where each character is one unit.
func mixedUnits(s string, i int) int {
	units := utf8.RuneCountInString(s[:i])
	for _, r := range s[i:] {
		units += unitsOf(r)
	}
	return units
}

// Fits reports whether all of s can be sent within b.
func Fits(s string, b Budget) bool {
	units, gsm := Cost(s)
	return b.fits(units, gsm)
}

func (b Budget) fits(units int, gsm bool) bool {
	if gsm {
		return units <= b.Septets
	}
	return units <= b.Units
}

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
