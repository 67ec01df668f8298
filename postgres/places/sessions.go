package places

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// A group is the values by which sessions differ.
type group struct {
	Centre         int64
	Day            booking.Date
	Vaccine        string
	Dose           int
	MinAge, MaxAge int
}

func groupOf(e booking.Session) group {
	return group{e.Centre, e.Day, e.Vaccine, e.Dose, e.MinAge, e.MaxAge}
}

// PutSessions adds sessions with their slots. For a session that is there (same
// centre, day, vaccine, dose and ages) it adds slots, or changes those that
// begin at the same time. Capacity may go below the places booked: a person who
// has a place keeps it. A slot that is not in the list stays as it is, and a
// session that was called off stays so: a slot that is added to it is closed.
// It ignores IDs in the list.
func (s *Store) PutSessions(ctx context.Context, list []booking.Session) error {
	if err := twice(list, groupOf); err != nil {
		return fmt.Errorf("put sessions: %w", err)
	}
	for _, e := range list {
		if err := twice(e.Slots, func(l booking.Slot) int16 { return l.Window.From }); err != nil {
			return fmt.Errorf("put sessions: slot of %v: %w", groupOf(e), err)
		}
	}
	// Sorted, so that concurrent bookings and this wait for each other without
	// a deadlock.
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b booking.Session) int {
		return cmp.Or(cmp.Compare(a.Centre, b.Centre), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Vaccine, b.Vaccine),
			cmp.Compare(a.Dose, b.Dose), cmp.Compare(a.MinAge, b.MinAge), cmp.Compare(a.MaxAge, b.MaxAge))
	})
	return s.put(ctx, "put sessions", func(ctx context.Context, tx pgx.Tx) error {
		for part := range slices.Chunk(list, chunk) {
			ids, fresh, err := putGroups(ctx, tx, part)
			if err != nil {
				return err
			}
			var slots slotColumns
			for _, e := range part {
				for _, l := range e.Slots {
					slots.add(ids[groupOf(e)], e, l)
				}
			}
			added, err := slots.put(ctx, tx)
			if err != nil {
				return err
			}
			maps.DeleteFunc(added, func(id int64, _ int64) bool { return fresh[id] })
			if err := staysClosed(ctx, tx, added); err != nil {
				return err
			}
		}
		return nil
	})
}

// staysClosed closes the slots that were added to sessions that were called
// off. sessions has the centre of each session that got a slot and was there
// before.
func staysClosed(ctx context.Context, tx pgx.Tx, sessions map[int64]int64) error {
	if len(sessions) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(sessions))
	centres := make([]int64, len(ids))
	for i, id := range ids {
		centres[i] = sessions[id]
	}
	// It changes nothing but waits for a node that is calling the session off,
	// and makes a later one wait for us: that node then sees the new slots.
	rows, err := tx.Query(ctx, `
		UPDATE session AS e
		SET closed = e.closed
		FROM (SELECT unnest($1::bigint[]) AS centre_id, unnest($2::bigint[]) AS id) u
		WHERE e.centre_id = u.centre_id AND e.id = u.id
		RETURNING e.centre_id, e.id, e.closed`,
		centres, ids)
	if err != nil {
		return err
	}
	var closed, of []int64
	var centre, id int64
	var is bool
	if _, err := pgx.ForEachRow(rows, []any{&centre, &id, &is}, func() error {
		if is {
			of, closed = append(of, centre), append(closed, id)
		}
		return nil
	}); err != nil || len(closed) == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE slot AS s
		SET closed = true
		FROM (SELECT unnest($1::bigint[]) AS centre_id, unnest($2::bigint[]) AS session_id) u
		WHERE s.centre_id = u.centre_id AND s.session_id = u.session_id AND NOT s.closed`,
		of, closed)
	return err
}

// putGroups adds the sessions that are not there and returns the ids of all,
// and which of them are new.
func putGroups(ctx context.Context, tx pgx.Tx, list []booking.Session) (_ map[group]int64, fresh map[int64]bool, _ error) {
	n := len(list)
	centre, day, vaccine := make([]int64, n), make([]int32, n), make([]string, n)
	dose, minAge, maxAge := make([]int16, n), make([]int16, n), make([]int16, n)
	for i, e := range list {
		centre[i], day[i], vaccine[i] = e.Centre, int32(e.Day), e.Vaccine
		dose[i], minAge[i], maxAge[i] = int16(e.Dose), int16(e.MinAge), int16(e.MaxAge)
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO session (
			centre_id,
			day,
			vaccine,
			dose,
			min_age,
			max_age
		)
		SELECT
			unnest($1::bigint[]),
			DATE '1970-01-01' + unnest($2::integer[]),
			unnest($3::text[]),
			unnest($4::smallint[]),
			unnest($5::smallint[]),
			unnest($6::smallint[])
		ON CONFLICT DO NOTHING
		RETURNING id`,
		centre, day, vaccine, dose, minAge, maxAge)
	if err != nil {
		return nil, nil, err
	}
	fresh = make(map[int64]bool, n)
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { fresh[id] = true; return nil }); err != nil {
		return nil, nil, err
	}
	rows, err = tx.Query(ctx, `
		SELECT
			e.id,
			u.centre_id,
			u.day,
			u.vaccine,
			u.dose,
			u.min_age,
			u.max_age
		FROM (
			SELECT
				unnest($1::bigint[]) AS centre_id,
				unnest($2::integer[]) AS day,
				unnest($3::text[]) AS vaccine,
				unnest($4::smallint[]) AS dose,
				unnest($5::smallint[]) AS min_age,
				unnest($6::smallint[]) AS max_age
		) u
		JOIN session e ON e.centre_id = u.centre_id AND e.day = DATE '1970-01-01' + u.day AND e.vaccine = u.vaccine
			AND e.dose = u.dose AND e.min_age = u.min_age AND e.max_age = u.max_age`,
		centre, day, vaccine, dose, minAge, maxAge)
	if err != nil {
		return nil, nil, err
	}
	ids := make(map[group]int64, n)
	var g group
	var d int32
	_, err = pgx.ForEachRow(rows, []any{&id, &g.Centre, &d, &g.Vaccine, &g.Dose, &g.MinAge, &g.MaxAge}, func() error {
		g.Day = booking.Date(d)
		ids[g] = id
		return nil
	})
	return ids, fresh, err
}

