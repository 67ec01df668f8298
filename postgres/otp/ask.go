package otp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/otp"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// An asking is an otp.Asking with its notice as stored.
type asking struct {
	otp.Asking
	cell    int16
	notices []*outbox.Row
}

type askCall = batch.Call[asking, otp.Asked]

// AskOTP opens a request for a one-time password, makes its code the newest of
// the number, and queues the notice.
func (s *Store) AskOTP(ctx context.Context, a otp.Asking) (otp.Asked, error) {
	rows, err := outbox.Rows([]booking.Notice{a.Notice})
	if err != nil {
		return otp.Asked{}, fmt.Errorf("ask otp: %w", err)
	}
	return s.askOTP.Do(ctx, s.db.WriterOf(a.Number), asking{a, a.Number.Cell(), rows})
}

func (s *Store) askBatch(ctx context.Context, calls []*askCall) error {
	// Only the first call of a number: the others come too soon after it.
	first := make(map[booking.MSISDN]*askCall, len(calls))
	var list []*askCall
	for _, c := range calls {
		if first[c.In.Number] == nil {
			first[c.In.Number] = c
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *askCall) int {
		return cmp.Or(cmp.Compare(a.In.cell, b.In.cell), cmp.Compare(a.In.Number, b.In.Number))
	})
	return s.db.Tx(ctx, batch.Ordered, func(tx pgx.Tx) error {
		granted, err := countAsked(ctx, tx, list)
		if err != nil {
			return fmt.Errorf("count askings: %w", err)
		}
		b := new(pgx.Batch)
		var pending []*outbox.Row
		var refused []*askCall
		for _, c := range list {
			if granted[c.In.Number] {
				c.Out = otp.Asked{Granted: true}
				pending = append(pending, c.In.notices...)
			} else {
				refused = append(refused, c)
			}
		}
		openRequests(b, list, granted)
		outbox.Queue(b, pending, s.db.Now())
		whyRefused(b, refused)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("open requests: %w", err)
		}
		for _, c := range calls {
			switch one := first[c.In.Number]; {
			case one == c:
			case one.In.Txn == c.In.Txn: // a duplicate of the request
				c.Out = one.Out
			default:
				c.Out = otp.Asked{Last: one.In.At, Blocked: one.Out.Blocked}
				if !one.Out.Granted {
					c.Out.Last = one.Out.Last
				}
			}
		}
		return nil
	})
}

