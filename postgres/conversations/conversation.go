package conversations

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/dialog"

	"tikaline/postgres/batch"
)

// asyncCommit has a transaction not wait for the disk. Only conversations are
// saved like this: should Postgres itself crash, the questions of the last
// moment are asked again. Bookings always wait for the disk.
const asyncCommit = `SELECT set_config('synchronous_commit', 'off', true)`

// Load reads the conversation with a number.
func (s *Store) Load(ctx context.Context, number booking.MSISDN) (dialog.Record, error) {
	return s.load.DoOnIdleWorker(ctx, number)
}

func (s *Store) loadBatch(ctx context.Context, calls []*batch.Call[booking.MSISDN, dialog.Record]) error {
	cell, msisdn := batch.NumbersOf(calls)
	found := make(map[booking.MSISDN]dialog.Record, len(calls))
	err := s.db.Conn(ctx, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT
				c.msisdn,
				c.version,
				c.state,
				c.last_message,
				c.last_reply,
				c.updated_at
			FROM conversation c
			JOIN (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
				ON c.cell = u.cell AND c.msisdn = u.msisdn`,
			cell, msisdn)
		if err != nil {
			return err
		}
		var r dialog.Record
		_, err = pgx.ForEachRow(rows, []any{&r.Number, &r.Version, &r.State, &r.LastMessage, &r.LastReply, &r.UpdatedAt}, func() error {
			found[r.Number] = r
			r.State = nil // the next row must not write into this one's
			return nil
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range calls {
		r := found[c.In]
		r.Number = c.In
		r.State = slices.Clone(r.State) // two callers may share it
		c.Out = r
	}
	return nil
}

// Save stores r as Version+1 if r.Version is still the stored version, and
// reports whether it did. After a lost connection it may return false although
// it stored r itself: loading again finds the message answered.
func (s *Store) Save(ctx context.Context, r dialog.Record) (bool, error) {
	if r.Inbound != nil || len(r.Notices) > 0 || r.Opt != "" {
		return s.saveAlong(ctx, r)
	}
	return s.save.DoOnIdleWorker(ctx, r)
}

func (s *Store) saveBatch(ctx context.Context, calls []*batch.Call[dialog.Record, bool]) error {
	first, fresh, known := dedupeByNumber(calls, func(r dialog.Record) dialog.Record { return r })
	// A pipeline without BEGIN is a transaction of its own: one round trip,
	// where BEGIN and COMMIT would make it three for each batch.
	return s.db.Conn(ctx, func(conn *pgx.Conn) error {
		b := new(pgx.Batch)
		b.Queue(asyncCommit)
		compareAndSwap(b, fresh, known, func(n booking.MSISDN) { first[n].Out = true })
		return conn.SendBatch(ctx, b).Close()
	})
}

// dedupeByNumber returns the saves to try: for each number the first to come.
// Another save from the same version has lost then, whether or not the first
// wins; one from another version is run again. They are sorted, so that two
// batches do not wait for each other for ever.
func dedupeByNumber[Q any](calls []*batch.Call[Q, bool], of func(Q) dialog.Record) (first map[booking.MSISDN]*batch.Call[Q, bool], fresh, known saving) {
	first = make(map[booking.MSISDN]*batch.Call[Q, bool], len(calls))
	tried := make([]dialog.Record, 0, len(calls))
	for _, c := range calls {
		r := of(c.In)
		if f := first[r.Number]; f == nil {
			first[r.Number] = c
			tried = append(tried, r)
		} else if of(f.In).Version != r.Version {
			c.Err = batch.ErrRequeue
		}
	}
	slices.SortFunc(tried, func(a, b dialog.Record) int {
		return cmp.Or(cmp.Compare(a.Number.Cell(), b.Number.Cell()), cmp.Compare(a.Number, b.Number))
	})
	for _, r := range tried {
		if r.Version == 0 {
			fresh.add(r)
		} else {
			known.add(r)
		}
	}
	return first, fresh, known
}

// compareAndSwap adds the statements that store conversations to b, and calls
// won for each number whose conversation was stored.
func compareAndSwap(b *pgx.Batch, fresh, known saving, won func(booking.MSISDN)) {
	stored := func(rows pgx.Rows) error {
		var n booking.MSISDN
		_, err := pgx.ForEachRow(rows, []any{&n}, func() error { won(n); return nil })
		return err
	}
	if len(known.cell) > 0 {
		b.Queue(`
			UPDATE conversation AS c
			SET version = c.version + 1,
				state = u.state,
				last_message = u.last_message,
				last_reply = u.last_reply,
				updated_at = u.updated_at
			FROM (
				SELECT
					unnest(@cell::smallint[]) AS cell,
					unnest(@msisdn::text[]) AS msisdn,
					unnest(@version::bigint[]) AS version,
					unnest(@state::bytea[]) AS state,
					unnest(@message::text[]) AS last_message,
					unnest(@reply::text[]) AS last_reply,
					unnest(@at::timestamptz[]) AS updated_at
			) u
			-- Compare and swap: another delivery may have been quicker.
			WHERE c.cell = u.cell AND c.msisdn = u.msisdn AND c.version = u.version
			RETURNING c.msisdn`,
			pgx.StrictNamedArgs{
				"cell":    known.cell,
				"msisdn":  known.msisdn,
				"version": known.version,
				"state":   known.state,
				"message": known.message,
				"reply":   known.reply,
				"at":      known.at,
			},
		).Query(stored)
	}
	if len(fresh.cell) > 0 {
		b.Queue(`
			INSERT INTO conversation (
				cell,
				msisdn,
				version,
				state,
				last_message,
				last_reply,
				updated_at
			)
			SELECT
				unnest($1::smallint[]),
				unnest($2::text[]),
				1,
				unnest($3::bytea[]),
				unnest($4::text[]),
				unnest($5::text[]),
				unnest($6::timestamptz[])
			ON CONFLICT DO NOTHING
			RETURNING msisdn`,
			fresh.cell, fresh.msisdn, fresh.state, fresh.message, fresh.reply, fresh.at,
		).Query(stored)
	}
}

// saving are the columns of conversations to be stored.
type saving struct {
	cell           []int16
	msisdn         []string
	version        []int64
	state          [][]byte
	message, reply []string
	at             []time.Time
}

func (v *saving) add(r dialog.Record) {
	if r.State == nil {
		r.State = []byte{} // nil would be NULL
	}
	v.cell = append(v.cell, r.Number.Cell())
	v.msisdn = append(v.msisdn, string(r.Number))
	v.version = append(v.version, r.Version)
	v.state = append(v.state, r.State)
	v.message = append(v.message, r.LastMessage)
	v.reply = append(v.reply, r.LastReply)
	v.at = append(v.at, r.UpdatedAt)
}
