package benchdb

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
)

// A Naive store is what one would write first, and as good as it gets: a
// transaction for each caller, statements prepared once, connections kept.
type Naive struct{ pool *pgxpool.Pool }

// naiveConns is its number of connections. Of 16, 32, 64 and 128 on four cores
// this one booked most over many slots; on one slot they are equal, as
// everybody waits for its lock.
const naiveConns = 64

// OpenNaive connects to the database at url.
func OpenNaive(ctx context.Context, url string) (*Naive, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	cfg.MaxConns, cfg.MinConns = naiveConns, naiveConns
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &Naive{pool}, nil
}

// Close closes the connections.
func (n *Naive) Close(context.Context) error { n.pool.Close(); return nil }

// Book locks the slot, looks whether there is room, counts the person in and
// writes the rows that the Store writes, notice included.
func (n *Naive) Book(ctx context.Context, a booking.NewAppointment) (booking.Appointment, error) {
	err := pgx.BeginFunc(ctx, n.pool, func(tx pgx.Tx) error {
		var capacity, booked int
		err := tx.QueryRow(ctx, `SELECT capacity, booked FROM slot WHERE centre_id = $1 AND id = $2 AND NOT closed FOR UPDATE`,
			a.Slot.Centre, a.Slot.Slot).Scan(&capacity, &booked)
		if err != nil {
			return err
		}
		if booked >= capacity {
			return booking.Refuse(booking.SlotFull)
		}
		if _, err := tx.Exec(ctx, `UPDATE slot SET booked = booked + 1 WHERE centre_id = $1 AND id = $2`, a.Slot.Centre, a.Slot.Slot); err != nil {
			return err
		}
		cell := a.Household.Cell()
		_, err = tx.Exec(ctx, `
			INSERT INTO appointment (cell, id, msisdn, reference, dose, vaccine, centre_id, slot_id, session_id, day, starts, ends,
				status, spot, channel, agent, request, booked_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'booked', false, $13, '', $14, $15, $15)`,
			cell, a.ID, string(a.Household), a.Reference, a.Dose, a.Vaccine, a.Slot.Centre, a.Slot.Slot, a.Session, a.Day.Time(),
			a.Window.From, a.Window.To, string(a.Channel), a.Request, a.BookedAt)
		if err != nil {
			return err
		}
		for _, o := range a.Notices {
			data, err := json.Marshal(o.Data)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
				INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, data, status, created_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10)`,
				cell, o.ID, string(o.To), o.Key, string(o.Kind), o.Medium, int16(o.Priority), o.Due, data, a.BookedAt)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("book: %w", err)
	}
	return a.Appointment, nil
}
