package dialog

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// TTL is how long an unfinished conversation is kept.
const TTL = 24 * time.Hour

// A State is all that is stored of a conversation between two messages. It
// holds ids and values, never sentences, so that a caller may change language,
// channel or helper half-way.
type State struct {
	Lang   string  `json:"lang,omitempty"`
	Frames []Frame `json:"frames,omitempty"` // flows begun; the last one is asking
	Note   string  `json:"note,omitempty"`   // code of the refusal last heard
	Wrong  int     `json:"wrong,omitempty"`  // refused answers in a row

	// Channel is each channel's own part under its name: pages, its session,
	// silences. A channel leaves the others' as they are.
	Channel map[string]json.RawMessage `json:"channel,omitempty"`

	// Last is the channel that put the last question. A message of another channel
	// does not answer it: the caller has not seen it there.
	Last string `json:"last,omitempty"`
}

// Keep stores a channel's own part under the channel's name.
func (s *State) Keep(channel string, part json.RawMessage) {
	if s.Channel == nil {
		s.Channel = make(map[string]json.RawMessage, 1)
	}
	s.Channel[channel] = part
}

// A Frame is one run of a flow.
type Frame struct {
	Flow    string          `json:"flow"`
	Step    string          `json:"step"`
	Run     uuid.UUID       `json:"run"`             // request id of what the run writes
	Trail   []Mark          `json:"trail,omitempty"` // what was asked before, for Back
	Answers json.RawMessage `json:"answers,omitempty"`
}

// A Mark is a question that was answered: by a step, or by a flow it called.
type Mark struct {
	Step string `json:"step"`
	Sub  *Frame `json:"sub,omitempty"`
}

// A Result is what one flow hands another: a called flow's answer, or what the
// caller begins with.
type Result struct {
	Called    bool   `json:"called,omitempty"` // by another flow, which goes on afterwards
	Reference string `json:"reference,omitempty"`
	Centre    int64  `json:"centre,omitempty"`
	Slot      int64  `json:"slot,omitempty"` // of that centre
	Pincode   string `json:"pincode,omitempty"`
}

// top returns the frame that asks; nil where there is none.
func (s *State) top() *Frame {
	if len(s.Frames) == 0 {
		return nil
	}
	return &s.Frames[len(s.Frames)-1]
}

// A place is where a conversation stands.
type place struct {
	depth      int
	flow, step string
}

func (s *State) place() place {
	f := s.top()
	if f == nil {
		return place{}
	}
	return place{len(s.Frames), f.Flow, f.Step}
}

// push begins a run on top of what is there.
func (s *State) push(f Frame) { s.Frames = append(s.Frames, f) }

// pop ends the run on top and returns it.
func (s *State) pop() Frame {
	f := s.Frames[len(s.Frames)-1]
	s.Frames = s.Frames[:len(s.Frames)-1]
	return f
}
