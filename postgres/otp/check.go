package otp

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/otp"

	"tikaline/postgres/batch"
)

type checkCall = batch.Call[otp.Checking, otp.Checked]

// CheckOTP takes one attempt of a request and compares the code.
func (s *Store) CheckOTP(ctx context.Context, c otp.Checking) (otp.Checked, error) {
	return s.checkOTP.Do(ctx, s.db.WriterOfCell(c.Cell), c)
}

// A request is a stored request as the attempts of a batch found it.
type request struct {
	number  booking.MSISDN
	granted int // attempts that this batch took
	left    int
	used    *checkCall // the call with the right code
}

// checkBatch takes the attempts first, in one statement that waits for other
// batches that take some of the same requests, and compares under the locks
// that it has then: however many calls come at once, there are no more
// comparisons than attempts.
func (s *Store) checkBatch(ctx context.Context, calls []*checkCall) error {
	return s.db.Tx(ctx, batch.Ordered, func(tx pgx.Tx) error {
		found, err := takeTries(ctx, tx, calls)
		if err != nil {
			return fmt.Errorf("take tries: %w", err)
		}
		hashes, err := goodHashes(ctx, tx, found, calls)
		if err != nil {
			return fmt.Errorf("read hashes: %w", err)
		}
		var right, missing, twins []*checkCall
		claimed := make(map[booking.MSISDN]bool)
		matched := make(map[*checkCall][]byte)
		for _, c := range calls { // in the order of arrival
			r := found[c.In.Txn]
			if r == nil {
				missing = append(missing, c)
				continue
			}
			if r.used != nil && r.used.In.Attempt == c.In.Attempt {
				twins = append(twins, c)
				continue
			}
			if r.granted == 0 || r.used != nil {
				continue
			}
			r.granted--
			good := hashes[r.number]
			i := c.In.Match(r.number, good)
			if i < 0 || claimed[r.number] {
				c.Out = otp.Checked{Left: r.left}
				continue
			}
			r.used, claimed[r.number] = c, true
			matched[c] = good[i]
			right = append(right, c)
		}
		if err := use(ctx, tx, right, found, matched); err != nil {
			return fmt.Errorf("use codes: %w", err)
		}
		for _, c := range twins { // the same form, sent twice at once
			c.Out = found[c.In.Txn].used.Out
		}
		return answeredBefore(ctx, tx, missing)
	})
}

// takeTries takes an attempt for each call, as far as there are any left.
func takeTries(ctx context.Context, tx pgx.Tx, calls []*checkCall) (map[uuid.UUID]*request, error) {
	type want struct {
		n  int16
		at time.Time
		c  *checkCall
	}
	wants := make(map[uuid.UUID]*want, len(calls))
	var order []*want
	for _, c := range calls {
		w := wants[c.In.Txn]
		if w == nil {
			w = &want{c: c}
			wants[c.In.Txn] = w
			order = append(order, w)
		}
		w.n++
		if c.In.At.After(w.at) {
			w.at = c.In.At
		}
	}
	slices.SortFunc(order, func(a, b *want) int {
		return cmp.Or(cmp.Compare(a.c.In.Cell, b.c.In.Cell), bytes.Compare(a.c.In.Txn[:], b.c.In.Txn[:]))
	})
	n := len(order)
	cell, txn, count, at := make([]int16, n), make([][16]byte, n), make([]int16, n), make([]time.Time, n)
	for i, w := range order {
		cell[i], txn[i], count[i], at[i] = w.c.In.Cell, w.c.In.Txn, w.n, w.at
	}
	rows, err := tx.Query(ctx, `
		UPDATE otp AS o
		SET granted = LEAST(u.n, $5 - o.tries),
			tries = LEAST($5, o.tries + u.n)
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS txn,
				unnest($3::smallint[]) AS n,
				unnest($4::timestamptz[]) AS at
		) AS u
		WHERE o.cell = u.cell AND o.txn = u.txn AND o.used_at IS NULL AND o.tries < $5 AND o.until > u.at
		RETURNING
			o.txn,
			o.msisdn,
			o.granted,
			$5 - o.tries`,
		cell, txn, count, at, int16(calls[0].In.Most))
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]*request, n)
	var of [16]byte
	var r request
	_, err = pgx.ForEachRow(rows, []any{&of, &r.number, &r.granted, &r.left}, func() error {
		one := r
		found[of] = &one
		return nil
	})
	return found, err
}

