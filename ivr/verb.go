package ivr

import (
	"encoding/json"
	"strings"
)

// An Act is what a Verb does. It is stored.
type Act string

// The acts.
const (
	Say    Act = "say"    // Text, in Lang
	Play   Act = "play"   // URL
	Pause  Act = "pause"  // for Secs
	Gather Act = "gather" // Keys keys while In is heard; the first may take Secs
	Record Act = "record" // at most Secs
	Go     Act = "go"     // on, as if nothing had been heard
	Queue  Act = "queue"  // for an agent, in Queue
	Leave  Act = "leave"  // the queue
	Dial   Act = "dial"   // an agent's telephone
	Reject Act = "reject" // the call, unanswered
	Hangup Act = "hangup"
)

// A Verb is one thing that happens on a call, whatever a provider calls it.
type Verb struct {
	Do    Act    `json:"do"`
	Lang  string `json:"lang,omitempty"`
	Text  string `json:"text,omitempty"`
	Slow  bool   `json:"slow,omitempty"`
	URL   string `json:"url,omitempty"` // of ours where it begins with a slash
	Secs  int    `json:"secs,omitempty"`
	Keys  int    `json:"keys,omitempty"`
	Queue string `json:"queue,omitempty"`
	In    []Verb `json:"in,omitempty"`

	// Turn is the number of the question that the answer to a Gather, a Record
	// or a Go belongs to. Of a Gather within a queue Waits is set.
	Turn  int  `json:"turn,omitempty"`
	Waits bool `json:"waits,omitempty"`
}

// packed marks a reply of ours among those that a conversation keeps.
const packed = "ivr "

// pack returns a reply as it is stored, and unpack reads it; false where another
// channel's is.
func pack(verbs []Verb) (string, error) {
	b, err := json.Marshal(verbs)
	return packed + string(b), err
}

func unpack(s string) ([]Verb, bool) {
	body, ok := strings.CutPrefix(s, packed)
	var verbs []Verb
	if !ok || json.Unmarshal([]byte(body), &verbs) != nil {
		return nil, false
	}
	return verbs, true
}
