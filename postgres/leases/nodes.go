package leases

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// nodeForgotten is how long the lease of a node that is gone is kept: longer
// than the clocks of two nodes may differ.
const nodeForgotten = time.Hour

// Alive renews the lease that makes a sending node known, and returns how many
// nodes hold one at now; see outbox.Nodes.
func (s *Store) Alive(ctx context.Context, node uuid.UUID, now, until time.Time) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "count nodes", func(ctx context.Context, conn *pgx.Conn) error {
		// Each statement runs alone: no node waits for another's lease.
		if _, err := conn.Exec(ctx, `
				INSERT INTO turn (name, number, until)
				VALUES ('sender/' || $1::text, 0, $2)
				ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
			node.String(), until); err != nil {
			return err
		}
		// Names from 'sender/' to before 'sender0': by the primary key.
		if _, err := conn.Exec(ctx, `DELETE FROM turn WHERE name >= 'sender/' AND name < 'sender0' AND until < $1`,
			now.Add(-nodeForgotten)); err != nil {
			return err
		}
		return conn.QueryRow(ctx, `SELECT count(*) FROM turn WHERE name >= 'sender/' AND name < 'sender0' AND until > $1`, now).Scan(&n)
	})
	return n, err
}
