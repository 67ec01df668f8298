package bookings

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/postgres/batch"
)

// columnsListed of an appointment and its person, in the order of listed.
const columnsListed = PersonColumns + `,` + columnsOf

// listed reads appointments with their people.
func listed(ctx context.Context, db *batch.DB, op, sql string, args ...any) ([]booking.Listed, error) {
	var list []booking.Listed
	err := db.RetryConn(ctx, op, func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		var person PersonRow
		var r scanned
		_, err = pgx.ForEachRow(rows, append(person.Pointers(), r.pointers()...), func() error {
			b := person.Beneficiary()
			r.Household, r.Reference = b.Household, b.Reference
			list = append(list, booking.Listed{Appointment: r.whole(), Applicant: b.Applicant})
			return nil
		})
		return err
	})
	return list, err
}

// DayList returns the appointments of a centre on a day that people may come to
// or came to, by time and name.
func (s *Store) DayList(ctx context.Context, centre int64, day booking.Date) ([]booking.Listed, error) {
	return listed(ctx, s.db, "read day list", `
		SELECT `+columnsListed+`
		FROM appointment a
		JOIN beneficiary b ON b.cell = a.cell AND b.reference = a.reference
		WHERE a.status IN ('held', 'booked', 'attended', 'missed')
			AND a.day = DATE '1970-01-01' + $2::integer AND a.centre_id = $1
		ORDER BY a.starts, b.name, a.reference`,
		centre, int32(day))
}

// DaySessions returns the sessions of a centre on a day, today or past, with
// the present counts of their slots.
func (s *Store) DaySessions(ctx context.Context, centre int64, day booking.Date) ([]booking.Session, error) {
	return s.places.DaySessions(ctx, centre, day)
}
