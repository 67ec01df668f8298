package outbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/outbox"

	"tikaline/postgres/batch"
)

// forward returns the allowed changes of status, as "from>to".
func forward() []string {
	var list []string
	for _, from := range outbox.Statuses {
		for _, to := range outbox.Statuses {
			if outbox.Forward(from, to) {
				list = append(list, string(from)+">"+string(to))
			}
		}
	}
	return list
}

// tries returns a Try as a list that can be appended to the earlier ones.
func tries(t *outbox.Try) (string, error) {
	if t == nil {
		return "[]", nil
	}
	b, err := json.Marshal([]outbox.Try{*t})
	return string(b), err
}

// A row is a notice's primary key.
type row struct {
	cell int16
	id   uuid.UUID
}

// oneOfEach returns the calls of a batch, one for each row and in the order in
// which every batch locks notices. Two changes of one row cannot be one statement:
// of such calls all but the first are put back, to be run alone.
func oneOfEach[Q, R any](calls []*batch.Call[Q, R], of func(Q) row) []*batch.Call[Q, R] {
	seen := make(map[row]bool, len(calls))
	list := make([]*batch.Call[Q, R], 0, len(calls))
	for _, c := range calls {
		if k := of(c.In); seen[k] {
			c.Err = batch.ErrRequeue
		} else {
			seen[k] = true
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *batch.Call[Q, R]) int {
		x, y := of(a.In), of(b.In)
		return cmp.Or(cmp.Compare(x.cell, y.cell), bytes.Compare(x.id[:], y.id[:]))
	})
	return list
}

// A handover is an outbox.Handover as it is stored.
type handover struct {
	outbox.Handover
	now time.Time
	try string
}

func (h handover) row() row { return row{h.Cell, h.ID} }

// Hand records that a notice is about to be given to a provider, and reports
// whether it is still held under the lease of the Handover. It is written in a
// batch with others, even if ctx ends.
func (s *Store) Hand(ctx context.Context, now time.Time, h outbox.Handover) (bool, error) {
	try, err := tries(h.Try)
	if err != nil {
		return false, fmt.Errorf("hand over: %w", err)
	}
	return s.hand.DoWithoutFail(ctx, 0, handover{h, now, try})
}

