package pgtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tikaline/postgres"
)

// lockKey is the advisory lock under which the template is made.
const lockKey = 0x74696b61 // "tika"

// template returns the name of the migrated template, and makes it if need be.
func template(ctx context.Context, server string) (string, error) {
	hash, err := hashOf(postgres.Migrations)
	if err != nil {
		return "", err
	}
	name := "tikaline_t_" + hash
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", fmt.Errorf("connecting to the server for tests: %w", err)
	}
	// Closing the connection lets go of the lock as well.
	defer conn.Close(context.WithoutCancel(ctx))
	if there, err := exists(ctx, conn, name); there || err != nil {
		return name, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(lockKey)); err != nil {
		return "", fmt.Errorf("waiting for our turn: %w", err)
	}
	if there, err := exists(ctx, conn, name); there || err != nil {
		return name, err // another test binary made it meanwhile
	}
	return name, migrate(ctx, conn, server, name)
}

func exists(ctx context.Context, conn *pgx.Conn, name string) (there bool, err error) {
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil {
		return false, fmt.Errorf("looking for the template: %w", err)
	}
	return there, nil
}

// migrate makes the template. The name appears last, when all is done.
func migrate(ctx context.Context, conn *pgx.Conn, server, name string) error {
	half := name + "_half"
	for _, sql := range []string{
		"DROP DATABASE IF EXISTS " + half + " WITH (FORCE)", // of a run that was killed
		"CREATE DATABASE " + half,
	} {
		if err := retryWhileInUse(ctx, conn, sql); err != nil {
			return err
		}
	}
	u, err := database(server, half)
	if err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, u); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	for _, sql := range []string{
		"ALTER DATABASE " + half + " ALLOW_CONNECTIONS false",
		"ALTER DATABASE " + half + " RENAME TO " + name,
	} {
		if err := retryWhileInUse(ctx, conn, sql); err != nil {
			return err
		}
	}
	return nil
}

// clone copies the template.
func clone(ctx context.Context, server, template, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connecting to the server for tests: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("asking for the server's version: %w", err)
	}
	sql := "CREATE DATABASE " + name + " TEMPLATE " + template
	if version >= 150000 {
		// For a small template this is faster than a checkpoint and a copy of
		// files, the only way of older servers.
		sql += " STRATEGY WAL_LOG"
	}
	return retryWhileInUse(ctx, conn, sql)
}

// retryWhileInUse retries a statement while its database is in use: the server
// needs a moment to drop a closed connection.
func retryWhileInUse(ctx context.Context, conn *pgx.Conn, sql string) error {
	const inUse = "55006" // object_in_use
	for {
		_, err := conn.Exec(ctx, sql)
		var pgErr *pgconn.PgError
		if err == nil {
			return nil
		}
		if !errors.As(err, &pgErr) || pgErr.Code != inUse {
			return fmt.Errorf("%s: %w", sql, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", sql, errors.Join(err, ctx.Err()))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// hashOf returns a hash of files that is short enough for a database's name.
func hashOf(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		// Lengths, so that text cannot wander from one file to the next.
		_, err = fmt.Fprintf(h, "%d %s %d %s", len(path), path, len(content), content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hashing the migrations: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}
