package ops

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
)

// TestRecordings is writing down a name that was spoken: to see whose, to hear
// it, to write it, and to find the recording gone.
func TestRecordings(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	store, err := postgres.Open(t.Context(), db, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close(t.Context()) //nolint:errcheck // nothing is under way
	core := &calls.Service{Store: store.Calls, Now: time.Now}
	number := booking.MSISDN(firstNumber)
	const id = "RE0123456789"
	if err := core.KeepRecording(t.Context(), calls.Recording{ID: id, Number: number, Provider: "twilio", Language: "bn"}); err != nil {
		t.Fatal(err)
	}
	b, err := store.Bookings.Register(t.Context(), booking.NewPerson{
		Registration: booking.Registration{
			Applicant: booking.Applicant{Recording: id, BirthYear: 1949, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"},
			Request:   uuid.New(), Channel: booking.IVR, Consent: booking.Consent{Version: "2021-1", At: time.Now(), Channel: booking.IVR},
		},
		Household: number, References: func() string { return booking.NewReference(number, rand.Reader) }, Max: 4, At: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(want string, args ...string) {
		t.Helper()
		out, err := runs(t, append(append([]string{"recordings"}, args...), "--database-url="+db)...)
		if err != nil {
			out += "error: " + err.Error()
		}
		if !strings.Contains(out, want) {
			t.Errorf("%v: no %q in\n%s", args, want, out)
		}
		if strings.Contains(out, string(number)[3:]) {
			t.Errorf("%v shows whose it is:\n%s", args, out)
		}
	}
	file := filepath.Join(t.TempDir(), "name.wav")
	do("wanted", "list")
	do("error: the recording is not fetched yet", "play", b.Reference, file)

	later := time.Now().Add(time.Minute)
	list, err := store.Calls.TakeRecordings(t.Context(), later, later.Add(time.Minute), 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("took %v, %v", list, err)
	}
	if err := store.Calls.PutRecording(t.Context(), list[0].Due, core.Fetched(list[0], []byte("RIFF…"))); err != nil {
		t.Fatal(err)
	}
	do("1949  female  bn", "list")
	do("Delete it when you have heard it", "play", b.Reference, file)
	do("error", "play", b.Reference, file) // it is there already
	got, err := os.ReadFile(file)
	if err != nil || string(got) != "RIFF…" {
		t.Errorf("heard %q, %v", got, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	do("name_not_words", "write", "--by=meera", b.Reference, "R2D2")
	do(b.Reference+" is written down as রহিমা বিবি.", "write", "--by=meera", b.Reference, "রহিমা বিবি")
	do(b.Reference+" is written down as রহিমা বিবি.", "write", "--by=meera", b.Reference, "রহিমা বিবি")
	do("error: the name was written down already", "write", "--by=meera", b.Reference, "Rahim")
	do("error: there is no recording of "+b.Reference, "play", b.Reference, file+"2")
	do("error", "write", b.Reference, "Rahima Bibi") // by nobody
	if out, err := runs(t, "recordings", "list", "--database-url="+db); err != nil || strings.Contains(out, b.Reference) {
		t.Errorf("still waits: %v\n%s", err, out)
	}
}
