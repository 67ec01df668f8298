package otp

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Store keeps requests and hashes; postgres/otp implements it. Every
// write is durable when it returns nil. Nothing in it is a code, or becomes one
// without the Keys.
type Store interface {
	// AskOTP opens a request, makes its code the newest of the number and queues
	// the notice, all or nothing. Asking again for the same Txn changes nothing
	// and gives the same answer, as long as the number has not asked since.
	AskOTP(ctx context.Context, a Asking) (Asked, error)

	// CheckOTP takes one try of a request and compares under it, whoever else
	// does so at the same moment. A request that was answered is used, and so
	// are all codes of its number: no other request is answered with one.
	CheckOTP(ctx context.Context, c Checking) (Checked, error)

	// FreshOTP makes a code the newest of a number that has a request open; false
	// is one that has none, or was told so often already.
	FreshOTP(ctx context.Context, f Freshening) (bool, error)

	// OpenOTP returns the numbers that asked since then and have a request open, the
	// latest first, at most limit.
	OpenOTP(ctx context.Context, since, now time.Time, limit int) ([]Opened, error)
}

// A Secret is what is stored of a code.
type Secret struct {
	Hash  []byte // with a key that the store has not
	Until time.Time
}

// An Asking is a request ready to be stored.
type Asking struct {
	Txn     uuid.UUID
	Number  booking.MSISDN
	Purpose Purpose
	At      time.Time
	Until   time.Time // when the request ends
	Secret  Secret
	Notice  booking.Notice

	Since time.Time // refused where the number has asked after that
	Day   time.Time // what it asked before that counts no longer
	Most  int       // so many in that time, and the number is blocked
	Block time.Time // until when
}

// Asked is the result of an Asking.
type Asked struct {
	Granted bool
	Last    time.Time // where it was not: when the number asked last
	Blocked time.Time // or until when it is blocked; zero is not
}

// A Checking is a try to answer a request.
type Checking struct {
	Cell    int16
	Txn     uuid.UUID
	Attempt uuid.UUID // id of this try: a right one is right again while the request is open
	At      time.Time
	Most    int // tries of a request

	// Match returns the index of the hash that the claim has, -1 is none. It takes
	// the same time whatever the answer.
	Match func(number booking.MSISDN, hashes [][]byte) int
}

// Checked is the result of a try.
type Checked struct {
	Right  bool
	Number booking.MSISDN // where it was right
	Left   int            // tries that are left; 0 is a request that is over, or none at all
}

// A Freshening is a fresh code for whatever the number has open.
type Freshening struct {
	Number booking.MSISDN
	At     time.Time
	Secret Secret
	Tries  int // a request with so many tries is over
	Most   int // fresh codes since the number asked last
}

// Opened is a number with a request open.
type Opened struct {
	Number booking.MSISDN
	Until  time.Time
}
