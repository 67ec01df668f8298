package leases

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/postgres/batch"
)

// A Store keeps leases. It implements booking.Leases and jobs.Leases.
type Store struct{ db *batch.DB }

// New makes a Store.
func New(db *batch.DB) *Store { return &Store{db} }

// Acquire takes the lease of that name until a time, and returns its fencing
// token, which grows with each lease; 0 where another node has the lease.
func (s *Store) Acquire(ctx context.Context, name string, now, until time.Time) (int64, error) {
	var token int64
	err := s.db.RetryConn(ctx, "acquire lease", func(ctx context.Context, conn *pgx.Conn) error {
		err := conn.QueryRow(ctx, `
			INSERT INTO turn AS t (name, number, until)
			VALUES ($1, 1, $3)
			ON CONFLICT (name) DO UPDATE SET
				number = t.number + 1,
				until = excluded.until
			WHERE t.until <= $2
			RETURNING number`,
			name, now, until).Scan(&token)
		if errors.Is(err, pgx.ErrNoRows) {
			token = 0
			return nil
		}
		return err
	})
	return token, err
}

// Release lets others acquire the lease from a time on. It does nothing where
// the token is no longer the newest.
func (s *Store) Release(ctx context.Context, name string, token int64, at time.Time) error {
	return s.db.RetryConn(ctx, "release lease", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `UPDATE turn SET until = $3 WHERE name = $1 AND number = $2`, name, token, at)
		return err
	})
}

// Keep reports whether the token is still the newest of the lease, and locks it
// until the transaction ends: no other node acquires the lease before it can
// see the writes of tx.
func Keep(ctx context.Context, tx pgx.Tx, name string, token int64) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE turn SET until = until WHERE name = $1 AND number = $2`, name, token)
	return tag.RowsAffected() == 1, err
}