// countAsked makes the codes the newest of the numbers that may ask, and
// returns which those are.
func countAsked(ctx context.Context, tx pgx.Tx, list []*askCall) (map[booking.MSISDN]bool, error) {
	n := len(list)
	cell, msisdn, txn := make([]int16, n), make([]string, n), make([][16]byte, n)
	at, until, hash := make([]time.Time, n), make([]time.Time, n), make([][]byte, n)
	// The call that waited longest in the queue decides for its batch: a moment
	// too strict for the others.
	since, day, block := list[0].In.Since, list[0].In.Day, list[0].In.Block
	for i, c := range list {
		cell[i], msisdn[i], txn[i] = c.In.cell, string(c.In.Number), c.In.Txn
		at[i], until[i], hash[i] = c.In.At, c.In.Secret.Until, c.In.Secret.Hash
		since, day = earlier(since, c.In.Since), earlier(day, c.In.Day)
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO otp_number AS o (
			cell,
			msisdn,
			txn,
			asked_at,
			day_from,
			asked,
			blocked_until,
			hash,
			until
		)
		SELECT
			unnest(@cell::smallint[]),
			unnest(@msisdn::text[]),
			unnest(@txn::uuid[]),
			unnest(@at::timestamptz[]),
			unnest(@at::timestamptz[]),
			1,
			CASE WHEN 1 >= @most::integer THEN @block::timestamptz END,
			unnest(@hash::bytea[]),
			unnest(@until::timestamptz[])
		ON CONFLICT (cell, msisdn) DO UPDATE
		SET txn = excluded.txn,
			asked_at = excluded.asked_at,
			day_from = CASE WHEN o.day_from <= @day OR o.blocked_until IS NOT NULL THEN excluded.asked_at ELSE o.day_from END,
			asked = CASE WHEN o.day_from <= @day OR o.blocked_until IS NOT NULL THEN 1 ELSE o.asked + 1 END,
			-- Who has had the last one of the day is blocked from then on.
			blocked_until = CASE
				WHEN @most <= CASE WHEN o.day_from <= @day OR o.blocked_until IS NOT NULL THEN 1 ELSE o.asked + 1 END THEN @block
			END,
			told = 0,
			hash = excluded.hash,
			until = excluded.until,
			old_hash = o.hash,
			old_until = o.until
		-- Whose code is used may ask at once: none is on its way.
		WHERE (o.asked_at <= @since OR o.hash IS NULL) AND (o.blocked_until IS NULL OR o.blocked_until <= excluded.asked_at)
		RETURNING o.msisdn`,
		pgx.StrictNamedArgs{
			"cell":   cell,
			"msisdn": msisdn,
			"txn":    txn,
			"at":     at,
			"hash":   hash,
			"until":  until,
			"since":  since,
			"day":    day,
			"most":   list[0].In.Most,
			"block":  block,
		})
	if err != nil {
		return nil, err
	}
	granted := make(map[booking.MSISDN]bool, n)
	var number booking.MSISDN
	_, err = pgx.ForEachRow(rows, []any{&number}, func() error { granted[number] = true; return nil })
	return granted, err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// openRequests adds the statements that open the requests of numbers that may
// ask to b.
func openRequests(b *pgx.Batch, list []*askCall, granted map[booking.MSISDN]bool) {
	var cell []int16
	var txn [][16]byte
	var msisdn, purpose []string
	var at, until []time.Time
	for _, c := range list {
		if granted[c.In.Number] {
			cell, txn, msisdn = append(cell, c.In.cell), append(txn, c.In.Txn), append(msisdn, string(c.In.Number))
			purpose, at, until = append(purpose, string(c.In.Purpose)), append(at, c.In.At), append(until, c.In.Until)
		}
	}
	if len(cell) == 0 {
		return
	}
	b.Queue(`
		INSERT INTO otp (
			cell,
			txn,
			msisdn,
			purpose,
			asked_at,
			until
		)
		SELECT
			unnest($1::smallint[]),
			unnest($2::uuid[]),
			unnest($3::text[]),
			unnest($4::text[]),
			unnest($5::timestamptz[]),
			unnest($6::timestamptz[])
		ON CONFLICT (cell, txn) DO NOTHING`,
		cell, txn, msisdn, purpose, at, until)
}

// whyRefused looks up when the numbers that may not ask now asked last. A
// number that asked under the same id is the same request: the answer to the
// commit was lost.
func whyRefused(b *pgx.Batch, refused []*askCall) {
	if len(refused) == 0 {
		return
	}
	cell, msisdn := make([]int16, len(refused)), make([]string, len(refused))
	by := make(map[booking.MSISDN]*askCall, len(refused))
	for i, c := range refused {
		cell[i], msisdn[i] = c.In.cell, string(c.In.Number)
		by[c.In.Number] = c
	}
	b.Queue(`
		SELECT
			o.msisdn,
			o.txn,
			o.asked_at,
			o.blocked_until
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		JOIN otp_number o ON o.cell = u.cell AND o.msisdn = u.msisdn`,
		cell, msisdn,
	).Query(func(rows pgx.Rows) error {
		var number booking.MSISDN
		var txn [16]byte
		var at time.Time
		var blocked *time.Time
		_, err := pgx.ForEachRow(rows, []any{&number, &txn, &at, &blocked}, func() error {
			c := by[number]
			if txn == c.In.Txn {
				c.Out = otp.Asked{Granted: true}
				return nil
			}
			c.Out = otp.Asked{Last: at}
			if blocked != nil {
				c.Out.Blocked = *blocked
			}
			return nil
		})
		return err
	})
}

// FreshOTP makes a code the newest of a number that has an open request.
func (s *Store) FreshOTP(ctx context.Context, f otp.Freshening) (bool, error) {
	done := false
	err := s.db.RetryConn(ctx, "fresh otp", func(ctx context.Context, conn *pgx.Conn) error {
		tag, err := conn.Exec(ctx, `
			UPDATE otp_number AS n
			-- The second time is after a commit whose answer was lost.
			SET told = CASE WHEN n.hash = @hash THEN n.told ELSE n.told + 1 END,
				old_hash = CASE WHEN n.hash = @hash THEN n.old_hash ELSE n.hash END,
				old_until = CASE WHEN n.hash = @hash THEN n.old_until ELSE n.until END,
				hash = @hash,
				until = @until
			WHERE n.cell = @cell AND n.msisdn = @number AND (n.told < @most OR n.hash = @hash)
				AND EXISTS (
					SELECT
					FROM otp AS o
					WHERE o.cell = @cell AND o.msisdn = @number AND o.used_at IS NULL AND o.tries < @tries AND o.until > @at
				)`,
			pgx.StrictNamedArgs{
				"cell":   f.Number.Cell(),
				"number": string(f.Number),
				"hash":   f.Secret.Hash,
				"until":  f.Secret.Until,
				"at":     f.At,
				"tries":  f.Tries,
				"most":   f.Most,
			})
		done = tag.RowsAffected() == 1
		return err
	})
	return done, err
}

// OpenOTP returns the numbers that asked since a time and have an open request.
func (s *Store) OpenOTP(ctx context.Context, since, now time.Time, limit int) ([]otp.Opened, error) {
	var list []otp.Opened
	err := s.db.RetryConn(ctx, "open otp", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT msisdn, until
			FROM otp
			WHERE asked_at >= $1 AND used_at IS NULL AND until > $2
			ORDER BY asked_at DESC
			LIMIT $3`,
			since, now, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[otp.Opened])
		return err
	})
	return list, err
}
