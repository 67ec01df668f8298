package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// growing is how many rows a table must have gained to be analyzed again.
const growing = 500

// AnalyzeGrown runs ANALYZE on the tables that have doubled since its last run,
// and returns how many those were. A plan that was made while a table was empty
// reads all of it, and is kept until Postgres analyzes the table again, which
// it does by itself once a minute: on an opening day, tens of thousands of rows
// later.
func (s *Store) AnalyzeGrown(ctx context.Context) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "look for tables that have grown", func(ctx context.Context, conn *pgx.Conn) error {
		n = 0
		rows, err := conn.Query(ctx, `
			SELECT s.relname
			FROM pg_stat_user_tables s
			JOIN pg_class c ON c.oid = s.relid
			WHERE s.schemaname = current_schema()
				AND s.n_mod_since_analyze > $1
				AND s.n_mod_since_analyze > c.reltuples`, growing)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := conn.Exec(ctx, "ANALYZE "+pgx.Identifier{name}.Sanitize()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
