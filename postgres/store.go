package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
	"tikaline/postgres/batch"
	"tikaline/postgres/bookings"
	"tikaline/postgres/calls"
	"tikaline/postgres/conversations"
	"tikaline/postgres/leases"
	"tikaline/postgres/limits"
	"tikaline/postgres/otp"
	"tikaline/postgres/outbox"
	"tikaline/postgres/places"
	"tikaline/postgres/staff"
)

// Options are the settings of a Store: see batch.Options.
type Options = batch.Options

// A Stat counts the connections to the database.
type Stat = batch.Stat

// A Store keeps everything in Postgres, in a room for each owner. It is safe for
// concurrent use.
type Store struct {
	Bookings      *bookings.Store      // booking.Store: households, people, appointments, holds
	Waitlist      *bookings.Waitlist   // booking.Waitlist
	CallOffs      *bookings.CallOffs   // booking.CallOffs
	Reminders     *bookings.Reminders  // booking.Reminders
	Places        *places.Store        // centres and sessions
	Calls         *calls.Store         // calls.Store
	Conversations *conversations.Store // dialog.Store and dialog.Inbox
	Outbox        *outbox.Store        // outbox.Store
	OTP           *otp.Store           // otp.Store
	Limits        *limits.Store        // limits.Store
	Staff         *staff.Store         // logins of centres
	Leases        *leases.Store        // booking.Leases and jobs.Leases

	db   *batch.DB
	pool *pgxpool.Pool
	ours bool // Close closes the pool
}

// Open connects to the database at url and returns a Store on it; Close closes
// the connections too. The url may say pool_max_conns, and
// default_query_exec_mode where PgBouncer wants another than cache_describe.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	// The workers of every batch writer may be at work at once, and some readers.
	if cfg.MaxConns < 32 && !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = 32
	}
	if o.PgBouncer && cfg.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s, err := New(ctx, pool, o)
	if err != nil {
		pool.Close()
		return nil, err
	}
	s.ours = true
	return s, nil
}

// New returns a Store on a pool, which the caller closes, after Close.
func New(ctx context.Context, pool *pgxpool.Pool, o Options) (*Store, error) {
	db, err := batch.New(ctx, pool, o)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, pool: pool}
	if err := s.Ping(ctx); err != nil {
		return nil, err
	}
	s.Leases = leases.New(db)
	s.Outbox = outbox.New(db)
	s.Places = places.New(db)
	s.Bookings = bookings.New(db, s.Places)
	s.Waitlist = bookings.NewWaitlist(db)
	s.CallOffs = bookings.NewCallOffs(db)
	s.Reminders = bookings.NewReminders(db)
	s.Calls = calls.New(db, s.Bookings)
	s.Conversations = conversations.New(db)
	s.OTP = otp.New(db)
	s.Limits = limits.New(db)
	s.Staff = staff.New(db)
	return s, nil
}

// Attach sets the stores of a core, and returns it.
func (s *Store) Attach(c *booking.Core) *booking.Core {
	c.Store, c.Waitlist, c.CallOffs, c.Reminders, c.Leases = s.Bookings, s.Waitlist, s.CallOffs, s.Reminders, s.Leases
	return c
}

// Close takes no more calls (they are refused as Busy), finishes the accepted
// ones, and returns. When ctx ends first, it gives up the unfinished calls and
// answers them with an error.
func (s *Store) Close(ctx context.Context) error {
	err := s.db.Close(ctx)
	if s.ours {
		s.pool.Close()
	}
	return err
}

// Stat returns the present numbers of connections to the database.
func (s *Store) Stat() Stat { return s.db.Stat() }

// Ping returns an error unless the database answers and has its schema.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	err := s.pool.QueryRow(ctx, `SELECT count(*) FROM setting`).Scan(&n)
	if err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// HasHouseholds reports whether anybody was ever stored.
func (s *Store) HasHouseholds(ctx context.Context) (bool, error) {
	var one int
	err := s.pool.QueryRow(ctx, `SELECT 1 FROM household LIMIT 1`).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for households: %w", err)
	}
	return true, nil
}

// MarkDemo marks the database as a demo's. Marking it again is no error.
func (s *Store) MarkDemo(ctx context.Context) error {
	return s.db.Retry(ctx, "mark demo", func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `
			INSERT INTO setting (name, value) VALUES ('kind', 'demo')
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
		return err
	})
}

// IsDemo reports whether the database was marked as a demo's: then its
// households are invented, however many there are.
func (s *Store) IsDemo(ctx context.Context) (bool, error) {
	var kind string
	err := s.pool.QueryRow(ctx, `SELECT value FROM setting WHERE name = 'kind'`).Scan(&kind)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("read demo mark: %w", err)
	}
	return kind == "demo", nil
}
