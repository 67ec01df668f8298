package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// A Row is a booking.Notice with its values as they are stored. Callers make
// rows (Rows), each on its own time, not the batch writer.
type Row struct {
	booking.Notice
	cell int16
	data string
}

// Rows returns notices as rows. A notice without an ID gets one.
func Rows(list []booking.Notice) ([]*Row, error) {
	out := make([]*Row, len(list))
	for i, n := range list {
		data, err := json.Marshal(n.Data)
		if err != nil {
			return nil, fmt.Errorf("notice %s: %w", n.Kind, err)
		}
		if n.ID == uuid.Nil {
			if n.ID, err = uuid.NewV7(); err != nil {
				return nil, fmt.Errorf("notice %s: %w", n.Kind, err)
			}
		}
		out[i] = &Row{n, n.To.Cell(), string(data)}
	}
	return out, nil
}

// Notify queues notices, once per number and Key.
func (s *Store) Notify(ctx context.Context, list ...booking.Notice) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := Rows(list)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	_, err = s.notify.Do(ctx, s.db.WriterOf(list[0].To), rows)
	return err
}

func (s *Store) notifyBatch(ctx context.Context, calls []*batch.Call[[]*Row, none]) error {
	var rows []*Row
	for _, c := range calls {
		rows = append(rows, c.In...)
	}
	return s.db.Tx(ctx, batch.Plain, func(tx pgx.Tx) error {
		b := new(pgx.Batch)
		Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
}

// Queue adds the statement that puts notices into the outbox to b: every room
// queues its notices with it, in the transaction that they are about. A notice
// whose Key its number already has is not queued again. It sorts rows, in the
// order in which every batch locks notices.
func Queue(b *pgx.Batch, rows []*Row, now time.Time) {
	if len(rows) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.To, b.To), cmp.Compare(a.Key, b.Key))
	})
	n := len(rows)
	cell, id := make([]int16, n), make([][16]byte, n)
	number, key := make([]string, n), make([]string, n)
	kind, medium := make([]string, n), make([]string, n)
	priority, due, data := make([]int16, n), make([]time.Time, n), make([]string, n)
	for i, r := range rows {
		cell[i], id[i] = r.cell, r.ID
		number[i], key[i] = string(r.To), r.Key
		kind[i], medium[i] = string(r.Kind), r.Medium
		priority[i], due[i], data[i] = int16(r.Priority), r.Due, r.data
	}
	b.Queue(`
		INSERT INTO outbox (
			cell,
			id,
			msisdn,
			key,
			kind,
			medium,
			priority,
			due_at,
			data,
			status,
			created_at,
			updated_at
		)
		SELECT
			unnest(@cell::smallint[]),
			unnest(@id::uuid[]),
			unnest(@number::text[]),
			unnest(@key::text[]),
			unnest(@kind::text[]),
			unnest(@medium::text[]),
			unnest(@priority::smallint[]),
			unnest(@due::timestamptz[]),
			unnest(@data::text[])::jsonb,
			'queued',
			@now::timestamptz,
			@now::timestamptz
		-- What is queued is queued once, whoever says so again.
		ON CONFLICT (cell, msisdn, key) DO NOTHING`,
		pgx.StrictNamedArgs{
			"cell":     cell,
			"id":       id,
			"number":   number,
			"key":      key,
			"kind":     kind,
			"medium":   medium,
			"priority": priority,
			"due":      due,
			"data":     data,
			"now":      now,
		})
}

// Unqueue adds the statement that takes notices out of the outbox to b, for a
// caller that queued them in the same transaction.
func Unqueue(b *pgx.Batch, rows []*Row) {
	if len(rows) == 0 {
		return
	}
	cell, id := make([]int16, len(rows)), make([][16]byte, len(rows))
	for i, r := range rows {
		cell[i], id[i] = r.cell, r.ID
	}
	b.Queue(`
		DELETE FROM outbox AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE o.cell = u.cell AND o.id = u.id`,
		cell, id)
}

// Hasten brings the due time of a pending notice forward, if it is later. A
// notice that a worker has claimed goes in a moment anyway.
func Hasten(ctx context.Context, tx pgx.Tx, to booking.MSISDN, id uuid.UUID, due time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE outbox
		SET due_at = $3,
			first_due = NULL
		WHERE cell = $1 AND id = $2 AND status = 'queued' AND due_at > $3`,
		to.Cell(), [16]byte(id), due)
	return err
}

// Withdraw gives up a pending notice, even one that a worker has claimed and
// not yet recorded as handed over: either it is withdrawn or it is sent, never
// both.
func Withdraw(ctx context.Context, tx pgx.Tx, to booking.MSISDN, id uuid.UUID, at time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE outbox
		SET status = 'dead',
			reason = 'no longer true',
			lease_until = NULL,
			updated_at = $3
		WHERE cell = $1 AND id = $2 AND status = 'queued'`,
		to.Cell(), [16]byte(id), at)
	return err
}
