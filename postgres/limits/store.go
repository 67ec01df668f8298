package limits

import (
	"tikaline/limits"
	"tikaline/postgres/batch"
)

// A Store shares the counts of rate limits between nodes. It implements
// limits.Store.
type Store struct{ db *batch.DB }

var _ limits.Store = (*Store)(nil)

// New makes a Store.
func New(db *batch.DB) *Store { return &Store{db} }
