package bookings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// CloseSession stops all booking of a session and stores why. Concurrent
// bookings either have their place when it returns, and can be seen, or are
// refused: the statement that grants a place checks closed again, after any
// wait for the slot.
func (s *CallOffs) CloseSession(ctx context.Context, session int64, reason string, at time.Time) (booking.Session, error) {
	var e booking.Session
	err := s.db.RetryTx(ctx, "close session", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		e = booking.Session{}
		var day int32
		err := tx.QueryRow(ctx, `
			SELECT
				id,
				centre_id,
				day - DATE '1970-01-01',
				vaccine,
				dose,
				min_age,
				max_age
			FROM session
			WHERE id = $1 AND day >= DATE '1970-01-01' + $2::integer`,
			session, int32(booking.DateOf(at))).Scan(&e.ID, &e.Centre, &day, &e.Vaccine, &e.Dose, &e.MinAge, &e.MaxAge)
		if errors.Is(err, pgx.ErrNoRows) {
			return booking.ErrNoSession
		}
		if err != nil {
			return err
		}
		e.Day = booking.Date(day)
		b := new(pgx.Batch)
		b.Queue(`
			INSERT INTO call_off (
				centre_id,
				session_id,
				reason,
				at
			)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`,
			e.Centre, e.ID, reason, at)
		b.Queue(`UPDATE session SET closed = true WHERE centre_id = $1 AND id = $2`, e.Centre, e.ID)
		b.Queue(`
			UPDATE slot
			SET closed = true,
				changed_at = date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
			WHERE centre_id = $1 AND session_id = $2 AND NOT closed`,
			e.Centre, e.ID)
		return batch.Send(ctx, tx, b)
	})
	return e, err
}

// Remaining returns at most limit people who have a booked or held place in a
// session.
func (s *CallOffs) Remaining(ctx context.Context, e booking.Session, limit int) ([]booking.Listed, error) {
	return listed(ctx, s.db, "read who has a place", `
		SELECT `+columnsListed+`
		FROM appointment a
		JOIN beneficiary b ON b.cell = a.cell AND b.reference = a.reference
		WHERE a.status IN ('held', 'booked') AND a.day = DATE '1970-01-01' + $1::integer
			AND a.centre_id = $2 AND a.session_id = $3
		-- Who booked first chooses first.
		ORDER BY a.booked_at, a.id
		LIMIT $4`,
		int32(e.Day), e.Centre, e.ID, limit)
}

// Reassign carries out each reassignment and returns the slots that proved to
// be full. It locks as every batch does: appointments, then slots.
func (s *CallOffs) Reassign(ctx context.Context, e booking.Session, list []booking.Reassignment) ([]booking.SlotID, error) {
	pending := make(map[uuid.UUID][]*outbox.Row, len(list))
	for _, r := range list {
		rows, err := outbox.Rows([]booking.Notice{r.Notice})
		if err != nil {
			return nil, fmt.Errorf("reassign: %w", err)
		}
		pending[r.Was.ID] = rows
	}
	var full []booking.SlotID
	err := s.db.RetryTx(ctx, "reassign", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		full = nil
		has, err := lockPlaces(ctx, tx, e, list)
		if err != nil {
			return fmt.Errorf("lock appointments: %w", err)
		}
		touched, want, back := map[booking.SlotID]seats{}, map[booking.SlotID]seats{}, map[booking.SlotID]seats{}
		for _, r := range list {
			was, ok := has[r.Was.ID]
			if !ok {
				continue
			}
			touched[was.Slot] = seats{}
			if r.Next.ID != uuid.Nil {
				touched[r.Next.Slot] = seats{}
				p := want[r.Next.Slot]
				p.add(false)
				want[r.Next.Slot] = p
			}
		}
		if len(touched) == 0 {
			return nil
		}
		granted := make(map[booking.SlotID]seats, len(want))
		b := new(pgx.Batch)
		lockSlots(b, touched)
		grant(b, want, granted)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("take places: %w", err)
		}
		var done []booking.Reassignment
		var rows []*outbox.Row
		var waiters []booking.Waiter
		for _, r := range list {
			was, ok := has[r.Was.ID]
			if !ok {
				continue
			}
			if r.Next.ID == uuid.Nil {
				waiters = append(waiters, r.Waiter)
			} else if p := granted[r.Next.Slot]; p.take(false) {
				granted[r.Next.Slot] = p
			} else {
				if !slices.Contains(full, r.Next.Slot) {
					full = append(full, r.Next.Slot)
				}
				continue
			}
			p := back[was.Slot]
			p.add(was.Spot)
			back[was.Slot] = p
			done = append(done, r)
			rows = append(rows, pending[r.Was.ID]...)
		}
		b = new(pgx.Batch)
		giveUp(b, done)
		offer(b, done)
		recordCallOffs(b, e, done)
		joinWaitlist(b, waiters)
		release(b, back)
		outbox.Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
	return full, err
}

// columnsOfKeys returns the keys of the appointments that are given up.
func columnsOfKeys(list []booking.Reassignment) (cell []int16, id [][16]byte, at []time.Time) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b booking.Reassignment) int { return byKey(a.Was.Appointment, b.Was.Appointment) })
	for _, r := range list {
		cell, id, at = append(cell, r.Was.Household.Cell()), append(id, r.Was.ID), append(at, r.At)
	}
	return cell, id, at
}

