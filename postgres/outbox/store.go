package outbox

import (
	"tikaline/outbox"
	"tikaline/postgres/batch"
)

// A Store is the queue of notices. It implements outbox.Store.
type Store struct {
	db     *batch.DB
	notify *batch.Writer[[]*Row, none]
	hand   *batch.Writer[handover, bool]
	record *batch.Writer[change, *outbox.Recorded]
}

var _ outbox.Store = (*Store)(nil)

// none is the answer of an operation without one.
type none struct{}

// New makes a Store and starts its batch writers; db.Close stops them.
func New(db *batch.DB) *Store {
	s := &Store{db: db}
	s.notify = batch.NewWriter(db, "notify", s.notifyBatch)
	// With a worker for each group of cells batches are smaller: that costs
	// Postgres a tenth more. With one worker nobody works while it waits for the
	// disk.
	s.hand = batch.NewSharedWriter(db, "hand_over", 2, s.handBatch)
	s.record = batch.NewSharedWriter(db, "record", 2, s.recordBatch)
	return s
}
