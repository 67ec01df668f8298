package sms

import (
	"slices"
	"strings"
)

const (
	machineSigns = 3    // that many of the weaker signs make a machine
	machineLimit = 2000 // bytes that are looked at: machines introduce themselves early
	machineWords = 6    // of a text of ours that is too long to be somebody's own
)

// Machine reports whether a text was written by a machine: an automatic reply,
// a report of failure, an operator's word on somebody's balance, a text of
// ours that came back. Nobody answers these: two machines that answer each
// other never end. It is meant to miss some rather than leave a person
// without an answer, so a limit on answers per number belongs beside it.
func (k *Keywords) Machine(text string) bool {
	flat := spaced(text)
	if strings.Count(flat, " ") < 3 {
		return false // of one word
	}
	found := func(phrase string) bool { return strings.Contains(flat, phrase) }
	if slices.ContainsFunc(k.sure, found) {
		return true
	}
	n := 0
	for _, sign := range k.signs {
		if found(sign) {
			n++
		}
	}
	return n >= machineSigns
}

// spaced makes " WORD WORD " of a text, every digit a 0, so that a phrase is
// found whatever signs stand between its words.
func spaced(text string) string {
	if len(text) > machineLimit {
		text = text[:machineLimit]
	}
	var t tokens
	t.scan(text)
	out := make([]byte, 1, len(text)+2)
	out[0] = ' '
	for _, w := range t.words {
		if w.digits {
			out = append(out, strings.Repeat("0", w.to-w.from)...)
		} else {
			out = append(out, t.key(w)...)
		}
		out = append(out, ' ')
	}
	return string(out)
}

func spacedAll(phrases []string) []string {
	out := make([]string, len(phrases))
	for i, p := range phrases {
		out[i] = spaced(p)
	}
	return out
}

// knowOwn takes our own texts for a machine's. Short ones are left out: "Yes,
// cancel" is what a person might write.
func (k *Keywords) knowOwn(texts []string) {
	for _, s := range texts {
		if flat := spaced(s); strings.Count(flat, " ") > machineWords {
			k.sure = append(k.sure, flat)
		}
	}
}
