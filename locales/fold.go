package locales

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	zwnj = '\u200C'
	zwj  = '\u200D'

	joiners = "\u200C\u200D"
)

// Fold brings what somebody typed into the one form everything is compared in.
// The digits of every script become 0-9, full width letters ASCII, any run of
// white space or line breaks one space, none at the ends; joiners, direction
// marks and other signs that cannot be seen are gone, as are control
// characters and bytes that are not UTF-8; the rest is in NFC. Folding twice
// is folding once. Letters keep their case.
//
// Fold is for answers that are compared. A name goes through FoldName, for
// without its joiners a Bengali or Hindi name may look different.
func Fold(s string) string { return fold(s, false) }

// FoldName folds as Fold does, but keeps a joiner that stands between two
// letters of an Indic script, where it chooses their shape (র‍্যাব).
func FoldName(s string) string {
	for {
		folded := fold(s, true)
		// Taking one joiner out lets NFC move the marks around it, and another
		// joiner may then stand between other neighbours than it did.
		if folded == s || !strings.ContainsAny(folded, joiners) {
			return folded
		}
		s = folded
	}
}

// Digits returns the digits of an answer that consists of digits, with spaces,
// dots and dashes between them. Of an answer that holds anything else it
// returns "": dropping the O from 8O00001 would make a pincode nobody typed.
func Digits(s string) string {
	s = Fold(s)
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			out = append(out, byte(r))
		case r == ' ' || r == '.' || r == '\u2212' || unicode.Is(unicode.Pd, r):
		default:
			return ""
		}
	}
	return string(out)
}

func fold(s string, name bool) string {
	if plain(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	var (
		last   rune // written so far, 0 at the start
		space  bool // waits for a word to follow
		joiner rune // waits to see what it joins
	)
	for _, r := range s {
		if r == utf8.RuneError {
			continue // a byte that is not UTF-8, or the mark of one lost on the way
		}
		switch r = foldRune(r); r {
		case nothing:
			continue
		case zwj, zwnj:
			if name && !space && joiner == 0 && isIndic(last) {
				joiner = r
			}
			continue
		case ' ':
			space, joiner = last != 0, 0
			continue
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		if joiner != 0 && isIndic(r) {
			out.WriteRune(joiner)
		}
		joiner = 0
		out.WriteRune(r)
		last = r
	}
	// NFC comes last: what was taken out may have kept a letter and its mark apart.
	return norm.NFC.String(out.String())
}

// plain reports whether s is ASCII that folding leaves alone, as nearly every
// answer by keypad is.
func plain(s string) bool {
	space := true // none at the start, no two in a row
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && space, c < ' ', c >= 0x7F:
			return false
		case c == ' ':
			space = true
		default:
			space = false
		}
	}
	return s == "" || !space
}

// nothing stands for a character that folding removes.
const nothing rune = -1

// foldRune maps a character to its folded form. White space of all kinds is
// ' '; joiners are returned as they are.
func foldRune(r rune) rune {
	switch {
	case ' ' < r && r < 0x7F:
		return r
	case unicode.IsSpace(r):
		return ' '
	case r == zwj || r == zwnj:
		return r
	case 0xFF01 <= r && r <= 0xFF5E: // full width ASCII
		return r - 0xFF01 + '!'
	case unicode.Is(unicode.Nd, r):
		return '0' + digitValue(r)
	case unicode.In(r, unicode.Cc, unicode.Cf), // byte order and direction marks are in Cf
		unicode.Is(unicode.Variation_Selector, r),
		r == '\u034F', // grapheme joiner: unseen, and NFC adds it to long runs of marks
		r == '\u20E3': // the key drawn around a digit in a keycap emoji
		return nothing
	}
	return r
}

// digitValue gives 0 to 9. Unicode lays each script's decimal digits out in a
// row, and Go's table has them in runs of whole tens (a test looks).
func digitValue(r rune) rune {
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

// isIndic reports whether r is a letter or sign of Devanagari, Bengali or one
// of the other scripts of India that Unicode lays out beside them.
func isIndic(r rune) bool {
	return 0x0900 <= r && r <= 0x0D7F && (unicode.IsLetter(r) || unicode.IsMark(r))
}
