// Package calls keeps what the telephone leaves behind in Postgres: records of
// calls, call-backs, recordings of names and hand-overs to agents.
//
//	store := calls.New(db, people)
//	known, err := store.NoteCall(ctx, call)
//
// # What was decided, and why
//
// A row of a call or a hand-over is only ever added to (calls.Call.And), by one
// statement that joins what comes with what is there: no order, number or grouping
// of events makes a difference, and a test shuffles ten thousand of them. A call
// without a number has a cell of its own.
//
// A call-back is taken out of the queue by the status of its notice, which the
// note before the hand-over to a provider asks for too: the call is made or taken
// back, never both.
package calls
