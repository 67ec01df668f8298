package outbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/outbox"

	"tikaline/postgres/batch"
)

// Dead is what was given up, failed or was never confirmed, the latest first.
// What was not sent because its number wants no messages is not among it: there
// is nothing to be done about that.
func (s *Store) Dead(ctx context.Context, limit int) ([]outbox.Letter, error) {
	var list []outbox.Letter
	err := s.db.RetryConn(ctx, "dead letters", func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, `
			SELECT `+claimedColumns+`,
				status,
				reason,
				updated_at
			FROM outbox
			WHERE (status IN ('dead', 'failed') OR doubt) AND status <> 'sending' AND reason <> $1
			ORDER BY updated_at DESC
			LIMIT $2`,
			string(outbox.Stopped), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l outbox.Letter
			if err := scanClaimed(rows, &l.Claimed, &l.Status, &l.Reason, &l.Updated); err != nil {
				return err
			}
			list = append(list, l)
		}
		return rows.Err()
	})
	return list, err
}

// Requeue sends again what is among the Dead, as if it were due now, and says
// which it took. Its tries so far are kept and no longer count.
func (s *Store) Requeue(ctx context.Context, now time.Time, ids ...uuid.UUID) ([]uuid.UUID, error) {
	again, err := tries(new(outbox.Again(now)))
	if err != nil {
		return nil, fmt.Errorf("send again: %w", err)
	}
	var done []uuid.UUID
	err = s.db.RetryConn(ctx, "send again", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			UPDATE outbox
			SET status = 'queued',
				due_at = $2,
				first_due = NULL,
				lease_until = NULL,
				doubt = false,
				reason = '',
				tried = tried || $3::text::jsonb,
				updated_at = $2
			-- By the index of what is in trouble: an id alone leads nowhere.
			WHERE (status IN ('dead', 'failed') OR doubt) AND status <> 'sending' AND id = ANY ($1::uuid[])
			RETURNING id`,
			batch.UUIDs(ids), now, again)
		if err != nil {
			return err
		}
		done, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (id uuid.UUID, err error) {
			err = row.Scan((*[16]byte)(&id))
			return id, err
		})
		return err
	})
	return done, err
}

// Count is how many notices stand where: of those that were sent or delivered
// only what was owed since a time, or it would read all that there ever was. What
// waits, is under way or went wrong has indexes of its own.
func (s *Store) Count(ctx context.Context, since time.Time) ([]outbox.Tally, error) {
	var list []outbox.Tally
	err := s.db.RetryConn(ctx, "count notices", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT 'queued', '', count(*)
			FROM outbox
			WHERE status = 'queued'
			HAVING count(*) > 0
			UNION ALL
			SELECT 'sending', CASE WHEN doubt THEN reason ELSE '' END AS why, count(*)
			FROM outbox
			WHERE status = 'sending'
			GROUP BY why
			UNION ALL
			SELECT status, reason, count(*)
			FROM outbox
			WHERE (status IN ('dead', 'failed') OR doubt) AND status <> 'sending' AND status <> 'queued'
			GROUP BY status, reason
			UNION ALL
			SELECT status, '', count(*)
			FROM outbox
			WHERE status IN ('sent', 'delivered') AND NOT doubt AND created_at >= $1
			GROUP BY status
			ORDER BY 1, 2`, since)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[outbox.Tally])
		return err
	})
	return list, err
}

// Stop notes that a number wants no messages but answers; the first time
// counts.
func (s *Store) Stop(ctx context.Context, number booking.MSISDN, at time.Time) error {
	return s.db.RetryConn(ctx, "stop messages", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `INSERT INTO optout (cell, msisdn, at) VALUES ($1, $2, $3) ON CONFLICT (cell, msisdn) DO NOTHING`,
			number.Cell(), string(number), at)
		return err
	})
}

// StopOf is Stop for the number that a notice is for: a report on it knows no
// more of the number.
func (s *Store) StopOf(ctx context.Context, cell int16, id uuid.UUID, at time.Time) error {
	return s.db.RetryConn(ctx, "stop messages", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO optout (cell, msisdn, at)
			SELECT cell, msisdn, $3
			FROM outbox
			WHERE cell = $1 AND id = $2
			ON CONFLICT (cell, msisdn) DO NOTHING`,
			cell, [16]byte(id), at)
		return err
	})
}

// Start notes that a number wants messages again. What was not sent meanwhile
// stays so: it is old news.
func (s *Store) Start(ctx context.Context, number booking.MSISDN) error {
	return s.db.RetryConn(ctx, "start messages", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `DELETE FROM optout WHERE cell = $1 AND msisdn = $2`, number.Cell(), string(number))
		return err
	})
}

// HasStopped tells whether a number wants no messages but answers.
func (s *Store) HasStopped(ctx context.Context, number booking.MSISDN) (bool, error) {
	var stopped bool
	err := s.db.RetryConn(ctx, "look for a stop", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM optout WHERE cell = $1 AND msisdn = $2)`,
			number.Cell(), string(number)).Scan(&stopped)
	})
	return stopped, err
}

// ReportKey is the key that signs what providers report to. It is made once and
// is the same for every node: a report comes to any of them, and after a
// restart.
func (s *Store) ReportKey(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	var key string
	err := s.db.RetryConn(ctx, "report key", func(ctx context.Context, conn *pgx.Conn) error {
		// Two statements: who comes second sees what the first one made.
		if _, err := conn.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('report_key', $1) ON CONFLICT (name) DO NOTHING`,
			hex.EncodeToString(fresh)); err != nil {
			return err
		}
		return conn.QueryRow(ctx, `SELECT value FROM setting WHERE name = 'report_key'`).Scan(&key)
	})
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(key)
	if err != nil {
		return nil, fmt.Errorf("report key: %w", err)
	}
	return b, nil
}
