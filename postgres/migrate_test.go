package postgres_test

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestMigrations_numbered_without_gaps_and_forward_only(t *testing.T) {
	files, err := fs.Glob(postgres.Migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	for i, f := range files {
		if !strings.HasPrefix(f, fmt.Sprintf("migrations/%04d_", i+1)) {
			t.Errorf("%s is number %d: a gap, or two of the same number", f, i+1)
		}
		b, _ := fs.ReadFile(postgres.Migrations, f)
		if !strings.HasPrefix(string(b), "-- +goose Up\n") {
			t.Errorf("%s does not begin with -- +goose Up", f)
		}
		if strings.Contains(string(b), "+goose Down") {
			t.Errorf("%s goes back: steps only go forward", f)
		}
	}
}

func TestMigrate_again_and_from_many_at_once(t *testing.T) {
	url := storetest.EmptyDatabase(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := postgres.Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM goose_db_version WHERE version_id > 0`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	files, _ := fs.Glob(postgres.Migrations, "migrations/*.sql")
	if n != len(files) {
		t.Errorf("%d steps noted, want %d", n, len(files))
	}
}
