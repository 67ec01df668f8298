package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// Remove takes a person off the number. Problems: HasBooking, Vaccinated,
// NobodyYet. Removing again is no error.
func (s *Store) Remove(ctx context.Context, number booking.MSISDN, reference string, at time.Time) error {
	return s.patiently(ctx, "remove", func(ctx context.Context) error {
		return s.inTx(ctx, plain, func(tx pgx.Tx) error { return remove(ctx, tx, number, reference, at) })
	})
}

func remove(ctx context.Context, tx pgx.Tx, number booking.MSISDN, reference string, at time.Time) error {
	cell := number.Cell()
	var name string
	var before bool
	err := tx.QueryRow(ctx, `
		SELECT name, removed_at IS NOT NULL
		FROM beneficiary
		WHERE cell = $1 AND reference = $2 AND msisdn = $3
		FOR UPDATE`,
		cell, reference, string(number)).Scan(&name, &before)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return booking.Refuse(booking.NobodyYet)
	case err != nil || before:
		return err
	}
	if _, err := tx.Exec(ctx, `
		UPDATE beneficiary SET removed_at = $3
		WHERE cell = $1 AND reference = $2`,
		cell, reference, at); err != nil {
		return err
	}
	// A removed person holds every dose, which nobody else can hold at the
	// same time: a booking that is under way now either was first, and is seen
	// here, or finds the dose taken.
	rows, err := tx.Query(ctx, `
		INSERT INTO appointment (
			cell,
			id,
			request,
			msisdn,
			reference,
			dose,
			vaccine,
			centre_id,
			slot_id,
			session_id,
			day,
			starts,
			ends,
			status,
			spot,
			channel,
			agent,
			booked_at,
			updated_at
		)
		SELECT $1, unnest($4::uuid[]), unnest($4::uuid[]), $2, $3, unnest($5::smallint[]),
			'', 0, 0, 0, DATE '1970-01-01', 0, 0, 'removed', false, '', '', $6, $6
		ON CONFLICT DO NOTHING
		RETURNING dose`,
		cell, string(number), reference, newIDs(doses), dosesHeld(), at)
	if err != nil {
		return err
	}
	held, err := pgx.CollectRows(rows, pgx.RowTo[int16])
	if err != nil || len(held) == doses {
		return err
	}
	var status booking.Status
	err = tx.QueryRow(ctx, `
		SELECT status FROM appointment
		WHERE cell = $1 AND reference = $2 AND status IN ('held', 'booked', 'attended')
		-- A dose that was given cannot be undone; a booking can.
		ORDER BY status
		LIMIT 1`,
		cell, reference).Scan(&status)
	if err != nil {
		return err
	}
	if status == booking.Attended {
		return booking.Refuse(booking.Vaccinated, "Name", name)
	}
	return booking.Refuse(booking.HasBooking, "Name", name)
}

// doses is how many doses a person may come to have, at most.
const doses = 9

func dosesHeld() []int16 {
	list := make([]int16, doses)
	for i := range list {
		list[i] = int16(i + 1)
	}
	return list
}

func newIDs(n int) [][16]byte {
	list := make([][16]byte, n)
	for i := range list {
		list[i] = uuid.New()
	}
	return list
}