func (s *Store) handBatch(ctx context.Context, calls []*batch.Call[handover, bool]) error {
	list := oneOfEach(calls, handover.row)
	n := len(list)
	cell, id := make([]int16, n), make([][16]byte, n)
	held, lease, now := make([]time.Time, n), make([]time.Time, n), make([]time.Time, n)
	provider, attempt, try := make([]string, n), make([]int16, n), make([]string, n)
	at := make(map[uuid.UUID]int, n)
	for i, c := range list {
		h := c.In
		cell[i], id[i], held[i], lease[i], provider[i], attempt[i] = h.Cell, h.ID, h.Held, h.Lease, h.Provider, int16(h.Attempt)
		try[i], now[i] = h.try, h.now
		at[h.ID] = i
	}
	return s.db.Conn(ctx, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			UPDATE outbox AS o
			SET status = 'sending',
				provider = u.provider,
				attempts = u.attempt,
				lease_until = u.lease,
				doubt = false,
				tried = CASE WHEN o.attempts < u.attempt THEN o.tried || u.try ELSE o.tried END,
				updated_at = u.now
			FROM (
				SELECT
					unnest(@cell::smallint[]) AS cell,
					unnest(@id::uuid[]) AS id,
					unnest(@held::timestamptz[]) AS held,
					unnest(@lease::timestamptz[]) AS lease,
					unnest(@provider::text[]) AS provider,
					unnest(@attempt::smallint[]) AS attempt,
					unnest(@try::text[])::jsonb AS try,
					unnest(@now::timestamptz[]) AS now
			) AS u
			WHERE o.cell = u.cell AND o.id = u.id AND o.status IN ('queued', 'sending')
				-- The second is the same call, retried after a commit whose
				-- answer was lost.
				AND (o.lease_until = u.held OR o.lease_until = u.lease AND o.attempts = u.attempt AND o.provider = u.provider)
			RETURNING o.id`,
			pgx.StrictNamedArgs{
				"cell":     cell,
				"id":       id,
				"held":     held,
				"lease":    lease,
				"provider": provider,
				"attempt":  attempt,
				"try":      try,
				"now":      now,
			})
		if err != nil {
			return err
		}
		var of [16]byte
		_, err = pgx.ForEachRow(rows, []any{&of}, func() error { list[at[of]].Out = true; return nil })
		return err
	})
}

// A change is an outbox.Change as it is stored.
type change struct {
	outbox.Change
	now time.Time
	try string
}

func (c change) row() row { return row{c.Cell, c.ID} }

// Record records what became of a notice if that is forward, and returns the
// notice; nil is a change that came too late. It is written in a batch with
// others, even if ctx ends.
func (s *Store) Record(ctx context.Context, now time.Time, c outbox.Change) (*outbox.Recorded, error) {
	try, err := tries(c.Try)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return s.record.DoWithoutFail(ctx, 0, change{c, now, try})
}

func (s *Store) recordBatch(ctx context.Context, calls []*batch.Call[change, *outbox.Recorded]) error {
	list := oneOfEach(calls, change.row)
	n := len(list)
	cell, id, status := make([]int16, n), make([][16]byte, n), make([]string, n)
	held, due, lease := make([]*time.Time, n), make([]*time.Time, n), make([]*time.Time, n)
	attempt, reset, doubt := make([]int16, n), make([]bool, n), make([]bool, n)
	provider, providerID, reason, try := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	now := make([]time.Time, n)
	at := make(map[uuid.UUID]int, n)
	for i, call := range list {
		c := call.In
		cell[i], id[i], status[i] = c.Cell, c.ID, string(c.Status)
		held[i], due[i], lease[i] = batch.OrNull(c.Held), batch.OrNull(c.Due), batch.OrNull(c.Lease)
		attempt[i], reset[i], doubt[i] = int16(c.Attempt), c.ResetValidity, c.Doubt
		provider[i], providerID[i], reason[i] = c.Provider, c.ProviderID, c.Reason
		try[i], now[i] = c.try, c.now
		at[c.ID] = i
	}
	return s.db.Conn(ctx, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			UPDATE outbox AS o
			SET status = u.status,
				provider = CASE WHEN u.provider = '' THEN o.provider ELSE u.provider END,
				provider_id = CASE WHEN u.provider_id = '' THEN o.provider_id ELSE u.provider_id END,
				reason = u.reason,
				due_at = COALESCE(u.due, o.due_at),
				first_due = CASE WHEN u.reset_validity THEN NULL ELSE o.first_due END,
				lease_until = u.lease,
				doubt = u.doubt,
				tried = o.tried || u.try,
				updated_at = u.now
			FROM (
				SELECT
					unnest(@cell::smallint[]) AS cell,
					unnest(@id::uuid[]) AS id,
					unnest(@status::text[]) AS status,
					unnest(@held::timestamptz[]) AS held,
					unnest(@due::timestamptz[]) AS due,
					unnest(@lease::timestamptz[]) AS lease,
					unnest(@attempt::smallint[]) AS attempt,
					unnest(@reset_validity::boolean[]) AS reset_validity,
					unnest(@doubt::boolean[]) AS doubt,
					unnest(@provider::text[]) AS provider,
					unnest(@provider_id::text[]) AS provider_id,
					unnest(@reason::text[]) AS reason,
					unnest(@try::text[])::jsonb AS try,
					unnest(@now::timestamptz[]) AS now
			) AS u
			WHERE o.cell = u.cell AND o.id = u.id
				-- Sent again, and no longer ambiguous, is forward too.
				AND (o.status || '>' || u.status = ANY (@forward::text[])
					OR o.status = u.status AND o.doubt AND NOT u.doubt
					OR o.status = u.status AND o.status = 'queued' AND u.held IS NOT NULL)
				AND (u.held IS NULL OR o.lease_until = u.held)
				AND (u.attempt = 0 OR o.attempts = u.attempt)
			RETURNING o.id, o.kind, o.provider`,
			pgx.StrictNamedArgs{
				"cell":           cell,
				"id":             id,
				"status":         status,
				"held":           held,
				"due":            due,
				"lease":          lease,
				"attempt":        attempt,
				"reset_validity": reset,
				"doubt":          doubt,
				"provider":       provider,
				"provider_id":    providerID,
				"reason":         reason,
				"try":            try,
				"now":            now,
				"forward":        forward(),
			})
		if err != nil {
			return err
		}
		var r outbox.Recorded
		_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&r.ID), &r.Kind, &r.Provider}, func() error {
			one := r
			list[at[r.ID]].Out = &one
			return nil
		})
		return err
	})
}
