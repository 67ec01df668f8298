package dialog

import (
	"context"
	"time"

	"tikaline/booking"
)

// A Record is all that is stored of the conversation with one number.
type Record struct {
	Number      booking.MSISDN
	Version     int64  // 0: nothing stored yet
	State       []byte // JSON of a State, with the channel's own part
	LastMessage string // identity of the last message answered
	LastReply   string // what was answered, as the channel sent it
	UpdatedAt   time.Time
}

// A Store keeps Records by compare-and-swap. booking/postgres is the real one.
type Store interface {
	// Load reads the number's Record; one with Version 0 where there is none.
	Load(ctx context.Context, number booking.MSISDN) (Record, error)

	// Save stores r as Version+1 if r.Version is still what is stored, and
	// tells whether it did. Otherwise another delivery was quicker: load again.
	Save(ctx context.Context, r Record) (bool, error)
}
