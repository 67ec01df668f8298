package ops

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
)

// sessionNow is when the operator of these tests is at work.
func sessionNow() time.Time { return time.Date(2021, time.May, 3, 12, 0, 0, 0, booking.India) }

func operate(ctx context.Context, db string, args ...string) (string, error) {
	var out bytes.Buffer
	args = append(args, "--database-url="+db)
	err := Run(ctx, new(Commands), args, World{In: strings.NewReader(""), Out: &out, Err: &out, Now: sessionNow})
	return out.String(), err
}

// TestSessionCancel_in_a_process_of_its_own is no test: it is the program that
// TestSessionCancel kills.
func TestSessionCancel_in_a_process_of_its_own(t *testing.T) {
	db, id := os.Getenv("SESSION_DB"), os.Getenv("SESSION_ID")
	if db == "" {
		t.Skip("run by TestSessionCancel")
	}
	err := Run(t.Context(), new(Commands), []string{"session", "cancel", id, "--reason=power cut", "--database-url=" + db},
		World{In: strings.NewReader(""), Out: os.Stdout, Err: os.Stderr, Now: sessionNow})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSessionCancel lists a session, kills the program that calls it off, and
// runs it again.
func TestSessionCancel(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	const people = 300
	id := sessionOf(t, db, people)

	out, err := operate(t.Context(), db, "session", "list", "--centre=PHC-1", "--date=2021-05-06")
	if err != nil || !regexp.MustCompile(fmt.Sprintf(`%s +COVISHIELD +1 +18\+ +09:00-17:00 +%d +400`, id, people)).MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}

	child := exec.Command(os.Args[0], "-test.run=^TestSessionCancel_in_a_process_of_its_own$")
	child.Env = append(os.Environ(), "SESSION_DB="+db, "SESSION_ID="+id)
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() && !strings.Contains(lines.Text(), "seen to") {
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() //nolint:errcheck // it was killed
	if !strings.Contains(lines.Text(), fmt.Sprintf("of %d people seen to", people)) {
		t.Fatalf("it said %q", lines.Text())
	}

	out, err = operate(t.Context(), db, "session", "cancel", id, "--reason=asked again")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"was called off: power cut", "people who had a place +300", "offered another place +250", "have yet to answer +250",
		"no place free: on the waiting list +50", "forgotten +0", "message still to be sent +300", "not reachable +0",
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if first := regexp.MustCompile(`(\d+) of 300`).FindStringSubmatch(out); first == nil || first[1] == "50" {
		t.Errorf("it began anew:\n%s", out)
	}
	if out, err = operate(t.Context(), db, "session", "list", "--centre=PHC-1", "--date=2021-05-06"); err != nil || !strings.Contains(out, "called off") {
		t.Errorf("%v\n%s", err, out)
	}

	for name, args := range map[string][]string{
		"there is no such session":    {"cancel", "424242", "--reason=x"},
		"--reason":                    {"cancel", id, "--reason= "},
		"missing flags: --reason":     {"cancel", id},
		`no centre has the code "ab"`: {"list", "--centre=ab", "--date=2021-05-06"},
		"is not YYYY-MM-DD":           {"list", "--centre=ab", "--date=tomorrow"},
	} {
		if _, err := operate(t.Context(), db, append([]string{"session"}, args...)...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// sessionOf books so many people into a session and gives its id. Elsewhere are
// 250 places.
func sessionOf(t *testing.T, db string, people int) string {
	t.Helper()
	if err := postgres.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), db, postgres.Options{Now: sessionNow})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close(context.Background())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	must(store.Places.PutDistricts(ctx, []booking.District{{ID: 80, Name: booking.Names{"en": "Patna"}}}))
	ids, err := store.Places.PutCentres(ctx, []booking.Centre{{Code: "PHC-1", Name: "PHC Danapur", Pincode: "801503", District: 80, Lat: 25.6, Lon: 85}})
	must(err)
	today := booking.DateOf(sessionNow())
	sessionOn := func(day booking.Date, capacity int) booking.Session {
		return booking.Session{Centre: ids[0], Day: day, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18,
			Slots: []booking.Slot{{Window: booking.Window{From: 540, To: 1020}, Capacity: capacity}}}
	}
	must(store.Places.PutSessions(ctx, []booking.Session{sessionOn(today+3, 400), sessionOn(today+4, 200), sessionOn(today+2, 50)}))
	d, err := store.Places.LoadDirectory(ctx)
	must(err)
	core := store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: sessionNow})
	core.Places.Replace(d)
	var session booking.Session
	for _, s := range d.Sessions {
		if s.Day == today+3 {
			session = s
		}
	}
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			desk := core.Desk(booking.MSISDN(fmt.Sprintf("+9198330%05d", i)), booking.USSD, "")
			b, err := desk.Register(ctx, uuid.New(), booking.Applicant{Name: "Asha Devi", BirthYear: 1960, Gender: booking.Female, PhotoID: "voter", IDLast4: rand.Text()[:4]})
			if err == nil {
				_, err = desk.Book(ctx, uuid.New(), b.Reference, booking.SlotID{Centre: ids[0], Slot: session.Slots[0].ID})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(session.ID)
}
