package bookings

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// Household reads a household with its people and their live and attended
// appointments, all as they stood at one moment.
func (s *Store) Household(ctx context.Context, number booking.MSISDN) (booking.Household, error) {
	return s.households.DoOnIdleWorker(ctx, number)
}

func (s *Store) householdBatch(ctx context.Context, calls []*batch.Call[booking.MSISDN, booking.Household]) error {
	cell, msisdn := batch.NumbersOf(calls)
	var found map[booking.MSISDN]*booking.Household
	err := s.db.Conn(ctx, func(conn *pgx.Conn) (err error) {
		found, err = readHouseholds(ctx, conn, cell, msisdn)
		return err
	})
	if err != nil {
		return err
	}
	given := make(map[booking.MSISDN]bool, len(found))
	for _, c := range calls {
		h := found[c.In]
		switch {
		case h == nil:
			c.Out = booking.Household{Number: c.In}
		case given[c.In]:
			c.Out = cloneHousehold(*h) // two callers may share it, and each may change its own copy
		default:
			given[c.In] = true
			c.Out = *h
		}
	}
	return nil
}

func cloneHousehold(h booking.Household) booking.Household {
	h.People = slices.Clone(h.People)
	for i := range h.People {
		h.People[i].Appointments = slices.Clone(h.People[i].Appointments)
	}
	return h
}

// readHouseholds reads the households that are stored, by one statement, so
// that a person's appointment is never seen without the person.
func readHouseholds(ctx context.Context, db interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}, cell []int16, msisdn []string) (map[booking.MSISDN]*booking.Household, error) {
	rows, err := db.Query(ctx, `
		SELECT
			h.msisdn,
			h.language,
			h.pincode,
			h.consent_version,
			h.consent_at,
			h.consent_channel,
			`+PersonColumns+`,
			`+columnsOf+`
		FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		JOIN household h ON h.cell = u.cell AND h.msisdn = u.msisdn
		LEFT JOIN beneficiary b ON b.cell = h.cell AND b.msisdn = h.msisdn AND b.removed_at IS NULL
		LEFT JOIN appointment a ON a.cell = b.cell AND a.reference = b.reference
			AND a.status IN ('held', 'booked', 'attended')
		ORDER BY h.cell, h.msisdn, b.created_at, b.seat, a.dose`,
		cell, msisdn)
	if err != nil {
		return nil, err
	}
	var (
		found       = make(map[booking.MSISDN]*booking.Household, len(msisdn))
		h           booking.Household
		consentAt   *time.Time
		b           PersonRow
		a           appointmentRow
		destination = slices.Concat([]any{
			&h.Number, &h.Language, &h.Pincode, &h.Consent.Version, &consentAt, &h.Consent.Channel,
		}, b.Pointers(), a.nullable())
	)
	_, err = pgx.ForEachRow(rows, destination, func() error {
		kept := found[h.Number]
		if kept == nil {
			one := h
			if consentAt != nil {
				one.Consent.At = *consentAt
			}
			kept = &one
			found[h.Number] = kept
		}
		if b.reference == nil {
			return nil
		}
		if n := len(kept.People); n == 0 || kept.People[n-1].Reference != *b.reference {
			kept.People = append(kept.People, b.Beneficiary())
		}
		if a.id != nil {
			p := &kept.People[len(kept.People)-1]
			p.Appointments = append(p.Appointments, a.appointment(h.Number, p.Reference))
		}
		return nil
	})
	return found, err
}

// A memory is a booking.Memory with its number.
type memory struct {
	number booking.MSISDN
	booking.Memory
}

// Remember saves the fields that are set in a Memory and leaves the rest.
func (s *Store) Remember(ctx context.Context, number booking.MSISDN, m booking.Memory) error {
	_, err := s.remember.Do(ctx, s.db.WriterOf(number), memory{number, m})
	return err
}

func (s *Store) rememberBatch(ctx context.Context, calls []*batch.Call[memory, none]) error {
	list := make([]memory, len(calls))
	for i, c := range calls {
		list[i] = c.In
	}
	return s.db.Tx(ctx, batch.Plain, func(tx pgx.Tx) error { return rememberAll(ctx, tx, list) })
}

