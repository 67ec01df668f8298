package batch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"tikaline/booking"
)

// A lostError is any failure after which the connection was gone: its
// transaction may or may not have been committed.
type lostError struct{ err error }

func (e *lostError) Error() string { return "connection lost: " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// IsTransient reports whether a retry may succeed. Everything in the store is
// idempotent, so it may be retried even where the answer to the commit was
// lost.
func IsTransient(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.HasPrefix(pg.Code, "08"), // connection exceptions
			strings.HasPrefix(pg.Code, "57P"), // shut down, starting up
			pg.Code == "40001",                // serialization
			pg.Code == "40P01",                // deadlock
			pg.Code == "53300",                // too many connections
			pg.Code == "25006":                // read-only: the primary has just become a replica
			return true
		case pg.Code == "XX000":
			// Citus reports a lost worker under the code of every internal
			// error, so only the words of the message identify it.
			return strings.Contains(pg.Message, "server closed the connection") ||
				strings.Contains(pg.Message, "connection to the remote node")
		}
		if _, lost := errors.AsType[*lostError](err); !lost {
			return false
		}
		return pg.Severity == "FATAL"
	}
	if _, ok := errors.AsType[*lostError](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err)
}

// problems lists the Codes of broken constraints. The statements themselves
// find every other refusal, before a constraint could.
var problems = map[string]booking.Code{
	"appointment_live": booking.NoAppointment, // a missed person came, and has a newer booking of the dose
	"beneficiary_seat": booking.HouseholdFull,
}

// problemFor returns the Problem that a broken constraint stands for, or err. Citus
// appends a shard's number to the name, so the beginning decides.
func problemFor(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || !strings.HasPrefix(pg.Code, "23") {
		return err
	}
	for name, code := range problems {
		if rest, ok := strings.CutPrefix(pg.ConstraintName, name); ok && (rest == "" || rest[0] == '_') {
			return booking.Refuse(code)
		}
	}
	return err
}

// pause waits before try+1, longer each time and with jitter; it returns false
// when ctx ended.
func pause(ctx context.Context, try int) bool {
	longest := min(10*time.Millisecond<<min(try, 10), time.Second)
	t := time.NewTimer(longest/4 + rand.N(longest))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Retry runs f until it succeeds, fails with an error that is not transient, or
// 20 s are over; then it returns the Problem Busy. It is for operations that do
// not go through a Writer. f must be idempotent and must use the ctx that it
// gets.
func (db *DB) Retry(ctx context.Context, op string, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, retryFor)
	defer cancel()
	for try := 0; ; try++ {
		err := f(ctx)
		switch {
		case err == nil:
			return nil
		case !IsTransient(err):
			return fmt.Errorf("%s: %w", op, problemFor(err))
		case ctx.Err() != nil || !pause(ctx, try):
			return fmt.Errorf("%s: gave up: %w: %w", op, booking.Refuse(booking.Busy), err)
		}
	}
}