// lockPlaces locks the appointments that still have a place in the session and
// reads them.
func lockPlaces(ctx context.Context, tx pgx.Tx, e booking.Session, list []booking.Reassignment) (map[uuid.UUID]booking.Appointment, error) {
	cell, id, at := columnsOfKeys(list)
	rows, err := tx.Query(ctx, `
		UPDATE appointment AS a
		SET updated_at = u.at
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS id,
				unnest($3::timestamptz[]) AS at
		) u
		WHERE a.cell = u.cell AND a.id = u.id AND a.status IN ('held', 'booked')
			AND a.centre_id = $4 AND a.session_id = $5
		RETURNING a.msisdn, a.reference, `+columnsOf,
		cell, id, at, e.Centre, e.ID)
	if err != nil {
		return nil, err
	}
	return collectAppointments(rows)
}

// giveUp cancels the old appointments. They are locked.
func giveUp(b *pgx.Batch, list []booking.Reassignment) {
	if len(list) == 0 {
		return
	}
	cell, id, _ := columnsOfKeys(list)
	b.Queue(`
		UPDATE appointment AS a
		SET status = 'cancelled'
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE a.cell = u.cell AND a.id = u.id`,
		cell, id)
}

// offer stores the held appointments. Their ids are derived from the old ones,
// so that a repetition is an error here and not a second place.
func offer(b *pgx.Batch, list []booking.Reassignment) {
	rows := new(newAppointments)
	for _, r := range list {
		if r.Next.ID != uuid.Nil {
			rows.add(&r.Next, r.Next.ID, r.Until)
		}
	}
	if len(rows.id) != 0 {
		b.Queue(insertAppointments, rows.args())
	}
}

// recordCallOffs stores the result of each reassignment.
func recordCallOffs(b *pgx.Batch, e booking.Session, list []booking.Reassignment) {
	if len(list) == 0 {
		return
	}
	n := len(list)
	cell, id, next := make([]int16, n), make([][16]byte, n), make([]*[16]byte, n)
	number, reference, key, at := make([]string, n), make([]string, n), make([]string, n), make([]time.Time, n)
	for i, r := range list {
		cell[i], id[i] = r.Was.Household.Cell(), r.Was.ID
		number[i], reference[i], key[i], at[i] = string(r.Was.Household), r.Was.Reference, r.Notice.Key, r.At
		if r.Next.ID != uuid.Nil {
			next[i] = (*[16]byte)(&list[i].Next.ID)
		}
	}
	b.Queue(`
		INSERT INTO called_off (
			cell,
			session_id,
			appointment_id,
			msisdn,
			reference,
			next_id,
			notice_key,
			at
		)
		SELECT
			unnest(@cell::smallint[]),
			@session,
			unnest(@appointment::uuid[]),
			unnest(@number::text[]),
			unnest(@reference::text[]),
			unnest(@next::uuid[]),
			unnest(@key::text[]),
			unnest(@at::timestamptz[])`,
		pgx.StrictNamedArgs{
			"cell":        cell,
			"session":     e.ID,
			"appointment": id,
			"number":      number,
			"reference":   reference,
			"next":        next,
			"key":         key,
			"at":          at,
		})
}

// CallOffReport returns the report of a session called off, computed from the
// stored rows: it is the same for every node, and after any number of stops.
func (s *CallOffs) CallOffReport(ctx context.Context, e booking.Session) (booking.CallOffReport, error) {
	var r booking.CallOffReport
	err := s.db.RetryConn(ctx, "report", func(ctx context.Context, conn *pgx.Conn) error {
		r = booking.CallOffReport{Session: e}
		b := new(pgx.Batch)
		b.Queue(`SELECT reason FROM call_off WHERE centre_id = $1 AND session_id = $2`, e.Centre, e.ID).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.Reason) })
		b.Queue(`
			SELECT count(*)
			FROM appointment
			WHERE status IN ('held', 'booked') AND day = DATE '1970-01-01' + $1::integer
				AND centre_id = $2 AND session_id = $3`,
			int32(e.Day), e.Centre, e.ID,
		).QueryRow(func(row pgx.Row) error { return row.Scan(&r.Left) })
		b.Queue(`
			SELECT
				c.msisdn,
				c.reference,
				c.next_id IS NOT NULL,
				COALESCE(a.status, ''),
				COALESCE(o.status, ''),
				COALESCE(o.reason, '')
			FROM called_off c
			LEFT JOIN appointment a ON a.cell = c.cell AND a.id = c.next_id
			LEFT JOIN outbox o ON o.cell = c.cell AND o.msisdn = c.msisdn AND o.key = c.notice_key
			WHERE c.session_id = $1
			ORDER BY c.at, c.reference`,
			e.ID,
		).Query(func(rows pgx.Rows) error { return tally(rows, &r) })
		return conn.SendBatch(ctx, b).Close()
	})
	return r, err
}

func tally(rows pgx.Rows, r *booking.CallOffReport) error {
	var u booking.Unreach
	var offered bool
	var next booking.Status
	var sent string
	_, err := pgx.ForEachRow(rows, []any{&u.Household, &u.Reference, &offered, &next, &sent, &u.Reason}, func() error {
		switch {
		case !offered:
			r.Waiting++
		default:
			r.Offered++
			switch next {
			case booking.Held:
			case booking.Cancelled:
				r.Released++
			default:
				r.Confirmed++
			}
		}
		switch {
		case sent == "sent", sent == "delivered", offered && next == booking.Booked: // a person who accepted it knows of it
			r.Told++
		case sent == "queued", sent == "sending":
			r.Queued++
		default:
			r.Unreached = append(r.Unreached, u)
		}
		return nil
	})
	return err
}
