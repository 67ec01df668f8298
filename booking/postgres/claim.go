package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// A NoticeStatus is where a notice stands. It is stored.
type NoticeStatus string

// The statuses of a notice.
const (
	Queued    NoticeStatus = "queued"    // waits, for the first time or again
	Sending   NoticeStatus = "sending"   // claimed by a worker, until its lease ends
	Sent      NoticeStatus = "sent"      // a provider took it
	Delivered NoticeStatus = "delivered" // it arrived
	Failed    NoticeStatus = "failed"    // the provider says that it did not
	Dead      NoticeStatus = "dead"      // given up
)

// forward lists which status may follow which, as "from>to": a late report
// never overwrites a newer one.
func forward() []string {
	next := map[NoticeStatus][]NoticeStatus{
		Queued:  {Sent, Delivered, Failed, Dead}, // by a worker whose lease had ended
		Sending: {Queued, Sent, Delivered, Failed, Dead},
		Sent:    {Delivered, Failed},
		Failed:  {Delivered},
	}
	var list []string
	for from, all := range next {
		for _, to := range all {
			list = append(list, string(from)+">"+string(to))
		}
	}
	slices.Sort(list)
	return list
}

// A Claimed is a notice that is ours to send until the lease ends.
type Claimed struct {
	booking.Notice
	Attempts int // with this one
}

// An Outcome is what became of a claimed notice.
type Outcome struct {
	Status     NoticeStatus
	Provider   string
	ProviderID string    // the provider's own id of it
	Reason     string    // why it failed: a code, never words for a phone
	Due        time.Time // with Queued: when to try again
}

// Claim takes at most n notices that are due, of the given cells or (nil) of
// all, the most urgent of each cell first. Two workers never hold the same; one
// whose worker died is claimed again when its lease ends.
func (s *Store) Claim(ctx context.Context, cells []int16, now time.Time, lease time.Duration, n int) ([]Claimed, error) {
	var list []Claimed
	err := s.patiently(ctx, "claim notices", func(ctx context.Context) error {
		list = nil
		return s.inTx(ctx, plain, func(tx pgx.Tx) error {
			due, err := dueCells(ctx, tx, cells, now, n)
			if err != nil || len(due) == 0 {
				return err
			}
			b := new(pgx.Batch)
			for _, cell := range due {
				claimCell(b, cell, now, lease, max(1, n/len(due)), &list)
			}
			return tx.SendBatch(ctx, b).Close()
		})
	})
	slices.SortStableFunc(list, func(a, b Claimed) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.Due.Compare(b.Due))
	})
	return list, err
}

// dueCells is the cells that have something to send, the most urgent first.
func dueCells(ctx context.Context, tx pgx.Tx, cells []int16, now time.Time, n int) ([]int16, error) {
	rows, err := tx.Query(ctx, `
		SELECT cell
		FROM outbox
		WHERE status IN ('queued', 'sending') AND due_at <= $1
			AND (status = 'queued' OR lease_until < $1)
			AND ($2::smallint[] IS NULL OR cell = ANY ($2))
		GROUP BY cell
		ORDER BY min(priority), min(due_at)
		LIMIT $3`,
		now, cells, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int16])
}

func claimCell(b *pgx.Batch, cell int16, now time.Time, lease time.Duration, n int, list *[]Claimed) {
	b.Queue(`
		UPDATE outbox
		SET status = 'sending',
			attempts = attempts + 1,
			lease_until = $3,
			updated_at = $2
		-- One cell at a time: rows of one machine can be skipped when locked,
		-- rows of many cannot.
		WHERE cell = $1 AND id = ANY (ARRAY(
			SELECT id
			FROM outbox
			WHERE cell = $1 AND status IN ('queued', 'sending') AND due_at <= $2
				AND (status = 'queued' OR lease_until < $2)
			ORDER BY priority, due_at
			LIMIT $4
			FOR UPDATE SKIP LOCKED
		))
		RETURNING
			id,
			msisdn,
			key,
			kind,
			medium,
			priority,
			due_at,
			data,
			attempts`,
		cell, now, now.Add(lease), n,
	).Query(func(rows pgx.Rows) error {
		var c Claimed
		var data []byte
		_, err := pgx.ForEachRow(rows, []any{
			(*[16]byte)(&c.ID), &c.To, &c.Key, &c.Kind, &c.Medium, &c.Priority, &c.Due, &data, &c.Attempts,
		}, func() error {
			c.Data = booking.NoticeData{}
			if err := json.Unmarshal(data, &c.Data); err != nil {
				return fmt.Errorf("values of notice %s: %w", c.ID, err)
			}
			*list = append(*list, c)
			return nil
		})
		return err
	})
}

// Finish notes what became of a notice. Its status only moves forward; with
// Queued it is tried again at Due, unless another worker has claimed it since.
// A delivery report needs no more of the Claimed than its To and ID.
func (s *Store) Finish(ctx context.Context, c Claimed, o Outcome, now time.Time) error {
	var due *time.Time
	if o.Status == Queued {
		due = &o.Due
	}
	return s.patiently(ctx, "finish notice", func(ctx context.Context) error {
		return s.onConn(ctx, func(conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, `
				UPDATE outbox
				SET status = $3,
					provider = CASE WHEN $4 = '' THEN provider ELSE $4 END,
					provider_id = CASE WHEN $5 = '' THEN provider_id ELSE $5 END,
					reason = $6,
					due_at = COALESCE($7, due_at),
					lease_until = NULL,
					updated_at = $8
				WHERE cell = $1 AND id = $2
					AND status || '>' || $3 = ANY ($9::text[])
					AND ($3 <> 'queued' OR attempts = $10)`,
				c.To.Cell(), [16]byte(c.ID), string(o.Status), o.Provider, o.ProviderID, o.Reason, due, now, forward(), c.Attempts)
			return err
		})
	})
}
