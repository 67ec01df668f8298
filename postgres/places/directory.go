package places

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// LoadDirectory reads all that a search needs: every district, pincode and
// centre in use, and the sessions from today on with their slots, in the order
// of centre, day and time. All of it is as of one moment.
func (s *Store) LoadDirectory(ctx context.Context) (booking.Directory, error) {
	var d booking.Directory
	err := s.db.RetryTx(ctx, "load directory", batch.Snapshot, func(ctx context.Context, tx pgx.Tx) (err error) {
		d = booking.Directory{}
		if d.Districts, err = readDistricts(ctx, tx); err != nil {
			return fmt.Errorf("districts: %w", err)
		}
		if d.Pincodes, err = readPincodes(ctx, tx); err != nil {
			return fmt.Errorf("pincodes: %w", err)
		}
		if d.Centres, err = readCentres(ctx, tx); err != nil {
			return fmt.Errorf("centres: %w", err)
		}
		if d.Sessions, err = readSessions(ctx, tx, booking.DateOf(s.db.Now())); err != nil {
			return fmt.Errorf("sessions: %w", err)
		}
		return nil
	})
	return d, err
}

func names(en, hi, bn string) booking.Names {
	n := booking.Names{"en": en}
	if hi != "" {
		n["hi"] = hi
	}
	if bn != "" {
		n["bn"] = bn
	}
	return n
}

func readDistricts(ctx context.Context, tx pgx.Tx) ([]booking.District, error) {
	rows, err := tx.Query(ctx, `
		SELECT
			id,
			name_en,
			name_hi,
			name_bn,
			state_id,
			state_en,
			state_hi,
			state_bn
		FROM district
		ORDER BY id`)
	if err != nil {
		return nil, err
	}
	var list []booking.District
	var d booking.District
	var en, hi, bn, stateEn, stateHi, stateBn string
	_, err = pgx.ForEachRow(rows, []any{&d.ID, &en, &hi, &bn, &d.StateID, &stateEn, &stateHi, &stateBn}, func() error {
		d.Name, d.State = names(en, hi, bn), names(stateEn, stateHi, stateBn)
		list = append(list, d)
		return nil
	})
	return list, err
}

func readPincodes(ctx context.Context, tx pgx.Tx) ([]booking.Pincode, error) {
	rows, err := tx.Query(ctx, `
		SELECT
			pincode,
			lat,
			lon,
			district_id,
			district_name,
			state_name
		FROM pincode
		ORDER BY pincode`)
	if err != nil {
		return nil, err
	}
	var list []booking.Pincode
	var p booking.Pincode
	_, err = pgx.ForEachRow(rows, []any{&p.Code, &p.Lat, &p.Lon, &p.District, &p.DistrictName, &p.StateName}, func() error {
		list = append(list, p)
		return nil
	})
	return list, err
}

func readCentres(ctx context.Context, tx pgx.Tx) ([]booking.Centre, error) {
	rows, err := tx.Query(ctx, `
		SELECT
			id,
			code,
			name,
			short_en,
			short_hi,
			short_bn,
			address,
			block,
			pincode,
			district_id,
			lat,
			lon,
			government,
			fee
		FROM centre
		WHERE active
		ORDER BY id`)
	if err != nil {
		return nil, err
	}
	var list []booking.Centre
	var c booking.Centre
	var en, hi, bn string
	_, err = pgx.ForEachRow(rows, []any{
		&c.ID, &c.Code, &c.Name, &en, &hi, &bn, &c.Address, &c.Block, &c.Pincode, &c.District, &c.Lat, &c.Lon, &c.Government, &c.Fee,
	}, func() error {
		c.Short = names(en, hi, bn)
		list = append(list, c)
		return nil
	})
	return list, err
}

