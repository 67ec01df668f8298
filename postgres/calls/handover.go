package calls

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/calls"
	"tikaline/postgres/batch"
)

// NoteHandOver adds what is told of a hand-over to what is known, and returns
// all of it.
func (s *Store) NoteHandOver(ctx context.Context, h calls.HandOver) (got calls.HandOver, err error) {
	state := h.State
	if state == nil {
		state = []byte{}
	}
	err = s.db.RetryConn(ctx, "note hand-over", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			INSERT INTO handover AS h (
				cell,
				id,
				msisdn,
				provider,
				provider_id,
				lang,
				flow,
				step,
				state,
				why,
				queued_at,
				taken_at,
				taken_by,
				left_at,
				outcome
			)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			-- The same as calls.HandOver.And.
			ON CONFLICT (cell, id) DO UPDATE SET
				lang = CASE WHEN h.lang = '' THEN excluded.lang ELSE h.lang END,
				flow = CASE WHEN h.flow = '' THEN excluded.flow ELSE h.flow END,
				step = CASE WHEN h.step = '' THEN excluded.step ELSE h.step END,
				state = CASE WHEN length(h.state) = 0 THEN excluded.state ELSE h.state END,
				why = CASE WHEN h.why = '' THEN excluded.why ELSE h.why END,
				queued_at = LEAST(h.queued_at, excluded.queued_at),
				taken_at = CASE WHEN h.taken_by = '' THEN excluded.taken_at ELSE h.taken_at END,
				taken_by = CASE WHEN h.taken_by = '' THEN excluded.taken_by ELSE h.taken_by END,
				left_at = LEAST(h.left_at, excluded.left_at),
				outcome = CASE WHEN array_position($16::text[], excluded.outcome) > array_position($16::text[], h.outcome)
					THEN excluded.outcome ELSE h.outcome END
			RETURNING `+columnsHandOver,
			h.Call.Cell(), [16]byte(h.ID), string(h.Call.Number), h.Call.Provider, h.Call.ProviderID,
			h.Language, h.Flow, h.Step, state, h.Why,
			batch.OrNull(h.QueuedAt), batch.OrNull(h.TakenAt), h.TakenBy, batch.OrNull(h.LeftAt), string(h.Outcome), batch.Strings(calls.HandOverOutcomes))
		if err != nil {
			return err
		}
		got, err = pgx.CollectExactlyOneRow(rows, scanHandOver)
		return err
	})
	return got, err
}

// columnsHandOver is what scanHandOver reads.
const columnsHandOver = `
	h.id,
	h.msisdn,
	h.provider,
	h.provider_id,
	h.lang,
	h.flow,
	h.step,
	h.state,
	h.why,
	h.queued_at,
	h.taken_at,
	h.taken_by,
	h.left_at,
	h.outcome`

func scanHandOver(row pgx.CollectableRow) (h calls.HandOver, err error) {
	var queued, taken, left *time.Time
	err = row.Scan((*[16]byte)(&h.ID), &h.Call.Number, &h.Call.Provider, &h.Call.ProviderID,
		&h.Language, &h.Flow, &h.Step, &h.State, &h.Why, &queued, &taken, &h.TakenBy, &left, &h.Outcome)
	h.QueuedAt, h.TakenAt, h.LeftAt = batch.OrZero(queued), batch.OrZero(taken), batch.OrZero(left)
	return h, err
}

// EndHandOvers notes that a call is over, where somebody waits on it.
func (s *Store) EndHandOvers(ctx context.Context, call calls.Key, at time.Time) error {
	return s.db.RetryConn(ctx, "end hand-overs", func(ctx context.Context, conn *pgx.Conn) error {
		// Few wait, and they have an index of their own.
		_, err := conn.Exec(ctx, `
			UPDATE handover
			SET left_at = $5,
				outcome = CASE WHEN outcome = '' THEN $6 ELSE outcome END
			WHERE cell = $1 AND msisdn = $2 AND provider = $3 AND provider_id = $4
				AND left_at IS NULL AND taken_by = '' AND queued_at IS NOT NULL`,
			call.Cell(), string(call.Number), call.Provider, call.ProviderID, at, string(calls.HandOverLeft))
		return err
	})
}

// WaitingHandOvers is callers whom no agent has taken and who have not left, the
// longest waiting first.
func (s *Store) WaitingHandOvers(ctx context.Context, since time.Time, limit int) ([]calls.HandOver, error) {
	var list []calls.HandOver
	err := s.db.RetryConn(ctx, "read who waits for an agent", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT `+columnsHandOver+`
			FROM handover h
			WHERE h.left_at IS NULL AND h.taken_by = '' AND h.queued_at >= $1
			ORDER BY h.queued_at, h.cell, h.id
			LIMIT $2`, since, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanHandOver)
		return err
	})
	return list, err
}

// ForgetHandOvers drops the conversations of those queued before a time.
func (s *Store) ForgetHandOvers(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget hand-overs", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsHandOver+` FROM handover h WHERE length(h.state) > 0 AND h.queued_at < $1 LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, scanHandOver)
		if err != nil {
			return err
		}
		cell, id := make([]int16, len(found)), make([][16]byte, len(found))
		for i, h := range found {
			cell[i], id[i] = h.Call.Cell(), h.ID
		}
		tag, err := conn.Exec(ctx, `
			UPDATE handover AS h
			SET state = ''
			FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
			WHERE h.cell = u.cell AND h.id = u.id`, cell, id)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
