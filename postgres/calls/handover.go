package calls

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/calls"
	"tikaline/postgres/batch"
)

// NoteHandOver adds an event to the record of its hand-over, and returns the
// whole record.
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
			VALUES (@cell, @id, @number, @provider, @provider_id, @language, @flow, @step, @state, @why, @queued_at, @taken_at, @taken_by, @left_at, @outcome)
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
				outcome = CASE WHEN array_position(@hand_over_outcomes::text[], excluded.outcome) > array_position(@hand_over_outcomes::text[], h.outcome)
					THEN excluded.outcome ELSE h.outcome END
			RETURNING `+columnsHandOver,
			pgx.StrictNamedArgs{
				"cell":               h.Call.Cell(),
				"id":                 [16]byte(h.ID),
				"number":             string(h.Call.Number),
				"provider":           h.Call.Provider,
				"provider_id":        h.Call.ProviderID,
				"language":           h.Language,
				"flow":               h.Flow,
				"step":               h.Step,
				"state":              state,
				"why":                h.Why,
				"queued_at":          batch.OrNull(h.QueuedAt),
				"taken_at":           batch.OrNull(h.TakenAt),
				"taken_by":           h.TakenBy,
				"left_at":            batch.OrNull(h.LeftAt),
				"outcome":            string(h.Outcome),
				"hand_over_outcomes": batch.Strings(calls.HandOverOutcomes),
			})
		if err != nil {
			return err
		}
		got, err = pgx.CollectExactlyOneRow(rows, scanHandOver)
		return err
	})
	return got, err
}

// columnsHandOver are the columns that scanHandOver reads.
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

// EndHandOvers records that a call is over, where its caller waits for an
// agent.
func (s *Store) EndHandOvers(ctx context.Context, call calls.Key, at time.Time) error {
	return s.db.RetryConn(ctx, "end hand-overs", func(ctx context.Context, conn *pgx.Conn) error {
		// Few callers wait, and they have an index of their own.
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

// WaitingHandOvers returns callers whom no agent has taken and who have not
// left, the longest waiting first.
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

// ForgetHandOvers drops the conversations of hand-overs from before a time.
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
