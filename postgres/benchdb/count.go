package benchdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// CheckBookings holds how many bookings of each slot were acknowledged against
// what is stored: the slot's count, its appointments and their notices.
func CheckBookings(ctx context.Context, url string, acked map[booking.SlotID]int) error {
	return with(ctx, url, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT s.centre_id, s.id, s.capacity, s.booked, count(a.id), count(o.id)
			FROM slot s
			LEFT JOIN appointment a ON a.centre_id = s.centre_id AND a.slot_id = s.id AND a.status = 'booked'
			LEFT JOIN outbox o ON o.cell = a.cell AND o.msisdn = a.msisdn AND o.key = 'booked:' || a.id
			GROUP BY s.centre_id, s.id`)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		var id booking.SlotID
		var capacity, booked, appointments, notices, total int
		_, err = pgx.ForEachRow(rows, []any{&id.Centre, &id.Slot, &capacity, &booked, &appointments, &notices}, func() error {
			if n := acked[id]; booked != n || appointments != n || notices != n || booked > capacity {
				return fmt.Errorf("slot %d/%d of %d places: %d acknowledged, %d counted, %d appointments, %d notices",
					id.Centre, id.Slot, capacity, n, booked, appointments, notices)
			}
			total += booked
			return nil
		})
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		var stored int
		if err := conn.QueryRow(ctx, `SELECT count(*) FROM appointment`).Scan(&stored); err != nil {
			return fmt.Errorf("count: %w", err)
		}
		if stored != total || total == 0 {
			return fmt.Errorf("%d appointments, of which %d are in slots", stored, total)
		}
		return nil
	})
}

// Texts is what is stored of texts and of the replies to them.
type Texts struct {
	Count   int // texts
	Numbers int // that sent them
	Replies []Reply
}

// A Reply is what was said in the same words.
type Reply struct {
	Says      string // id of the words
	Count     int
	Numbers   int // that it was said to
	Languages int
}

// CountTexts reads them.
func CountTexts(ctx context.Context, url string) (t Texts, err error) {
	err = with(ctx, url, func(conn *pgx.Conn) error {
		if err := conn.QueryRow(ctx, `SELECT count(*), count(DISTINCT msisdn) FROM inbound`).Scan(&t.Count, &t.Numbers); err != nil {
			return fmt.Errorf("count texts: %w", err)
		}
		rows, err := conn.Query(ctx, `
			SELECT COALESCE(data->>'says', kind), count(*), count(DISTINCT msisdn), count(DISTINCT data->>'lang')
			FROM outbox
			GROUP BY 1`)
		if err != nil {
			return fmt.Errorf("count replies: %w", err)
		}
		t.Replies, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Reply])
		return err
	})
	return t, err
}
