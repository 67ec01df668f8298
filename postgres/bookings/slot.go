package bookings

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// seats is a number of places in a slot, of each share.
type seats struct{ online, spot int32 }

func (p *seats) add(spot bool) {
	if spot {
		p.spot++
	} else {
		p.online++
	}
}

// take takes one place of a share and reports whether there was one.
func (p *seats) take(spot bool) bool {
	n := &p.online
	if spot {
		n = &p.spot
	}
	if *n <= 0 {
		return false
	}
	*n--
	return true
}

// columns of slots, sorted, with what is wanted of each.
func columns(want map[booking.SlotID]seats) (centre, slot []int64, online, spot []int32) {
	ids := make([]booking.SlotID, 0, len(want))
	for id := range want {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b booking.SlotID) int {
		return cmp.Or(cmp.Compare(a.Centre, b.Centre), cmp.Compare(a.Slot, b.Slot))
	})
	n := len(ids)
	centre, slot = make([]int64, n), make([]int64, n)
	online, spot = make([]int32, n), make([]int32, n)
	for i, id := range ids {
		centre[i], slot[i] = id.Centre, id.Slot
		online[i], spot[i] = want[id].online, want[id].spot
	}
	return centre, slot, online, spot
}

// openSlots returns what is left of each slot, as far as can be seen without
// waiting. A slot that does not exist or was closed is not in the answer.
func openSlots(ctx context.Context, tx pgx.Tx, want map[booking.SlotID]seats) (map[booking.SlotID]seats, error) {
	centre, slot, _, _ := columns(want)
	rows, err := tx.Query(ctx, `
		SELECT
			s.centre_id,
			s.id,
			s.capacity - s.booked,
			s.spot - s.spot_used
		FROM (SELECT unnest($1::bigint[]) AS centre_id, unnest($2::bigint[]) AS id) u
		JOIN slot s ON s.centre_id = u.centre_id AND s.id = u.id
		WHERE NOT s.closed`,
		centre, slot)
	if err != nil {
		return nil, err
	}
	open := make(map[booking.SlotID]seats, len(centre))
	return open, collectPlaces(rows, open)
}

func collectPlaces(rows pgx.Rows, got map[booking.SlotID]seats) error {
	var id booking.SlotID
	var p seats
	_, err := pgx.ForEachRow(rows, []any{&id.Centre, &id.Slot, &p.online, &p.spot}, func() error {
		got[id] = p
		return nil
	})
	return err
}

// grant takes as many of the wanted places as each slot has and notes how many
// that was. A slot wanted by hundreds is one row written once.
func grant(b *pgx.Batch, want, granted map[booking.SlotID]seats) {
	if len(want) == 0 {
		return
	}
	centre, slot, online, spot := columns(want)
	b.Queue(`
		UPDATE slot AS s
		-- The right-hand sides see the row as it was, after any wait for its
		-- lock. Capacity may have been lowered below what is booked: then
		-- nothing is given, and nothing taken back.
		SET last_grant = GREATEST(0, LEAST(u.online, s.capacity - s.booked)),
			booked = s.booked + GREATEST(0, LEAST(u.online, s.capacity - s.booked)),
			last_spot = GREATEST(0, LEAST(u.spot, s.spot - s.spot_used)),
			spot_used = s.spot_used + GREATEST(0, LEAST(u.spot, s.spot - s.spot_used)),
			changed_at = date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
		FROM (
			SELECT
				unnest($1::bigint[]) AS centre_id,
				unnest($2::bigint[]) AS id,
				unnest($3::integer[]) AS online,
				unnest($4::integer[]) AS spot
		) u
		WHERE s.centre_id = u.centre_id AND s.id = u.id AND NOT s.closed
			AND (u.online > 0 AND s.booked < s.capacity OR u.spot > 0 AND s.spot_used < s.spot)
		RETURNING
			s.centre_id,
			s.id,
			s.last_grant,
			s.last_spot`,
		centre, slot, online, spot,
	).Query(func(rows pgx.Rows) error { return collectPlaces(rows, granted) })
}

// lockSlots locks slots in one order, before places are taken in some of them and
// given back in others.
func lockSlots(b *pgx.Batch, want map[booking.SlotID]seats) {
	centre, slot, _, _ := columns(want)
	b.Queue(`
		UPDATE slot AS s
		SET booked = s.booked
		FROM (SELECT unnest($1::bigint[]) AS centre_id, unnest($2::bigint[]) AS id) u
		WHERE s.centre_id = u.centre_id AND s.id = u.id`,
		centre, slot)
}

// release gives places back.
func release(b *pgx.Batch, back map[booking.SlotID]seats) {
	if len(back) == 0 {
		return
	}
	centre, slot, online, spot := columns(back)
	b.Queue(`
		UPDATE slot AS s
		SET booked = s.booked - u.online,
			spot_used = s.spot_used - u.spot,
			changed_at = date_bin('10 seconds', now(), TIMESTAMPTZ '2020-01-01 00:00:00Z')
		FROM (
			SELECT
				unnest($1::bigint[]) AS centre_id,
				unnest($2::bigint[]) AS id,
				unnest($3::integer[]) AS online,
				unnest($4::integer[]) AS spot
		) u
		WHERE s.centre_id = u.centre_id AND s.id = u.id`,
		centre, slot, online, spot)
}
