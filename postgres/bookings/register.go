package bookings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

type registerCall = batch.Call[booking.NewPerson, booking.Beneficiary]

// Register adds a person to a number and remembers the number's consent.
// Problems: HouseholdFull, SamePerson, SameID.
func (s *Store) Register(ctx context.Context, p booking.NewPerson) (booking.Beneficiary, error) {
	p.At = batch.TruncateMicros(p.At)
	return s.register.Do(ctx, s.db.WriterOf(p.Household), p)
}

func (s *Store) registerBatch(ctx context.Context, calls []*registerCall) error {
	return s.db.Tx(ctx, batch.Plain, func(tx pgx.Tx) error {
		// Writing the household locks it: from here on nobody else adds a
		// person to one of these numbers, and what is read next is true until
		// the commit.
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
	call    *registerCall   // that brought the person
	same    []*registerCall // that asked for the same, with it
}

// matchOrReserve is the person that a registration stands for: one that was stored by
// the same request, or a new one with a free seat.
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

// readPeople reads everybody ever registered under the numbers, those removed
// too: the same request gives the same person even then.
func readPeople(ctx context.Context, tx pgx.Tx, numbers []string) (map[booking.MSISDN][]*registrant, error) {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	cell := make([]int16, len(numbers))
	for i, n := range numbers {
		cell[i] = booking.MSISDN(n).Cell()
	}
	rows, err := tx.Query(ctx, `
		SELECT
			b.reference,
			b.msisdn,
			b.name,
			b.recording,
			b.birth_year,
			b.gender,
			b.photo_id,
			b.id_last4,
			b.certificate,
			b.request,
			b.seat,
			b.created_at,
			b.removed_at IS NOT NULL
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		JOIN beneficiary b ON b.cell = u.cell AND b.msisdn = u.msisdn
		ORDER BY b.created_at, b.seat`,
		cell, numbers)
	if err != nil {
		return nil, err
	}
	people := make(map[booking.MSISDN][]*registrant, len(numbers))
	var p registrant
	_, err = pgx.ForEachRow(rows, []any{
		&p.Reference, &p.Household, &p.Name, &p.Recording, &p.BirthYear, &p.Gender, &p.PhotoID, &p.IDLast4, &p.Certificate,
		&p.request, &p.seat, &p.RegisteredAt, &p.removed,
	}, func() error {
		one := p
		one.stored = true
		people[p.Household] = append(people[p.Household], &one)
		return nil
	})
	return people, err
}

// storeRegistrants stores people and marks those stored. A reference id that was taken is
// made anew a few times; who still has none then is asked again.
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

// insertPeople stores people by their reference ids and says which it stored.
func insertPeople(ctx context.Context, tx pgx.Tx, people map[string]*registrant) ([]string, error) {
	sorted := make([]*registrant, 0, len(people))
	for _, p := range people {
		sorted = append(sorted, p)
	}
	slices.SortFunc(sorted, func(a, b *registrant) int {
		return cmp.Or(cmp.Compare(a.Household.Cell(), b.Household.Cell()), cmp.Compare(a.Reference, b.Reference))
	})
	n := len(sorted)
	cell, reference, number := make([]int16, n), make([]string, n), make([]string, n)
	name, recording, born := make([]string, n), make([]string, n), make([]int16, n)
	gender, photoID, last4 := make([]string, n), make([]string, n), make([]string, n)
	certificate, request, seat := make([]bool, n), make([][16]byte, n), make([]int16, n)
	channel, agent, at := make([]string, n), make([]string, n), make([]time.Time, n)
	for i, p := range sorted {
		cell[i], reference[i], number[i] = p.Household.Cell(), p.Reference, string(p.Household)
		name[i], recording[i], born[i] = p.Name, p.Recording, int16(p.BirthYear)
		gender[i], photoID[i], last4[i] = string(p.Gender), p.PhotoID, p.IDLast4
		certificate[i], request[i], seat[i] = p.Certificate, p.request, p.seat
		channel[i], agent[i], at[i] = string(p.call.In.Channel), p.call.In.Agent, p.RegisteredAt
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO beneficiary (
			cell,
			reference,
			msisdn,
			name,
			recording,
			birth_year,
			gender,
			photo_id,
			id_last4,
			certificate,
			request,
			seat,
			channel,
			agent,
			created_at
		)
		SELECT
			unnest(@cell::smallint[]),
			unnest(@reference::text[]),
			unnest(@number::text[]),
			unnest(@name::text[]),
			unnest(@recording::text[]),
			unnest(@born::smallint[]),
			unnest(@gender::text[]),
			unnest(@photo_id::text[]),
			unnest(@last4::text[]),
			unnest(@certificate::boolean[]),
			unnest(@request::uuid[]),
			unnest(@seat::smallint[]),
			unnest(@channel::text[]),
			unnest(@agent::text[]),
			unnest(@at::timestamptz[])
		ON CONFLICT DO NOTHING
		RETURNING reference`,
		pgx.StrictNamedArgs{
			"cell":        cell,
			"reference":   reference,
			"number":      number,
			"name":        name,
			"recording":   recording,
			"born":        born,
			"gender":      gender,
			"photo_id":    photoID,
			"last4":       last4,
			"certificate": certificate,
			"request":     request,
			"seat":        seat,
			"channel":     channel,
			"agent":       agent,
			"at":          at,
		})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
