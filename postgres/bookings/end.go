package bookings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// An ending is a booking.Ending with its notices as stored.
type ending struct {
	booking.Ending
	notices []*outbox.Row
}

func (e ending) household() booking.MSISDN { return e.Household }

type endCall = batch.Call[ending, booking.Appointment]

// End gives an appointment its last status; a cancelled one's place is free
// when it returns. Problem: NoAppointment.
func (s *Store) End(ctx context.Context, e booking.Ending) (booking.Appointment, error) {
	rows, err := outbox.Rows(e.Notices)
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("end: %w", err)
	}
	return s.end.Do(ctx, s.db.WriterOf(e.Household), ending{e, rows})
}

func (s *Store) endBatch(ctx context.Context, calls []*endCall) error {
	return s.db.Tx(ctx, batch.Ordered, func(tx pgx.Tx) error {
		one := oncePerAppointment(calls, func(e ending) uuid.UUID { return e.Appointment })
		ended, err := setStatus(ctx, tx, one)
		if err != nil {
			return fmt.Errorf("set status: %w", err)
		}
		var pending []*outbox.Row
		var others []*endCall
		back := map[booking.SlotID]seats{}
		for _, c := range one {
			a, ok := ended[c.In.Appointment]
			if !ok {
				others = append(others, c)
				continue
			}
			c.Out = a
			pending = append(pending, c.In.notices...)
			if a.Status == booking.Cancelled {
				p := back[a.Slot]
				p.add(a.Spot)
				back[a.Slot] = p
			}
		}
		b := new(pgx.Batch)
		release(b, back)
		outbox.Queue(b, pending, s.db.Now())
		endedBefore(b, others)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("finish endings: %w", err)
		}
		return nil
	})
}

// changes returns the allowed changes of status, as "from>to".
func changes() []string {
	var list []string
	for _, from := range booking.Statuses {
		for _, to := range booking.Statuses {
			if from.MayBecome(to) {
				list = append(list, string(from)+">"+string(to))
			}
		}
	}
	return list
}

// setStatus ends the appointments that may end this way and returns them as
// they are then.
func setStatus(ctx context.Context, tx pgx.Tx, calls []*endCall) (map[uuid.UUID]booking.Appointment, error) {
	n := len(calls)
	cell, id, number := make([]int16, n), make([][16]byte, n), make([]string, n)
	status, at := make([]string, n), make([]time.Time, n)
	for i, c := range calls {
		cell[i], id[i], number[i] = c.In.Household.Cell(), c.In.Appointment, string(c.In.Household)
		status[i], at[i] = string(c.In.Status), c.In.At
	}
	rows, err := tx.Query(ctx, `
		UPDATE appointment AS a
		SET status = u.status,
			updated_at = u.at
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS id,
				unnest($3::text[]) AS msisdn,
				unnest($4::text[]) AS status,
				unnest($5::timestamptz[]) AS at
		) u
		WHERE a.cell = u.cell AND a.id = u.id AND a.msisdn = u.msisdn
			AND a.status || '>' || u.status = ANY ($6::text[])
		RETURNING a.msisdn, a.reference, `+columnsOf,
		cell, id, number, status, at, changes())
	if err != nil {
		return nil, err
	}
	return collectAppointments(rows)
}

// endedBefore answers the calls whose appointment was not ended now: it ended
// the same way before, or may not end.
func endedBefore(b *pgx.Batch, calls []*endCall) {
	if len(calls) == 0 {
		return
	}
	cell, id := make([]int16, len(calls)), make([][16]byte, len(calls))
	for i, c := range calls {
		cell[i], id[i] = c.In.Household.Cell(), c.In.Appointment
	}
	b.Queue(`
		SELECT a.msisdn, a.reference, `+columnsOf+`
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		JOIN appointment a ON a.cell = u.cell AND a.id = u.id`,
		cell, id,
	).Query(func(rows pgx.Rows) error {
		found, err := collectAppointments(rows)
		for _, c := range calls {
			a, ok := found[c.In.Appointment]
			if ok && a.Household == c.In.Household && a.Status == c.In.Status {
				c.Out = a
			} else {
				c.Err = booking.Refuse(booking.NoAppointment)
			}
		}
		return err
	})
}

// Expire marks as Missed at most limit appointments that were booked for a day
// before today. Run from several machines at once it marks each once.
func (s *Store) Expire(ctx context.Context, today booking.Date, at time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryTx(ctx, "expire", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		past, err := pastBookings(ctx, tx, today, limit)
		if err != nil {
			return err
		}
		cell, id := make([]int16, len(past)), make([][16]byte, len(past))
		for i, p := range past {
			cell[i], id[i] = p.cell, p.id
		}
		rows, err := tx.Query(ctx, `
			UPDATE appointment AS a
			SET status = 'missed',
				updated_at = $3
			FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
			-- Again, because somebody may just have been seen to.
			WHERE a.cell = u.cell AND a.id = u.id AND a.status = 'booked'
			RETURNING a.id`,
			cell, id, at)
		if err != nil {
			return err
		}
		n = 0
		var i [16]byte
		_, err = pgx.ForEachRow(rows, []any{&i}, func() error { n++; return nil })
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// An appointmentKey is the key that an appointment is stored under.
type appointmentKey struct {
	cell int16
	id   [16]byte
}

// pastBookings returns the appointments that are still booked for days that
// have passed, in the order in which every batch locks appointments.
func pastBookings(ctx context.Context, tx pgx.Tx, today booking.Date, limit int) ([]appointmentKey, error) {
	rows, err := tx.Query(ctx, `
		SELECT cell, id
		FROM appointment
		WHERE status = 'booked' AND day < DATE '1970-01-01' + $1::integer
		-- By the index; ordered as wanted it would walk everybody's.
		ORDER BY day
		LIMIT $2`,
		int32(today), limit)
	if err != nil {
		return nil, err
	}
	var list []appointmentKey
	var k appointmentKey
	if _, err := pgx.ForEachRow(rows, []any{&k.cell, &k.id}, func() error { list = append(list, k); return nil }); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b appointmentKey) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), slices.Compare(a.id[:], b.id[:]))
	})
	return list, nil
}
