package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/tools/txtar"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/internal/eventually"
	"tikaline/ivr/exchange"
	"tikaline/postgres/pgtest"
)

var update = flag.Bool("update", false, "write what is said now as what is expected; read the diff")

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestConversation holds every conversation in testdata/conversations with the
// whole program on a real Postgres. A file is what a translator can read:
//
//	What it is about.
//	clock: 2021-05-05 10:00
//	-- ussd hi --
//	> dial
//	< the ops.Screen, line by line
//	-- inbox --
//	a message that is delivered
//	-- stored --
//	SELECT count(*) FROM beneficiary => 1
//
// A section "ivr" is a call: "> call", "> press 1", "> (silence)", "> say name",
// "> hang up", "> missed call", "> answer" to take a call of ours, "> agent" for
// one who comes to the line. A section "sms" is the same by text: "> text" goes out, and what comes back
// follows it; "> hear after 2m" waits for what comes by itself. A section "ussd" is a newcomer, "ussd hi" a number that speaks Hindi, and
// "ussd hi +91…" another phone. "sql" changes the data behind the program's
// back. {ref} and {code} stand for a reference id and its code.
func TestConversation(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is for a person who reads the diff, not for CI")
	}
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations found (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			holdConversation(t, file)
		})
	}
}

// A stage is the program under test with its clock and its caller.
type stage struct {
	t     *testing.T
	ctx   context.Context
	clock *clock
	url   string
	db    string
	args  []string
	stop  func()
	logs  bytes.Buffer // read it after stop

	texts  int  // sent so far
	mayErr bool // an error in the log is what is tested
	phone  *ops.Phone
	line   *exchange.Line
	calls  int // so far
	read   map[string]int
}

// A clock stands still but for what the test moves it.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	looks int
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	// A moment passes at every look: nothing happens at the very same time.
	c.now = c.now.Add(time.Millisecond)
	c.looks++
	return c.now
}

// looked returns how often somebody asked for the time.
func (c *clock) looked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const firstNumber = "+919811000001"

