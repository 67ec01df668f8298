package conversations

import (
	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/postgres/batch"
)

// A Store keeps conversations, and the messages that came in. It implements
// dialog.Store and dialog.Inbox.
type Store struct {
	db *batch.DB

	load    *batch.Writer[booking.MSISDN, dialog.Record]
	save    *batch.Writer[dialog.Record, bool]
	find    *batch.Writer[dialog.Inbound, dialog.Record]
	receive *batch.Writer[received, bool]
}

var (
	_ dialog.Store = (*Store)(nil)
	_ dialog.Inbox = (*Store)(nil)
)

// New makes a Store and starts its batch writers; db.Close stops them.
func New(db *batch.DB) *Store {
	s := &Store{db: db}
	s.load = batch.NewWriter(db, "load", s.loadBatch)
	s.save = batch.NewWriter(db, "save", s.saveBatch)
	s.find = batch.NewWriter(db, "find", s.findBatch)
	s.receive = batch.NewWriter(db, "receive", s.receiveBatch)
	return s
}
