package bookings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/leases"
	"tikaline/postgres/outbox"
)

// Join puts a person on the list; see booking.Waitlist.
func (s *Waitlist) Join(ctx context.Context, w booking.Waiter) error {
	return s.db.RetryTx(ctx, "join waitlist", batch.Plain, func(ctx context.Context, tx pgx.Tx) error {
		b := new(pgx.Batch)
		joinWaitlist(b, []booking.Waiter{w})
		return batch.Send(ctx, tx, b)
	})
}

// joinWaitlist adds the statement that puts people on the waiting list to b.
func joinWaitlist(b *pgx.Batch, list []booking.Waiter) {
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b booking.Waiter) int {
		return cmp.Or(cmp.Compare(a.Household.Cell(), b.Household.Cell()), cmp.Compare(a.Household, b.Household), cmp.Compare(a.Reference, b.Reference))
	})
	n := len(list)
	cell, number, reference := make([]int16, n), make([]string, n), make([]string, n)
	pincode, request, since := make([]string, n), make([][16]byte, n), make([]time.Time, n)
	for i, w := range list {
		cell[i], number[i], reference[i] = w.Household.Cell(), string(w.Household), w.Reference
		pincode[i], request[i], since[i] = w.Pincode, w.Request, w.Since
	}
	b.Queue(`
		INSERT INTO waiting AS w (
			cell,
			msisdn,
			reference,
			pincode,
			request,
			since
		)
		SELECT
			unnest($1::smallint[]),
			unnest($2::text[]),
			unnest($3::text[]),
			unnest($4::text[]),
			unnest($5::uuid[]),
			unnest($6::timestamptz[])
		-- A person on the list keeps their position; one who left and asks
		-- again gets a new one.
		ON CONFLICT (cell, msisdn, reference) DO UPDATE SET
			pincode = excluded.pincode,
			request = excluded.request,
			since = CASE WHEN w.left_at IS NULL THEN LEAST(w.since, excluded.since) ELSE excluded.since END,
			waves = CASE WHEN w.left_at IS NULL THEN w.waves ELSE 0 END,
			until = CASE WHEN w.left_at IS NULL THEN w.until END,
			left_at = NULL,
			left_for = ''
		WHERE w.request <> excluded.request`,
		cell, number, reference, pincode, request, since)
}

