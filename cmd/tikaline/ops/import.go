package ops

import (
	"context"

	"tikaline/booking"
	"tikaline/booking/imports"
)

// importCommand brings data in from a file.
type importCommand struct {
	Database

	What       string `arg:"" enum:"pincodes,centres,sessions" help:"What the file holds: ${enum}."`
	File       string `arg:"" optional:"" type:"existingfile" help:"CSV file with a header line; without one, pincodes are fetched from the pinned package."`
	DryRun     bool   `help:"Read and report; store nothing."`
	AcceptGood bool   `help:"Store the good lines though others are refused."`
}

// Run reads, reports, and stores all or nothing.
func (c *importCommand) Run(ctx context.Context, w World) error {
	programme, err := c.ReadProgramme()
	if err != nil {
		return err
	}
	return c.with(ctx, w, func(db *DB) error {
		d, err := db.Store.Places.LoadDirectory(ctx)
		if err != nil {
			return err
		}
		_, err = imports.Run(ctx, Sink{db.Store.Places}, imports.Job{
			Kind: imports.Kind(c.What), File: c.File, CacheDir: c.CacheDir(), DryRun: c.DryRun, AcceptGood: c.AcceptGood, Out: w.Out,
			Against: imports.Against{Today: booking.DateOf(w.Now()), Programme: programme, Pincodes: d.Pincodes},
		})
		return err
	})
}
