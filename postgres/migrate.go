package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations is the directory migrations: the schema, in numbered steps that
// only go forward. A test database is named after its contents.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Migrate brings the database at url up to the newest schema. Running it again,
// or from several machines at once, is safe: they run one after another, and
// each step happens once, in a transaction of its own.
func Migrate(ctx context.Context, url string) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("migrate: read database address: %w", err)
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()

	steps, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// A lock in a table, not an advisory lock: those belong to a session, and
	// PgBouncer gives each transaction another.
	turns, err := lock.NewPostgresTableLocker(
		lock.WithTableLockTimeout(250*time.Millisecond, 1200),
		lock.WithTableUnlockTimeout(250*time.Millisecond, 240),
	)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, steps,
		goose.WithLocker(turns),
		goose.WithDisableGlobalRegistry(true),
	)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
