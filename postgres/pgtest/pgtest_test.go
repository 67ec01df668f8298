package pgtest

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

func TestNew(t *testing.T) {
	t.Run("migrated_and_its_own", func(t *testing.T) {
		for _, name := range []string{"one", "another"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				pool := New(t)
				var migrated bool
				err := pool.QueryRow(t.Context(), "SELECT count(*) > 0 FROM goose_db_version").Scan(&migrated)
				if err != nil || !migrated {
					t.Errorf("migrated: %v, %v", migrated, err)
				}
				if _, err := pool.Exec(t.Context(), "CREATE TABLE only_here (n int)"); err != nil {
					t.Error(err)
				}
			})
		}
	})

	t.Run("dropped_at_the_end_whoever_is_connected", func(t *testing.T) {
		server := Server(t)
		var name string
		t.Run("test", func(t *testing.T) {
			conn, err := pgx.Connect(t.Context(), URL(t)) // never closed
			if err != nil {
				t.Fatal(err)
			}
			name = conn.Config().Database
		})
		if there(t, server, name) {
			t.Errorf("%s is still there", name)
		}
	})

	t.Run("template_made_once_by_many_at_once", func(t *testing.T) {
		server := Server(t)
		name, err := template(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		// On a server that other test binaries use, the template is theirs too.
		if os.Getenv("TEST_DATABASE_URL") == "" {
			if err := execute(t.Context(), server, "DROP DATABASE "+name, "CREATE DATABASE "+name+"_half"); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got, err := template(t.Context(), server); got != name || err != nil {
					t.Errorf("template: %s, %v", got, err)
				}
			})
		}
		wg.Wait()
		if !there(t, server, name) || there(t, server, name+"_half") {
			t.Error("the template is not there, or half of it is")
		}
	})
}

func there(t *testing.T, server, name string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	found, err := exists(t.Context(), conn, name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestHash(t *testing.T) {
	files := fstest.MapFS{"migrations/1.sql": {Data: []byte("a")}, "migrations/2.sql": {Data: []byte("b")}}
	first, err := hashOf(files)
	if err != nil || len("tikaline_t_"+first+"_half") > 63 {
		t.Fatalf("%s, %v", first, err)
	}
	for name, change := range map[string]func(){
		"content_changed": func() { files["migrations/2.sql"] = &fstest.MapFile{Data: []byte("c")} },
		"file_renamed": func() {
			delete(files, "migrations/2.sql")
			files["migrations/3.sql"] = &fstest.MapFile{Data: []byte("b")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			change()
			if got, err := hashOf(files); got == first || err != nil {
				t.Errorf("the hash is the same: %s, %v", got, err)
			}
		})
	}
}

func TestDatabase(t *testing.T) {
	if got, err := database("postgres://u:p@h:1/a?sslmode=disable", "b"); got != "postgres://u:p@h:1/b?sslmode=disable" || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := database("host=h user=u", "b"); err == nil || !strings.Contains(err.Error(), "must be a URL") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		URL(b)
	}
}
