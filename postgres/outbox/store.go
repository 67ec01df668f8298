package outbox

import (
	"tikaline/outbox"
	"tikaline/postgres/batch"
)

// A Store is the queue of notices. It implements outbox.Store.
type Store struct {
	db     *batch.DB
	notify *batch.Writer[[]*Row, none]
}

var _ outbox.Store = (*Store)(nil)

// none is the answer of what answers nothing.
type none struct{}

// New makes a Store and starts its batch writer; db.Close stops it.
func New(db *batch.DB) *Store {
	s := &Store{db: db}
	s.notify = batch.NewWriter(db, "notify", s.notifyBatch)
	return s
}
