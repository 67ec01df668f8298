package bookings

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// newAppointments are appointments to be stored, a column to a slice. Every
// insert of appointments uses this list of columns.
type newAppointments struct {
	cell, dose, starts, ends                           []int16
	id, request                                        [][16]byte
	party                                              []*[16]byte
	number, reference, vaccine, status, channel, agent []string
	centre, slot, session                              []int64
	day                                                []int32
	spot                                               []bool
	until                                              []*time.Time
	at                                                 []time.Time
}

// add adds an appointment. until is noTime for one that is not held.
func (n *newAppointments) add(a *booking.Appointment, request uuid.UUID, until time.Time) {
	n.cell, n.id, n.request = append(n.cell, a.Household.Cell()), append(n.id, a.ID), append(n.request, request)
	n.party = append(n.party, storedParty(a))
	n.number, n.reference = append(n.number, string(a.Household)), append(n.reference, a.Reference)
	n.dose, n.vaccine = append(n.dose, int16(a.Dose)), append(n.vaccine, a.Vaccine)
	n.centre, n.slot, n.session = append(n.centre, a.Slot.Centre), append(n.slot, a.Slot.Slot), append(n.session, a.Session)
	n.day, n.starts, n.ends = append(n.day, int32(a.Day)), append(n.starts, a.Window.From), append(n.ends, a.Window.To)
	n.status, n.spot = append(n.status, string(a.Status)), append(n.spot, a.Spot)
	n.channel, n.agent = append(n.channel, string(a.Channel)), append(n.agent, a.Agent)
	n.until, n.at = append(n.until, batch.OrNull(until)), append(n.at, a.BookedAt)
}

// storedParty returns the stored party, NULL for a person who booked alone.
func storedParty(a *booking.Appointment) *[16]byte {
	if a.Party == uuid.Nil || a.Party == a.ID {
		return nil
	}
	return (*[16]byte)(&a.Party)
}

// noTime is the until of an appointment that is not held.
var noTime time.Time

func (n *newAppointments) args() pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"cell":      n.cell,
		"id":        n.id,
		"request":   n.request,
		"party":     n.party,
		"number":    n.number,
		"reference": n.reference,
		"dose":      n.dose,
		"vaccine":   n.vaccine,
		"centre":    n.centre,
		"slot":      n.slot,
		"session":   n.session,
		"day":       n.day,
		"starts":    n.starts,
		"ends":      n.ends,
		"status":    n.status,
		"spot":      n.spot,
		"channel":   n.channel,
		"agent":     n.agent,
		"until":     n.until,
		"at":        n.at,
	}
}

// insertAppointments stores newAppointments; a conflict clause may follow.
const insertAppointments = `
	INSERT INTO appointment (
		cell,
		id,
		request,
		party,
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
		held_until,
		booked_at,
		updated_at
	)
	SELECT
		unnest(@cell::smallint[]),
		unnest(@id::uuid[]),
		unnest(@request::uuid[]),
		unnest(@party::uuid[]),
		unnest(@number::text[]),
		unnest(@reference::text[]),
		unnest(@dose::smallint[]),
		unnest(@vaccine::text[]),
		unnest(@centre::bigint[]),
		unnest(@slot::bigint[]),
		unnest(@session::bigint[]),
		DATE '1970-01-01' + unnest(@day::integer[]),
		unnest(@starts::smallint[]),
		unnest(@ends::smallint[]),
		unnest(@status::text[]),
		unnest(@spot::boolean[]),
		unnest(@channel::text[]),
		unnest(@agent::text[]),
		unnest(@until::timestamptz[]),
		unnest(@at::timestamptz[]),
		unnest(@at::timestamptz[])
	`

// The two ways to claim. Naming the one index in which conflicts are expected
// saves a search of the other two for each booking: a duplicate finds its own
// appointment there. If that was cancelled since, the index of requests raises
// an error instead, and the batch is run again with onAnyConflict.
const (
	onDoseConflict = `ON CONFLICT (cell, reference, dose) WHERE status IN ('held', 'booked', 'attended', 'removed') DO NOTHING`
	onAnyConflict  = `ON CONFLICT DO NOTHING`
)

// insert stores the appointments that have no conflict (the same request, a
// live appointment for the dose, or a person who was removed) and returns which
// those were.
func (n *newAppointments) insert(ctx context.Context, tx pgx.Tx, conflict string) (map[uuid.UUID]bool, error) {
	rows, err := tx.Query(ctx, insertAppointments+conflict+` RETURNING id`, n.args())
	if err != nil {
		return nil, err
	}
	stored := make(map[uuid.UUID]bool, len(n.id))
	var got [16]byte
	_, err = pgx.ForEachRow(rows, []any{&got}, func() error { stored[got] = true; return nil })
	return stored, err
}
