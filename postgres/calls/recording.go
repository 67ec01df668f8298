package calls

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/calls"

	"tikaline/postgres/batch"
	"tikaline/postgres/bookings"
)

// KeepRecording records that a recording is to be fetched, or that there is
// none after all.
func (s *Store) KeepRecording(ctx context.Context, r calls.Recording) error {
	return s.db.RetryConn(ctx, "keep recording", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO recording AS r (
				cell,
				msisdn,
				id,
				provider,
				url,
				lang,
				at,
				state,
				due_at,
				dropped
			)
			VALUES (@cell, @number, @id, @provider, @url, @language, @at, @state, @due, @dropped)
			ON CONFLICT (cell, msisdn, id) DO UPDATE SET
				url = CASE WHEN r.url = '' THEN excluded.url ELSE r.url END,
				lang = CASE WHEN r.lang = '' THEN excluded.lang ELSE r.lang END,
				state = CASE WHEN r.state = 'wanted' THEN excluded.state ELSE r.state END,
				due_at = CASE WHEN r.state = 'wanted' AND excluded.state = 'gone' THEN NULL ELSE r.due_at END,
				dropped = r.dropped OR r.state = 'wanted' AND excluded.dropped`,
			pgx.StrictNamedArgs{
				"cell":     r.Number.Cell(),
				"number":   string(r.Number),
				"id":       r.ID,
				"provider": r.Provider,
				"url":      r.URL,
				"language": r.Language,
				"at":       r.At,
				"state":    string(r.State),
				"due":      batch.OrNull(r.Due),
				"dropped":  r.Dropped,
			})
		return err
	})
}

// columnsRecording are the columns that scanRecording reads, with the audio
// last.
const columnsRecording = `
	r.id,
	r.msisdn,
	r.provider,
	r.url,
	r.lang,
	r.at,
	r.state,
	r.tries,
	r.due_at,
	r.dropped,
	`

func scanRecording(row pgx.CollectableRow) (r calls.Recording, err error) {
	var due *time.Time
	err = row.Scan(&r.ID, &r.Number, &r.Provider, &r.URL, &r.Language, &r.At, &r.State, &r.Tries, &due, &r.Dropped, &r.Audio)
	r.Due = batch.OrZero(due)
	return r, err
}

// Recording returns a recording by its id; false where there is none.
func (s *Store) Recording(ctx context.Context, id string) (r calls.Recording, found bool, err error) {
	err = s.db.RetryConn(ctx, "read recording", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsRecording+`r.audio FROM recording r WHERE r.id = $1 ORDER BY r.at LIMIT 1`, id)
		if err != nil {
			return err
		}
		r, err = pgx.CollectExactlyOneRow(rows, scanRecording)
		if found = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, found, err
}

// TakeRecordings leases and returns recordings that are due; no other call
// returns them until lease.
func (s *Store) TakeRecordings(ctx context.Context, now, lease time.Time, limit int) ([]calls.Recording, error) {
	var list []calls.Recording
	err := s.db.RetryConn(ctx, "take recordings", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT `+columnsRecording+`NULL::bytea FROM recording r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $2`, now, limit)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, scanRecording)
		if err != nil || len(found) == 0 {
			return err
		}
		cell, number := make([]int16, len(found)), make([]string, len(found))
		id, due := make([]string, len(found)), make([]time.Time, len(found))
		for i, r := range found {
			cell[i], number[i], id[i], due[i] = r.Number.Cell(), string(r.Number), r.ID, r.Due
		}
		// Of two nodes that found the same row, the second finds due_at moved
		// on.
		rows, err = conn.Query(ctx, `
			UPDATE recording AS r
			SET due_at = $5
			FROM (
				SELECT
					unnest($1::smallint[]) AS cell,
					unnest($2::text[]) AS msisdn,
					unnest($3::text[]) AS id,
					unnest($4::timestamptz[]) AS due_at
			) u
			WHERE r.cell = u.cell AND r.msisdn = u.msisdn AND r.id = u.id AND r.due_at = u.due_at
			RETURNING `+columnsRecording+`NULL::bytea`,
			cell, number, id, due, lease)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanRecording)
		return err
	})
	return list, err
}

