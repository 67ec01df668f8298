package calls

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// ForgetCalls deletes the records of calls that began before a time, at most
// limit of them, and returns how many; and the hand-overs queued before it,
// which are few.
func (s *Store) ForgetCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget calls", func(ctx context.Context, conn *pgx.Conn) error {
		var cells []int16
		var numbers, providers, ids []string
		rows, err := conn.Query(ctx, `
			SELECT cell, msisdn, provider, provider_id
			FROM call
			WHERE started_at < $1
			ORDER BY started_at
			LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		var cell int16
		var number, provider, id string
		if _, err := pgx.ForEachRow(rows, []any{&cell, &number, &provider, &id}, func() error {
			cells, numbers = append(cells, cell), append(numbers, number)
			providers, ids = append(providers, provider), append(ids, id)
			return nil
		}); err != nil {
			return err
		}
		tag, err := conn.Exec(ctx, `
			DELETE FROM call AS c
			USING (
				SELECT
					unnest($1::smallint[]) AS cell,
					unnest($2::text[]) AS msisdn,
					unnest($3::text[]) AS provider,
					unnest($4::text[]) AS provider_id
			) u
			WHERE c.cell = u.cell AND c.msisdn = u.msisdn AND c.provider = u.provider AND c.provider_id = u.provider_id`,
			cells, numbers, providers, ids)
		if err != nil {
			return err
		}
		n = int(tag.RowsAffected())
		_, err = conn.Exec(ctx, `DELETE FROM handover WHERE queued_at < $1`, before)
		return err
	})
	return n, err
}
