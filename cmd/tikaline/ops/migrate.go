package ops

import (
	"context"
	"fmt"
	"log/slog"

	"tikaline/postgres"
)

// migrateCommand migrates the database to this release's schema.
type migrateCommand struct{ Database }

// Run migrates.
func (c *migrateCommand) Run(ctx context.Context, w World) error {
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
