// Package outbox keeps the queue of notices in Postgres. It is the outbox.Store,
// and the one way by which every other room queues a notice.
//
//	rows, err := outbox.Rows(notices) // each caller on its own time
//	b := new(pgx.Batch)
//	outbox.Queue(b, rows, now) // with the rows they are about, in one transaction
//	err = batch.Send(ctx, tx, b)
//
// # What it promises
//
//   - A notice is queued once for each number and Key, however often it is
//     queued.
//   - Two workers never hold the same notice; a status only moves forward.
//
// # What was decided, and why
//
// A worker claims cell by cell under a lock of the cell's own (outbox_cell), as
// FOR UPDATE works on Citus only where the cell is fixed. Each priority has a
// query of its own: the index then leads straight to the notices that are due
// and ends there.
package outbox
