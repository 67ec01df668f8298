package sms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a run of letters, or one of digits: PIN110001 is two.
type token struct {
	start, end int  // in the text
	from, to   int  // of its key, among all keys
	digits     bool // the key is digits and nothing else
	glued      bool // nothing stands between it and the token before
	plus       bool // a + stands before it
	gapped     bool // the word "space" stands before it
	used       bool // it has been understood
	term       *term
}

// tokens is a text taken apart.
type tokens struct {
	text   string
	keys   []byte // every token's folded form, one after the other
	words  []token
	marks  int // characters that are seen
	broken int // characters that are no text
}

func (t *tokens) key(w token) []byte { return t.keys[w.from:w.to] }

// scan takes a text apart. Everything that is neither letter nor digit
// separates: people put a full stop or a comma where a space should be.
func (t *tokens) scan(text string) {
	// UTF-16 that nobody decoded is readable still where it is ASCII.
	for _, bom := range []string{"\xff\xfe", "\xfe\xff"} {
		text = strings.TrimPrefix(text, bom)
	}
	t.text = text
	t.keys = make([]byte, 0, len(text)+8)
	t.words = make([]token, 0, 8)
	const none, letter, digit = 0, 1, 2
	in, start, end := none, 0, 0
	glued, plus := false, false
	flush := func() {
		if in == none {
			return
		}
		w := token{start: start, end: end, from: len(t.keys), glued: glued, plus: plus}
		t.keys = appendKey(t.keys, text[start:end])
		w.to = len(t.keys)
		w.digits = in == digit && allDigits(t.key(w))
		t.words = append(t.words, w)
		in, plus = none, false
	}
	for i, r := range text {
		if unseen(r) {
			if r == utf8.RuneError || r != 0 && unicode.IsControl(r) {
				t.broken++
			}
			continue
		}
		t.marks++
		is := none
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			is = letter
		case '0' <= r && r <= '9':
			is = digit
		case r < 0x80:
		case unicode.IsMark(r):
			is = in // it belongs to what it stands on
		case unicode.IsLetter(r), unicode.Is(unicode.Nl, r):
			is = letter
		case unicode.IsNumber(r):
			is = digit
		}
		if is != in {
			wasIn := in
			flush()
			in, start, glued = is, i, wasIn != none
		}
		if is == none {
			plus = r == '+' || r == '＋' || plus && unicode.IsSpace(r)
		}
		end = i + utf8.RuneLen(r)
	}
	flush()
	t.zeros()
}

// allDigits reports whether a key is digits only.
func allDigits(key []byte) bool {
	for _, c := range key {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(key) > 0
}

// allOs reports whether a key is the letter O only.
func allOs(key []byte) bool {
	for _, c := range key {
		if c != 'O' {
			return false
		}
	}
	return len(key) > 0
}

// zeros reads the letter O as 0 where it can only be a pincode: six characters
// of digits and O's in one piece, or in two of three, a digit at the front and
// no fewer than two digits.
func (t *tokens) zeros() {
	kept := t.words[:0]
	for i := 0; i < len(t.words); {
		w := t.words[i]
		n := t.pincodeWithOs(i)
		if n == 0 {
			kept = append(kept, w)
			i++
			continue
		}
		w.end, w.from = t.words[i+n-1].end, len(t.keys)
		for _, part := range t.words[i : i+n] {
			for _, c := range t.keys[part.from:part.to] {
				if c == 'O' {
					c = '0'
				}
				t.keys = append(t.keys, c)
			}
		}
		w.to, w.digits = len(t.keys), true
		kept = append(kept, w)
		i += n
	}
	t.words = kept
}

// pincodeWithOs returns how many tokens from i on make a pincode typed with O's; 0
// where they do not.
func (t *tokens) pincodeWithOs(i int) int {
	if !t.words[i].digits || t.key(t.words[i])[0] == '0' {
		return 0
	}
	length, digits, os := 0, 0, 0
	for j := i; j < len(t.words) && length < 6; j++ {
		w := t.words[j]
		key := t.key(w)
		switch {
		case j > i && !w.glued && length != 3:
			return 0
		case w.digits:
			digits += len(key)
		case allOs(key):
			os += len(key)
		default:
			return 0
		}
		length += len(key)
		if length == 6 && os > 0 && digits >= 2 && (j+1 == len(t.words) || !t.words[j+1].glued) {
			return j + 1 - i
		}
	}
	return 0
}

// script returns hi or bn where the letters of one of the two are in the
// text, and "" where neither is or both are.
func (t *tokens) script() string {
	hi, bn := false, false
	for _, w := range t.words {
		if w.digits {
			continue
		}
		for _, r := range t.text[w.start:w.end] {
			if r < 0x0900 || r > 0x09FF || !unicode.IsLetter(r) {
				continue
			}
			if r < 0x0980 {
				hi = true
			} else {
				bn = true
			}
		}
	}
	switch {
	case hi && !bn:
		return "hi"
	case bn && !hi:
		return "bn"
	}
	return ""
}