// rememberAll writes memories, those of one number joined in the order given,
// and locks the households until the transaction ends.
func rememberAll(ctx context.Context, tx pgx.Tx, list []memory) error {
	slices.SortStableFunc(list, func(a, b memory) int {
		return cmp.Or(cmp.Compare(a.number.Cell(), b.number.Cell()), cmp.Compare(a.number, b.number))
	})
	joined := list[:0:0]
	for _, m := range list {
		if n := len(joined); n > 0 && joined[n-1].number == m.number {
			joined[n-1].join(m.Memory)
		} else {
			joined = append(joined, m)
		}
	}
	n := len(joined)
	cell, msisdn := make([]int16, n), make([]string, n)
	language, pincode := make([]string, n), make([]string, n)
	version, channel := make([]string, n), make([]string, n)
	consentAt, at := make([]*time.Time, n), make([]time.Time, n)
	for i, m := range joined {
		cell[i], msisdn[i] = m.number.Cell(), string(m.number)
		language[i], pincode[i] = m.Language, m.Pincode
		version[i], channel[i] = m.Consent.Version, string(m.Consent.Channel)
		if at[i] = m.At; m.Consent.Version != "" {
			consentAt[i] = &joined[i].Consent.At
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO household AS h (
			cell,
			msisdn,
			language,
			pincode,
			consent_version,
			consent_at,
			consent_channel,
			created_at,
			updated_at
		)
		SELECT
			unnest(@cell::smallint[]),
			unnest(@msisdn::text[]),
			unnest(@language::text[]),
			unnest(@pincode::text[]),
			unnest(@version::text[]),
			unnest(@consent_at::timestamptz[]),
			unnest(@channel::text[]),
			unnest(@at::timestamptz[]),
			unnest(@at::timestamptz[])
		ON CONFLICT (cell, msisdn) DO UPDATE SET
			language = CASE WHEN excluded.language = '' THEN h.language ELSE excluded.language END,
			pincode = CASE WHEN excluded.pincode = '' THEN h.pincode ELSE excluded.pincode END,
			-- A consent to the same text stands as it was first given.
			consent_version = CASE WHEN excluded.consent_version = '' THEN h.consent_version ELSE excluded.consent_version END,
			consent_at = CASE WHEN excluded.consent_version IN ('', h.consent_version) THEN h.consent_at ELSE excluded.consent_at END,
			consent_channel = CASE WHEN excluded.consent_version IN ('', h.consent_version) THEN h.consent_channel ELSE excluded.consent_channel END,
			updated_at = excluded.updated_at`,
		pgx.StrictNamedArgs{
			"cell":       cell,
			"msisdn":     msisdn,
			"language":   language,
			"pincode":    pincode,
			"version":    version,
			"consent_at": consentAt,
			"channel":    channel,
			"at":         at,
		})
	return err
}

// join adds the fields that are set in a later Memory.
func (m *memory) join(later booking.Memory) {
	m.Language = cmp.Or(later.Language, m.Language)
	m.Pincode = cmp.Or(later.Pincode, m.Pincode)
	if later.Consent.Version != "" && later.Consent.Version != m.Consent.Version {
		m.Consent = later.Consent
	}
	m.At = later.At
}

// ByReference returns the household of a beneficiary. Problem: NobodyYet.
func (s *Store) ByReference(ctx context.Context, reference string) (booking.Household, error) {
	cell, ok := booking.CellOfReference(reference)
	if !ok {
		return booking.Household{}, booking.Refuse(booking.NobodyYet)
	}
	var number booking.MSISDN
	err := s.db.RetryConn(ctx, "find reference", func(ctx context.Context, conn *pgx.Conn) error {
		err := conn.QueryRow(ctx, `
			SELECT msisdn FROM beneficiary
			WHERE cell = $1 AND reference = $2 AND removed_at IS NULL`,
			cell, reference).Scan(&number)
		if errors.Is(err, pgx.ErrNoRows) {
			return booking.Refuse(booking.NobodyYet)
		}
		return err
	})
	if err != nil {
		return booking.Household{}, err
	}
	return s.Household(ctx, number)
}
