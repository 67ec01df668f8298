package postgres

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
)

// A notice is a booking.Notice with its values as they are stored: callers
// make them, each on its own time, not the writer.
type notice struct {
	booking.Notice
	cell int16
	data string
}

func notices(list []booking.Notice) ([]*notice, error) {
	out := make([]*notice, len(list))
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
		out[i] = &notice{n, n.To.Cell(), string(data)}
	}
	return out, nil
}

// Notify queues notices, once per number and Key.
func (s *Store) Notify(ctx context.Context, list ...booking.Notice) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := notices(list)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	_, err = s.notify.do(ctx, s.writer(list[0].To), rows)
	return err
}

func (s *Store) notifyBatch(ctx context.Context, calls []*call[[]*notice, none]) error {
	var rows []*notice
	for _, c := range calls {
		rows = append(rows, c.q...)
	}
	return s.inTx(ctx, plain, func(tx pgx.Tx) error {
		b := new(pgx.Batch)
		s.owe(b, rows)
		return send(ctx, tx, b)
	})
}

// owe queues the statement that puts notices into the outbox. It sorts rows.
func (s *Store) owe(b *pgx.Batch, rows []*notice) {
	if len(rows) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b *notice) int {
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
			unnest($1::smallint[]),
			unnest($2::uuid[]),
			unnest($3::text[]),
			unnest($4::text[]),
			unnest($5::text[]),
			unnest($6::text[]),
			unnest($7::smallint[]),
			unnest($8::timestamptz[]),
			unnest($9::text[])::jsonb,
			'queued',
			$10::timestamptz,
			$10::timestamptz
		-- What is owed is owed once, whoever says so again.
		ON CONFLICT (cell, msisdn, key) DO NOTHING`,
		cell, id, number, key, kind, medium, priority, due, data, s.opts.Now())
}
