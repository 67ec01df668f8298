package bookings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// A newAppointment is a booking.NewAppointment with its notices as stored.
type newAppointment struct {
	booking.NewAppointment
	notices []*outbox.Row
	cell    int16
}

type bookCall = batch.Call[newAppointment, booking.Appointment]

// Book gives a person a place. Problems: AlreadyBooked (with the appointment
// that the person has), SlotFull, SlotGone, and NobodyYet for a person who was
// taken off the number meanwhile.
func (s *Store) Book(ctx context.Context, a booking.NewAppointment) (booking.Appointment, error) {
	rows, err := outbox.Rows(a.Notices)
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("book: %w", err)
	}
	a.Request = requestOr(a.Request, a.ID)
	a.BookedAt = batch.TruncateMicros(a.BookedAt)
	return s.book.Do(ctx, s.db.WriterOfSlot(a.Household, a.Slot.Centre), newAppointment{a, rows, a.Household.Cell()})
}

// bookBatch books for many callers at once.
func (s *Store) bookBatch(ctx context.Context, calls []*bookCall) error {
	err := s.bookTx(ctx, calls, false)
	if _, ok := errors.AsType[*pgconn.PgError](err); ok && !batch.IsTransient(err) {
		// A late duplicate of a booking that was cancelled since: see claim.
		for _, c := range calls {
			c.Out, c.Err = booking.Appointment{}, nil
		}
		return s.bookTx(ctx, calls, true)
	}
	return err
}

// bookTx claims the doses, writes the notices, and takes the places last, so
// that a popular slot is locked for little more than the commit. A claim that
// finds no place is deleted in the same transaction.
func (s *Store) bookTx(ctx context.Context, calls []*bookCall, allConflictTargets bool) error {
	return s.db.Tx(ctx, batch.Ordered, func(tx pgx.Tx) error {
		asked := make(map[booking.SlotID]seats, 64)
		for _, c := range calls {
			asked[c.In.Slot] = seats{}
		}
		open, err := openSlots(ctx, tx, asked)
		if err != nil {
			return fmt.Errorf("look at slots: %w", err)
		}
		// On a bad day most callers ask for places that are gone: they only
		// read.
		var candidates []*bookCall
		refused := make(map[*bookCall]error)
		for _, c := range calls {
			left, there := open[c.In.Slot]
			switch {
			case !there:
				refused[c] = booking.Refuse(booking.SlotGone)
			case !left.take(c.In.Spot):
				refused[c] = booking.Refuse(booking.SlotFull)
			default:
				candidates = append(candidates, c)
			}
		}
		claimed, err := claim(ctx, tx, candidates, allConflictTargets)
		if err != nil {
			return fmt.Errorf("claim doses: %w", err)
		}
		want := make(map[booking.SlotID]seats, len(asked))
		pending := make([]*outbox.Row, 0, len(candidates))
		for _, c := range candidates {
			if !claimed[c.In.ID] {
				// An appointment holds the dose; or an equal call of this batch
				// does, which may yet lose its claim.
				refused[c] = batch.ErrRequeue
				continue
			}
			p := want[c.In.Slot]
			p.add(c.In.Spot)
			want[c.In.Slot] = p
			pending = append(pending, c.In.notices...)
		}
		granted := make(map[booking.SlotID]seats, len(want))
		b := new(pgx.Batch)
		outbox.Queue(b, pending, s.db.Now())
		grant(b, want, granted)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("take places: %w", err)
		}
		var withoutPlace []*bookCall
		for _, c := range candidates { // in the order of arrival: first come, first served
			if !claimed[c.In.ID] {
				continue
			}
			p := granted[c.In.Slot]
			if !p.take(c.In.Spot) {
				c.Err = booking.Refuse(booking.SlotFull)
				withoutPlace = append(withoutPlace, c)
				continue
			}
			granted[c.In.Slot] = p
			c.Out = c.In.Appointment
		}
		b = new(pgx.Batch)
		unclaim(b, withoutPlace)
		same, live := lookUp(b, refused)
		if err := batch.Send(ctx, tx, b); err != nil {
			return fmt.Errorf("take claims back: %w", err)
		}
		for c, why := range refused {
			c.Out, c.Err = existingAnswer(c.In, same, live, why)
		}
		return nil
	})
}

