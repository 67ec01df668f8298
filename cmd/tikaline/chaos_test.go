package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog"
	"tikaline/internal/eventually"
	"tikaline/locales"
	"tikaline/postgres/pgtest"
)

// chaosPhones is how many people call: some more than there are places, so
// that the last place of a slot is wanted by several.
const chaosPhones = 48

// TestKill kills the program again and again while people register, book, move
// and cancel, press a key twice and are cut off. Whatever was promised on a
// screen must hold afterwards. CHAOS=5m makes it last.
func TestKill(t *testing.T) {
	t.Parallel()
	lasts := 12 * time.Second
	if v := os.Getenv("CHAOS"); v != "" {
		var err error
		if lasts, err = time.ParseDuration(v); err != nil {
			t.Fatalf("CHAOS: %v", err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d: it decides who does what and when the program dies, not how the machine runs it", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	s := &storm{t: t, ctx: t.Context(), db: pgtest.URL(t), signs: signs(t)}
	s.build()
	s.fill()
	s.start()
	defer func() { s.cmd.Process.Kill() }() // where the test failed half-way; otherwise it has ended
	var wg sync.WaitGroup
	people := make([]*villager, chaosPhones)
	for i := range people {
		v := &villager{storm: s, r: rand.New(rand.NewPCG(seed, uint64(i+1))), name: fmt.Sprintf("Asha %c%c Devi", 'a'+i/26, 'a'+i%26),
			phone: ops.Phone{Base: "http://" + s.addr, Secret: testSecret, Number: chaosNumber(i)}}
		people[i] = v
		wg.Go(v.live)
	}
	for end := time.Now().Add(lasts); time.Now().Before(end) && !t.Failed(); {
		eventually.Pace(s.ctx, 500*time.Millisecond+rand.N(1500*time.Millisecond))
		if r.IntN(4) == 0 { // sometimes it dies before it is well up again
			s.kill()
			s.spawn()
			eventually.Pace(s.ctx, time.Duration(r.IntN(200))*time.Millisecond)
		}
		s.kill()
		s.start()
	}
	s.over.Store(true)
	wg.Wait()
	s.stop()
	t.Logf("%d kills, %d messages, %d lost, %d repeated; %d bookings, %d moves, %d cancellations promised",
		s.kills, s.sent.Load(), s.lost.Load(), s.repeated.Load(), s.booked.Load(), s.moved.Load(), s.cancelled.Load())
	if s.kills < 3 || s.booked.Load() < 10 || s.lost.Load() == 0 || s.cancelled.Load() == 0 {
		t.Error("too little happened to prove anything")
	}
	s.check(people)
}

// A storm is the program that is killed, and what is counted.
type storm struct {
	t       *testing.T
	ctx     context.Context
	db      string
	program string
	addr    string
	cmd     *exec.Cmd
	log     bytes.Buffer
	kills   int
	signs   []sign

	over                                           atomic.Bool
	sent, lost, repeated, booked, moved, cancelled atomic.Int64
}

func chaosNumber(i int) string { return fmt.Sprintf("+9198330%05d", i) }

// build makes the real program, as only a process of its own can be killed.
func (s *storm) build() {
	s.program = filepath.Join(s.t.TempDir(), "tikaline")
	if out, err := exec.CommandContext(s.ctx, "go", "build", "-o", s.program, ".").CombinedOutput(); err != nil {
		s.t.Fatalf("build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	defer l.Close()
	s.addr = l.Addr().String()
}

// fill brings in three centres with few places, and callers who speak English.
func (s *storm) fill() {
	conn := s.connect()
	exec := func(sql string, args ...any) {
		if _, err := conn.Exec(s.ctx, sql, args...); err != nil {
			s.t.Fatal(err)
		}
	}
	exec(`INSERT INTO district (id, name_en, name_hi, name_bn, state_id, state_en, state_hi, state_bn) VALUES (97, 'Patna', 'पटना', 'পাটনা', 5, 'Bihar', 'बिहार', 'বিহার')`)
	exec(`INSERT INTO pincode (pincode, lat, lon, district_id, district_name, state_name) VALUES ('800001', 25.619, 85.141, 97, 'Patna', 'Bihar')`)
	exec(`INSERT INTO centre (id, code, name, short_en, short_hi, short_bn, address, block, pincode, district_id, lat, lon, government, fee)
		SELECT n, 'C' || n, 'PHC ' || n, 'PHC ' || n, '', '', 'Main Road', 'Sadar', '800001', 97, 25.6 + n * 0.01, 85.14, true, 0 FROM generate_series(1, 3) n`)
	exec(`INSERT INTO session (centre_id, id, day, vaccine, dose, min_age, max_age) SELECT c.id, c.id * 10 + d, current_date + 1 + d, 'COVISHIELD', 1, 18, 0 FROM centre c, generate_series(1, 2) d`)
	exec(`INSERT INTO slot (centre_id, id, session_id, day, starts, ends, capacity, spot, changed_at)
		SELECT centre_id, id * 10 + w, id, day, 540 + w * 120, 660 + w * 120, 3, 1, now() FROM session, generate_series(0, 1) w`)
	for i := range chaosPhones {
		n := booking.MSISDN(chaosNumber(i))
		exec(`INSERT INTO household (cell, msisdn, language, created_at, updated_at) VALUES ($1, $2, 'en', now(), now())`, n.Cell(), string(n))
	}
}

func (s *storm) connect() *pgx.Conn {
	conn, err := pgx.Connect(s.ctx, s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close(context.WithoutCancel(s.ctx)) })
	return conn
}

// spawn starts the program and does not wait for it.
func (s *storm) spawn() {
	s.cmd = exec.Command(s.program, "serve", "--addr="+s.addr, "--database-url="+s.db, "--public-url=https://tika.example.in",
		"--africastalking="+testSecret, "--token-keys="+testKey, "--proxies=127.0.0.1/32", "--log-level=error", "--refresh=300ms", "--conns=6")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "TIKALINE_") && !strings.HasPrefix(e, "DATABASE_URL=") {
			s.cmd.Env = append(s.cmd.Env, e)
		}
	}
	s.log.Reset()
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *storm) start() {
	s.spawn()
	up := eventually.Within(time.Minute, func() bool {
		res, err := http.Get("http://" + s.addr + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	if up {
		return
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.t.Fatalf("the program does not come up again:\n%s", s.log.String())
}

// kill gives the program no time to finish anything.
func (s *storm) kill() {
	s.kills++
	s.cmd.Process.Kill()
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		s.t.Errorf("the program ended by itself (%v):\n%s", err, s.log.String())
	}
}

func (s *storm) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the program did not stop in good order: %v\n%s", err, s.log.String())
	}
}

// A sign tells which question a screen asks, by words of the catalogue.
type sign struct{ asks, words string }

func signs(t *testing.T) []sign {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	var all []sign
	known := []struct{ asks, id string }{
		{"busy", "problem.busy"}, {"sorry", "sorry.text"}, {"resume", "option.resume.go"},
		{"booked", "book.done"}, {"moved", "mine.moved"}, {"cancelled", "mine.cancelled"},
		{"name", "register.name"}, {"year", "register.year"}, {"gender", "register.gender"}, {"photo", "register.photo_id"},
		{"last4", "register.id_last4"}, {"register", "register.confirm"}, {"pincode", "find.pincode"}, {"centre", "find.centre"},
		{"wait", "wait.full"}, {"book", "option.offer.yes"}, {"move", "option.offer.move"}, {"change", "offer.change"}, {"who", "book.who"},
		{"cancel", "option.cancel.yes"}, {"mine", "option.mine.move"}, {"free", "mine.free"}, {"home", "option.home.book"},
	}
	// Any other question is known by its flow and step, and has the usual answer.
	steps := dialog.New(uuid.New).Steps()
	for _, flow := range slices.Sorted(maps.Keys(steps)) {
		for _, s := range steps[flow] {
			id := flow + "." + s.Name
			if s.Asks && slices.Contains(words.IDs("en"), id) && !slices.ContainsFunc(known, func(k struct{ asks, id string }) bool { return k.id == id }) {
				known = append(known, struct{ asks, id string }{flow + "/" + s.Name, id})
			}
		}
	}
	for _, of := range known {
		const gap = "\x00"
		data := map[string]any{}
		for _, name := range append(words.Placeholders("en", of.id), words.Placeholders("en", "ussd."+of.id)...) {
			data[name] = gap
		}
		text, err := words.Text("en", "ussd", of.id, data)
		if err != nil {
			t.Fatal(err)
		}
		// What stands in front tells best, as a long text goes on overleaf.
		pieces := strings.Split(text, gap)
		best := strings.TrimSpace(pieces[0])
		if best == "" {
			for _, p := range pieces {
				if p = strings.Trim(p, ".,: \n"); len(p) > len(best) {
					best = p
				}
			}
		}
		if best != "" {
			all = append(all, sign{of.asks, best})
		}
	}
	return all
}

// asked is the question that a screen puts; "" is none that we know.
func (s *storm) asked(text string) string {
	for _, sg := range s.signs {
		if strings.Contains(text, sg.words) {
			return sg.asks
		}
	}
	return ""
}

// check holds what was promised against what is stored.
func (s *storm) check(people []*villager) {
	conn := s.connect()
	for what, sql := range map[string]string{
		"people with two live appointments for a dose": `SELECT reference || ' dose ' || dose FROM appointment
			WHERE status IN ('held', 'booked', 'attended') GROUP BY cell, reference, dose HAVING count(*) > 1`,
		"slots given to more than they hold": `SELECT format('%s/%s: %s of %s', centre_id, id, booked, capacity) FROM slot WHERE booked > capacity OR spot_used > spot`,
		"slots whose count is not their appointments": `SELECT format('%s/%s: %s counted, %s live', s.centre_id, s.id, s.booked, count(a.id))
			FROM slot s LEFT JOIN appointment a ON a.centre_id = s.centre_id AND a.slot_id = s.id AND a.status IN ('held', 'booked', 'attended') AND NOT a.spot
			GROUP BY s.centre_id, s.id HAVING s.booked <> count(a.id)`,
		"appointments without exactly one notice of it": `SELECT format('%s %s: %s', a.status, a.id, count(o.id)) FROM appointment a
			LEFT JOIN outbox o ON o.cell = a.cell AND o.key IN ('booked:' || a.id) GROUP BY a.cell, a.id HAVING count(o.id) <> 1`,
		"cancelled appointments without exactly one notice of that": `SELECT format('%s: %s', a.id, count(o.id)) FROM appointment a
			LEFT JOIN outbox o ON o.cell = a.cell AND o.key = 'cancelled:' || a.id WHERE a.status = 'cancelled' GROUP BY a.cell, a.id HAVING count(o.id) <> 1`,
		"notices of what never was": `SELECT o.key FROM outbox o LEFT JOIN appointment a ON a.cell = o.cell AND o.key IN ('booked:' || a.id, 'cancelled:' || a.id)
			WHERE o.kind IN ('booked', 'cancelled') AND (a.id IS NULL OR o.kind = 'cancelled' AND a.status <> 'cancelled')`,
		"people without exactly one notice of being registered": `SELECT format('%s: %s', b.reference, count(o.id)) FROM beneficiary b
			LEFT JOIN outbox o ON o.cell = b.cell AND o.key = 'registered:' || b.reference GROUP BY b.cell, b.reference HAVING count(o.id) <> 1`,
	} {
		rows, err := conn.Query(s.ctx, sql)
		if err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
		if len(found) > 0 {
			s.t.Errorf("%s: %s", what, strings.Join(found, "; "))
		}
	}
	for _, v := range people {
		v.check(conn)
	}
}
