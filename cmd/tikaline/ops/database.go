package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tikaline/booking"
	"tikaline/booking/imports"
	"tikaline/postgres"
	"tikaline/postgres/launch"
	"tikaline/postgres/places"
)

// stopStore is how long closing the store waits for what it has accepted.
const stopStore = 15 * time.Second

// Database is the settings of every command that needs the database.
type Database struct {
	URL       string `name:"database-url" env:"DATABASE_URL" help:"Postgres to use. Empty: a private one is started."`
	DataDir   string `env:"TIKALINE_DATA_DIR" help:"Where the private Postgres and fetched data live. Empty: the usual place of this system."`
	Conns     int    `env:"TIKALINE_DB_CONNS" default:"16" help:"Connections to Postgres."`
	Exec      string `env:"TIKALINE_DB_EXEC" enum:"cache_statement,cache_describe,describe_exec,exec,simple_protocol" default:"cache_statement" help:"How statements are sent: cache_describe or exec behind PgBouncer in transaction mode (${enum})."`
	Writers   int    `env:"TIKALINE_WRITERS" default:"2" help:"Batch writers of each kind."`
	WriterKey string `env:"TIKALINE_WRITER_KEY" enum:"cell,centre" default:"cell" help:"What decides which writer takes a booking: cell, or centre (${enum})."`
	Programme string `env:"TIKALINE_PROGRAMME" type:"existingfile" help:"Programme file with phases, vaccines and limits. Empty: India's of 2021."`

	Waits
}

// ReadProgramme returns the rules to go by.
func (d Database) ReadProgramme() (*booking.Programme, error) {
	if d.Programme == "" {
		return booking.India2021(), nil
	}
	b, err := os.ReadFile(d.Programme)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_PROGRAMME: %w", err)
	}
	p, err := booking.ParseProgramme(b)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_PROGRAMME %s: %w", d.Programme, err)
	}
	return p, nil
}

// CacheDir returns where fetched data is kept for the next start.
func (d Database) CacheDir() string {
	if d.DataDir != "" {
		return filepath.Join(d.DataDir, "fetched")
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "tikaline")
	}
	return filepath.Join(os.TempDir(), "tikaline-fetched")
}

// A DB is an opened database: the store, and the server where it is ours.
type DB struct {
	Store  *postgres.Store
	server *launch.Server // nil where DATABASE_URL was given
	waits  booking.Waits
}

// Open finds or starts the Postgres, migrates it to this release's schema and
// opens the store.
func (d Database) Open(ctx context.Context, o postgres.Options) (*DB, error) {
	if err := d.Waits.Check(); err != nil {
		return nil, err
	}
	address, server, err := d.address(ctx, o.Log)
	if err != nil {
		return nil, err
	}
	db := &DB{server: server, waits: d.Waits.Rules()}
	if err := postgres.Migrate(ctx, address); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	o.Writers, o.WriterKey = d.Writers, d.WriterKey
	if db.Store, err = postgres.Open(ctx, d.tuned(address), o); err != nil {
		return nil, err
	}
	return db, nil
}

// address returns DATABASE_URL, or the address of the private Postgres, which
// it starts.
func (d Database) address(ctx context.Context, log *slog.Logger) (string, *launch.Server, error) {
	if d.URL != "" {
		return d.URL, nil, nil
	}
	server, err := launch.Start(ctx, launch.Options{Dir: d.DataDir, Log: log})
	if err != nil {
		return "", nil, fmt.Errorf("DATABASE_URL is empty and the private Postgres did not start: %w", err)
	}
	return server.URL(), server, nil
}

// tuned returns the address with our settings of the pool, where it does not
// name its own.
func (d Database) tuned(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return address // key=value form: taken as it is
	}
	q := u.Query()
	if !q.Has("pool_max_conns") {
		q.Set("pool_max_conns", strconv.Itoa(d.Conns))
	}
	if !q.Has("default_query_exec_mode") {
		q.Set("default_query_exec_mode", d.Exec)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Close finishes what was accepted, within some seconds even where ctx is over,
// and leaves the private Postgres as it was found.
func (db *DB) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopStore)
	defer cancel()
	err := db.Store.Close(ctx)
	if db.server != nil && !db.server.Adopted {
		err = errors.Join(err, db.server.Stop(ctx))
	}
	return err
}

// Core returns the rules over the store, with the places read in.
func (db *DB) Core(ctx context.Context, p *booking.Programme, now func() time.Time) (*booking.Core, error) {
	c := db.Store.Attach(&booking.Core{Places: new(booking.Places), Programme: p, Now: now, Waits: db.waits})
	d, err := db.Store.Places.LoadDirectory(ctx)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	c.Places.Replace(d)
	return c, nil
}

// with opens the database for a command, which says only what goes wrong.
func (d Database) with(ctx context.Context, w World, do func(*DB) error) (err error) {
	db, err := d.Open(ctx, postgres.Options{Log: slog.New(slog.NewTextHandler(w.Err, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: w.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	return do(db)
}

// A Sink is the store as imports fill it.
type Sink struct{ *places.Store }

var _ imports.Sink = Sink{}

// PutCentres adds or changes centres; their ids are asked for by code.
func (s Sink) PutCentres(ctx context.Context, list []booking.Centre) error {
	_, err := s.Store.PutCentres(ctx, list)
	return err
}
