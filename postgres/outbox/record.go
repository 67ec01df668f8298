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

// forward lists which status may follow which, as "from>to".
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

// tries is a Try as a list that can be added to those before.
func tries(t *outbox.Try) (string, error) {
	if t == nil {
		return "[]", nil
	}
	b, err := json.Marshal([]outbox.Try{*t})
	return string(b), err
}

// inOrder is the order in which every batch locks notices.
func inOrder(cellA int16, idA uuid.UUID, cellB int16, idB uuid.UUID) int {
	return cmp.Or(cmp.Compare(cellA, cellB), bytes.Compare(idA[:], idB[:]))
}

// Hand notes that notices are about to be given to providers and says under
// which lease each of those that it could note now is.
func (s *Store) Hand(ctx context.Context, now time.Time, list []outbox.Handover) (map[uuid.UUID]time.Time, error) {
	list = slices.SortedFunc(slices.Values(list), func(a, b outbox.Handover) int { return inOrder(a.Cell, a.ID, b.Cell, b.ID) })
	n := len(list)
	cell, id := make([]int16, n), make([][16]byte, n)
	held, lease := make([]time.Time, n), make([]time.Time, n)
	provider, attempt, try := make([]string, n), make([]int16, n), make([]string, n)
	for i, h := range list {
		cell[i], id[i], held[i], lease[i], provider[i], attempt[i] = h.Cell, h.ID, h.Held, h.Lease, h.Provider, int16(h.Attempt)
		var err error
		if try[i], err = tries(h.Try); err != nil {
			return nil, fmt.Errorf("hand over: %w", err)
		}
	}
	leases := make(map[uuid.UUID]time.Time, n)
	err := s.db.RetryConn(ctx, "hand over", func(ctx context.Context, conn *pgx.Conn) error {
		clear(leases)
		rows, err := conn.Query(ctx, `
			UPDATE outbox AS o
			SET status = 'sending',
				provider = u.provider,
				attempts = u.attempt,
				lease_until = u.lease,
				doubt = false,
				tried = CASE WHEN o.attempts < u.attempt THEN o.tried || u.try ELSE o.tried END,
				updated_at = @now
			FROM (
				SELECT
					unnest(@cell::smallint[]) AS cell,
					unnest(@id::uuid[]) AS id,
					unnest(@held::timestamptz[]) AS held,
					unnest(@lease::timestamptz[]) AS lease,
					unnest(@provider::text[]) AS provider,
					unnest(@attempt::smallint[]) AS attempt,
					unnest(@try::text[])::jsonb AS try
			) AS u
			WHERE o.cell = u.cell AND o.id = u.id AND o.status IN ('queued', 'sending')
				-- The second is ourselves, asking again after a commit whose
				-- answer was lost.
				AND (o.lease_until = u.held OR o.lease_until = u.lease AND o.attempts = u.attempt AND o.provider = u.provider)
			RETURNING o.id, o.lease_until`,
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
		var until time.Time
		_, err = pgx.ForEachRow(rows, []any{&of, &until}, func() error { leases[of] = until; return nil })
		return err
	})
	return leases, err
}

// Record notes what became of notices, each only if that is forward, and
// returns those that changed.
func (s *Store) Record(ctx context.Context, now time.Time, list []outbox.Change) ([]outbox.Recorded, error) {
	list = slices.SortedFunc(slices.Values(list), func(a, b outbox.Change) int { return inOrder(a.Cell, a.ID, b.Cell, b.ID) })
	n := len(list)
	cell, id, status := make([]int16, n), make([][16]byte, n), make([]string, n)
	held, due, lease := make([]*time.Time, n), make([]*time.Time, n), make([]*time.Time, n)
	attempt, anew, doubt := make([]int16, n), make([]bool, n), make([]bool, n)
	provider, providerID, reason, try := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, c := range list {
		cell[i], id[i], status[i] = c.Cell, c.ID, string(c.Status)
		held[i], due[i], lease[i] = batch.OrNull(c.Held), batch.OrNull(c.Due), batch.OrNull(c.Lease)
		attempt[i], anew[i], doubt[i] = int16(c.Attempt), c.ResetValidity, c.Doubt
		provider[i], providerID[i], reason[i] = c.Provider, c.ProviderID, c.Reason
		var err error
		if try[i], err = tries(c.Try); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	var done []outbox.Recorded
	err := s.db.RetryConn(ctx, "record what became of notices", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			UPDATE outbox AS o
			SET status = u.status,
				provider = CASE WHEN u.provider = '' THEN o.provider ELSE u.provider END,
				provider_id = CASE WHEN u.provider_id = '' THEN o.provider_id ELSE u.provider_id END,
				reason = u.reason,
				due_at = COALESCE(u.due, o.due_at),
				first_due = CASE WHEN u.anew THEN NULL ELSE o.first_due END,
				lease_until = u.lease,
				doubt = u.doubt,
				tried = o.tried || u.try,
				updated_at = @now
			FROM (
				SELECT
					unnest(@cell::smallint[]) AS cell,
					unnest(@id::uuid[]) AS id,
					unnest(@status::text[]) AS status,
					unnest(@held::timestamptz[]) AS held,
					unnest(@due::timestamptz[]) AS due,
					unnest(@lease::timestamptz[]) AS lease,
					unnest(@attempt::smallint[]) AS attempt,
					unnest(@anew::boolean[]) AS anew,
					unnest(@doubt::boolean[]) AS doubt,
					unnest(@provider::text[]) AS provider,
					unnest(@provider_id::text[]) AS provider_id,
					unnest(@reason::text[]) AS reason,
					unnest(@try::text[])::jsonb AS try
			) AS u
			WHERE o.cell = u.cell AND o.id = u.id
				-- Sent again and no longer in doubt is forward too.
				AND (o.status || '>' || u.status = ANY (@forward::text[])
					OR o.status = u.status AND o.doubt AND NOT u.doubt
					OR o.status = u.status AND o.status = 'queued' AND u.held IS NOT NULL)
				AND (u.held IS NULL OR o.lease_until = u.held)
				AND (u.attempt = 0 OR o.attempts = u.attempt)
			RETURNING o.id, o.kind, o.provider`,
			pgx.StrictNamedArgs{
				"cell":        cell,
				"id":          id,
				"status":      status,
				"held":        held,
				"due":         due,
				"lease":       lease,
				"attempt":     attempt,
				"anew":        anew,
				"doubt":       doubt,
				"provider":    provider,
				"provider_id": providerID,
				"reason":      reason,
				"try":         try,
				"now":         now,
				"forward":     forward(),
			})
		if err != nil {
			return err
		}
		done, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r outbox.Recorded, err error) {
			err = row.Scan((*[16]byte)(&r.ID), &r.Kind, &r.Provider)
			return r, err
		})
		return err
	})
	return done, err
}
