package calls

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/outbox"
	pgoutbox "tikaline/postgres/outbox"

	"tikaline/postgres/batch"
)

// requestsKept is how many requests for a call are kept: more than come while a
// provider still sends duplicates.
const requestsKept = 50

// AskCall records that a number asks for a call; see calls.CallBacks.
func (s *Store) AskCall(ctx context.Context, b calls.CallBack, n booking.Notice) error {
	rows, err := pgoutbox.Rows([]booking.Notice{n})
	if err != nil {
		return fmt.Errorf("ask for a call: %w", err)
	}
	cell := b.Number.Cell()
	return s.db.RetryTx(ctx, "ask for a call", batch.Plain, func(ctx context.Context, tx pgx.Tx) error {
		// The number's own row to lock: of many requests at once the first
		// inserts it, and the others find its result.
		tag, err := tx.Exec(ctx, `
			INSERT INTO call_back (
				cell,
				msisdn,
				request,
				requests,
				asked_at,
				open,
				attempt,
				notice_id,
				due_at,
				why
			)
			VALUES (@cell, @number, @request, ARRAY[@request::uuid], @asked_at, true, @attempt, @notice, @due, '')
			ON CONFLICT (cell, msisdn) DO NOTHING`,
			pgx.StrictNamedArgs{
				"cell":     cell,
				"number":   string(b.Number),
				"request":  [16]byte(b.Request),
				"asked_at": b.AskedAt,
				"attempt":  int16(b.Attempt),
				"notice":   [16]byte(b.Notice),
				"due":      b.Due,
			})
		if err != nil {
			return err
		}
		pending := new(pgx.Batch)
		if tag.RowsAffected() == 1 {
			pgoutbox.Queue(pending, rows, s.db.Now())
			return batch.Send(ctx, tx, pending)
		}
		var open, before bool
		var waits [16]byte
		if err := tx.QueryRow(ctx, `
			SELECT open, notice_id, $3 = ANY (requests)
			FROM call_back
			WHERE cell = $1 AND msisdn = $2
			FOR UPDATE`,
			cell, string(b.Number), [16]byte(b.Request)).Scan(&open, &waits, &before); err != nil {
			return err
		}
		switch {
		case before:
			return nil
		case open:
			if _, err := tx.Exec(ctx, `
				UPDATE call_back
				SET requests = ($4::uuid || requests)[1:$5],
					asked_at = GREATEST(asked_at, $3),
					due_at = LEAST(due_at, $6)
				WHERE cell = $1 AND msisdn = $2`,
				cell, string(b.Number), b.AskedAt, [16]byte(b.Request), requestsKept, b.Due); err != nil {
				return err
			}
			return pgoutbox.Hasten(ctx, tx, b.Number, waits, b.Due)
		}
		if _, err := tx.Exec(ctx, `
			UPDATE call_back
			SET request = @request,
				requests = (@request::uuid || requests)[1:@requests_kept],
				asked_at = @asked_at,
				open = true,
				attempt = @attempt,
				notice_id = @notice,
				due_at = @due,
				why = '',
				closed_at = NULL
			WHERE cell = @cell AND msisdn = @number`,
			pgx.StrictNamedArgs{
				"cell":          cell,
				"number":        string(b.Number),
				"request":       [16]byte(b.Request),
				"asked_at":      b.AskedAt,
				"attempt":       int16(b.Attempt),
				"notice":        [16]byte(b.Notice),
				"due":           b.Due,
				"requests_kept": requestsKept,
			}); err != nil {
			return err
		}
		pgoutbox.Queue(pending, rows, s.db.Now())
		return batch.Send(ctx, tx, pending)
	})
}

// columnsCallBack are the columns that scanCallBack reads.
const columnsCallBack = `
	b.msisdn,
	b.request,
	b.asked_at,
	b.open,
	b.attempt,
	b.notice_id,
	b.due_at,
	b.why,
	b.closed_at`

func scanCallBack(row pgx.CollectableRow, more ...any) (b calls.CallBack, err error) {
	var closed *time.Time
	err = row.Scan(append([]any{
		&b.Number, (*[16]byte)(&b.Request), &b.AskedAt, &b.Open, &b.Attempt, (*[16]byte)(&b.Notice), &b.Due, &b.Why, &closed,
	}, more...)...)
	b.ClosedAt = batch.OrZero(closed)
	return b, err
}

