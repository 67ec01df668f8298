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

	// For a message that is answered later, by another one. Save writes these in
	// the same transaction, which is on the disk when it returns.
	Inbound *Inbound         // the message answered; Find sets it for a duplicate
	Notices []booking.Notice // the answer to it
	Opt     Opt              // what its sender now wants; Find sets OptOut if they want no messages
}

// An Inbound identifies a message that is not answered at once, as its provider
// does.
type Inbound struct {
	Number   booking.MSISDN
	Provider string
	ID       string // the same however often it is delivered; unique with Provider and Number
	At       time.Time
}

// An Opt is a number's choice to get messages or not. The zero Opt leaves it as
// it is.
type Opt string

// The choices.
const (
	OptOut Opt = "out" // nothing but the answer to what it asks
	OptIn  Opt = "in"
)

// A Store keeps Records by compare-and-swap. postgres/conversations is the real one.
type Store interface {
	// Load returns the number's Record; one with Version 0 where there is none.
	Load(ctx context.Context, number booking.MSISDN) (Record, error)

	// Save stores r as Version+1 if r.Version is still what is stored, and
	// reports whether it did. Otherwise another delivery was quicker: load again.
	Save(ctx context.Context, r Record) (bool, error)
}

// An Inbox is a Store that also keeps which messages were received.
type Inbox interface {
	// Find reads the sender's Record and then looks for in, in this order: so
	// nothing that is saved from this Record can be a second effect of in.
	Find(ctx context.Context, in Inbound) (Record, error)

	// Save is that of Store.
	Save(ctx context.Context, r Record) (bool, error)
}
