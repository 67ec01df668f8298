package calls

import (
	"tikaline/calls"
	"tikaline/postgres/batch"
	"tikaline/postgres/bookings"
)

// A Store keeps records of calls, call-backs, recordings of names and hand-overs.
// It implements calls.Store.
type Store struct {
	db     *batch.DB
	people *bookings.Store
	calls  *batch.Writer[calls.Call, calls.Call]
}

var _ calls.Store = (*Store)(nil)

// New makes a Store and starts its batch writer; db.Close stops it.
func New(db *batch.DB, people *bookings.Store) *Store {
	s := &Store{db: db, people: people}
	s.calls = batch.NewWriter(db, "call", s.callsBatch)
	return s
}
