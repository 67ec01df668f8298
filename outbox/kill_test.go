package outbox_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/outbox"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
)

// A gateway is a provider over HTTP, so that it outlives a killed sender.
type gateway struct{ url string }

func (gateway) Name() string { return "http" }

func (g gateway) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, strings.NewReader(m.ID.String()))
	if err != nil {
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "bad address", Err: err}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return outbox.Receipt{}, err // nobody knows
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusServiceUnavailable {
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Retry, Code: "503"}
	}
	return outbox.Receipt{}, nil
}

// child is a sender in a process of its own; the test kills it.
func child() {
	s, err := postgres.Open(context.Background(), os.Getenv("OUTBOX_CHILD"), postgres.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	w := &outbox.Worker{Store: s.Outbox, Providers: []outbox.Route{{Provider: gateway{os.Getenv("OUTBOX_GATEWAY")}}}, Word: word, Now: time.Now,
		Settings: outbox.Settings{
			InFlight: 30, Poll: 5 * time.Millisecond, Sweep: 20 * time.Millisecond, Lease: 600 * time.Millisecond, Grace: 300 * time.Millisecond,
			Jitter: func(time.Duration) time.Duration { return rand.N(20 * time.Millisecond) },
		}}
	if err := w.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestKill ends the sending process by SIGKILL again and again.
func TestKill(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	s, err := postgres.Open(t.Context(), db, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	var mu sync.Mutex
	arrived := map[string]int{}
	phones := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := io.ReadAll(r.Body)
		eventually.Pace(r.Context(), rand.N(3*time.Millisecond))
		x := rand.N(100)
		if x < 5 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mu.Lock()
		arrived[string(id)]++
		mu.Unlock()
		if x < 8 {
			panic(http.ErrAbortHandler) // hangs up after it took it
		}
	}))
	defer phones.Close()
	var list []booking.Notice
	for i := range 1500 {
		n := booking.Notice{ID: uuid.Must(uuid.NewV7()), To: number(i % 600), Kind: booking.NoticeBooked, Medium: "sms",
			Priority: []booking.Priority{booking.PriorityReply, booking.PriorityConfirm}[i%2], Due: time.Now()}
		n.Key = n.ID.String()
		list = append(list, n)
	}
	if err := s.Outbox.Notify(t.Context(), list...); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	spawn := func() *exec.Cmd {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), "OUTBOX_CHILD="+db, "OUTBOX_GATEWAY="+phones.URL)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	kills := 0
	deadline := time.Now().Add(30 * time.Second)
	for waiting := 1; waiting > 0; {
		cmd := spawn()
		eventually.Pace(t.Context(), 150*time.Millisecond+rand.N(150*time.Millisecond)) // killed at any moment
		if kills >= 8 {                                                                 // now let it finish
			eventually.Within(time.Until(deadline), func() bool {
				waiting = 0
				all, err := s.Outbox.Count(t.Context(), time.Time{})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range all {
					if n.Status == outbox.Queued || n.Status == outbox.Sending {
						waiting += n.Count
					}
				}
				return waiting == 0
			})
			if waiting > 0 {
				t.Errorf("%d are never settled", waiting)
				waiting = 0
			}
		}
		cmd.Process.Kill()
		cmd.Wait()
		kills++
	}
	letters, err := s.Outbox.Dead(t.Context(), len(list))
	if err != nil {
		t.Fatal(err)
	}
	unsure := map[uuid.UUID]bool{}
	for _, l := range letters {
		if l.Reason != "unconfirmed" {
			t.Errorf("%s %s", l.Status, l.Reason)
		}
		unsure[l.ID] = true
	}
	lost, twice := 0, 0
	phones.Close() // waits for what a killed sender had begun to hand over
	mu.Lock()
	defer mu.Unlock()
	for _, n := range list {
		switch got := arrived[n.ID.String()]; {
		case got == 0 && !unsure[n.ID]:
			t.Errorf("lost, and nobody knows: %s", n.ID)
		case got == 0:
			lost++
		case got > 1 && n.Priority != booking.PriorityReply:
			t.Errorf("a confirmation arrived %d times", got)
		case got > 2:
			t.Errorf("a reply arrived %d times", got)
		case got == 2:
			twice++
		}
	}
	t.Logf("%d kills: %d messages, %d twice (replies in doubt), %d unconfirmed of which %d did not arrive", kills, len(list), twice, len(unsure), lost)
	if kills < 5 || len(unsure) == 0 {
		t.Error("too little happened to prove anything")
	}
}
