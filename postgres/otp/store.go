package otp

import (
	"tikaline/otp"
	"tikaline/postgres/batch"
)

// A Store keeps requests for one-time passwords. It implements otp.Store.
type Store struct {
	db       *batch.DB
	askOTP   *batch.Writer[asking, otp.Asked]
	checkOTP *batch.Writer[otp.Checking, otp.Checked]
}

var _ otp.Store = (*Store)(nil)

// New makes a Store and starts its batch writers; db.Close stops them.
func New(db *batch.DB) *Store {
	s := &Store{db: db}
	s.askOTP = batch.NewWriter(db, "ask_otp", s.askBatch)
	s.checkOTP = batch.NewWriter(db, "check_otp", s.checkBatch)
	return s
}
