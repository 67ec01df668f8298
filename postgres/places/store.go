package places

import "tikaline/postgres/batch"

// A Store keeps districts, pincodes, centres and their sessions: an operator
// imports them, and the search reads them.
type Store struct{ db *batch.DB }

// New makes a Store.
func New(db *batch.DB) *Store { return &Store{db} }
