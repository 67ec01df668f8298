package sms

import (
	"encoding/json"
	"slices"
	"time"

	"tikaline/dialog"
)

// A memory is the channel's own part of a State.
type memory struct {
	// Ask is a question of the channel's own that is open: askCancel or
	// askLanguage. The dialogues know nothing of it.
	Ask string `json:"ask,omitempty"`

	// Ahead is answers to questions that were not yet put: REG 1958 Asha Devi
	// answers two, once they come.
	Ahead []given `json:"ahead,omitempty"`

	// Then is what a newcomer wrote before they were asked for their language.
	Then string `json:"then,omitempty"`

	Asked time.Time `json:"asked,omitzero"` // when the dialogues' question was put

	Lost int `json:"lost,omitempty"` // texts in a row that led nowhere

	// Since and Count are how many replies went to the number in this hour.
	Since time.Time `json:"since,omitzero"`
	Count int       `json:"count,omitempty"`

	Parts []piece `json:"parts,omitempty"` // of texts that are not all here
}

// The questions of the channel's own.
const (
	askCancel   = "cancel"
	askLanguage = "language"
)

// A given is the answer to a question that may come.
type given struct {
	At string `json:"at"` // flow/step
	In string `json:"in"`
}

// maxThen bounds what is kept of a newcomer's text, in bytes: a command and a
// name are far shorter.
const maxThen = 600

// recall reads the memory; none is a new one. Where another channel has asked
// since, what was said ahead here is no answer there.
func recall(s *dialog.State) memory {
	var m memory
	if json.Unmarshal(s.Channel[medium], &m) != nil {
		return memory{}
	}
	if s.Last != medium {
		m.Ahead = nil
	}
	return m
}

func (m memory) save(s *dialog.State) error {
	part, err := json.Marshal(m)
	if err != nil {
		return err
	}
	s.Keep(medium, part)
	return nil
}

// take returns the answer given ahead to the question at a place. It is given once,
// and with it all others of that flow that say the same.
func (m *memory) take(at string) (string, bool) {
	i := slices.IndexFunc(m.Ahead, func(g given) bool { return g.At == at })
	if i < 0 {
		return "", false
	}
	in := m.Ahead[i].In
	m.Ahead = slices.DeleteFunc(slices.Clone(m.Ahead), func(g given) bool { return g.In == in })
	return in, true
}

// replied returns how many replies went to the number in this hour.
func (m *memory) replied(now time.Time) int {
	if age := now.Sub(m.Since); age < 0 || age >= time.Hour {
		m.Since, m.Count = now, 0
	}
	return m.Count
}
