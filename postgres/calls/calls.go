package calls

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/calls"

	"tikaline/postgres/batch"
)

type callNote = batch.Call[calls.Call, calls.Call]

// NoteCall adds an event to the record of its call, and returns the whole
// record.
func (s *Store) NoteCall(ctx context.Context, c calls.Call) (calls.Call, error) {
	c.StartedAt, c.EndedAt = batch.TruncateMicros(c.StartedAt), batch.TruncateMicros(c.EndedAt)
	c.Duration = c.Duration.Truncate(time.Millisecond)
	return s.calls.Do(ctx, s.db.WriterOfCell(c.Cell()), c)
}

// callsBatch records events of calls. The events of one call in a batch are
// joined first: a statement changes no row twice.
func (s *Store) callsBatch(ctx context.Context, notes []*callNote) error {
	told := make(map[calls.Key]calls.Call, len(notes))
	for _, c := range notes {
		if before, ok := told[c.In.Key]; ok {
			told[c.In.Key] = before.And(c.In)
		} else {
			told[c.In.Key] = c.In
		}
	}
	list := make([]calls.Call, 0, len(told))
	for _, c := range told {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b calls.Call) int {
		return cmp.Or(cmp.Compare(a.Cell(), b.Cell()), cmp.Compare(a.Number, b.Number),
			cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ProviderID, b.ProviderID))
	})
	n := len(list)
	cell, provider, providerID := make([]int16, n), make([]string, n), make([]string, n)
	number, id, direction := make([]string, n), make([][16]byte, n), make([]string, n)
	lang, spoken, steps := make([]string, n), make([]int32, n), make([]int32, n)
	started, ended, millis := make([]*time.Time, n), make([]*time.Time, n), make([]int64, n)
	outcome, notice := make([]string, n), make([][16]byte, n)
	for i, c := range list {
		cell[i], provider[i], providerID[i] = c.Cell(), c.Provider, c.ProviderID
		number[i], id[i], direction[i] = string(c.Number), c.ID, string(c.Direction)
		lang[i], spoken[i], steps[i] = c.Language, int32(c.Spoken), int32(c.Steps)
		started[i], ended[i], millis[i] = batch.OrNull(c.StartedAt), batch.OrNull(c.EndedAt), c.Duration.Milliseconds()
		outcome[i], notice[i] = string(c.Outcome), c.Notice
	}
	known := make(map[calls.Key]calls.Call, n)
	err := s.db.Conn(ctx, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			INSERT INTO call AS c (
				cell,
				provider,
				provider_id,
				msisdn,
				id,
				direction,
				lang,
				spoken,
				started_at,
				ended_at,
				millis,
				outcome,
				steps,
				notice_id
			)
			SELECT
				unnest(@cell::smallint[]),
				unnest(@provider::text[]),
				unnest(@provider_id::text[]),
				unnest(@number::text[]),
				unnest(@id::uuid[]),
				unnest(@direction::text[]),
				unnest(@lang::text[]),
				unnest(@spoken::integer[]),
				unnest(@started::timestamptz[]),
				unnest(@ended::timestamptz[]),
				unnest(@millis::bigint[]),
				unnest(@outcome::text[]),
				unnest(@steps::integer[]),
				unnest(@notice::uuid[])
			-- The same as calls.Call.And. GREATEST and LEAST pass NULL by.
			ON CONFLICT (cell, msisdn, provider, provider_id) DO UPDATE SET
				direction = GREATEST(c.direction, excluded.direction),
				lang = CASE WHEN excluded.lang <> '' AND (c.lang = '' OR (excluded.spoken, excluded.lang) > (c.spoken, c.lang))
					THEN excluded.lang ELSE c.lang END,
				spoken = CASE WHEN excluded.lang <> '' AND (c.lang = '' OR (excluded.spoken, excluded.lang) > (c.spoken, c.lang))
					THEN excluded.spoken ELSE c.spoken END,
				started_at = LEAST(c.started_at, excluded.started_at),
				ended_at = LEAST(c.ended_at, excluded.ended_at),
				millis = GREATEST(c.millis, excluded.millis),
				outcome = CASE WHEN array_position(@outcomes::text[], excluded.outcome) > array_position(@outcomes::text[], c.outcome)
					THEN excluded.outcome ELSE c.outcome END,
				steps = GREATEST(c.steps, excluded.steps),
				notice_id = GREATEST(c.notice_id, excluded.notice_id)
			RETURNING `+columnsCall,
			pgx.StrictNamedArgs{
				"cell":        cell,
				"provider":    provider,
				"provider_id": providerID,
				"number":      number,
				"id":          id,
				"direction":   direction,
				"lang":        lang,
				"spoken":      spoken,
				"started":     started,
				"ended":       ended,
				"millis":      millis,
				"outcome":     outcome,
				"steps":       steps,
				"notice":      notice,
				"outcomes":    batch.Strings(calls.Outcomes),
			})
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, scanCall)
		for _, c := range list {
			known[c.Key] = c
		}
		return err
	})
	for _, c := range notes {
		c.Out = known[c.In.Key]
	}
	return err
}

// columnsCall are the columns that scanCall reads.
const columnsCall = `
			c.msisdn,
			c.provider,
			c.provider_id,
			c.id,
			c.direction,
			c.lang,
			c.spoken,
			c.started_at,
			c.ended_at,
			c.millis,
			c.outcome,
			c.steps,
			c.notice_id`

func scanCall(row pgx.CollectableRow) (c calls.Call, err error) {
	var started, ended *time.Time
	var millis int64
	err = row.Scan(&c.Number, &c.Provider, &c.ProviderID, (*[16]byte)(&c.ID), &c.Direction, &c.Language, &c.Spoken,
		&started, &ended, &millis, &c.Outcome, &c.Steps, (*[16]byte)(&c.Notice))
	c.StartedAt, c.EndedAt, c.Duration = batch.OrZero(started), batch.OrZero(ended), time.Duration(millis)*time.Millisecond
	return c, err
}

// CallsOf returns the last calls of a number, the latest first.
func (s *Store) CallsOf(ctx context.Context, number booking.MSISDN, limit int) ([]calls.Call, error) {
	return s.callsBy(ctx, `WHERE c.cell = $1 AND c.msisdn = $2 ORDER BY c.started_at DESC NULLS LAST LIMIT $3`,
		number.Cell(), string(number), limit)
}

// LastCalls returns the last calls of all, the latest first.
func (s *Store) LastCalls(ctx context.Context, limit int) ([]calls.Call, error) {
	return s.callsBy(ctx, `WHERE c.started_at IS NOT NULL ORDER BY c.started_at DESC LIMIT $1`, limit)
}

func (s *Store) callsBy(ctx context.Context, which string, args ...any) ([]calls.Call, error) {
	var list []calls.Call
	err := s.db.RetryConn(ctx, "read calls", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsCall+` FROM call c `+which, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanCall)
		return err
	})
	return list, err
}

// OpenCalls returns how many of the calls that we made since a time have not
// ended.
func (s *Store) OpenCalls(ctx context.Context, since time.Time) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "count calls", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT count(*) FROM call WHERE outcome = 'open' AND direction = 'out' AND started_at >= $1`, since).Scan(&n)
	})
	return n, err
}

// LoseCalls marks as lost the calls that began before a time and whose end was
// not reported.
func (s *Store) LoseCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "end lost calls", func(ctx context.Context, conn *pgx.Conn) error {
		list, err := conn.Query(ctx, `SELECT `+columnsCall+` FROM call c WHERE c.outcome = 'open' AND c.started_at < $1 LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		calls, err := pgx.CollectRows(list, scanCall)
		if err != nil {
			return err
		}
		cell, number, id := make([]int16, len(calls)), make([]string, len(calls)), make([][16]byte, len(calls))
		for i, c := range calls {
			cell[i], number[i], id[i] = c.Cell(), string(c.Number), c.ID
		}
		tag, err := conn.Exec(ctx, `
			UPDATE call AS c
			SET outcome = 'lost'
			FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn, unnest($3::uuid[]) AS id) u
			WHERE c.cell = u.cell AND c.msisdn = u.msisdn AND c.id = u.id AND c.outcome = 'open'`,
			cell, number, id)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
