package postgres

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
)

// A newAppointment is a booking.NewAppointment with its notices as stored.
type newAppointment struct {
	booking.NewAppointment
	notices []*notice
	cell    int16
}

type bookCall = call[newAppointment, booking.Appointment]

// Book gives a person a place. Problems: AlreadyBooked (with the appointment
// that is in the way), SlotFull, SlotGone, and NobodyYet for a person who was
// taken off the number meanwhile.
func (s *Store) Book(ctx context.Context, a booking.NewAppointment) (booking.Appointment, error) {
	rows, err := notices(a.Notices)
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("book: %w", err)
	}
	a.Request = requestOr(a.Request, a.ID)
	a.BookedAt = stored(a.BookedAt)
	return s.book.do(ctx, s.slotWriter(a.Household, a.Slot.Centre), newAppointment{a, rows, a.Household.Cell()})
}

// bookBatch books for many at once.
func (s *Store) bookBatch(ctx context.Context, calls []*bookCall) error {
	err := s.bookTx(ctx, calls, false)
	if _, ok := errors.AsType[*pgconn.PgError](err); ok && !passing(err) {
		// A late repetition of a booking that was cancelled since: see claim.
		for _, c := range calls {
			c.r, c.err = booking.Appointment{}, nil
		}
		return s.bookTx(ctx, calls, true)
	}
	return err
}

// bookTx claims the doses, writes the notices, and takes the places last, so
// that a popular slot is locked for little more than the commit. Who claimed
// in vain loses the claim in the same transaction.
func (s *Store) bookTx(ctx context.Context, calls []*bookCall, careful bool) error {
	return s.inTx(ctx, beginOrdered, func(tx pgx.Tx) error {
		asked := make(map[booking.SlotID]places, 64)
		for _, c := range calls {
			asked[c.q.Slot] = places{}
		}
		open, err := openSlots(ctx, tx, asked)
		if err != nil {
			return fmt.Errorf("look at slots: %w", err)
		}
		// Most callers on a bad day ask for what is gone: they only read.
		var hopeful []*bookCall
		refused := make(map[*bookCall]error)
		for _, c := range calls {
			left, there := open[c.q.Slot]
			switch {
			case !there:
				refused[c] = booking.Refuse(booking.SlotGone)
			case !left.take(c.q.Spot):
				refused[c] = booking.Refuse(booking.SlotFull)
			default:
				hopeful = append(hopeful, c)
			}
		}
		claimed, err := claim(ctx, tx, hopeful, careful)
		if err != nil {
			return fmt.Errorf("claim doses: %w", err)
		}
		want := make(map[booking.SlotID]places, len(asked))
		owed := make([]*notice, 0, len(hopeful))
		for _, c := range hopeful {
			if !claimed[c.q.ID] {
				// Somebody holds the dose; or it was an equal call of this
				// batch, which may yet lose its claim.
				refused[c] = errAgain
				continue
			}
			p := want[c.q.Slot]
			p.add(c.q.Spot)
			want[c.q.Slot] = p
			owed = append(owed, c.q.notices...)
		}
		granted := make(map[booking.SlotID]places, len(want))
		b := new(pgx.Batch)
		s.owe(b, owed)
		grant(b, want, granted)
		if err := send(ctx, tx, b); err != nil {
			return fmt.Errorf("take places: %w", err)
		}
		var vain []*bookCall
		for _, c := range hopeful { // in the order of arrival: first come, first served
			if !claimed[c.q.ID] {
				continue
			}
			p := granted[c.q.Slot]
			if !p.take(c.q.Spot) {
				c.err = booking.Refuse(booking.SlotFull)
				vain = append(vain, c)
				continue
			}
			granted[c.q.Slot] = p
			c.r = c.q.Appointment
		}
		b = new(pgx.Batch)
		unclaim(b, vain)
		same, live := lookUp(b, refused)
		if err := send(ctx, tx, b); err != nil {
			return fmt.Errorf("take claims back: %w", err)
		}
		for c, why := range refused {
			c.r, c.err = before(c.q, same, live, why)
		}
		return nil
	})
}

// send runs what is queued, if anything is.
func send(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}

// claim stores the appointments whose person has no other for the dose, and
// says which those were.
func claim(ctx context.Context, tx pgx.Tx, calls []*bookCall, careful bool) (map[uuid.UUID]bool, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	// Sorted, because two batches with the same claims in another order would
	// wait for each other for ever. Stably: of two for one dose the first wins.
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b *bookCall) int {
		return cmp.Or(
			cmp.Compare(a.q.cell, b.q.cell),
			cmp.Compare(a.q.Reference, b.q.Reference),
			cmp.Compare(a.q.Dose, b.q.Dose))
	})
	rows := new(newAppointments)
	for _, c := range calls {
		rows.add(&c.q.Appointment, c.q.Request, noTime)
	}
	if careful {
		return rows.insert(ctx, tx, carefully)
	}
	return rows.insert(ctx, tx, quickly)
}

// unclaim takes back claims that found no place, with their notices.
func unclaim(b *pgx.Batch, calls []*bookCall) {
	if len(calls) == 0 {
		return
	}
	var cell, noticeCell []int16
	var id, noticeID [][16]byte
	for _, c := range calls {
		cell, id = append(cell, c.q.cell), append(id, c.q.ID)
		for _, n := range c.q.notices {
			noticeCell, noticeID = append(noticeCell, n.cell), append(noticeID, n.ID)
		}
	}
	b.Queue(`
		DELETE FROM appointment AS a
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE a.cell = u.cell AND a.id = u.id`,
		cell, id)
	b.Queue(`
		DELETE FROM outbox AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE o.cell = u.cell AND o.id = u.id`,
		noticeCell, noticeID)
}

// A doseOf is a person's dose, of which one appointment may be live.
type doseOf struct {
	reference string
	dose      int
}

// lookUp finds what is there already for those refused: by the request, and by
// the dose.
func lookUp(b *pgx.Batch, refused map[*bookCall]error) (same map[uuid.UUID]booking.Appointment, live map[doseOf]booking.Appointment) {
	if len(refused) == 0 {
		return nil, nil
	}
	var cell, dose []int16
	var request [][16]byte
	var reference []string
	for c := range refused {
		cell = append(cell, c.q.cell)
		request = append(request, c.q.Request)
		reference = append(reference, c.q.Reference)
		dose = append(dose, int16(c.q.Dose))
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

// before answers a booking that was refused, from what was there before it;
// why is the answer where nothing was.
func before(q newAppointment, same map[uuid.UUID]booking.Appointment, live map[doseOf]booking.Appointment, why error) (booking.Appointment, error) {
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
