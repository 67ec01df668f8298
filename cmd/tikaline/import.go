package main

import (
	"context"
	"log/slog"

	"tikaline/booking"
	"tikaline/booking/imports"
	"tikaline/postgres"
)

// importCommand brings data in from a file.
type importCommand struct {
	database

	What       string `arg:"" enum:"pincodes,centres,sessions" help:"What the file holds: ${enum}."`
	File       string `arg:"" optional:"" type:"existingfile" help:"CSV file with a header line; without one, pincodes are fetched from the pinned package."`
	DryRun     bool   `help:"Read and report; store nothing."`
	AcceptGood bool   `help:"Store the good lines though others are refused."`
}

// Run reads, reports, and stores all or nothing.
func (c *importCommand) Run(ctx context.Context, w world) error {
	programme, err := c.programme()
	if err != nil {
		return err
	}
	db, err := c.open(ctx, postgres.Options{Log: slog.New(slog.NewTextHandler(w.Err, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: w.Now})
	if err != nil {
		return err
	}
	defer db.close(context.WithoutCancel(ctx)) //nolint:errcheck // what was stored is stored; Run has said so
	d, err := db.store.LoadDirectory(ctx)
	if err != nil {
		return err
	}
	_, err = imports.Run(ctx, sink{db.store}, imports.Job{
		Kind: imports.Kind(c.What), File: c.File, CacheDir: c.cacheDir(), DryRun: c.DryRun, AcceptGood: c.AcceptGood, Out: w.Out,
		Against: imports.Against{Today: booking.DateOf(w.Now()), Programme: programme, Pincodes: d.Pincodes},
	})
	return err
}
