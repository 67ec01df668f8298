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

// Dead returns the notices that were given up, failed or were never confirmed,
// the latest first. A notice that was not sent because its number wants no
// messages is not among them: an operator can do nothing about it.
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

// Requeue queues notices among the Dead again, due now, and returns which it
// took. Their earlier attempts are kept and no longer count.
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

// Count returns the number of notices by status: of sent and delivered ones
// only those queued since a time, or it would read every notice there ever was.
// The other statuses have indexes of their own.
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

// Stop records that a number wants no messages but replies; the first time
// counts.
func (s *Store) Stop(ctx context.Context, number booking.MSISDN, at time.Time) error {
	return s.db.RetryConn(ctx, "stop messages", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `INSERT INTO optout (cell, msisdn, at) VALUES ($1, $2, $3) ON CONFLICT (cell, msisdn) DO NOTHING`,
			number.Cell(), string(number), at)
		return err
	})
}

// StopOf is Stop for the number of a notice: a delivery report has only the
// notice's key.
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

// Start records that a number wants messages again. Notices that were not sent
// meanwhile stay unsent: they are old news.
func (s *Store) Start(ctx context.Context, number booking.MSISDN) error {
	return s.db.RetryConn(ctx, "start messages", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `DELETE FROM optout WHERE cell = $1 AND msisdn = $2`, number.Cell(), string(number))
		return err
	})
}

// HasStopped reports whether a number wants no messages but replies.
func (s *Store) HasStopped(ctx context.Context, number booking.MSISDN) (bool, error) {
	var stopped bool
	err := s.db.RetryConn(ctx, "look for a stop", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM optout WHERE cell = $1 AND msisdn = $2)`,
			number.Cell(), string(number)).Scan(&stopped)
	})
	return stopped, err
}

// ReportKey returns the key that signs the addresses of delivery reports. It is
// made once and is the same for every node: a report comes to any of them, and
// after a restart.
func (s *Store) ReportKey(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	var key string
	err := s.db.RetryConn(ctx, "report key", func(ctx context.Context, conn *pgx.Conn) error {
		// Two statements: the second of two nodes sees the key of the first.
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
