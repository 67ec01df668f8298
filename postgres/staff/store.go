package staff

import "tikaline/postgres/batch"

// A Store keeps the logins of centres' staff, and their sign-ins.
type Store struct{ db *batch.DB }

// New makes a Store.
func New(db *batch.DB) *Store { return &Store{db} }