func holdConversation(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ar := txtar.Parse(raw)
	s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, string(ar.Comment))}, db: pgtest.URL(t), read: map[string]int{}}
	s.args = strings.Fields(setting(string(ar.Comment), "serve"))
	s.load()
	for i, f := range ar.Files {
		words := strings.Fields(f.Name)
		var got string
		switch words[0] {
		case "ussd":
			got = s.ussd(words[1:], string(f.Data))
		case "sms":
			got = s.sms(words[1:], string(f.Data))
		case "ivr":
			got = s.call(words[1:], string(f.Data))
		case "inbox":
			got = s.inbox()
		case "sql":
			s.sql(string(f.Data))
			continue
		case "stored":
			got = s.stored(string(f.Data))
		default:
			t.Fatalf("%s: no such section: %s", file, f.Name)
		}
		if *update {
			ar.Files[i].Data = []byte(got)
			continue
		}
		if want := string(f.Data); got != want {
			t.Errorf("%s: section %d (%s) went another way\n%s", file, i+1, f.Name, diff(want, got))
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// setting is the value of "name: value" in a file's head.
func setting(comment, name string) string {
	for _, line := range strings.Split(comment, "\n") {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func startOf(t *testing.T, comment string) time.Time {
	v := setting(comment, "clock")
	if v == "" {
		v = "2021-05-05 10:00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", v, booking.India)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// load brings in the towns of testdata/places as an operator would, long
// before the conversation, as sessions in the past are refused.
func (s *stage) load() {
	before := func() time.Time { return time.Date(2021, 3, 1, 9, 0, 0, 0, booking.India) }
	for _, what := range []string{"pincodes", "centres", "sessions"} {
		var out bytes.Buffer
		err := run(s.ctx, []string{"import", what, "testdata/places/" + what + ".csv", "--database-url=" + s.db},
			ops.World{In: strings.NewReader(""), Out: &out, Err: &out, Now: before})
		if err != nil {
			s.t.Fatalf("import %s: %v\n%s", what, err, out.String())
		}
	}
}

// start runs the program until the test ends.
func (s *stage) start() {
	ctx, cancel := context.WithCancel(s.ctx)
	ready, done := make(chan string, 1), make(chan error, 1)
	logs := &s.logs
	args := append(append([]string{"serve", "--addr=127.0.0.1:0", "--database-url=" + s.db, "--public-url=https://tika.example.in",
		"--africastalking=" + testSecret, "--kannel=" + testSecret, "--token-keys=" + testKey, "--proxies=127.0.0.1/32", "--writers=1", "--conns=4",
		"--refresh=" + refreshed.String()}, testTwilio...), s.args...)
	go func() {
		done <- run(ctx, args, ops.World{In: strings.NewReader(""), Out: io.Discard, Err: logs, Now: s.clock.Now, Inbox: true, Ready: func(url string) { ready <- url }})
	}()
	select {
	case s.url = <-ready:
	case err := <-done:
		cancel()
		s.t.Fatalf("serve: %v\n%s", err, logs.String())
	}
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("serve: %v", err)
		}
		if !s.mayErr && strings.Contains(logs.String(), `"level":"ERROR"`) {
			s.t.Errorf("the program logged an error:\n%s", logs.String())
		}
	})
	s.t.Cleanup(s.stop)
}

const (
	testSecret = "a-secret-for-the-tests"
	testKey    = "a key for the tests that is long enough"
)

// ussd plays the inputs of a section and returns it with what was shown.
func (s *stage) ussd(words []string, script string) string {
	s.hold(words)
	var out strings.Builder
	for _, line := range strings.Split(script, "\n") {
		input, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		fmt.Fprintln(&out, line)
		sc, shown := s.act(input)
		if !shown {
			continue
		}
		for _, l := range strings.Split(sc.Text, "\n") {
			fmt.Fprintln(&out, strings.TrimRight("< "+veil(l), " "))
		}
		if !sc.Open {
			fmt.Fprintln(&out, "< (over)")
		}
	}
	return out.String()
}

// hold takes the phone that a section's words name, in its language.
func (s *stage) hold(words []string) {
	number, lang := firstNumber, ""
	for _, w := range words {
		if strings.HasPrefix(w, "+") {
			number = w
		} else {
			lang = w
		}
	}
	if s.url == "" {
		s.start()
	}
	if s.phone == nil || s.phone.Number != number {
		s.phone = &ops.Phone{Base: s.url, Secret: testSecret, Number: number}
	}
	if lang != "" {
		m := booking.MSISDN(number)
		s.sql(fmt.Sprintf(`INSERT INTO household (cell, msisdn, language, created_at, updated_at) VALUES (%d, '%s', '%s', now(), now())
			ON CONFLICT (cell, msisdn) DO UPDATE SET language = excluded.language`, m.Cell(), m, lang))
	}
}

// sms sends the texts of a section and returns it with the answers. "again"
// delivers the last one once more.
func (s *stage) sms(words []string, script string) string {
	s.hold(words)
	var out strings.Builder
	last := ""
	for _, line := range strings.Split(script, "\n") {
		text, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		fmt.Fprintln(&out, line)
		if d, ok := strings.CutPrefix(text, "hear after "); ok { // something happens by itself
			s.act("wait " + d)
			if _, err := s.phone.Await(s.ctx, s.read[s.phone.Number], 20*time.Second); err != nil {
				s.t.Fatal(err)
			}
			fmt.Fprint(&out, indent(s.inbox()))
			continue
		}
		s.texts++
		id := fmt.Sprintf("text-%d", s.texts)
		if text == "again" {
			text, id = last, fmt.Sprintf("text-%d", s.texts-1)
			s.texts--
		}
		last = text
		if err := s.phone.Write(s.ctx, id, text); err != nil {
			s.t.Fatalf("> %s: %v", text, err)
		}
		fmt.Fprint(&out, indent(s.inbox()))
	}
	return out.String()
}

// indent marks messages as what was heard.
func indent(messages string) string {
	var out strings.Builder
	for _, l := range strings.Split(strings.TrimSuffix(messages, "\n"), "\n") {
		fmt.Fprintln(&out, strings.TrimRight("< "+l, " "))
	}
	return out.String()
}

// refreshed is how often the program under test looks at free places.
const refreshed = 50 * time.Millisecond

// act does what a line of a script says.
func (s *stage) act(input string) (ops.Screen, bool) {
	var sc ops.Screen
	var err error
	switch {
	case input == "dial":
		sc, err = s.phone.Dial(s.ctx, "")
	case strings.HasPrefix(input, "dial "):
		sc, err = s.phone.Dial(s.ctx, strings.TrimPrefix(input, "dial "))
	case input == "again":
		sc, err = s.phone.Again(s.ctx)
	case input == "restart":
		s.stop()
		s.start()
		s.phone.Base = s.url
		return sc, false
	case input == "hang up":
		if err := s.phone.HangUp(s.ctx); err != nil {
			s.t.Fatal(err)
		}
		return sc, false
	case strings.HasPrefix(input, "wait "):
		d, err := time.ParseDuration(strings.TrimPrefix(input, "wait "))
		if err != nil {
			s.t.Fatal(err)
		}
		s.awaitJob("places") // what the jobs then due go by
		s.clock.add(d)
		return sc, false
	default:
		sc, err = s.phone.Press(s.ctx, input)
	}
	if err != nil {
		s.t.Fatalf("> %s: %v", input, err)
	}
	return sc, true
}

var (
	reference = regexp.MustCompile(`\b\d{14}\b`)
	code      = regexp.MustCompile(`(Code|code|कोड|কোড) \d{4}\b`)
)

// veil puts {ref} and {code} for what is random.
func veil(s string) string {
	s = reference.ReplaceAllString(s, "{ref}")
	return code.ReplaceAllString(s, "$1 {code}")
}

// inbox is the messages delivered to the phone since the last look.
func (s *stage) inbox() string {
	// Every notice queued by now has been delivered once nothing waits; a call back
	// is made when the phone has been put down.
	conn := s.connect()
	var due *time.Time
	if err := conn.QueryRow(s.ctx, `SELECT max(due_at) FROM outbox WHERE status = 'queued' AND kind = 'call_back'`).Scan(&due); err != nil {
		s.t.Fatal(err)
	}
	if due != nil {
		if wait := due.Sub(s.clock.Now()); wait > 0 && wait < time.Minute {
			s.clock.add(wait)
		}
	}
	eventually.True(s.t, 10*time.Second, "every message was sent", func() bool {
		var waiting int
		// Not what is for another day: reminders are queued at any moment.
		if err := conn.QueryRow(s.ctx, `SELECT count(*) FROM outbox WHERE status = 'sending' OR status = 'queued' AND due_at <= $1`,
			s.clock.Now()).Scan(&waiting); err != nil {
			s.t.Fatal(err)
		}
		return waiting == 0
	})
	all, err := s.phone.Inbox(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	// A reply and a notice of the core are two messages, and either may be sent
	// first.
	fresh := slices.Clone(all[s.read[s.phone.Number]:])
	slices.SortStableFunc(fresh, func(a, b ops.Delivered) int {
		return cmp.Or(cmp.Compare(b2i(a.Kind != "reply"), b2i(b.Kind != "reply")), cmp.Compare(a.Kind, b.Kind))
	})
	var out strings.Builder
	for _, m := range fresh {
		fmt.Fprintln(&out, veil(m.Text))
	}
	s.read[s.phone.Number] = len(all)
	return out.String()
}

// connect opens a connection of the test's own to the program's database.
func (s *stage) connect() *pgx.Conn {
	conn, err := pgx.Connect(s.ctx, s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close(context.WithoutCancel(s.ctx)) })
	return conn
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *stage) sql(statements string) {
	conn := s.connect()
	for _, q := range strings.Split(statements, ";") {
		if strings.TrimSpace(q) == "" {
			continue
		}
		if _, err := conn.Exec(s.ctx, q); err != nil {
			s.t.Fatalf("sql: %v\n%s", err, q)
		}
	}
}

// stored answers each "query => value".
func (s *stage) stored(lines string) string {
	conn := s.connect()
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		query, _, _ := strings.Cut(line, " => ")
		var v any
		if err := conn.QueryRow(s.ctx, query).Scan(&v); err != nil {
			s.t.Fatalf("stored: %v\n%s", err, query)
		}
		fmt.Fprintf(&out, "%s => %v\n", query, v)
	}
	return out.String()
}

// diff shows two texts' lines side by side where they part.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a == b {
			fmt.Fprintf(&out, "  %s\n", a)
			continue
		}
		fmt.Fprintf(&out, "- %s\n+ %s\n", a, b)
	}
	return out.String()
}
