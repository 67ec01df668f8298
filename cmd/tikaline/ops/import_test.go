package ops

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/postgres/pgtest"
)

// TestImport brings files in as an operator would, and counts what is stored.
func TestImport(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	bring := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := Run(t.Context(), new(Commands), append([]string{"import", "--database-url=" + db}, args...), World{
			In: strings.NewReader(""), Out: &out, Err: &out,
			Now: func() time.Time { return time.Date(2021, 3, 1, 9, 0, 0, 0, booking.India) },
		})
		return out.String(), err
	}
	var conn *pgx.Conn // once the schema is there
	ask := func(sql string) (got string) {
		t.Helper()
		if conn == nil {
			var err error
			if conn, err = pgx.Connect(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close(context.Background()) })
		}
		if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	count := func(want string) {
		t.Helper()
		if got := ask("SELECT (SELECT count(*) FROM pincode) || ' ' || (SELECT count(*) FROM centre) || ' ' || (SELECT count(*) FROM session) || ' ' || (SELECT sum(capacity) FROM slot)"); got != want {
			t.Errorf("stored are (pincodes centres sessions places) %s, want %s", got, want)
		}
	}
	must := func(args ...string) {
		t.Helper()
		if out, err := bring(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	places := func(what string) string { return "../testdata/places/" + what + ".csv" }

	must("pincodes", places("pincodes"))
	must("centres", places("centres"), "--dry-run")
	must("centres", places("centres"))
	must("sessions", places("sessions"))
	capacity := ask("SELECT sum(capacity)::text FROM slot")
	count("6 4 7 " + capacity)

	// Again, and nothing is there twice.
	must("centres", places("centres"))
	must("sessions", places("sessions"))
	count("6 4 7 " + capacity)

	bad := filepath.Join(t.TempDir(), "centres.csv")
	if err := os.WriteFile(bad, []byte("code,name,pincode,district_id,government\nN1,PHC Naya Tola,800001,97,yes\nN2,PHC Bina Pin,12,97,yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := bring("centres", bad)
	if err == nil || !strings.Contains(out, "line 3") || !strings.Contains(out, "six digits") {
		t.Errorf("a bad line was not named: %v\n%s", err, out)
	}
	count("6 4 7 " + capacity)
	must("centres", bad, "--accept-good")
	count("6 5 7 " + capacity)
}
