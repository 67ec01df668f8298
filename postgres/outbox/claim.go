package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/outbox"

	"tikaline/postgres/batch"
)

// waves is how often Claim looks past notices that cannot go yet.
const waves = 4

// urgency are the priorities in the order in which they go.
var urgency = []booking.Priority{
	booking.PriorityOTP, booking.PriorityReply, booking.PriorityConfirm, booking.PriorityChange, booking.PriorityReminder,
}

// beginClaim begins a transaction whose statements fetch rows by their keys. A
// plan for each would take longer than the work, and a bitmap of all that a cell
// ever sent grows for ever.
const beginClaim = batch.Ordered + `;
	SET LOCAL enable_bitmapscan = off`

// A candidate is a notice that may be due for us to take.
type candidate struct {
	cell   int16
	id     [16]byte
	number string
}

// Claim takes at most n notices that are due, the most urgent first, until
// lease; of one number and medium only the first, and none while another is
// being sent. Two workers never hold the same notice; a notice whose worker
// died before it handed it over is claimed again when its lease expires. No
// mediums means all of them.
func (s *Store) Claim(ctx context.Context, mediums []string, now, lease time.Time, n int) ([]outbox.Claimed, error) {
	var list []outbox.Claimed
	err := s.db.RetryTx(ctx, "claim notices", beginClaim, func(ctx context.Context, tx pgx.Tx) error {
		list = nil
		// Notices behind one that is being sent are due, and stay so. They are
		// skipped, or a single number would hold up all others.
		passed := []string{}
		for range waves {
			found, err := candidates(ctx, tx, mediums, now, n-len(list), passed)
			if err != nil || len(found) == 0 {
				return err
			}
			more, err := claimOf(ctx, tx, found, now, lease)
			if err != nil {
				return err
			}
			list = append(list, more...)
			if len(list) >= n || len(found) < n-len(list)+len(more) {
				return nil
			}
			for _, c := range found {
				passed = append(passed, c.number)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b outbox.Claimed) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.Due.Compare(b.Due), slices.Compare(a.ID[:], b.ID[:]))
	})
	return list, err
}

// candidates returns at most n pending notices, the most urgent first, without
// those of the skipped numbers.
func candidates(ctx context.Context, tx pgx.Tx, mediums []string, now time.Time, n int, passed []string) ([]candidate, error) {
	var list []candidate
	b := new(pgx.Batch)
	// Written as a literal, or the planner does not see that the index of calls
	// serves.
	alone := ""
	if len(mediums) == 1 && mediums[0] == "call" {
		alone = ` AND medium = 'call'`
	}
	for _, p := range urgency {
		// One query for each priority: the index then leads straight to the
		// notices that are due and ends there, however many wait for another
		// day.
		b.Queue(`
			SELECT cell, id, msisdn
			FROM outbox
			WHERE status = 'queued' AND priority = $1 AND due_at <= $2
				AND (lease_until IS NULL OR lease_until < $2)
				AND ($3::text[] IS NULL OR medium = ANY ($3))
				AND msisdn <> ALL ($4::text[])`+alone+`
			ORDER BY due_at, id
			LIMIT $5`,
			int16(p), now, mediums, passed, n,
		).Query(func(rows pgx.Rows) error {
			var c candidate
			_, err := pgx.ForEachRow(rows, []any{&c.cell, &c.id, &c.number}, func() error {
				if len(list) < n {
					list = append(list, c)
				}
				return nil
			})
			return err
		})
	}
	return list, tx.SendBatch(ctx, b).Close()
}

// claimOf claims the candidates that may go.
func claimOf(ctx context.Context, tx pgx.Tx, found []candidate, now, lease time.Time) ([]outbox.Claimed, error) {
	byCell := make(map[int16][][16]byte)
	for _, c := range found {
		byCell[c.cell] = append(byCell[c.cell], c.id)
	}
	locks, claims := new(pgx.Batch), new(pgx.Batch)
	var list []outbox.Claimed
	for cell, ids := range byCell {
		// First the lock, then a separate statement that sees everything that
		// was committed under it before.
		locks.Queue(`SELECT cell FROM outbox_cell WHERE cell = $1 FOR UPDATE SKIP LOCKED`, cell).Query(func(rows pgx.Rows) error {
			held, err := pgx.CollectRows(rows, pgx.RowTo[int16])
			if err == nil && len(held) == 1 {
				claimCell(claims, cell, ids, now, lease, &list)
			}
			return err
		})
	}
	if err := tx.SendBatch(ctx, locks).Close(); err != nil {
		return nil, err
	}
	return list, batch.Send(ctx, tx, claims)
}

