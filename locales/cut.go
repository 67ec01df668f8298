package locales

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Cut returns a head of s that fits into b, and the rest; together they are s,
// byte for byte. The head is as long as it can be, but ends after a line break
// if one lies in its second half, else beside a space there, and anyhow between
// two letters as the reader sees them: never inside a conjunct, nor before a
// vowel sign. A space at the cut stays with the head if it fits there.
//
// Only a single letter larger than b is divided, between code points. If not
// even one fits, the head is "".
func Cut(s string, b Budget) (head, rest string) {
	at, line, word := longest(s, b, letter)
	switch half := at / 2; {
	case at == len(s):
	case at == 0:
		at, _, _ = longest(s, b, codePoint)
	case line > half:
		at = line
	case word > half:
		at = word
	}
	return s[:at], s[at:]
}

// Split cuts s into parts that each fit into b. Joined they are s. A part may
// begin with the space it was cut at. Where b is too small for a code point,
// or allows no character outside GSM-7 and s has one, the last part is what is
// left and does not fit.
func Split(s string, b Budget) []string {
	var parts []string
	for s != "" {
		head, rest := Cut(s, b)
		if head == "" {
			return append(parts, rest)
		}
		parts = append(parts, head)
		s = rest
	}
	return parts
}

// Truncate returns as much of s as has at most n UTF-16 units, which is what
// India's operators and phones count as characters (names in a registered SMS
// template may have 30). It ends after a whole letter, without a space.
func Truncate(s string, n int) string {
	units := 0
	for rest := s; rest != ""; {
		next := letter(rest)
		for _, r := range next {
			units += unitsOf(r)
		}
		if units > n {
			return strings.TrimRightFunc(s[:len(s)-len(rest)], unicode.IsSpace)
		}
		rest = rest[len(next):]
	}
	return s
}

// longest returns the end of the longest head of whole pieces that fits, and
// within it the last places after a line break and beside a space. What is too
// long in one alphabet may fit in the other if the budget is odd, so it looks
// on until neither can hold.
func longest(s string, b Budget, piece func(string) string) (at, line, word int) {
	var size Size
	for i := 0; i < len(s) && (size.Units <= b.Units || !size.Other && size.Units <= b.Septets); {
		p := piece(s[i:])
		size = size.Plus(SizeOf(p))
		i += len(p)
		if !size.Fits(b) {
			continue
		}
		at = i
		last, _ := utf8.DecodeLastRuneInString(p)
		next, _ := utf8.DecodeRuneInString(s[i:])
		if last == '\n' {
			line = i
		}
		if unicode.IsSpace(last) || unicode.IsSpace(next) {
			word = i
		}
	}
	return at, line, word
}

func codePoint(s string) string {
	_, width := utf8.DecodeRuneInString(s)
	return s[:width]
}

// letter returns what a reader takes for the first letter of s: a grapheme
// cluster and, where it ends in a virama, the consonants bound to it. uniseg
// v0.4.7 follows Unicode 15.0, which still cut क्षि into क् and षि (rule GB9c
// came with 15.1).
func letter(s string) string {
	end := 0
	for {
		cluster, rest, _, _ := uniseg.FirstGraphemeClusterInString(s[end:], -1)
		end += len(cluster)
		if rest == "" {
			return s
		}
		next, _ := utf8.DecodeRuneInString(rest)
		// A mark after a line break has no letter to sit on, but a part that
		// begins with one would look worse.
		if !unicode.IsMark(next) && !isJoiner(next) && !(binds(cluster) && isIndic(next)) {
			return s[:end]
		}
	}
}

func isJoiner(r rune) bool { return r == zwj || r == zwnj }

// binds reports whether a cluster ends in a virama, joiners and nuktas aside.
func binds(cluster string) bool {
	for cluster != "" {
		r, width := utf8.DecodeLastRuneInString(cluster)
		switch {
		case isVirama(r):
			return true
		case isJoiner(r), r == '\u093C', r == '\u09BC':
			cluster = cluster[:len(cluster)-width]
		default:
			return false
		}
	}
	return false
}

// isVirama: Devanagari, Bengali, and their sisters in the same place of each
// block from Gurmukhi to Malayalam.
func isVirama(r rune) bool {
	return 0x0900 <= r && r <= 0x0D7F && r&0x7F == 0x4D
}

// shortName is how much of a name is shown where it does not fit, in UTF-16 units.
const shortName = 12

// appendShort adds a name, or the head of one: whole letters, as the reader sees
// them.
func appendShort(out []byte, name string) []byte {
	head := Truncate(name, shortName)
	if head == name {
		return append(out, name...)
	}
	return append(append(out, strings.TrimRight(head, " .")...), ".."...)
}
