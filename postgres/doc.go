// Package postgres is the store: it keeps households, bookings, conversations,
// calls and notices in Postgres, in a room for each owner.
//
//	if err := postgres.Migrate(ctx, url); err != nil {
//		return err
//	}
//	store, err := postgres.Open(ctx, url, postgres.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close(ctx)
//	core := store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: time.Now})
//	h, err := store.Bookings.Household(ctx, "+919876543210")
//
// # Its rooms
//
//   - batch: batch writers, retries, transactions, helpers for columns
//   - leases: work that only one node does at a time
//   - outbox: the queue of notices, and how the other rooms queue one
//   - places: centres, sessions and slots
//   - bookings: households, people, appointments, holds, the waiting list
//   - calls: records of calls, call-backs, recordings, hand-overs
//   - conversations, otp, limits, staff
//   - migrations: the schema; launch: the private Postgres; pgtest and
//     storetest: databases and data for tests
//
// # What it promises
//
//   - A write that returned nil is on the disk; only of a conversation the last
//     moment may be lost when Postgres itself crashes, and the question is
//     asked again.
//   - Every write is idempotent, so all are retried, for 20 seconds, when a
//     connection is lost or the database fails over.
//   - One caller's fault is never another's, and a caller who leaves disturbs
//     nobody.
//   - A refusal is a *booking.Problem: Busy when a queue is full or the retries
//     are at an end.
//
// # What was decided, and why
//
// The calls of many callers run in one transaction (group commit, package
// batch). Three workers for each kind of write fill the moments in which one
// waits for the disk; workers by centre never meet at a slot, but a popular
// centre then has one of them alone. docs/performance.md has the figures.
//
// A transaction that crosses owners takes the transaction, or the batch of its
// statements, as an argument: every room queues its notices by outbox.Queue, and
// a name is written down by bookings.NamePerson.
//
// SQL is what Postgres and Citus both run unmodified, with cell or centre_id in
// front of every key; a test looks for the rest. On Citus, give each machine's
// cells a writer.
package postgres