// slotColumns are the columns of slots to be stored.
type slotColumns struct {
	centre, session []int64
	day             []int32
	starts, ends    []int16
	capacity, spot  []int32
}

func (c *slotColumns) add(session int64, e booking.Session, l booking.Slot) {
	c.centre, c.session = append(c.centre, e.Centre), append(c.session, session)
	c.day = append(c.day, int32(e.Day))
	c.starts, c.ends = append(c.starts, l.Window.From), append(c.ends, l.Window.To)
	c.capacity, c.spot = append(c.capacity, int32(l.Capacity)), append(c.spot, int32(l.Spot))
}

// put stores the slots and returns the sessions that got a new one, with their
// centres.
func (c *slotColumns) put(ctx context.Context, tx pgx.Tx) (added map[int64]int64, err error) {
	// Two statements, where ON CONFLICT DO UPDATE would lock every slot of the
	// import, and with it its bookings, even where nothing is to change.
	if _, err := tx.Exec(ctx, `
		UPDATE slot AS s
		SET ends = u.ends,
			capacity = u.capacity,
			spot = u.spot,
			changed_at = date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
		FROM (
			SELECT
				unnest($1::bigint[]) AS centre_id,
				unnest($2::bigint[]) AS session_id,
				unnest($3::smallint[]) AS starts,
				unnest($4::smallint[]) AS ends,
				unnest($5::integer[]) AS capacity,
				unnest($6::integer[]) AS spot
		) u
		WHERE s.centre_id = u.centre_id AND s.session_id = u.session_id AND s.starts = u.starts
			AND (s.ends <> u.ends OR s.capacity <> u.capacity OR s.spot <> u.spot)`,
		c.centre, c.session, c.starts, c.ends, c.capacity, c.spot); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO slot (
			centre_id,
			session_id,
			day,
			starts,
			ends,
			capacity,
			spot,
			changed_at
		)
		SELECT
			unnest(@centre::bigint[]),
			unnest(@session::bigint[]),
			DATE '1970-01-01' + unnest(@day::integer[]),
			unnest(@starts::smallint[]),
			unnest(@ends::smallint[]),
			unnest(@capacity::integer[]),
			unnest(@spot::integer[]),
			date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
		ON CONFLICT DO NOTHING
		RETURNING session_id, centre_id`,
		pgx.StrictNamedArgs{
			"centre":   c.centre,
			"session":  c.session,
			"day":      c.day,
			"starts":   c.starts,
			"ends":     c.ends,
			"capacity": c.capacity,
			"spot":     c.spot,
		})
	if err != nil {
		return nil, err
	}
	added = make(map[int64]int64)
	var session, centre int64
	_, err = pgx.ForEachRow(rows, []any{&session, &centre}, func() error { added[session] = centre; return nil })
	return added, err
}
