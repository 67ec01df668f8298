package bookings

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"tikaline/booking"
	"time"

	"github.com/jackc/pgx/v5"
)

// PersonColumns are the columns of a beneficiary b, in the order of
// PersonRow.Pointers: every query that reads a person uses this list.
const PersonColumns = `
	b.reference,
	b.msisdn,
	b.name,
	b.recording,
	b.birth_year,
	b.gender,
	b.photo_id,
	b.id_last4,
	b.certificate,
	b.created_at`

// A PersonRow is the destination of a row of PersonColumns. Its values are nil
// where a LEFT JOIN found nobody.
type PersonRow struct {
	reference, number, name, recording, gender, photoID, last4 *string
	birthYear                                                  *int16
	certificate                                                *bool
	createdAt                                                  *time.Time
}

// Pointers returns the destinations of PersonColumns.
func (r *PersonRow) Pointers() []any {
	return []any{
		&r.reference, &r.number, &r.name, &r.recording, &r.birthYear, &r.gender, &r.photoID, &r.last4, &r.certificate, &r.createdAt,
	}
}

// Beneficiary returns the person of a row that has one, without appointments.
func (r *PersonRow) Beneficiary() booking.Beneficiary {
	return booking.Beneficiary{
		Applicant: booking.Applicant{
			Name: *r.name, Recording: *r.recording, BirthYear: int(*r.birthYear), Gender: booking.Gender(*r.gender),
			PhotoID: *r.photoID, IDLast4: *r.last4, Certificate: *r.certificate,
		},
		Reference: *r.reference, Household: booking.MSISDN(*r.number), RegisteredAt: *r.createdAt,
	}
}

// insertPerson stores people.
const insertPerson = `
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
	RETURNING reference`

// insertPeople stores people by their reference ids and returns the ids that it
// stored.
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
	rows, err := tx.Query(ctx, insertPerson,
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

// NamePerson gives a name to a person who has none yet, in the caller's
// transaction. It returns the number and the recording of the spoken name;
// named is false where the person has a name, or is not there.
func NamePerson(ctx context.Context, tx pgx.Tx, cell int16, reference, name string) (number, recording string, named bool, err error) {
	err = tx.QueryRow(ctx, `
		UPDATE beneficiary
		SET name = $3
		WHERE cell = $1 AND reference = $2 AND name = '' AND removed_at IS NULL
		RETURNING msisdn, recording`,
		cell, reference, name).Scan(&number, &recording)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", false, nil
	}
	return number, recording, err == nil, err
}
