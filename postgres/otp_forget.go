package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// ForgetOTP deletes requests for one-time passwords made before a time, and the
// numbers that have not asked since, at most limit of each, and says how many it
// deleted. What a number may do is counted over a day, and it is blocked for
// another: before must be longer ago than both.
func (s *Store) ForgetOTP(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.patiently(ctx, "forget otp", func(ctx context.Context) error {
		n = 0
		return s.onConn(ctx, func(conn *pgx.Conn) error {
			gone, err := deleteKeys[[16]byte](ctx, conn, `
				SELECT cell, txn
				FROM otp
				WHERE asked_at < $1
				LIMIT $2`, `
				DELETE FROM otp AS o
				USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS txn) u
				WHERE o.cell = u.cell AND o.txn = u.txn`, before, limit, false)
			if err != nil {
				return err
			}
			n += gone
			gone, err = deleteKeys[string](ctx, conn, `
				SELECT cell, msisdn
				FROM otp_number
				WHERE asked_at < $1
				LIMIT $2`, `
				DELETE FROM otp_number AS o
				USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
				WHERE o.cell = u.cell AND o.msisdn = u.msisdn
					-- unless it has asked since we looked
					AND o.asked_at < $3`, before, limit, true)
			n = max(n, gone) // so that a full batch of either asks for another
			return err
		})
	})
	return n, err
}

// deleteKeys deletes what a query finds, by cell and another key.
func deleteKeys[K any](ctx context.Context, conn *pgx.Conn, find, remove string, before time.Time, limit int, again bool) (int, error) {
	rows, err := conn.Query(ctx, find, before, limit)
	if err != nil {
		return 0, err
	}
	var cells []int16
	var keys []K
	var cell int16
	var key K
	if _, err := pgx.ForEachRow(rows, []any{&cell, &key}, func() error {
		cells, keys = append(cells, cell), append(keys, key)
		return nil
	}); err != nil || len(cells) == 0 {
		return 0, err
	}
	args := []any{cells, keys}
	if again {
		args = append(args, before)
	}
	tag, err := conn.Exec(ctx, remove, args...)
	return int(tag.RowsAffected()), err
}