// Leave takes a person of the number off the list; reference "" takes off all
// of them.
func (s *Waitlist) Leave(ctx context.Context, number booking.MSISDN, reference string, why booking.Left, at time.Time) error {
	return s.db.RetryConn(ctx, "leave waitlist", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			UPDATE waiting
			SET left_at = $5,
				left_for = $4,
				until = NULL
			WHERE cell = $1 AND msisdn = $2 AND ($3 = '' OR reference = $3) AND left_at IS NULL`,
			number.Cell(), string(number), reference, string(why), at)
		return err
	})
}

// columnsWaiting are the columns of a Waiter, in the order of waiters.
const columnsWaiting = `
	w.msisdn,
	w.reference,
	w.pincode,
	w.request,
	w.since,
	w.waves,
	w.told_at,
	w.until,
	w.told_centre,
	w.told_session`

func (s *Waitlist) waiters(ctx context.Context, op, sql string, args ...any) ([]booking.Waiter, error) {
	var list []booking.Waiter
	err := s.db.RetryConn(ctx, op, func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		var w booking.Waiter
		var told, until *time.Time
		_, err = pgx.ForEachRow(rows, []any{
			&w.Household, &w.Reference, &w.Pincode, (*[16]byte)(&w.Request), &w.Since, &w.Offers, &told, &until, &w.Centre, &w.Session,
		}, func() error {
			one := w
			if told != nil {
				one.OfferedAt = *told
			}
			if until != nil {
				one.Until = *until
			}
			list = append(list, one)
			return nil
		})
		return err
	})
	return list, err
}

// Waiting returns the people of the number who are on the list, first come
// first.
func (s *Waitlist) Waiting(ctx context.Context, number booking.MSISDN) ([]booking.Waiter, error) {
	return s.waiters(ctx, "read waiting people", `
		SELECT `+columnsWaiting+`
		FROM waiting w
		WHERE w.cell = $1 AND w.msisdn = $2 AND w.left_at IS NULL
		ORDER BY w.since, w.reference`,
		number.Cell(), string(number))
}

// NextToOffer returns at most limit people behind another who wait near one of
// the pincodes and may be offered a place, first come first.
func (s *Waitlist) NextToOffer(ctx context.Context, after booking.Waiter, pincodes []string, now time.Time, limit int) ([]booking.Waiter, error) {
	return s.waiters(ctx, "read waitlist", `
		SELECT `+columnsWaiting+`
		FROM waiting w
		WHERE w.left_at IS NULL AND (w.until IS NULL OR w.until <= @now)
			AND (w.since, w.cell, w.msisdn, w.reference) > (@since::timestamptz, @cell::smallint, @household::text, @reference::text)
			AND w.pincode = ANY (@pincodes::text[])
		ORDER BY w.since, w.cell, w.msisdn, w.reference
		LIMIT @limit`,
		pgx.StrictNamedArgs{
			"since":     after.Since,
			"cell":      after.Household.Cell(),
			"household": string(after.Household),
			"reference": after.Reference,
			"pincodes":  pincodes,
			"now":       now,
			"limit":     limit,
		})
}

// PincodesToOffer returns the pincodes near which people wait who may be
// offered a place.
func (s *Waitlist) PincodesToOffer(ctx context.Context, now time.Time) ([]string, error) {
	var list []string
	err := s.db.RetryConn(ctx, "read waiting pincodes", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT DISTINCT pincode
			FROM waiting
			WHERE left_at IS NULL AND (until IS NULL OR until <= $1)`,
			now)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return list, err
}

// PendingOffers returns, by session, how many people were offered a place in it
// and may still answer.
func (s *Waitlist) PendingOffers(ctx context.Context, now time.Time) (map[int64]int, error) {
	pending := make(map[int64]int)
	err := s.db.RetryConn(ctx, "count pending offers", func(ctx context.Context, conn *pgx.Conn) error {
		clear(pending)
		rows, err := conn.Query(ctx, `
			SELECT told_session, count(*)
			FROM waiting
			WHERE left_at IS NULL AND until > $1
			GROUP BY told_session`,
			now)
		if err != nil {
			return err
		}
		var session int64
		var n int
		_, err = pgx.ForEachRow(rows, []any{&session, &n}, func() error { pending[session] = n; return nil })
		return err
	})
	return pending, err
}

// HasOffer reports whether a person was offered a place and may still answer.
func (s *Waitlist) HasOffer(ctx context.Context, number booking.MSISDN, reference string, now time.Time) (bool, error) {
	list, err := s.Waiting(ctx, number)
	return slices.ContainsFunc(list, func(w booking.Waiter) bool { return w.Reference == reference && w.Until.After(now) }), err
}