// PutRecording stores the result of work on a recording that we hold by its
// lease. The state only moves forward, and a deleted recording gets no audio
// again.
func (s *Store) PutRecording(ctx context.Context, lease time.Time, r calls.Recording) error {
	return s.db.RetryConn(ctx, "put recording", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			UPDATE recording
			SET audio = CASE WHEN state = 'wanted' THEN @audio ELSE audio END,
				fetched_at = CASE WHEN state = 'wanted' AND @state = 'fetched' THEN @now ELSE fetched_at END,
				state = CASE WHEN array_position(@list::text[], @state) > array_position(@list::text[], state) THEN @state ELSE state END,
				tries = @tries,
				dropped = dropped OR @dropped,
				due_at = @due
			WHERE cell = @cell AND msisdn = @number AND id = @id AND due_at = @lease`,
			pgx.StrictNamedArgs{
				"cell":    r.Number.Cell(),
				"number":  string(r.Number),
				"id":      r.ID,
				"lease":   lease,
				"state":   string(r.State),
				"tries":   int16(r.Tries),
				"audio":   r.Audio,
				"dropped": r.Dropped,
				"due":     batch.OrNull(r.Due),
				"now":     s.db.Now(),
				"list":    []string{"wanted", "fetched", "written", "gone"},
			})
		return err
	})
}

// Unwritten returns people whose names are to be written down, the longest
// waiting first.
func (s *Store) Unwritten(ctx context.Context, limit int) ([]calls.Unwritten, error) {
	var list []calls.Unwritten
	err := s.db.RetryConn(ctx, "read unwritten names", func(ctx context.Context, conn *pgx.Conn) error {
		list = nil
		rows, err := conn.Query(ctx, `
			SELECT
				`+bookings.PersonColumns+`,
				COALESCE(r.state, 'gone'),
				COALESCE(r.lang, ''),
				COALESCE(r.at, b.created_at)
			FROM beneficiary b
			LEFT JOIN recording r ON r.cell = b.cell AND r.msisdn = b.msisdn AND r.id = b.recording
			WHERE b.name = '' AND b.removed_at IS NULL
			ORDER BY b.created_at, b.reference
			LIMIT $1`, limit)
		if err != nil {
			return err
		}
		var person bookings.PersonRow
		var u calls.Unwritten
		_, err = pgx.ForEachRow(rows, append(person.Pointers(), &u.State, &u.Language, &u.SpokenAt), func() error {
			u.Beneficiary = person.Beneficiary()
			list = append(list, u)
			return nil
		})
		return err
	})
	return list, err
}

// WriteDown gives a person without a name one, and deletes the recording.
func (s *Store) WriteDown(ctx context.Context, reference, name, agent string, at time.Time) (booking.Beneficiary, error) {
	cell, ok := booking.CellOfReference(reference)
	if !ok {
		return booking.Beneficiary{}, booking.Refuse(booking.NobodyYet)
	}
	err := s.db.RetryTx(ctx, "write a name down", batch.Plain, func(ctx context.Context, tx pgx.Tx) error {
		number, recording, named, err := bookings.NamePerson(ctx, tx, cell, reference, name)
		if err != nil || !named {
			return err // named before, or nobody: the next read shows which
		}
		_, err = tx.Exec(ctx, `
			UPDATE recording
			SET state = CASE WHEN state = 'gone' THEN state ELSE 'written' END,
				audio = NULL,
				reference = $4,
				written_by = $5,
				written_at = $6,
				-- The provider's copy has to go too.
				due_at = CASE WHEN dropped THEN NULL ELSE COALESCE(due_at, $6) END
			WHERE cell = $1 AND msisdn = $2 AND id = $3`,
			cell, number, recording, reference, agent, at)
		return err
	})
	if err != nil {
		return booking.Beneficiary{}, err
	}
	h, err := s.people.ByReference(ctx, reference)
	if err != nil {
		return booking.Beneficiary{}, err
	}
	b, ok := h.Person(reference)
	if !ok {
		return b, booking.Refuse(booking.NobodyYet)
	}
	return b, nil
}

// ForgetRecordings deletes the audio of recordings older than old, and of those
// older than idle that are nobody's name.
func (s *Store) ForgetRecordings(ctx context.Context, old, idle, now time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget recordings", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT `+columnsRecording+`NULL::bytea
			FROM recording r
			LEFT JOIN beneficiary b ON b.cell = r.cell AND b.msisdn = r.msisdn AND b.recording = r.id
				AND b.name = '' AND b.removed_at IS NULL
			WHERE r.state IN ('wanted', 'fetched') AND r.at < $2 AND (r.at < $1 OR b.reference IS NULL)
			ORDER BY r.at
			LIMIT $3`, old, idle, limit)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, scanRecording)
		if err != nil {
			return err
		}
		cell, number, id := make([]int16, len(found)), make([]string, len(found)), make([]string, len(found))
		for i, r := range found {
			cell[i], number[i], id[i] = r.Number.Cell(), string(r.Number), r.ID
		}
		tag, err := conn.Exec(ctx, `
			UPDATE recording AS r
			SET state = 'gone',
				audio = NULL,
				due_at = CASE WHEN r.dropped THEN NULL ELSE COALESCE(r.due_at, $4) END
			FROM (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn, unnest($3::text[]) AS id) u
			WHERE r.cell = u.cell AND r.msisdn = u.msisdn AND r.id = u.id AND r.state IN ('wanted', 'fetched')`,
			cell, number, id, now)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
