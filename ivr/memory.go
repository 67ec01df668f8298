package ivr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"tikaline/dialog"
)

// A memory is the channel's own part of a State.
type memory struct {
	Call string `json:"call"`           // which call it is of, as a hash
	Turn int    `json:"turn,omitempty"` // of the question that waits for an answer
	Step int    `json:"step,omitempty"` // questions put on this call

	// Of a list: what 1, 2 and 3 stood for when the page was heard, where the
	// page began, and where the next begins; Next is 0 where there is one page.
	Offered []string `json:"offered,omitempty"`
	From    int      `json:"from,omitempty"`
	Next    int      `json:"next,omitempty"`

	Silences int      `json:"silences,omitempty"` // in a row
	Ask      string   `json:"ask,omitempty"`      // a question of the channel's own that is open
	Typed    string   `json:"typed,omitempty"`    // what came after a star, of a number that is not complete
	Words    []Verb   `json:"words,omitempty"`    // last words, to be heard again
	Over     bool     `json:"over,omitempty"`     // the dialogue has come to its end
	Closed   bool     `json:"closed,omitempty"`   // and we have said goodbye
	Stamps   []string `json:"stamps,omitempty"`   // of the last keys, where there is no turn
	Reached  bool     `json:"reached,omitempty"`  // whoever this call was made for has pressed a key
	Code     bool     `json:"code,omitempty"`     // a one-time password is waited for, to be said once a language is chosen
}

// The questions of the channel's own. The dialogues know nothing of them.
const (
	askLanguage = "language"
	askAgent    = "agent" // now, or to be called back
)

// recall reads the memory; none is a new one.
func recall(s *dialog.State) memory {
	var m memory
	if json.Unmarshal(s.Channel[medium], &m) != nil {
		return memory{}
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

// mark names a call among all. The provider's id is nobody's business.
func (e Event) mark() string {
	h := sha256.Sum256([]byte(e.Provider + "\x00" + e.Call))
	return hex.EncodeToString(h[:12])
}
