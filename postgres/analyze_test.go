package postgres_test

import (
	"testing"
	"time"

	"tikaline/internal/eventually"
	"tikaline/postgres"
)

// TestAnalyzeGrown: a table that has grown from nothing is analyzed once, and
// not again until it has doubled.
func TestAnalyzeGrown(t *testing.T) {
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	if n, err := f.Store.AnalyzeGrown(ctx); err != nil || n != 0 {
		t.Fatalf("with nothing in it: %d, %v", n, err)
	}
	rows := func(from, to int) {
		f.Exec(`INSERT INTO inbound (cell, msisdn, provider, message_id, at) SELECT 1, '+919800000001', 'kannel', n::text, now() FROM generate_series($1::integer, $2::integer) n`, from, to)
	}
	looked := func() (n int) {
		t.Helper()
		eventually.True(t, 30*time.Second, "what was written is counted", func() bool {
			var err error
			if n, err = f.Store.AnalyzeGrown(ctx); err != nil {
				t.Fatal(err)
			}
			return n > 0
		})
		return n
	}
	rows(1, 1000)
	if n := looked(); n != 1 {
		t.Errorf("%d tables were looked at", n)
	}
	if n := f.CountRows(`SELECT reltuples::integer FROM pg_class WHERE relname = 'inbound'`); n != 1000 {
		t.Errorf("Postgres knows of %d rows", n)
	}
	rows(1001, 2100)
	if n := looked(); n != 1 || f.CountRows(`SELECT reltuples::integer FROM pg_class WHERE relname = 'inbound'`) != 2100 {
		t.Errorf("%d tables were looked at after it had doubled", n)
	}
}