func readSessions(ctx context.Context, tx pgx.Tx, today booking.Date) ([]booking.Session, error) {
	rows, err := tx.Query(ctx, sessionsWhere+`
			e.day >= DATE '1970-01-01' + $1::integer
		ORDER BY e.centre_id, e.day, e.id, s.starts`,
		int32(today))
	if err != nil {
		return nil, err
	}
	return scanSessions(rows)
}

// DaySessions returns the sessions of a centre on a day, today or past, with
// the present counts of their slots.
func (s *Store) DaySessions(ctx context.Context, centre int64, day booking.Date) ([]booking.Session, error) {
	var list []booking.Session
	err := s.db.RetryConn(ctx, "read a day's sessions", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sessionsWhere+`
				e.centre_id = $1
				AND e.day = DATE '1970-01-01' + $2::integer
			ORDER BY e.centre_id, e.day, e.id, s.starts`,
			centre, int32(day))
		if err != nil {
			return err
		}
		list, err = scanSessions(rows)
		return err
	})
	return list, err
}

// sessionsWhere is the beginning of a query for scanSessions.
const sessionsWhere = `
		SELECT
			e.id,
			e.centre_id,
			e.day - DATE '1970-01-01',
			e.vaccine,
			e.dose,
			e.min_age,
			e.max_age,
			s.id,
			s.starts,
			s.ends,
			s.capacity,
			s.booked,
			s.spot,
			s.spot_used,
			s.closed OR e.closed
		FROM session e
		JOIN slot s ON s.centre_id = e.centre_id AND s.session_id = e.id
		WHERE`

// scanSessions reads sessions, whose slots come one after the other.
func scanSessions(rows pgx.Rows) ([]booking.Session, error) {
	var list []booking.Session
	var e booking.Session
	var l booking.Slot
	var day int32
	_, err := pgx.ForEachRow(rows, []any{
		&e.ID, &e.Centre, &day, &e.Vaccine, &e.Dose, &e.MinAge, &e.MaxAge,
		&l.ID, &l.Window.From, &l.Window.To, &l.Capacity, &l.Booked, &l.Spot, &l.SpotUsed, &l.Closed,
	}, func() error {
		if n := len(list); n == 0 || list[n-1].ID != e.ID || list[n-1].Centre != e.Centre {
			e.Day = booking.Date(day)
			list = append(list, e)
		}
		last := &list[len(list)-1]
		last.Slots = append(last.Slots, l)
		return nil
	})
	return list, err
}

// overlap is how far SlotCounts reads back before the end of the last read: a
// batch that began before that may have been committed after it.
const overlap = 30 * time.Second

// SlotCounts returns the slots from today on that changed since a time, and the
// time to pass to the next call. The zero time returns them all. A slot may
// come again unchanged; none that changed is left out, unless its batch took
// longer than half a minute: the next LoadDirectory corrects that.
func (s *Store) SlotCounts(ctx context.Context, since time.Time) ([]booking.SlotCount, time.Time, error) {
	var list []booking.SlotCount
	next := since
	err := s.db.RetryTx(ctx, "read slot counts", batch.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		list = list[:0]
		// The database's clock, by which changed_at is written: the machines'
		// clocks differ, and the program's may be set to another year.
		if err := tx.QueryRow(ctx, `SELECT now()`).Scan(&next); err != nil {
			return err
		}
		next = next.Add(-overlap)
		rows, err := tx.Query(ctx, `
			SELECT
				centre_id,
				id,
				capacity,
				booked,
				closed
			FROM slot
			-- changed_at is rounded down to ten seconds.
			WHERE changed_at >= $1::timestamptz - INTERVAL '10 seconds' AND day >= DATE '1970-01-01' + $2::integer`,
			since, int32(booking.DateOf(s.db.Now())))
		if err != nil {
			return err
		}
		var c booking.SlotCount
		_, err = pgx.ForEachRow(rows, []any{&c.ID.Centre, &c.ID.Slot, &c.Capacity, &c.Booked, &c.Closed}, func() error {
			list = append(list, c)
			return nil
		})
		return err
	})
	return list, next, err
}
