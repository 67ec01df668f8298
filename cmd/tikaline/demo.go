package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tikaline/booking"
	"tikaline/booking/imports"
	"tikaline/postgres"
)

// prepareDemo fills a database with India's pincodes and with demo centres and
// slots for the next 14 days. It refuses one that holds real people.
func (c *serveCommand) prepareDemo(ctx context.Context, store *postgres.Store, w world) error {
	demo, err := store.IsDemo(ctx)
	if err != nil {
		return err
	}
	people, err := store.HasHouseholds(ctx)
	if err != nil {
		return err
	}
	if people && !demo {
		return errors.New("--demo: this database holds real households; give the demo another DATABASE_URL, or none")
	}
	if err := store.MarkDemo(ctx); err != nil {
		return err
	}
	say := func(doing string) { fmt.Fprintln(w.Out, "  "+doing) }
	pincodes, err := imports.FetchPincodes(ctx, c.cacheDir(), say)
	if err != nil {
		return fmt.Errorf("pincodes for the demo: %w", err)
	}
	say("loading centres and slots for the next 14 days")
	to := sink{store}
	if err := to.PutPincodes(ctx, pincodes); err != nil {
		return fmt.Errorf("pincodes for the demo: %w", err)
	}
	return imports.LoadDemo(ctx, to, w.Now(), pincodes)
}

// A sink is the store as imports fills it.
type sink struct{ *postgres.Store }

// PutCentres adds or changes centres; their ids are asked for by code.
func (s sink) PutCentres(ctx context.Context, list []booking.Centre) error {
	_, err := s.Store.PutCentres(ctx, list)
	return err
}

var _ imports.Sink = sink{}

// cacheDir is where fetched data is kept for the next start.
func (d database) cacheDir() string {
	if d.DataDir != "" {
		return filepath.Join(d.DataDir, "fetched")
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "tikaline")
	}
	return filepath.Join(os.TempDir(), "tikaline-fetched")
}
