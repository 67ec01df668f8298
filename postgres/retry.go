package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tikaline/booking"
)

// A lostError is any failure after which the connection was gone: what it
// carried may or may not have been committed.
type lostError struct{ err error }

func (e *lostError) Error() string { return "connection lost: " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// passing tells whether asking again may do better. Everything in this package
// is idempotent, so it may be asked again even where the commit was answered
// by silence.
func passing(err error) bool {
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
			// Citus passes on a lost worker under the code of every internal
			// error; here the words are all there is to go by.
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

// refusals is what a constraint means to a citizen. Everything else that is
// refused is found before a constraint could, by the statements themselves.
var refusals = map[string]booking.Code{
	"appointment_live": booking.NoAppointment, // a missed person came, and has a newer booking of the dose
	"beneficiary_seat": booking.HouseholdFull,
}

// meaning is the Problem that a broken constraint stands for, or err. Citus
// appends a shard's number to the name, so the beginning decides.
func meaning(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || !strings.HasPrefix(pg.Code, "23") {
		return err
	}
	for name, code := range refusals {
		if rest, ok := strings.CutPrefix(pg.ConstraintName, name); ok && (rest == "" || rest[0] == '_') {
			return booking.Refuse(code)
		}
	}
	return err
}

// pause waits before try+1, longer each time and never twice the same; false
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

// patiently runs f until it succeeds, fails for good, or time is up. It is for
// what does not go through a batcher.
func (s *Store) patiently(ctx context.Context, op string, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for try := 0; ; try++ {
		err := f(ctx)
		switch {
		case err == nil:
			return nil
		case !passing(err):
			return fmt.Errorf("%s: %w", op, meaning(err))
		case ctx.Err() != nil || !pause(ctx, try):
			return fmt.Errorf("%s: gave up: %w: %w", op, booking.Refuse(booking.Busy), err)
		}
	}
}

// plain begins a transaction with nothing special about it.
const plain = "BEGIN"

// inTx runs f in a transaction begun with the given statements, on one
// connection. A connection that is gone afterwards makes any error a passing
// one.
func (s *Store) inTx(ctx context.Context, begin string, f func(pgx.Tx) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return &lostError{err}
	}
	defer conn.Release()
	err = func() error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx) // does nothing after Commit; also when f panics
		if err := f(tx); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}()
	if err != nil && conn.Conn().IsClosed() {
		return &lostError{err}
	}
	return err
}

// onConn is inTx for a single statement.
func (s *Store) onConn(ctx context.Context, f func(*pgx.Conn) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return &lostError{err}
	}
	defer conn.Release()
	err = f(conn.Conn())
	if err != nil && conn.Conn().IsClosed() {
		return &lostError{err}
	}
	return err
}
