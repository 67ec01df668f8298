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

// A slotChange is a booking.SlotChange with its notices as stored.
type slotChange struct {
	booking.SlotChange
	notices []*outbox.Row
}

type moveCall = batch.Call[slotChange, booking.Appointment]

// Move changes the slot of a booked appointment; its old place is free when it
// returns. Problems: NoAppointment, SlotFull, SlotGone.
func (s *Store) Move(ctx context.Context, m booking.SlotChange) (booking.Appointment, error) {
	rows, err := outbox.Rows(m.Notices)
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("move: %w", err)
	}
	m.BookedAt = batch.TruncateMicros(m.BookedAt)
	return s.move.Do(ctx, s.db.WriterOfSlot(m.Household, m.Slot.Centre), slotChange{m, rows})
}

// moveBatch locks in the order that all batches keep: appointments, then slots.
// Places are taken before any are given back: two people who want each other's
// place in full slots are both refused, as each would be alone.
func (s *Store) moveBatch(ctx context.Context, calls []*moveCall) error {
	return s.db.Tx(ctx, batch.Ordered, func(tx pgx.Tx) error {
		one := oncePerAppointment(calls, func(q slotChange) uuid.UUID { return q.ID })
		was, err := lockAppointments(ctx, tx, one)
		if err != nil {
			return fmt.Errorf("hold appointments: %w", err)
		}
		var moving []*moveCall
		want, touched := map[booking.SlotID]seats{}, map[booking.SlotID]seats{}
		for _, c := range one {
			old, ok := was[c.In.ID]
			switch {
			case !ok || old.Household != c.In.Household:
				c.Err = booking.Refuse(booking.NoAppointment)
			case old.Slot == c.In.Slot:
				c.Out = old
			default:
				moving = append(moving, c)
				touched[old.Slot], touched[c.In.Slot] = seats{}, seats{}
				p := want[c.In.Slot]
				p.add(c.In.Spot)
				want[c.In.Slot] = p
			}
		}
		if len(moving) == 0 {
			return nil
		}
		b := new(pgx.Batch)
		lockSlots(b, touched)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("hold slots: %w", err)
		}
		open, err := openSlots(ctx, tx, want) // to distinguish full from gone
		if err != nil {
			return fmt.Errorf("look at slots: %w", err)
		}
		granted := make(map[booking.SlotID]seats, len(want))
		b = new(pgx.Batch)
		grant(b, want, granted)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("take places: %w", err)
		}
		var pending []*outbox.Row
		var moved []*moveCall
		back := map[booking.SlotID]seats{}
		for _, c := range moving {
			p := granted[c.In.Slot]
			if _, there := open[c.In.Slot]; !there {
				c.Err = booking.Refuse(booking.SlotGone)
				continue
			}
			if !p.take(c.In.Spot) {
				c.Err = booking.Refuse(booking.SlotFull)
				continue
			}
			granted[c.In.Slot] = p
			old := was[c.In.ID]
			r := back[old.Slot]
			r.add(old.Spot)
			back[old.Slot] = r
			moved = append(moved, c)
			pending = append(pending, c.In.notices...)
			c.Out = c.In.Appointment
			c.Out.Reference, c.Out.Dose, c.Out.Status = old.Reference, old.Dose, old.Status // a move does not change these
		}
		b = new(pgx.Batch)
		changeSlots(b, moved)
		release(b, back)
		outbox.Queue(b, pending, s.db.Now())
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("finish moves: %w", err)
		}
		return nil
	})
}

