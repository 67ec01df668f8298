// Package calls keeps the records of the telephone in Postgres: calls,
// call-backs, recordings of names and hand-overs to agents.
//
//	store := calls.New(db, people)
//	known, err := store.NoteCall(ctx, call)
//
// # What was decided, and why
//
// A row of a call or a hand-over is only ever added to (calls.Call.And), by one
// statement that joins an event with the stored row: no order, number or
// grouping of events makes a difference, and a test shuffles ten thousand of
// them. A call without a number has a cell of its own.
//
// A call-back is withdrawn from the queue by the status of its notice, which is
// also checked before the notice is handed to a provider: the call is made or
// withdrawn, never both.
package calls
