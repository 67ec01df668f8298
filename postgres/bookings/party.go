package bookings

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// BookParty gives people of one number places in one slot, all of them or none.
// It is a transaction for each party, not a batch: so a refusal rolls back the
// claims of its own party alone.
func (s *Store) BookParty(ctx context.Context, list []booking.NewAppointment) ([]booking.Appointment, error) {
	list = slices.Clone(list)
	rows := new(newAppointments)
	var pending []*outbox.Row
	// Sorted in the order in which every batch claims.
	slices.SortFunc(list, func(a, b booking.NewAppointment) int {
		return cmp.Or(cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Dose, b.Dose))
	})
	for i := range list {
		a := &list[i]
		if a.Slot != list[0].Slot || a.Household != list[0].Household {
			return nil, fmt.Errorf("book party: of several numbers, or slots")
		}
		n, err := outbox.Rows(a.Notices)
		if err != nil {
			return nil, fmt.Errorf("book party: %w", err)
		}
		pending = append(pending, n...)
		a.Request, a.BookedAt = requestOr(a.Request, a.ID), batch.TruncateMicros(a.BookedAt)
		rows.add(&a.Appointment, a.Request, noTime)
	}
	var got []booking.Appointment
	err := s.db.RetryTx(ctx, "book party", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		got = nil
		claimed, err := rows.insert(ctx, tx, onAnyConflict)
		if err != nil {
			return fmt.Errorf("claim doses: %w", err)
		}
		if len(claimed) < len(list) { // where the party is refused, its claims are rolled back
			got, err = partyBefore(ctx, tx, list, claimed)
			return err
		}
		if err := s.takePlaces(ctx, tx, list[0].Slot, len(list), pending); err != nil {
			return err
		}
		for _, a := range list {
			got = append(got, a.Appointment)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// takePlaces takes a number of places of a slot, and queues the notices.
func (s *Store) takePlaces(ctx context.Context, tx pgx.Tx, slot booking.SlotID, people int, pending []*outbox.Row) error {
	want := map[booking.SlotID]seats{slot: {online: int32(people)}}
	open, err := openSlots(ctx, tx, want)
	if err != nil {
		return fmt.Errorf("look at slots: %w", err)
	}
	left, there := open[slot]
	switch {
	case !there:
		return booking.Refuse(booking.SlotGone)
	case left.online < int32(people):
		return booking.Refuse(booking.SlotFull)
	}
	granted := make(map[booking.SlotID]seats, 1)
	b := new(pgx.Batch)
	outbox.Queue(b, pending, s.db.Now())
	grant(b, want, granted)
	if err := batch.Send(ctx, tx, b); err != nil {
		return fmt.Errorf("take places: %w", err)
	}
	if granted[slot].online < int32(people) {
		return booking.Refuse(booking.SlotFull)
	}
	return nil
}

// partyBefore answers a party that was not claimed as a whole from the
// appointments that are there already: the same party, or the appointments in
// the way.
func partyBefore(ctx context.Context, tx pgx.Tx, list []booking.NewAppointment, claimed map[uuid.UUID]bool) ([]booking.Appointment, error) {
	calls := make(map[*bookCall]error, len(list))
	byReference := make(map[string]*bookCall, len(list))
	for _, a := range list {
		c := &bookCall{In: newAppointment{NewAppointment: a, cell: a.Household.Cell()}}
		byReference[a.Reference] = c
		calls[c] = nil
	}
	b := new(pgx.Batch)
	same, live := lookUp(b, calls)
	if err := batch.Send(ctx, tx, b); err != nil {
		return nil, fmt.Errorf("look for what is there: %w", err)
	}
	var got []booking.Appointment
	var others error
	for _, a := range list {
		if claimed[a.ID] {
			continue
		}
		// Where the appointment in the way is gone a moment later, no place is
		// known.
		found, err := existingAnswer(byReference[a.Reference].In, same, live, booking.Refuse(booking.SlotFull))
		switch {
		case err == nil && (len(got) == 0 || found.Party == got[0].Party):
			got = append(got, found)
			continue
		case err == nil:
			err = booking.Refuse(booking.AlreadyBooked, "Day", found.Day)
		}
		others = cmp.Or(others, ofPerson(err, a.Reference))
	}
	switch {
	case others != nil:
		return nil, others
	case len(got) != len(list): // some have a place there and others do not
		return nil, ofPerson(booking.Refuse(booking.AlreadyBooked, "Day", got[0].Day), got[0].Reference)
	}
	return got, nil
}

// ofPerson adds to a Problem the person whom it is about.
func ofPerson(err error, reference string) error {
	if p, ok := booking.AsProblem(err); ok {
		q := booking.Refuse(p.Code, "Reference", reference)
		for name, v := range p.Args {
			q.Args[name] = v
		}
		return q
	}
	return err
}

// MoveParty changes the slot of all, or of none. It locks as every batch does:
// appointments, then slots.
func (s *Store) MoveParty(ctx context.Context, list []booking.SlotChange) ([]booking.Appointment, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b booking.SlotChange) int { return byKey(a.Appointment, b.Appointment) })
	calls := make([]*moveCall, len(list))
	var pending []*outbox.Row
	for i := range list {
		if list[i].Slot != list[0].Slot || list[i].Household != list[0].Household {
			return nil, fmt.Errorf("move party: of several numbers, or to several slots")
		}
		n, err := outbox.Rows(list[i].Notices)
		if err != nil {
			return nil, fmt.Errorf("move party: %w", err)
		}
		pending = append(pending, n...)
		list[i].BookedAt = batch.TruncateMicros(list[i].BookedAt)
		calls[i] = &moveCall{In: slotChange{SlotChange: list[i]}}
	}
	var got []booking.Appointment
	err := s.db.RetryTx(ctx, "move party", batch.Ordered, func(ctx context.Context, tx pgx.Tx) error {
		got = nil
		was, err := lockAppointments(ctx, tx, calls)
		if err != nil {
			return fmt.Errorf("hold appointments: %w", err)
		}
		to := list[0].Slot
		touched, back := map[booking.SlotID]seats{to: {}}, map[booking.SlotID]seats{}
		there := 0
		for _, c := range calls {
			old, ok := was[c.In.ID]
			if !ok || old.Household != c.In.Household {
				return ofPerson(booking.Refuse(booking.NoAppointment), c.In.Reference)
			}
			if old.Slot == to {
				there++
			}
			touched[old.Slot] = seats{}
			p := back[old.Slot]
			p.add(old.Spot)
			back[old.Slot] = p
			moved := c.In.Appointment
			moved.Reference, moved.Dose, moved.Status = old.Reference, old.Dose, old.Status
			got = append(got, moved)
		}
		if there == len(list) { // a duplicate of a move that is done
			return nil
		}
		b := new(pgx.Batch)
		lockSlots(b, touched)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("hold slots: %w", err)
		}
		if err := s.takePlaces(ctx, tx, to, len(list), pending); err != nil {
			return err
		}
		b = new(pgx.Batch)
		changeSlots(b, calls)
		release(b, back)
		return batch.Send(ctx, tx, b)
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// Party returns the number's appointments of a party, by reference id.
func (s *Store) Party(ctx context.Context, number booking.MSISDN, party uuid.UUID) ([]booking.Appointment, error) {
	var list []booking.Appointment
	err := s.db.RetryConn(ctx, "read party", func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, `
			SELECT a.msisdn, a.reference, `+columnsOf+`
			FROM appointment a
			WHERE a.cell = $1 AND (a.id = $2 OR a.party = $2) AND a.msisdn = $3 AND a.status <> 'removed'`,
			number.Cell(), [16]byte(party), string(number))
		if err != nil {
			return err
		}
		found, err := collectAppointments(rows)
		for _, a := range found {
			if a.Party == party {
				list = append(list, a)
			}
		}
		return err
	})
	slices.SortFunc(list, func(a, b booking.Appointment) int { return cmp.Compare(a.Reference, b.Reference) })
	return list, err
}
