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

// Hold gives a person a place until an answer. Asking again with the same
// Request gives the first answer. Problems: AlreadyBooked (with the appointment
// that the person has), SlotFull, SlotGone, NobodyYet.
//
// It is a transaction for each caller, not a batch: only people who were
// offered a place a moment ago hold one, and they are never many.
func (s *Store) Hold(ctx context.Context, h booking.Holding) (booking.Hold, error) {
	rows, err := outbox.Rows(h.Notices)
	if err != nil {
		return booking.Hold{}, fmt.Errorf("hold: %w", err)
	}
	h.Request = requestOr(h.Request, h.ID)
	h.BookedAt, h.Until = batch.TruncateMicros(h.BookedAt), batch.TruncateMicros(h.Until)
	var got booking.Hold
	err = s.db.RetryTx(ctx, "hold", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		got = booking.Hold{}
		claimed, err := insertHold(ctx, tx, h)
		if err != nil {
			return err
		}
		if !claimed {
			got, err = holdBefore(ctx, tx, h)
			return err
		}
		var one seats
		one.add(h.Spot)
		want := map[booking.SlotID]seats{h.Slot: one}
		open, err := openSlots(ctx, tx, want)
		if err != nil {
			return err
		}
		if _, there := open[h.Slot]; !there {
			return booking.Refuse(booking.SlotGone) // this rolls the claim back
		}
		granted := make(map[booking.SlotID]seats, 1)
		b := new(pgx.Batch)
		outbox.Queue(b, rows, s.db.Now())
		grant(b, want, granted)
		if err := batch.Send(ctx, tx, b); err != nil {
			return err
		}
		if p := granted[h.Slot]; !p.take(h.Spot) {
			return booking.Refuse(booking.SlotFull)
		}
		got = h.Hold
		return nil
	})
	return got, err
}

// insertHold claims the dose, unless it is claimed already.
func insertHold(ctx context.Context, tx pgx.Tx, h booking.Holding) (claimed bool, err error) {
	rows := new(newAppointments)
	rows.add(&h.Appointment, h.Request, h.Until)
	stored, err := rows.insert(ctx, tx, onAnyConflict)
	return stored[h.ID], err
}

// holdBefore answers a hold from the appointments that are there already.
func holdBefore(ctx context.Context, tx pgx.Tx, h booking.Holding) (booking.Hold, error) {
	rows, err := tx.Query(ctx, `
		SELECT a.held_until, a.request, a.msisdn, a.reference, `+columnsOf+`
		FROM appointment a
		WHERE a.cell = $1 AND (a.request = $2 OR a.reference = $3 AND a.dose = $4
			AND a.status IN ('held', 'booked', 'attended', 'removed'))
		-- The same request is the better answer.
		ORDER BY a.request <> $2`,
		h.Household.Cell(), [16]byte(h.Request), h.Reference, int16(h.Dose))
	if err != nil {
		return booking.Hold{}, err
	}
	list, err := collectHolds(rows)
	switch {
	case err != nil:
		return booking.Hold{}, err
	case len(list) == 0: // the appointment in the way is gone a moment later
		return booking.Hold{}, booking.Refuse(booking.SlotFull)
	}
	got := list[0]
	switch {
	case got.Request == h.Request && got.Household == h.Household:
		return got, nil
	case got.Status == removed:
		return booking.Hold{}, booking.Refuse(booking.NobodyYet)
	case got.Slot == h.Slot:
		return got, nil
	}
	return got, booking.Refuse(booking.AlreadyBooked, "Day", got.Day)
}

func collectHolds(rows pgx.Rows) ([]booking.Hold, error) {
	var list []booking.Hold
	var r scanned
	var until *time.Time
	var request uuid.UUID
	_, err := pgx.ForEachRow(rows, append([]any{&until, (*[16]byte)(&request), &r.Household, &r.Reference}, r.pointers()...), func() error {
		h := booking.Hold{Appointment: r.whole(), Request: request}
		if until != nil {
			h.Until = *until
		}
		list = append(list, h)
		return nil
	})
	return list, err
}

