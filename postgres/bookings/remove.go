package bookings

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// Remove takes a person off the number. Problems: HasBooking, Vaccinated,
// NobodyYet. Removing again is no error.
func (s *Store) Remove(ctx context.Context, number booking.MSISDN, reference string, at time.Time) error {
	return s.db.RetryTx(ctx, "remove", batch.Plain, func(ctx context.Context, tx pgx.Tx) error { return removePerson(ctx, tx, number, reference, at) })
}

func removePerson(ctx context.Context, tx pgx.Tx, number booking.MSISDN, reference string, at time.Time) error {
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
	// A removed person holds every dose, which nobody else can hold at the same
	// time: a booking in another transaction either was first, and is seen
	// here, or finds the dose taken.
	rows := new(newAppointments)
	for dose := 1; dose <= doses; dose++ {
		id := uuid.New()
		rows.add(&booking.Appointment{ID: id, Household: number, Reference: reference, Dose: dose, Status: removed, BookedAt: at}, id, noTime)
	}
	held, err := rows.insert(ctx, tx, onAnyConflict)
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
