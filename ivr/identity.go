package ivr

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/google/uuid"

	"tikaline/dialog"
)

// message returns what identifies an Event: the call, and the question that it
// answers.
func (e Event) message() dialog.Message {
	if e.Present {
		return dialog.Message{Number: e.Number, ID: "ivr/" + e.mark() + "/at/" + e.stamp(), NoDedupeKey: e.Stamp == ""}
	}
	return dialog.Message{Number: e.Number, ID: "ivr/" + e.mark() + "/" + strconv.Itoa(e.Turn)}
}

// stamp tells one key from the next on a call whose addresses have no turn; ""
// where nothing does but the time.
func (e Event) stamp() string {
	if e.Stamp == "" {
		return ""
	}
	h := sha256.Sum256([]byte(e.Stamp + "\x00" + e.Keys))
	return hex.EncodeToString(h[:6])
}

// runs returns the request ids of what an Event writes: the same if it is worked on
// twice. nil where nothing tells it from the next.
func (e Event) runs() func() uuid.UUID {
	if e.Present && e.Stamp == "" {
		return nil
	}
	n, id := 0, e.message().ID
	return func() uuid.UUID {
		n++
		return e.name(id + " run " + strconv.Itoa(n))
	}
}
