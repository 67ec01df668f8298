package batch

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Plain begins an ordinary transaction.
const Plain = "BEGIN"

// Ordered begins a transaction that locks rows in the order in which it names
// them: two transactions that want the same slots then wait for each other,
// where they would deadlock. Statements keep that order when they walk the
// sorted keys and fetch each by its index, so the plans that do not are
// forbidden; a plan per batch would cost more than it could gain besides.
const Ordered = `BEGIN;
	SET LOCAL plan_cache_mode = force_generic_plan;
	SET LOCAL enable_hashjoin = off;
	SET LOCAL enable_mergejoin = off;
	SET LOCAL enable_seqscan = off`

// Snapshot begins a read-only transaction that reads everything as of one
// moment.
const Snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// Tx runs f in a transaction begun with the given statements, on one
// connection. An error after which the connection is gone is transient.
func (db *DB) Tx(ctx context.Context, begin string, f func(pgx.Tx) error) error {
	return db.Conn(ctx, func(conn *pgx.Conn) error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx) // does nothing after Commit; needed also when f panics
		if err := f(tx); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
}

// Conn runs f on one connection: for a single statement, or a pipeline, which
// is a transaction of its own. An error after which the connection is gone is
// transient.
func (db *DB) Conn(ctx context.Context, f func(*pgx.Conn) error) error {
	conn, err := db.pool.Acquire(ctx)
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

// RetryTx is Tx with Retry: the ctx that f gets ends with its attempt.
func (db *DB) RetryTx(ctx context.Context, op, begin string, f func(context.Context, pgx.Tx) error) error {
	return db.Retry(ctx, op, func(ctx context.Context) error {
		return db.Tx(ctx, begin, func(tx pgx.Tx) error { return f(ctx, tx) })
	})
}

// RetryConn is Conn with Retry.
func (db *DB) RetryConn(ctx context.Context, op string, f func(context.Context, *pgx.Conn) error) error {
	return db.Retry(ctx, op, func(ctx context.Context) error {
		return db.Conn(ctx, func(conn *pgx.Conn) error { return f(ctx, conn) })
	})
}

// Send runs the statements that are queued in b, if there are any.
func Send(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}