// CallBackOf returns the number's call-back; false where it never had one.
func (s *Store) CallBackOf(ctx context.Context, number booking.MSISDN) (b calls.CallBack, found bool, err error) {
	err = s.db.RetryConn(ctx, "read call-back", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsCallBack+` FROM call_back b WHERE b.cell = $1 AND b.msisdn = $2`,
			number.Cell(), string(number))
		if err != nil {
			return err
		}
		b, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (calls.CallBack, error) { return scanCallBack(row) })
		if found = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return b, found, err
}

// OpenCallBacks returns open call-backs, in the order in which they are due.
func (s *Store) OpenCallBacks(ctx context.Context, limit int) ([]calls.CallBack, error) {
	var list []calls.CallBack
	err := s.db.RetryConn(ctx, "read pending call-backs", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsCallBack+` FROM call_back b WHERE b.open ORDER BY b.due_at, b.cell, b.msisdn LIMIT $1`, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (calls.CallBack, error) { return scanCallBack(row) })
		return err
	})
	return list, err
}

// NextCall replaces a call-back that is still as it was read and queues the
// notices, and reports whether it did.
func (s *Store) NextCall(ctx context.Context, was, is calls.CallBack, pending ...booking.Notice) (bool, error) {
	rows, err := pgoutbox.Rows(pending)
	if err != nil {
		return false, fmt.Errorf("next call: %w", err)
	}
	done := false
	err = s.db.RetryTx(ctx, "next call", batch.Plain, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE call_back
			SET open = @open,
				attempt = @attempt,
				notice_id = @notice,
				due_at = @due,
				why = @why,
				closed_at = @closed_at,
				request = @request
			WHERE cell = @cell AND msisdn = @number AND open AND notice_id = @was_notice AND asked_at = @was_asked_at`,
			pgx.StrictNamedArgs{
				"cell":         was.Number.Cell(),
				"number":       string(was.Number),
				"was_notice":   [16]byte(was.Notice),
				"was_asked_at": was.AskedAt,
				"open":         is.Open,
				"attempt":      int16(is.Attempt),
				"notice":       [16]byte(is.Notice),
				"due":          is.Due,
				"why":          is.Why,
				"closed_at":    batch.OrNull(is.ClosedAt),
				"request":      [16]byte(is.Request),
			})
		if err != nil {
			return err
		}
		if done = tag.RowsAffected() == 1; !done {
			return nil
		}
		b := new(pgx.Batch)
		pgoutbox.Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
	return done, err
}

// CloseCall closes the number's call-back. A pending notice, even one that a
// worker has claimed and not yet recorded as handed over, is given up: either
// that or the call is made, never both.
func (s *Store) CloseCall(ctx context.Context, number booking.MSISDN, why string, at time.Time) error {
	return s.db.RetryTx(ctx, "close call-back", batch.Plain, func(ctx context.Context, tx pgx.Tx) error {
		var notice uuid.UUID
		err := tx.QueryRow(ctx, `
			UPDATE call_back
			SET open = false,
				why = $3,
				closed_at = $4
			WHERE cell = $1 AND msisdn = $2 AND open
			RETURNING notice_id`,
			number.Cell(), string(number), why, at).Scan((*[16]byte)(&notice))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return pgoutbox.Withdraw(ctx, tx, number, notice, at)
	})
}

// Unheard returns open call-backs whose attempt was due and given up, or made
// before a time, and of whose call no event came.
func (s *Store) Unheard(ctx context.Context, now, before time.Time, limit int) ([]calls.Unheard, error) {
	var list []calls.Unheard
	err := s.db.RetryConn(ctx, "look for unheard calls", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT `+columnsCallBack+`,
				o.status = 'dead',
				o.attempts,
				o.tried
			FROM call_back b
			JOIN outbox o ON o.cell = b.cell AND o.id = b.notice_id
			WHERE b.open AND b.due_at <= $1
				AND (o.status IN ('dead', 'failed') OR o.status IN ('sent', 'delivered') AND o.updated_at < $2)
			ORDER BY b.due_at
			LIMIT $3`,
			now, before, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (u calls.Unheard, err error) {
			var dead bool
			var attempts int
			var tried []outbox.Try
			u.CallBack, err = scanCallBack(row, &dead, &attempts, &tried)
			u.Asked, u.Made = attempts > 0, !dead || outbox.MayBeMade(attempts, tried)
			return u, err
		})
		return err
	})
	return list, err
}
