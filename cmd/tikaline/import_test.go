package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/postgres/pgtest"
)

// TestImport brings files in as an operator would, and counts what is stored.
func TestImport(t *testing.T) {
	t.Parallel()
	s := &stage{t: t, ctx: t.Context(), db: pgtest.URL(t)}
	bring := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"import", "--database-url=" + s.db}, args...), world{
			In: strings.NewReader(""), Out: &out, Err: &out,
			Now: func() time.Time { return time.Date(2021, 3, 1, 9, 0, 0, 0, booking.India) },
		})
		return out.String(), err
	}
	count := func(want string) {
		t.Helper()
		got := strings.TrimSpace(s.stored("SELECT (SELECT count(*) FROM pincode) || ' ' || (SELECT count(*) FROM centre) || ' ' || (SELECT count(*) FROM session) || ' ' || (SELECT sum(capacity) FROM slot)"))
		if _, got, _ = strings.Cut(got, "=> "); got != want {
			t.Errorf("stored are (pincodes centres sessions places) %s, want %s", got, want)
		}
	}
	must := func(args ...string) {
		t.Helper()
		if out, err := bring(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	places := func(what string) string { return "testdata/places/" + what + ".csv" }

	must("pincodes", places("pincodes"))
	must("centres", places("centres"), "--dry-run")
	must("centres", places("centres"))
	must("sessions", places("sessions"))
	full := strings.TrimSpace(s.stored("SELECT sum(capacity) FROM slot"))
	_, places1, _ := strings.Cut(full, "=> ")
	count("6 4 7 " + places1)

	// Again, and nothing is there twice.
	must("centres", places("centres"))
	must("sessions", places("sessions"))
	count("6 4 7 " + places1)

	bad := filepath.Join(t.TempDir(), "centres.csv")
	if err := os.WriteFile(bad, []byte("code,name,pincode,district_id,government\nN1,PHC Naya Tola,800001,97,yes\nN2,PHC Bina Pin,12,97,yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := bring("centres", bad)
	if err == nil || !strings.Contains(out, "line 3") || !strings.Contains(out, "six digits") {
		t.Errorf("a bad line was not named: %v\n%s", err, out)
	}
	count("6 4 7 " + places1)
	must("centres", bad, "--accept-good")
	count("6 5 7 " + places1)
}

// TestScreens holds that every screen, refusal and message has words in every
// language: the command fails where one has not.
func TestScreens(t *testing.T) {
	t.Parallel()
	out, err := runs(t, "screens")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range booking.Codes {
		if !strings.Contains(out, "problem / "+string(code)) {
			t.Errorf("problem %s is not on the page", code)
		}
	}
	for _, kind := range booking.NoticeKinds {
		if !strings.Contains(out, "notice / "+string(kind)) {
			t.Errorf("notice %s is not on the page", kind)
		}
	}
}

// TestTalk holds a conversation as somebody at a terminal would.
func TestTalk(t *testing.T) {
	t.Parallel()
	s := serving(t)
	var out bytes.Buffer
	err := run(t.Context(), []string{"talk", "--url=" + s.url, "--secret=" + testSecret, "--number=+919811000077"}, world{
		In: strings.NewReader("press\ndial\n3\nagain\n5\n1\ninbox\nhang up\nquit\n"), Out: &out, Err: &out, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"! press", "1 Book a place", "We will call you on this number", "-- ussd --\n> dial\n< Language\n", "> hang up\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
