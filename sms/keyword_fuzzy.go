package sms

import "unicode/utf8"

const (
	fuzzyMin  = 4 // letters, in what was typed and in the word it is taken for
	fuzzyWeak = 6 // the same, for a word that may also be a name
	fuzzyMax  = 24
)

// A candidate is a word that may have been meant.
type candidate struct {
	letters []rune
	term    *term
}

// guess returns the term of the command that a mistyped word was meant for, or
// nil: one slip away there must be words of one command only. A guarded word
// within reach means no guess at all, for it may be what was meant.
func (k *Keywords) guess(key []byte) *term {
	if len(key) > fuzzyMax*utf8.UTFMax {
		return nil
	}
	var room [fuzzyMax]rune
	n := 0
	for i := 0; i < len(key); n++ {
		if n == len(room) {
			return nil
		}
		r, size := utf8.DecodeRune(key[i:])
		room[n] = r
		i += size
	}
	if n < fuzzyMin {
		return nil
	}
	var found *term
	for length := max(fuzzyMin, n-1); length <= min(n+1, fuzzyMax); length++ {
		for _, c := range k.byLength[length] {
			if !oneSlip(room[:n], c.letters) {
				continue
			}
			if c.term.command.Guarded() {
				return nil
			}
			switch {
			case c.term.is(weak) && length < fuzzyWeak:
			case found == nil:
				found = c.term
			case found.command != c.term.command, found.speak != c.term.speak:
				return nil
			}
		}
	}
	return found
}

// oneSlip reports whether two words are the same but for one letter that is
// missing, too many or wrong, or for two neighbours that changed places.
func oneSlip(a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) <= 1 && len(b) <= 1:
		return true
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	}
	return false
}