// Holds returns the number's held places, and the places that were held and are
// booked now.
func (s *Store) Holds(ctx context.Context, number booking.MSISDN) ([]booking.Hold, error) {
	var list []booking.Hold
	err := s.db.RetryConn(ctx, "read holds", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT a.held_until, a.request, a.msisdn, a.reference, `+columnsOf+`
			FROM beneficiary b
			JOIN appointment a ON a.cell = b.cell AND a.reference = b.reference
			WHERE b.cell = $1 AND b.msisdn = $2 AND b.removed_at IS NULL
				AND a.status IN ('held', 'booked') AND a.held_until IS NOT NULL
			ORDER BY a.held_until, a.id`,
			number.Cell(), string(number))
		if err != nil {
			return err
		}
		list, err = collectHolds(rows)
		return err
	})
	return list, err
}

// Lapsed returns at most limit held places that have expired.
func (s *Store) Lapsed(ctx context.Context, now time.Time, limit int) ([]booking.Listed, error) {
	return listed(ctx, s.db, "read lapsed holds", `
		SELECT `+columnsListed+`
		FROM appointment a
		JOIN beneficiary b ON b.cell = a.cell AND b.reference = a.reference
		WHERE a.status = 'held' AND a.held_until <= $1
		LIMIT $2`,
		now, limit)
}

// byKey compares in the order in which every batch locks appointments.
func byKey(a, b booking.Appointment) int {
	return cmp.Or(cmp.Compare(a.Household.Cell(), b.Household.Cell()), slices.Compare(a.ID[:], b.ID[:]))
}

// Release cancels held places and returns those that it did cancel. A place
// that is not held (any more) stays as it is, and no notice is queued for it.
func (s *Store) Release(ctx context.Context, list ...booking.Release) ([]booking.Appointment, error) {
	pending := make(map[uuid.UUID][]*outbox.Row, len(list))
	for _, r := range list {
		rows, err := outbox.Rows(r.Notices)
		if err != nil {
			return nil, fmt.Errorf("release: %w", err)
		}
		pending[r.Appointment] = rows
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b booking.Release) int {
		return byKey(booking.Appointment{Household: a.Household, ID: a.Appointment}, booking.Appointment{Household: b.Household, ID: b.Appointment})
	})
	var done []booking.Appointment
	err := s.db.RetryTx(ctx, "release", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		done = nil
		ended, err := endHeld(ctx, tx, list)
		if err != nil {
			return err
		}
		var rows []*outbox.Row
		back := map[booking.SlotID]seats{}
		for id, a := range ended {
			done = append(done, a)
			rows = append(rows, pending[id]...)
			p := back[a.Slot]
			p.add(a.Spot)
			back[a.Slot] = p
		}
		b := new(pgx.Batch)
		release(b, back)
		outbox.Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(done, byKey)
	return done, nil
}

func endHeld(ctx context.Context, tx pgx.Tx, list []booking.Release) (map[uuid.UUID]booking.Appointment, error) {
	n := len(list)
	cell, id, number := make([]int16, n), make([][16]byte, n), make([]string, n)
	lapsed, at := make([]bool, n), make([]time.Time, n)
	for i, r := range list {
		cell[i], id[i], number[i] = r.Household.Cell(), r.Appointment, string(r.Household)
		lapsed[i], at[i] = r.Lapsed, r.At
	}
	rows, err := tx.Query(ctx, `
		UPDATE appointment AS a
		SET status = 'cancelled',
			updated_at = u.at
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::uuid[]) AS id,
				unnest($3::text[]) AS msisdn,
				unnest($4::boolean[]) AS lapsed,
				unnest($5::timestamptz[]) AS at
		) u
		-- Again, because the person may just have answered.
		WHERE a.cell = u.cell AND a.id = u.id AND a.msisdn = u.msisdn AND a.status = 'held'
			AND (NOT u.lapsed OR a.held_until <= u.at)
		RETURNING a.msisdn, a.reference, `+columnsOf,
		cell, id, number, lapsed, at)
	if err != nil {
		return nil, err
	}
	return collectAppointments(rows)
}
