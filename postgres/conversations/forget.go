package conversations

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Forget deletes the conversations that nobody went on with since before, at
// most limit of them, and says how many: what a citizen typed is kept no
// longer than it is of use. The household keeps its language.
func (s *Store) Forget(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget conversations", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT cell, msisdn
			FROM conversation
			WHERE updated_at < $1
			LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		var cells []int16
		var numbers []string
		var cell int16
		var number string
		if _, err := pgx.ForEachRow(rows, []any{&cell, &number}, func() error {
			cells, numbers = append(cells, cell), append(numbers, number)
			return nil
		}); err != nil {
			return err
		}
		tag, err := conn.Exec(ctx, `
			DELETE FROM conversation AS c
			USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
			WHERE c.cell = u.cell
				AND c.msisdn = u.msisdn
				-- unless somebody went on with it since we looked
				AND c.updated_at < $3`, cells, numbers, before)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
