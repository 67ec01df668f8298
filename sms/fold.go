package sms

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldKey brings a text into the form in which words are compared: full width
// letters are ASCII, letters and their marks stand apart (NFKC, then NFD,
// which together are NFKD), what cannot be seen is gone and so are nuktas, a
// candrabindu is an anusvara and so is a nasal before a stop, digits are 0-9,
// letters are capitals. Folding twice is folding once.
//
// It is for comparing only. What is kept of a text goes through locales.Fold
// or locales.FoldName, which lose less.
func foldKey(s string) string { return string(appendKey(nil, s)) }

// appendKey appends foldKey(s) to dst.
func appendKey(dst []byte, s string) []byte {
	i := 0
	for i < len(s) && ' ' <= s[i] && s[i] < 0x7F {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
		i++
	}
	if i == len(s) {
		return dst
	}
	// The unseen goes first: it may stand between a letter and its marks. The
	// last ASCII letter is done again, as a mark may follow it.
	if i > 0 {
		i--
		dst = dst[:len(dst)-1]
	}
	seen := strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, s[i:])
	var room [96]byte
	var flat []byte
	if norm.NFKD.IsNormalString(seen) {
		flat = append(room[:0], seen...)
	} else {
		flat = norm.NFKD.AppendString(room[:0], seen)
	}
	for len(flat) > 0 {
		r, n := utf8.DecodeRune(flat)
		flat = flat[n:]
		off, indic := indicOffset(r)
		switch {
		case indic && off == nukta, !indic && unseen(r):
			continue
		case indic && off == candrabindu:
			r += anusvara - candrabindu
		case indic && isNasal(off) && beforeStop(flat, off):
			r += anusvara - off
			_, n = utf8.DecodeRune(flat)
			flat = flat[n:] // the virama
		case indic && off >= indicZero && off <= indicZero+9:
			r = '0' + off - indicZero
		case indic:
		case unicode.Is(unicode.Nd, r):
			r = '0' + digitOf(r)
		default:
			r = unicode.ToUpper(r)
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// Places within a block of Unicode. Devanagari and Bengali are laid out alike.
const (
	candrabindu = 0x01
	anusvara    = 0x02
	firstStop   = 0x15
	nasalN      = 0x28
	nasalM      = 0x2E
	nukta       = 0x3C
	virama      = 0x4D
	indicZero   = 0x66
)

// indicOffset is where in the block of Devanagari or Bengali a letter stands.
func indicOffset(r rune) (rune, bool) {
	return r & 0x7F, 0x0900 <= r && r <= 0x09FF
}

// isNasal reports whether the letter is ङ ञ ण न or म.
func isNasal(off rune) bool {
	return off == nasalM || off >= 0x19 && off <= nasalN && (off-0x19)%5 == 0
}

// beforeStop reports whether a virama and a stop follow that the nasal is
// written for: one of its own row, and for न any, since loan words are spelt
// सेन्टर as well as सेंटर.
func beforeStop(flat []byte, nasal rune) bool {
	v, n := utf8.DecodeRune(flat)
	if off, indic := indicOffset(v); !indic || off != virama {
		return false
	}
	r, _ := utf8.DecodeRune(flat[n:])
	stop, indic := indicOffset(r)
	if !indic || stop < firstStop || stop >= nasalM || isNasal(stop) || stop == nasalN+1 {
		return false
	}
	row := nasal - 4 // the first of the four stops before the nasal
	return nasal == nasalN || row <= stop && stop < nasal
}

// unseen reports whether a character is dropped: bytes that are no text,
// control characters that are not white space, joiners, byte order and
// direction marks, variation selectors, and the key around a keycap's digit.
func unseen(r rune) bool {
	switch {
	case r < 0x7F:
		return r < ' ' && !unicode.IsSpace(r)
	case r == utf8.RuneError, r == '\u034F', r == '\u20E3':
		return true
	case 0x0900 <= r && r <= 0x09FF:
		return false
	case r < 0xAD:
		return r != 0x85 && r != 0xA0 && unicode.IsControl(r)
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// digitOf returns the value of a decimal digit of any script: every script has its
// ten in a row, and Go's table has them in runs of whole tens.
func digitOf(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}
