package limits

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/limits"

	"tikaline/postgres/batch"
)

// shareOverlap is how far each read of others' counts overlaps the one before:
// rows written then may have been committed since.
const shareOverlap = 5 * time.Second

// ShareLimits stores the counts of a node and returns those of the others.
func (s *Store) ShareLimits(ctx context.Context, node uuid.UUID, now time.Time, mine []limits.Count, since time.Time) ([]limits.Count, time.Time, error) {
	mine = slices.SortedFunc(slices.Values(mine), func(a, b limits.Count) int {
		return cmp.Or(cmp.Compare(a.Subject.Cell(), b.Subject.Cell()), slices.Compare(a.Subject[:], b.Subject[:]), cmp.Compare(a.Rule, b.Rule))
	})
	var others []limits.Count
	var next time.Time
	err := s.db.RetryConn(ctx, "share limits", func(ctx context.Context, conn *pgx.Conn) error {
		others = nil
		b := new(pgx.Batch)
		putCounts(b, node, mine)
		b.Queue(`SELECT now()`).QueryRow(func(row pgx.Row) error { return row.Scan(&next) })
		b.Queue(`
			SELECT
				node,
				rule,
				subject,
				from_at,
				n,
				until,
				ends_at
			FROM limit_count
			WHERE updated_at >= $1 AND node <> $2 AND ends_at > $3`,
			since, node, now,
		).Query(func(rows pgx.Rows) error {
			var c limits.Count
			var subject []byte
			var until *time.Time
			_, err := pgx.ForEachRow(rows, []any{(*[16]byte)(&c.Node), &c.Rule, &subject, &c.From, &c.N, &until, &c.Ends}, func() error {
				one := c
				copy(one.Subject[:], subject)
				if until != nil {
					one.Until = *until
				}
				others = append(others, one)
				return nil
			})
			return err
		})
		return conn.SendBatch(ctx, b).Close()
	})
	return others, next.Add(-shareOverlap), err
}

func putCounts(b *pgx.Batch, node uuid.UUID, list []limits.Count) {
	n := len(list)
	if n == 0 {
		return
	}
	cell, subject, rule := make([]int16, n), make([][]byte, n), make([]string, n)
	from, count, until, ends := make([]time.Time, n), make([]int32, n), make([]*time.Time, n), make([]time.Time, n)
	for i, c := range list {
		cell[i], subject[i], rule[i] = c.Subject.Cell(), c.Subject[:], c.Rule
		from[i], count[i], until[i], ends[i] = c.From, int32(c.N), batch.OrNull(c.Until), c.Ends
	}
	b.Queue(`
		INSERT INTO limit_count (
			cell,
			subject,
			rule,
			node,
			from_at,
			n,
			until,
			ends_at,
			updated_at
		)
		SELECT
			unnest(@cell::smallint[]),
			unnest(@subject::bytea[]),
			unnest(@rule::text[]),
			@node::uuid,
			unnest(@from::timestamptz[]),
			unnest(@count::integer[]),
			unnest(@until::timestamptz[]),
			unnest(@ends::timestamptz[]),
			now()
		ON CONFLICT (cell, subject, rule, node) DO UPDATE
		SET from_at = excluded.from_at,
			n = excluded.n,
			until = excluded.until,
			ends_at = excluded.ends_at,
			updated_at = excluded.updated_at`,
		pgx.StrictNamedArgs{
			"cell":    cell,
			"subject": subject,
			"rule":    rule,
			"node":    node,
			"from":    from,
			"count":   count,
			"until":   until,
			"ends":    ends,
		})
}

// ForgetLimits deletes at most limit expired counts.
func (s *Store) ForgetLimits(ctx context.Context, now time.Time, limit int) (int, error) {
	return batch.DeleteFound[[]byte](ctx, s.db, "forget limits", `
		SELECT cell, subject
		FROM limit_count
		WHERE ends_at < $1
		LIMIT $2`, `
		DELETE FROM limit_count AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::bytea[]) AS subject) u
		WHERE o.cell = u.cell AND o.subject = u.subject AND o.ends_at < $3`, now, limit)
}
