package bookings

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// Unreminded returns at most limit booked appointments whose reminders are not
// yet queued for the slot that they have now.
func (s *Reminders) Unreminded(ctx context.Context, from, to booking.Date, limit int) ([]booking.Listed, error) {
	return listed(ctx, s.db, "read whom to remind", `
		SELECT `+columnsListed+`
		FROM appointment a
		JOIN beneficiary b ON b.cell = a.cell AND b.reference = a.reference
		WHERE a.status = 'booked' AND a.day BETWEEN DATE '1970-01-01' + $1::integer AND DATE '1970-01-01' + $2::integer
			AND a.reminded_slot <> a.slot_id
		LIMIT $3`,
		int32(from), int32(to), limit)
}

// Given returns at most limit doses for which it was not yet recorded that the
// next dose is due.
func (s *Reminders) Given(ctx context.Context, vaccine string, dose int, from, to booking.Date, limit int) ([]booking.Listed, error) {
	return listed(ctx, s.db, "read doses given", `
		SELECT `+columnsListed+`
		FROM appointment a
		JOIN beneficiary b ON b.cell = a.cell AND b.reference = a.reference
		WHERE a.status = 'attended' AND a.day BETWEEN DATE '1970-01-01' + $1::integer AND DATE '1970-01-01' + $2::integer
			AND a.vaccine = $3 AND a.dose = $4 AND NOT a.due_told
		LIMIT $5`,
		int32(from), int32(to), vaccine, int16(dose), limit)
}

// Remind queues the notices of the appointments that are still booked for that
// slot and were not reminded before.
func (s *Reminders) Remind(ctx context.Context, list ...booking.Reminder) (int, error) {
	return s.markReminded(ctx, "remind", `
		UPDATE appointment AS a
		SET reminded_slot = u.slot_id
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id, unnest($3::bigint[]) AS slot_id) u
		WHERE a.cell = u.cell AND a.id = u.id AND a.status = 'booked' AND a.slot_id = u.slot_id AND a.reminded_slot <> u.slot_id
		RETURNING a.id`, list)
}

// DoseDue records that the dose after each is due and queues its notices, once.
func (s *Reminders) DoseDue(ctx context.Context, list ...booking.Reminder) (int, error) {
	return s.markReminded(ctx, "note doses due", `
		UPDATE appointment AS a
		SET due_told = true
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id, unnest($3::bigint[]) AS slot_id) u
		WHERE a.cell = u.cell AND a.id = u.id AND a.status = 'attended' AND NOT a.due_told
		RETURNING a.id`, list)
}

// markReminded marks appointments and queues the notices of the appointments
// that it marked.
func (s *Reminders) markReminded(ctx context.Context, op, sql string, list []booking.Reminder) (int, error) {
	pending := make(map[uuid.UUID][]*outbox.Row, len(list))
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b booking.Reminder) int { return byKey(a.Appointment, b.Appointment) })
	cell, id, slot := make([]int16, len(list)), make([][16]byte, len(list)), make([]int64, len(list))
	for i, r := range list {
		rows, err := outbox.Rows(r.Notices)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", op, err)
		}
		pending[r.ID] = rows
		cell[i], id[i], slot[i] = r.Household.Cell(), r.ID, r.Slot.Slot
	}
	n := 0
	err := s.db.RetryTx(ctx, op, batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		n = 0
		got, err := tx.Query(ctx, sql, cell, id, slot)
		if err != nil {
			return err
		}
		var rows []*outbox.Row
		var one [16]byte
		if _, err := pgx.ForEachRow(got, []any{&one}, func() error {
			n++
			rows = append(rows, pending[one]...)
			return nil
		}); err != nil {
			return err
		}
		b := new(pgx.Batch)
		outbox.Queue(b, rows, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