// Offer queues the notices of the people who are still as they were read and
// returns how many those were. When the token is not the newest of its lease it
// offers nothing and returns false.
func (s *Waitlist) Offer(ctx context.Context, token int64, at time.Time, list []booking.PlaceOffer) (offered int, leased bool, err error) {
	type person struct {
		number    booking.MSISDN
		reference string
	}
	pending := make(map[person][]*outbox.Row, len(list))
	list = slices.Clone(list)
	for _, t := range list {
		if pending[person{t.Household, t.Reference}], err = outbox.Rows([]booking.Notice{t.Notice}); err != nil {
			return 0, false, fmt.Errorf("offer places: %w", err)
		}
	}
	slices.SortFunc(list, func(a, b booking.PlaceOffer) int {
		return cmp.Or(cmp.Compare(a.Household.Cell(), b.Household.Cell()), cmp.Compare(a.Household, b.Household), cmp.Compare(a.Reference, b.Reference))
	})
	err = s.db.RetryTx(ctx, "offer places", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		offered, leased = 0, false
		// Until the commit no other node begins to count the pending offers.
		var err error
		if leased, err = leases.Keep(ctx, tx, "wave", token); err != nil || !leased || len(list) == 0 {
			return err
		}
		var rows []*outbox.Row
		got, err := offerEach(ctx, tx, at, list)
		if err != nil {
			return err
		}
		var p person
		if _, err := pgx.ForEachRow(got, []any{&p.number, &p.reference}, func() error {
			offered++
			rows = append(rows, pending[p]...)
			return nil
		}); err != nil {
			return err
		}
		b := new(pgx.Batch)
		outbox.Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
	if err != nil {
		return 0, false, err
	}
	return offered, leased, nil
}

func offerEach(ctx context.Context, tx pgx.Tx, at time.Time, list []booking.PlaceOffer) (pgx.Rows, error) {
	n := len(list)
	cell, number, reference := make([]int16, n), make([]string, n), make([]string, n)
	waves, before := make([]int16, n), make([]*time.Time, n)
	until, centre, session := make([]time.Time, n), make([]int64, n), make([]int64, n)
	for i, t := range list {
		cell[i], number[i], reference[i] = t.Household.Cell(), string(t.Household), t.Reference
		if waves[i] = int16(t.Offers); !t.OfferedAt.IsZero() {
			before[i] = &list[i].OfferedAt
		}
		until[i], centre[i], session[i] = t.Until, t.Session.Centre, t.Session.ID
	}
	return tx.Query(ctx, `
		UPDATE waiting AS w
		SET waves = w.waves + 1,
			told_at = @at,
			until = u.until,
			told_centre = u.centre_id,
			told_session = u.session_id
		FROM (
			SELECT
				unnest(@cell::smallint[]) AS cell,
				unnest(@number::text[]) AS msisdn,
				unnest(@reference::text[]) AS reference,
				unnest(@waves::smallint[]) AS waves,
				unnest(@before::timestamptz[]) AS told_at,
				unnest(@until::timestamptz[]) AS until,
				unnest(@centre::bigint[]) AS centre_id,
				unnest(@session::bigint[]) AS session_id
		) u
		WHERE w.cell = u.cell AND w.msisdn = u.msisdn AND w.reference = u.reference
			AND w.left_at IS NULL AND w.waves = u.waves AND w.told_at IS NOT DISTINCT FROM u.told_at
		RETURNING w.msisdn, w.reference`,
		pgx.StrictNamedArgs{
			"cell":      cell,
			"number":    number,
			"reference": reference,
			"waves":     waves,
			"before":    before,
			"until":     until,
			"centre":    centre,
			"session":   session,
			"at":        at,
		})
}

// Answered records that a person said yes, and whether they found no place.
func (s *Waitlist) Answered(ctx context.Context, number booking.MSISDN, reference string, noPlace bool, at time.Time) error {
	return s.db.RetryConn(ctx, "note an answer", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			UPDATE waiting
			SET until = NULL,
				waves = CASE WHEN $4 THEN waves - 1 ELSE waves END
			-- Once for each offer.
			WHERE cell = $1 AND msisdn = $2 AND reference = $3 AND left_at IS NULL AND until IS NOT NULL`,
			number.Cell(), string(number), reference, noPlace)
		return err
	})
}

// DropSilent takes the people off the list who had that many offers and did not
// answer.
func (s *Waitlist) DropSilent(ctx context.Context, waves int, now time.Time) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "drop silent waits", func(ctx context.Context, conn *pgx.Conn) error {
		tag, err := conn.Exec(ctx, `
			UPDATE waiting
			SET left_at = $2,
				left_for = 'silent',
				until = NULL
			WHERE left_at IS NULL AND waves >= $1 AND until <= $2`,
			int16(waves), now)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
