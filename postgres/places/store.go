package places

import "tikaline/postgres/batch"

// A Store keeps districts, pincodes, centres and their sessions: what an
// operator brings in, and what a search reads.
type Store struct{ db *batch.DB }

// New makes a Store.
func New(db *batch.DB) *Store { return &Store{db} }