// claim stores the appointments whose person has no other for the dose, and
// returns which those were.
func claim(ctx context.Context, tx pgx.Tx, calls []*bookCall, allConflictTargets bool) (map[uuid.UUID]bool, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	// Sorted, because two batches with the same claims in another order would
	// wait for each other for ever. Stably: of two for one dose the first wins.
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b *bookCall) int {
		return cmp.Or(
			cmp.Compare(a.In.cell, b.In.cell),
			cmp.Compare(a.In.Reference, b.In.Reference),
			cmp.Compare(a.In.Dose, b.In.Dose))
	})
	rows := new(newAppointments)
	for _, c := range calls {
		rows.add(&c.In.Appointment, c.In.Request, noTime)
	}
	if allConflictTargets {
		return rows.insert(ctx, tx, onAnyConflict)
	}
	return rows.insert(ctx, tx, onDoseConflict)
}

// unclaim deletes the claims that found no place, with their notices.
func unclaim(b *pgx.Batch, calls []*bookCall) {
	if len(calls) == 0 {
		return
	}
	var cell []int16
	var id [][16]byte
	var pending []*outbox.Row
	for _, c := range calls {
		cell, id = append(cell, c.In.cell), append(id, c.In.ID)
		pending = append(pending, c.In.notices...)
	}
	b.Queue(`
		DELETE FROM appointment AS a
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE a.cell = u.cell AND a.id = u.id`,
		cell, id)
	outbox.Unqueue(b, pending)
}

// A doseOf is a person's dose, of which one appointment may be live.
type doseOf struct {
	reference string
	dose      int
}

// lookUp finds the appointments that are there already for refused calls: by
// the request, and by the dose.
func lookUp(b *pgx.Batch, refused map[*bookCall]error) (same map[uuid.UUID]booking.Appointment, live map[doseOf]booking.Appointment) {
	if len(refused) == 0 {
		return nil, nil
	}
	var cell, dose []int16
	var request [][16]byte
	var reference []string
	for c := range refused {
		cell = append(cell, c.In.cell)
		request = append(request, c.In.Request)
		reference = append(reference, c.In.Reference)
		dose = append(dose, int16(c.In.Dose))
	}
	same = make(map[uuid.UUID]booking.Appointment)
	var r scanned
	var key [16]byte
	b.Queue(`
		SELECT a.request, a.msisdn, a.reference, `+columnsOf+`
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS request) u
		JOIN appointment a ON a.cell = u.cell AND a.request = u.request`,
		cell, request,
	).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, append([]any{&key, &r.Household, &r.Reference}, r.pointers()...), func() error {
			same[key] = r.whole()
			return nil
		})
		return err
	})
	live = make(map[doseOf]booking.Appointment)
	b.Queue(`
		SELECT a.msisdn, a.reference, `+columnsOf+`
		FROM (
			SELECT
				unnest($1::smallint[]) AS cell,
				unnest($2::text[]) AS reference,
				unnest($3::smallint[]) AS dose
		) u
		JOIN appointment a ON a.cell = u.cell AND a.reference = u.reference AND a.dose = u.dose
		WHERE a.status IN ('held', 'booked', 'attended', 'removed')`,
		cell, reference, dose,
	).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, append([]any{&r.Household, &r.Reference}, r.pointers()...), func() error {
			live[doseOf{r.Reference, r.Dose}] = r.whole()
			return nil
		})
		return err
	})
	return same, live
}

// existingAnswer answers a booking that was refused from the appointments that
// are there already; why is the answer where there is none.
func existingAnswer(q newAppointment, same map[uuid.UUID]booking.Appointment, live map[doseOf]booking.Appointment, why error) (booking.Appointment, error) {
	if a, ok := same[q.Request]; ok && a.Household == q.Household {
		return a, nil
	}
	a, ok := live[doseOf{q.Reference, q.Dose}]
	switch {
	case !ok:
		return booking.Appointment{}, why
	case a.Status == removed:
		return booking.Appointment{}, booking.Refuse(booking.NobodyYet)
	case a.Slot == q.Slot:
		return a, nil
	default:
		return a, booking.Refuse(booking.AlreadyBooked, "Day", a.Day)
	}
}