// lockAppointments locks those of the calls' appointments that are booked or
// held, and reads them.
func lockAppointments(ctx context.Context, tx pgx.Tx, calls []*moveCall) (map[uuid.UUID]booking.Appointment, error) {
	n := len(calls)
	cell, id, at := make([]int16, n), make([][16]byte, n), make([]time.Time, n)
	for i, c := range calls {
		cell[i], id[i], at[i] = c.In.Household.Cell(), c.In.ID, c.In.BookedAt
	}
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
		RETURNING a.msisdn, a.reference, `+columnsOf,
		cell, id, at)
	if err != nil {
		return nil, err
	}
	return collectAppointments(rows)
}

func collectAppointments(rows pgx.Rows) (map[uuid.UUID]booking.Appointment, error) {
	got := make(map[uuid.UUID]booking.Appointment)
	var r scanned
	_, err := pgx.ForEachRow(rows, append([]any{&r.Household, &r.Reference}, r.pointers()...), func() error {
		got[r.ID] = r.whole()
		return nil
	})
	return got, err
}

// changeSlots writes the new slot of appointments.
func changeSlots(b *pgx.Batch, calls []*moveCall) {
	if len(calls) == 0 {
		return
	}
	n := len(calls)
	cell, id := make([]int16, n), make([][16]byte, n)
	vaccine, spot := make([]string, n), make([]bool, n)
	centre, slot, session := make([]int64, n), make([]int64, n), make([]int64, n)
	day, starts, ends := make([]int32, n), make([]int16, n), make([]int16, n)
	channel, agent, at := make([]string, n), make([]string, n), make([]time.Time, n)
	party := make([]*[16]byte, n)
	for i, c := range calls {
		a := &c.In.Appointment
		cell[i], id[i], party[i] = a.Household.Cell(), a.ID, storedParty(a)
		vaccine[i], spot[i] = a.Vaccine, a.Spot
		centre[i], slot[i], session[i] = a.Slot.Centre, a.Slot.Slot, a.Session
		day[i], starts[i], ends[i] = int32(a.Day), a.Window.From, a.Window.To
		channel[i], agent[i], at[i] = string(a.Channel), a.Agent, a.BookedAt
	}
	b.Queue(`
		UPDATE appointment AS a
		SET vaccine = u.vaccine,
			spot = u.spot,
			centre_id = u.centre_id,
			slot_id = u.slot_id,
			session_id = u.session_id,
			day = DATE '1970-01-01' + u.day,
			starts = u.starts,
			ends = u.ends,
			channel = u.channel,
			agent = u.agent,
			party = u.party,
			booked_at = u.at
		FROM (
			SELECT
				unnest(@cell::smallint[]) AS cell,
				unnest(@id::uuid[]) AS id,
				unnest(@vaccine::text[]) AS vaccine,
				unnest(@spot::boolean[]) AS spot,
				unnest(@centre::bigint[]) AS centre_id,
				unnest(@slot::bigint[]) AS slot_id,
				unnest(@session::bigint[]) AS session_id,
				unnest(@day::integer[]) AS day,
				unnest(@starts::smallint[]) AS starts,
				unnest(@ends::smallint[]) AS ends,
				unnest(@channel::text[]) AS channel,
				unnest(@agent::text[]) AS agent,
				unnest(@at::timestamptz[]) AS at,
				unnest(@party::uuid[]) AS party
		) u
		WHERE a.cell = u.cell AND a.id = u.id`,
		pgx.StrictNamedArgs{
			"cell":    cell,
			"id":      id,
			"vaccine": vaccine,
			"spot":    spot,
			"centre":  centre,
			"slot":    slot,
			"session": session,
			"day":     day,
			"starts":  starts,
			"ends":    ends,
			"channel": channel,
			"agent":   agent,
			"at":      at,
			"party":   party,
		})
}

// oncePerAppointment returns the calls sorted by household and appointment, for
// each appointment the first call; the others are run again afterwards.
func oncePerAppointment[Q interface{ household() booking.MSISDN }](calls []*batch.Call[Q, booking.Appointment], id func(Q) uuid.UUID) []*batch.Call[Q, booking.Appointment] {
	seen := make(map[uuid.UUID]bool, len(calls))
	one := make([]*batch.Call[Q, booking.Appointment], 0, len(calls))
	for _, c := range calls {
		if k := id(c.In); seen[k] {
			c.Err = batch.ErrRequeue
		} else {
			seen[k] = true
			one = append(one, c)
		}
	}
	slices.SortFunc(one, func(a, b *batch.Call[Q, booking.Appointment]) int {
		ai, bi := id(a.In), id(b.In)
		return cmp.Or(cmp.Compare(a.In.household().Cell(), b.In.household().Cell()), slices.Compare(ai[:], bi[:]))
	})
	return one
}

func (m slotChange) household() booking.MSISDN { return m.Household }
