package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/postgres/launch"
)

// patience is how long one step may take on a machine that runs everybody's
// tests at once.
const patience = 3 * time.Minute

// New returns a pool on a database of the test's own, closed when it ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), URL(t))
	if err != nil {
		t.Fatalf("connecting to the test's database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL returns the URL of a database of the test's own, dropped when it ends.
func URL(t testing.TB) string {
	t.Helper()
	server := Server(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	template, err := template(ctx, server)
	if err != nil {
		t.Fatalf("making the template for test databases: %v", err)
	}
	name := "tikaline_test_" + strings.ToLower(rand.Text())
	if err := clone(ctx, server, template, name); err != nil {
		t.Fatalf("making the test's database: %v", err)
	}
	t.Cleanup(func() {
		// t.Context is over by now.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := execute(ctx, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
	})
	u, err := database(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// shared is the one server of this test binary. Tests ask for it from many
// places, so it is a global.
var shared struct {
	sync.Mutex
	server *launch.Server
	err    error
}

// Server returns the URL of a database on the server that tests use, as a
// superuser. Nothing is cleaned up there: most tests want New or URL.
func Server(t testing.TB) string {
	t.Helper()
	if u := os.Getenv("TEST_DATABASE_URL"); u != "" {
		return u
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		// Not t's context: the server outlives this test.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		shared.server, shared.err = launch.Start(ctx, launch.Options{Throwaway: true})
	}
	if shared.err != nil {
		t.Fatalf("starting a Postgres for tests (or set TEST_DATABASE_URL): %v", shared.err)
	}
	return shared.server.URL()
}

// Main runs the tests of a package, stops the server if they started one, and
// exits. Without it the server goes a moment after the test binary; with it,
// before:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := shared.server.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the Postgres for tests:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// database returns the URL of another database on the same server.
func database(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("TEST_DATABASE_URL must be a URL, postgres://user@host:port/database")
	}
	u.Path = "/" + name
	return u.String(), nil
}

// execute runs statements on the server, each by itself.
func execute(ctx context.Context, server string, statements ...string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connecting to the server for tests: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}
