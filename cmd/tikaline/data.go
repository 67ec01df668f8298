package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/launch"
)

// An opened database: the server, where it is ours, and the store on it.
type opened struct {
	store  *postgres.Store
	server *launch.Server // nil where DATABASE_URL was given
	waits  booking.Waits
}

// open finds or starts the Postgres, brings it to this release's form and
// opens the store.
func (d database) open(ctx context.Context, o postgres.Options) (*opened, error) {
	if err := d.waits.check(); err != nil {
		return nil, err
	}
	address, server, err := d.address(ctx, o.Log)
	if err != nil {
		return nil, err
	}
	db := &opened{server: server, waits: d.waits.usual()}
	if err := postgres.Migrate(ctx, address); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	o.Writers, o.WriterKey = d.Writers, d.WriterKey
	if db.store, err = postgres.Open(ctx, d.tuned(address), o); err != nil {
		return nil, err
	}
	return db, nil
}

// address is DATABASE_URL, or that of the private Postgres, which is started.
func (d database) address(ctx context.Context, log *slog.Logger) (string, *launch.Server, error) {
	if d.Database != "" {
		return d.Database, nil, nil
	}
	server, err := launch.Start(ctx, launch.Options{Dir: d.DataDir, Log: log})
	if err != nil {
		return "", nil, fmt.Errorf("DATABASE_URL is empty and the private Postgres did not start: %w", err)
	}
	return server.URL(), server, nil
}

// tuned is the address with our settings of the pool, where it does not name
// its own.
func (d database) tuned(address string) string {
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

// close finishes what was accepted and leaves the private Postgres as it was
// found.
func (o *opened) close(ctx context.Context) error {
	err := o.store.Close(ctx)
	if o.server != nil && !o.server.Adopted {
		if e := o.server.Stop(ctx); err == nil {
			err = e
		}
	}
	return err
}

// core is the rules over the store, with the places read in.
func (o *opened) core(ctx context.Context, p *booking.Programme, w world) (*booking.Core, error) {
	c := &booking.Core{Store: o.store, Places: new(booking.Places), Programme: p, Now: w.Now, Waits: o.waits}
	d, err := o.store.LoadDirectory(ctx)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	c.Places.Replace(d)
	return c, nil
}

// migrateCommand brings the database to this release's form.
type migrateCommand struct{ database }

// Run migrates.
func (c *migrateCommand) Run(ctx context.Context, w world) error {
	address, server, err := c.address(ctx, slog.New(slog.NewTextHandler(w.Err, nil)))
	if err != nil {
		return err
	}
	if server != nil {
		defer server.Stop(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is lost: the server is durable
	}
	if err := postgres.Migrate(ctx, address); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	fmt.Fprintln(w.Out, "The database has this release's form.")
	return nil
}