// goodHashes returns the hashes of each number's codes that are valid now.
func goodHashes(ctx context.Context, tx pgx.Tx, found map[uuid.UUID]*request, calls []*checkCall) (map[booking.MSISDN][][]byte, error) {
	numbers := make(map[booking.MSISDN]time.Time)
	for _, c := range calls {
		if r := found[c.In.Txn]; r != nil && c.In.At.After(numbers[r.number]) {
			numbers[r.number] = c.In.At
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	var cell []int16
	var msisdn []string
	for number := range numbers {
		cell, msisdn = append(cell, number.Cell()), append(msisdn, string(number))
	}
	rows, err := tx.Query(ctx, `
		SELECT
			o.msisdn,
			o.hash,
			o.until,
			o.old_hash,
			o.old_until
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		JOIN otp_number o ON o.cell = u.cell AND o.msisdn = u.msisdn`,
		cell, msisdn)
	if err != nil {
		return nil, err
	}
	good := make(map[booking.MSISDN][][]byte, len(numbers))
	var number booking.MSISDN
	var hash, old []byte
	var until time.Time
	var oldUntil *time.Time
	_, err = pgx.ForEachRow(rows, []any{&number, &hash, &until, &old, &oldUntil}, func() error {
		if hash != nil && until.After(numbers[number]) {
			good[number] = append(good[number], bytes.Clone(hash))
		}
		if old != nil && oldUntil != nil && oldUntil.After(numbers[number]) {
			good[number] = append(good[number], bytes.Clone(old))
		}
		return nil
	})
	return good, err
}

// use uses up the codes of the numbers whose owners gave the right one, and the
// requests that it answers. Where another request of the number was answered
// with the same code a moment ago there is none to use, and the code was not
// right.
func use(ctx context.Context, tx pgx.Tx, right []*checkCall, found map[uuid.UUID]*request, matched map[*checkCall][]byte) error {
	if len(right) == 0 {
		return nil
	}
	slices.SortFunc(right, func(a, b *checkCall) int {
		return cmp.Or(cmp.Compare(a.In.Cell, b.In.Cell), cmp.Compare(found[a.In.Txn].number, found[b.In.Txn].number))
	})
	n := len(right)
	cell, msisdn, hash := make([]int16, n), make([]string, n), make([][]byte, n)
	for i, c := range right {
		cell[i], msisdn[i], hash[i] = c.In.Cell, string(found[c.In.Txn].number), matched[c]
	}
	rows, err := tx.Query(ctx, `
		UPDATE otp_number AS o
		SET hash = NULL,
			old_hash = NULL
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn, unnest($3::bytea[]) AS hash) AS u
		WHERE o.cell = u.cell AND o.msisdn = u.msisdn AND (o.hash = u.hash OR o.old_hash = u.hash)
		RETURNING o.msisdn`,
		cell, msisdn, hash)
	if err != nil {
		return err
	}
	used := make(map[booking.MSISDN]bool, n)
	var number booking.MSISDN
	if _, err := pgx.ForEachRow(rows, []any{&number}, func() error { used[number] = true; return nil }); err != nil {
		return err
	}
	var cells []int16
	var txn, by [][16]byte
	var at []time.Time
	for _, c := range right {
		r := found[c.In.Txn]
		if !used[r.number] {
			c.Out = otp.Checked{Left: r.left}
			continue
		}
		c.Out = otp.Checked{Right: true, Number: r.number}
		cells, txn, by, at = append(cells, c.In.Cell), append(txn, c.In.Txn), append(by, c.In.Attempt), append(at, c.In.At)
	}
	_, err = tx.Exec(ctx, `
		UPDATE otp AS o
		SET used_at = u.at,
			used_by = u.attempt
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS txn,
				unnest($3::uuid[]) AS attempt,
				unnest($4::timestamptz[]) AS at
		) AS u
		WHERE o.cell = u.cell AND o.txn = u.txn`,
		cells, txn, by, at)
	return err
}

// answeredBefore gives the calls their answer again that were right before: the
// answer to the commit was lost, or the form was sent twice. The other calls
// get the answer that there is no request.
func answeredBefore(ctx context.Context, tx pgx.Tx, missing []*checkCall) error {
	if len(missing) == 0 {
		return nil
	}
	n := len(missing)
	cell, txn, attempt, at := make([]int16, n), make([][16]byte, n), make([][16]byte, n), make([]time.Time, n)
	by := make(map[uuid.UUID][]*checkCall, n)
	for i, c := range missing {
		cell[i], txn[i], attempt[i], at[i] = c.In.Cell, c.In.Txn, c.In.Attempt, c.In.At
		by[c.In.Attempt] = append(by[c.In.Attempt], c)
	}
	rows, err := tx.Query(ctx, `
		SELECT o.msisdn, o.used_by
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS txn,
				unnest($3::uuid[]) AS attempt,
				unnest($4::timestamptz[]) AS at
		) u
		JOIN otp o ON o.cell = u.cell AND o.txn = u.txn AND o.used_by = u.attempt AND o.until > u.at`,
		cell, txn, attempt, at)
	if err != nil {
		return err
	}
	var number booking.MSISDN
	var of [16]byte
	_, err = pgx.ForEachRow(rows, []any{&number, &of}, func() error {
		for _, c := range by[of] {
			c.Out = otp.Checked{Right: true, Number: number}
		}
		return nil
	})
	return err
}
