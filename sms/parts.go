package sms

import (
	"slices"
	"strings"
	"time"
)

// DefaultGather is how long the parts of one text are waited for. Networks
// deliver them within seconds of each other, or not at all.
const DefaultGather = 90 * time.Second

// Bounds of what is kept of texts that are not all here. Ten times the usual
// length is what a long story takes.
const (
	maxParts  = 16
	maxPieces = 2 * maxParts
)

// A piece is one part of a longer text.
type piece struct {
	Provider string    `json:"provider"`
	Ref      int       `json:"ref"`
	Part     int       `json:"part"`
	Parts    int       `json:"parts"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"`
}

// same reports whether two parts are of one text.
func (p piece) same(q piece) bool {
	return p.Provider == q.Provider && p.Ref == q.Ref && p.Parts == q.Parts
}

// gather returns the texts that can be read now that e is here: what waited too long
// as it is, and e, or the whole that it completes. waits tells that e is kept
// for its other parts. A late e is none: it only says that time has passed.
func (m *memory) gather(e Event, late bool, now time.Time, patience time.Duration) (texts []string, waits bool) {
	for len(m.Parts) > 0 {
		i := slices.IndexFunc(m.Parts, func(p piece) bool { return now.Sub(p.At) >= patience })
		if i < 0 {
			break
		}
		texts = append(texts, m.join(m.Parts[i]))
	}
	switch {
	case late:
		return texts, false
	case e.Parts <= 1 || e.Parts > maxParts || e.Part < 1 || e.Part > e.Parts:
		return append(texts, e.Text), false
	}
	p := piece{e.Provider, e.Ref, e.Part, e.Parts, e.Text, now}
	if slices.ContainsFunc(m.Parts, func(q piece) bool { return q.same(p) && q.Part == p.Part }) {
		texts = append(texts, m.join(p)) // the number is used again: another text begins
	}
	for len(m.Parts) >= maxPieces {
		texts = append(texts, m.join(m.Parts[0]))
	}
	m.Parts = append(m.Parts, p)
	have := 0
	for _, q := range m.Parts {
		if q.same(p) {
			have++
		}
	}
	if have < p.Parts {
		return texts, true
	}
	return append(texts, m.join(p)), false
}

// join takes the parts of p's text, in order and as many as there are.
func (m *memory) join(p piece) string {
	var mine, others []piece
	for _, q := range m.Parts {
		if q.same(p) {
			mine = append(mine, q)
		} else {
			others = append(others, q)
		}
	}
	m.Parts = others
	slices.SortFunc(mine, func(a, b piece) int { return a.Part - b.Part })
	var b strings.Builder
	for _, q := range mine {
		b.WriteString(q.Text)
	}
	return b.String()
}
