package bookings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

type registerCall = batch.Call[booking.NewPerson, booking.Beneficiary]

// Register adds a person to a number and saves the number's consent. Problems:
// HouseholdFull, SamePerson, SameID.
func (s *Store) Register(ctx context.Context, p booking.NewPerson) (booking.Beneficiary, error) {
	p.At = batch.TruncateMicros(p.At)
	return s.register.Do(ctx, s.db.WriterOf(p.Household), p)
}

func (s *Store) registerBatch(ctx context.Context, calls []*registerCall) error {
	return s.db.Tx(ctx, batch.Plain, func(tx pgx.Tx) error {
		// Writing the household locks it: from here on nobody else adds a
		// person to one of these numbers, and the people read next stay the
		// same until the commit.
		list := make([]memory, len(calls))
		numbers := make([]string, len(calls))
		for i, c := range calls {
			list[i] = memory{c.In.Household, booking.Memory{Consent: c.In.Consent, At: c.In.At}}
			numbers[i] = string(c.In.Household)
		}
		if err := rememberAll(ctx, tx, list); err != nil {
			return fmt.Errorf("remember consent: %w", err)
		}
		people, err := readPeople(ctx, tx, numbers)
		if err != nil {
			return fmt.Errorf("read people: %w", err)
		}
		// Calls are decided in the order of arrival, each seeing those before.
		var fresh []*registrant
		for _, c := range calls {
			p, err := matchOrReserve(people[c.In.Household], c.In)
			if err != nil {
				c.Err = err
				continue
			}
			if p.stored {
				c.Out = p.Beneficiary
				continue
			}
			if p.call == nil {
				p.call = c
				people[c.In.Household] = append(people[c.In.Household], p)
				fresh = append(fresh, p)
			}
			p.same = append(p.same, c)
		}
		if len(fresh) == 0 {
			return nil
		}
		if err := storeRegistrants(ctx, tx, fresh); err != nil {
			return fmt.Errorf("store people: %w", err)
		}
		var pending []*outbox.Row
		for _, p := range fresh {
			if !p.stored {
				for _, c := range p.same {
					c.Err = batch.ErrRequeue
				}
				continue
			}
			for _, c := range p.same {
				c.Out = p.Beneficiary
			}
			if p.call.In.Notices == nil {
				continue
			}
			rows, err := outbox.Rows(p.call.In.Notices(p.Beneficiary))
			if err != nil {
				return err
			}
			pending = append(pending, rows...)
		}
		b := new(pgx.Batch)
		outbox.Queue(b, pending, s.db.Now())
		return batch.Send(ctx, tx, b)
	})
}

// A registrant is a person of a number, stored or about to be.
type registrant struct {
	booking.Beneficiary
	request [16]byte
	seat    int16
	removed bool
	stored  bool
	call    *registerCall   // the call that brought the person
	same    []*registerCall // other calls of the batch for the same person
}

// matchOrReserve returns the person of a registration: the person stored by the
// same request, or a new one where the number has room.
func matchOrReserve(people []*registrant, q booking.NewPerson) (*registrant, error) {
	taken := make(map[int16]bool, len(people))
	for _, p := range people {
		// One spoken name is one person, too.
		if p.request == q.Request || q.Recording != "" && p.Recording == q.Recording && !p.removed {
			return p, nil
		}
	}
	for _, p := range people {
		switch {
		case p.removed:
		case q.Name != "" && strings.EqualFold(p.Name, q.Name) && p.BirthYear == q.BirthYear && p.Gender == q.Gender:
			return nil, booking.Refuse(booking.SamePerson, "Name", p.Name)
		case q.IDLast4 != "" && p.PhotoID == q.PhotoID && p.IDLast4 == q.IDLast4:
			return nil, booking.Refuse(booking.SameID)
		default:
			taken[p.seat] = true
		}
	}
	if len(taken) >= q.Max {
		return nil, booking.Refuse(booking.HouseholdFull, "Max", q.Max)
	}
	seat := int16(1)
	for taken[seat] {
		seat++
	}
	return &registrant{
		Beneficiary: booking.Beneficiary{
			Applicant: q.Applicant, Reference: q.References(), Household: q.Household, RegisteredAt: q.At,
		},
		request: q.Request, seat: seat,
	}, nil
}

// readPeople reads everybody ever registered under the numbers, removed people
// too: the same request returns the same person even then.
func readPeople(ctx context.Context, tx pgx.Tx, numbers []string) (map[booking.MSISDN][]*registrant, error) {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	cell := make([]int16, len(numbers))
	for i, n := range numbers {
		cell[i] = booking.MSISDN(n).Cell()
	}
	rows, err := tx.Query(ctx, `
		SELECT
			`+PersonColumns+`,
			b.request,
			b.seat,
			b.removed_at IS NOT NULL
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		JOIN beneficiary b ON b.cell = u.cell AND b.msisdn = u.msisdn
		ORDER BY b.created_at, b.seat`,
		cell, numbers)
	if err != nil {
		return nil, err
	}
	people := make(map[booking.MSISDN][]*registrant, len(numbers))
	var row PersonRow
	var p registrant
	_, err = pgx.ForEachRow(rows, append(row.Pointers(), &p.request, &p.seat, &p.removed), func() error {
		one := p
		one.Beneficiary, one.stored = row.Beneficiary(), true
		people[one.Household] = append(people[one.Household], &one)
		return nil
	})
	return people, err
}

// storeRegistrants stores people and marks those it stored. Where a reference
// id is taken it draws another, a few times; a call that still has none then is
// run again.
func storeRegistrants(ctx context.Context, tx pgx.Tx, people []*registrant) error {
	for range 3 {
		waiting := make(map[string]*registrant, len(people))
		for _, p := range people {
			if !p.stored {
				waiting[p.Reference] = p // of two with one id in a batch, one waits for the next round
			}
		}
		if len(waiting) == 0 {
			return nil
		}
		refs, err := insertPeople(ctx, tx, waiting)
		if err != nil {
			return err
		}
		for _, r := range refs {
			waiting[r].stored = true
		}
		for _, p := range people {
			if !p.stored {
				p.Reference = p.call.In.References()
			}
		}
	}
	return nil
}
