package benchdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// with does something on a connection to the database at url.
func with(ctx context.Context, url string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return do(conn)
}

// Execute runs statements one by one.
func Execute(ctx context.Context, url string, statements ...string) error {
	return with(ctx, url, func(conn *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%.60s: %w", strings.TrimSpace(sql), err)
			}
		}
		return nil
	})
}

// FillHouseholds makes numbers known: they speak Hindi and have searched near a
// pincode ("" is none).
func FillHouseholds(ctx context.Context, url, pincode string, numbers []booking.MSISDN) error {
	cells, msisdn := columns(numbers)
	return with(ctx, url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO household (cell, msisdn, language, pincode, created_at, updated_at)
			SELECT unnest($1::smallint[]), unnest($2::text[]), 'hi', $3, now(), now()`, cells, msisdn, pincode)
		if err != nil {
			return fmt.Errorf("bring in households: %w", err)
		}
		return nil
	})
}

// FillPeople registers one person under each number, with these reference ids.
func FillPeople(ctx context.Context, url string, numbers []booking.MSISDN, references []string) error {
	if err := FillHouseholds(ctx, url, "", numbers); err != nil {
		return err
	}
	cells, msisdn := columns(numbers)
	requests := make([][16]byte, len(numbers))
	for i := range requests {
		requests[i] = uuid.New()
	}
	return with(ctx, url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO beneficiary (cell, reference, msisdn, name, recording, birth_year, gender, photo_id, id_last4, certificate,
				request, seat, channel, agent, created_at)
			SELECT unnest($1::smallint[]), unnest($3::text[]), unnest($2::text[]), 'Sita Devi', '', 1958, 'female', 'voter', '0017', false,
				unnest($4::uuid[]), 1, 'web', '', now()`,
			cells, msisdn, references, requests)
		if err != nil {
			return fmt.Errorf("bring in people: %w", err)
		}
		return nil
	})
}

func columns(numbers []booking.MSISDN) (cells []int16, msisdn []string) {
	for _, n := range numbers {
		cells, msisdn = append(cells, n.Cell()), append(msisdn, string(n))
	}
	return cells, msisdn
}

// FillFinishedNotices queues so many notices that were delivered half a year ago.
func FillFinishedNotices(ctx context.Context, url string, n int) error {
	return with(ctx, url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, data, created_at, updated_at)
			SELECT i % 1024, gen_random_uuid(), '+918' || lpad((i % 300000)::text, 9, '0'), 'booked:' || i, 'booked', 'sms', 30,
				now() - INTERVAL '180 days', 'delivered', '{}', now() - INTERVAL '180 days', now() - INTERVAL '180 days'
			FROM generate_series(1, $1::integer) i`, n)
		if err != nil {
			return fmt.Errorf("bring in old notices: %w", err)
		}
		return nil
	})
}