func claimCell(b *pgx.Batch, cell int16, ids [][16]byte, now, lease time.Time, list *[]outbox.Claimed) {
	b.Queue(`
		UPDATE outbox
		SET lease_until = $4,
			first_due = COALESCE(first_due, due_at),
			updated_at = $3
		FROM (
			SELECT o.id AS chosen
			FROM (SELECT unnest($2::uuid[]) AS found) AS c, outbox AS o
			WHERE o.cell = $1 AND o.id = c.found
				-- Not plainly: the index of what is queued would look cheap to a
				-- plan made while nothing was, and be walked once for each cell.
				AND o.status || '' = 'queued' AND o.due_at <= $3
				AND (o.lease_until IS NULL OR o.lease_until < $3)
				-- One of a number at a time, in order. One in doubt, or tried
				-- again later, lets the next ones go; a one-time password
				-- waits for none, lest a provider that hangs outlast it.
				AND (o.priority = $5 OR NOT EXISTS (
					SELECT
					FROM outbox AS e
					WHERE e.cell = $1 AND e.msisdn = o.msisdn AND e.medium = o.medium AND e.id <> o.id
						AND (
							e.status = 'sending' AND NOT e.doubt
							OR e.status = 'queued' AND e.due_at <= $3 AND (
								e.lease_until >= $3
								-- The very order of the candidates: whoever is first
								-- here was found before those it holds back.
								OR (e.priority, e.due_at, e.id) < (o.priority, o.due_at, o.id)
							)
						)
				))
			FOR UPDATE OF o SKIP LOCKED
		) AS mine
		WHERE cell = $1 AND id = mine.chosen
		RETURNING `+claimedColumns+`,
			EXISTS (SELECT FROM optout AS p WHERE p.cell = $1 AND p.msisdn = outbox.msisdn)`,
		cell, ids, now, lease, int16(booking.PriorityOTP),
	).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var c outbox.Claimed
			if err := scanClaimed(rows, &c, &c.Stopped); err != nil {
				return err
			}
			*list = append(*list, c)
		}
		return rows.Err()
	})
}

// claimedColumns are the columns that scanClaimed reads.
const claimedColumns = `
			id,
			msisdn,
			key,
			kind,
			medium,
			priority,
			due_at,
			data,
			COALESCE(first_due, due_at),
			lease_until,
			attempts,
			provider,
			tried,
			doubt`

func scanClaimed(rows pgx.Rows, c *outbox.Claimed, more ...any) error {
	var data, tried []byte
	var lease *time.Time
	err := rows.Scan(append([]any{
		(*[16]byte)(&c.ID), &c.To, &c.Key, &c.Kind, &c.Medium, &c.Priority, &c.Due, &data,
		&c.Since, &lease, &c.Attempts, &c.Provider, &tried, &c.Doubt,
	}, more...)...)
	if err != nil {
		return err
	}
	if lease != nil {
		c.Lease = *lease
	}
	if err := json.Unmarshal(data, &c.Data); err != nil {
		return fmt.Errorf("values of notice %s: %w", c.ID, err)
	}
	if err := json.Unmarshal(tried, &c.Tried); err != nil {
		return fmt.Errorf("tries of notice %s: %w", c.ID, err)
	}
	return nil
}

// Stale returns at most n notices that are 'sending' longer than their lease.
func (s *Store) Stale(ctx context.Context, now time.Time, n int) ([]outbox.Claimed, error) {
	var list []outbox.Claimed
	err := s.db.RetryConn(ctx, "look for stale notices", func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, `
			SELECT `+claimedColumns+`
			FROM outbox
			WHERE status = 'sending' AND lease_until < $1
			ORDER BY lease_until
			LIMIT $2`,
			now, n)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c outbox.Claimed
			if err := scanClaimed(rows, &c); err != nil {
				return err
			}
			list = append(list, c)
		}
		return rows.Err()
	})
	return list, err
}

// Oldest returns, by priority, when the longest waiting notice was due.
func (s *Store) Oldest(ctx context.Context, now time.Time) (map[booking.Priority]time.Time, error) {
	var oldest map[booking.Priority]time.Time
	err := s.db.RetryConn(ctx, "queue's age", func(ctx context.Context, conn *pgx.Conn) error {
		oldest = make(map[booking.Priority]time.Time)
		b := new(pgx.Batch)
		for _, p := range urgency {
			b.Queue(`SELECT min(due_at) FROM outbox WHERE status = 'queued' AND priority = $1 AND due_at <= $2`,
				int16(p), now,
			).QueryRow(func(row pgx.Row) error {
				var at *time.Time
				err := row.Scan(&at)
				if at != nil {
					oldest[p] = *at
				}
				return err
			})
		}
		return conn.SendBatch(ctx, b).Close()
	})
	return oldest, err
}
