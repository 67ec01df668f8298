package main

import (
	"context"
	"errors"
	"fmt"

	"tikaline/booking/imports"
	"tikaline/cmd/tikaline/ops"
	"tikaline/postgres"
)

// prepareDemo fills a database with India's pincodes and with demo centres and
// slots for the next 14 days. It refuses one that holds real people.
func (c *serveCommand) prepareDemo(ctx context.Context, store *postgres.Store, w ops.World) error {
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
	pincodes, err := imports.FetchPincodes(ctx, c.CacheDir(), say)
	if err != nil {
		return fmt.Errorf("pincodes for the demo: %w", err)
	}
	say("loading centres and slots for the next 14 days")
	to := ops.Sink{Store: store.Places}
	if err := to.PutPincodes(ctx, pincodes); err != nil {
		return fmt.Errorf("pincodes for the demo: %w", err)
	}
	return imports.LoadDemo(ctx, to, w.Now(), pincodes)
}
