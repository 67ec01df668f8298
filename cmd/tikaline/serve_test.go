package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/internal/eventually"
	"tikaline/postgres/pgtest"
)

// runs the program with args and gives what it printed.
func runs(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, ops.World{In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now})
	return out.String(), err
}

func TestServe_says_what_is_missing(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"everything":  {nil, []string{"TIKALINE_PUBLIC_URL", "no provider has a secret", "TIKALINE_TOKEN_KEYS", "TIKALINE_PROXIES", "serve --demo"}},
		"public_url":  {[]string{"--hubtel=0123456789abcdef"}, []string{"TIKALINE_PUBLIC_URL"}},
		"plain_http":  {[]string{"--hubtel=0123456789abcdef", "--public-url=http://x.example"}, []string{"TIKALINE_PUBLIC_URL"}},
		"weak_secret": {[]string{"--hubtel=demo", "--public-url=https://x.example"}, []string{"secret of hubtel is shorter"}},
		"bad_budget":  {[]string{"--demo", "--budgets=flares=10/10"}, []string{"TIKALINE_USSD_BUDGETS", "flares"}},
		"bad_network": {[]string{"--demo", "--allow=flares=here"}, []string{"TIKALINE_USSD_ALLOW", "flares"}},
		"bad_name":    {[]string{"--demo", "--codes=flare=*1#"}, []string{"TIKALINE_USSD_CODES", "africastalking"}},
		"short_key":   {[]string{"--token-keys=short"}, []string{"TIKALINE_TOKEN_KEYS: key 1 has fewer than 32"}},
		"bad_limit":   {[]string{"--demo", "--limits=public=100"}, []string{"TIKALINE_LIMITS: public"}},
		"no_limit":    {[]string{"--demo", "--limits=private=100/5m"}, []string{"TIKALINE_LIMITS: private"}},
		"bad_lang":    {[]string{"--demo", "--language=xx"}, []string{"TIKALINE_LANGUAGE", "hi-Latn"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runs(t, append([]string{"serve", "--database-url=postgres://nobody@127.0.0.1:1/none"}, c.args...)...)
			if err == nil {
				t.Fatal("it served")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not name %q", err, w)
				}
			}
		})
	}
}

func TestDemo_refuses_real_households(t *testing.T) {
	db := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	number := booking.MSISDN(firstNumber)
	if _, err := conn.Exec(t.Context(), `INSERT INTO household (cell, msisdn, language, created_at, updated_at) VALUES ($1, $2, 'hi', now(), now())`,
		number.Cell(), number); err != nil {
		t.Fatal(err)
	}
	if _, err := runs(t, "serve", "--demo", "--addr=127.0.0.1:0", "--database-url="+db); err == nil || !strings.Contains(err.Error(), "real households") {
		t.Errorf("got %v", err)
	}
}

// A running program for a test, with the towns of testdata/places.
func serving(t *testing.T, args ...string) *stage {
	s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, "")}, db: pgtest.URL(t), read: map[string]int{}, args: args}
	s.load()
	s.start()
	return s
}

func (s *stage) get(path string) (int, string) {
	s.t.Helper()
	res, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (s *stage) postForm(path, body string) (int, string) {
	s.t.Helper()
	res, err := http.Post(s.url+path, "application/x-www-form-urlencoded", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := serving(t)
	good := url.Values{"sessionId": {"s1"}, "phoneNumber": {firstNumber}, "serviceCode": {"*384*100#"}, "text": {""}}.Encode()
	ussd := "/ussd/africastalking/" + testSecret
	_, nothing := s.postForm("/ussd/nobody/"+testSecret, good)
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"screen":                    {ussd, good, 200, "CON "},
		"wrong_secret_is_not_there": {"/ussd/africastalking/wrong", good, 404, nothing},
		"unserved_is_not_there":     {"/ussd/hubtel/" + testSecret, good, 404, nothing},
		"missing_field_is_named":    {ussd, "sessionId=s1&text=", 400, "phoneNumber"},
		"too_large":                 {ussd, good + "&x=" + strings.Repeat("x", 70<<10), 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := s.postForm(c.path, c.body)
			if status != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%d %.80q, want %d with %q", status, body, c.status, c.want)
			}
			if strings.Contains(body, firstNumber) {
				t.Error("the answer repeats the number")
			}
		})
	}
	t.Run("healthz", func(t *testing.T) {
		if status, body := s.get("/healthz"); status != 200 || body != "ok\n" {
			t.Errorf("%d %q", status, body)
		}
	})
	t.Run("readyz", func(t *testing.T) {
		if status, body := s.get("/readyz"); status != 200 || body != "ready\n" {
			t.Errorf("%d %q", status, body)
		}
	})
	t.Run("metrics", func(t *testing.T) {
		_, body := s.get("/metrics")
		for _, want := range []string{
			`tikaline_requests_total{channel="ussd",outcome="continue",provider="africastalking"} 1`,
			`tikaline_requests_total{channel="ussd",outcome="error",provider="africastalking"} 0`,
			`tikaline_requests_total{channel="ussd",outcome="bad",provider="africastalking"}`,
			`tikaline_steps_total{dialogue="language",step="pick"} 1`,
			`tikaline_db_connections{state="max"} 4`,
			`batch`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s", want)
			}
		}
		if strings.Contains(body, firstNumber[1:]) {
			t.Error("a number is among the metrics")
		}
	})
}

// TestDatabaseAway takes the database from under the running program and gives
// it back: callers hear what to do, nothing half-done is left, and who dials
// again afterwards is served.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	s := serving(t, "--deadline=1s")
	s.mayErr = true // the log must tell the operator
	s.ussd([]string{"hi"}, "> dial\n> 1\n> Asha Devi\n")
	name := s.db[strings.LastIndex(s.db, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	admin, err := pgx.Connect(t.Context(), pgtest.Server(t))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.WithoutCancel(t.Context()))
	allow := func(yes bool) {
		if _, err := admin.Exec(t.Context(), fmt.Sprintf(`ALTER DATABASE %s ALLOW_CONNECTIONS %t`, pgx.Identifier{name}.Sanitize(), yes)); err != nil {
			t.Fatal(err)
		}
	}
	allow(false)
	if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got, err := s.phone.Press(t.Context(), "1958")
	if err != nil {
		t.Fatal(err)
	}
	if got.Open || got.Text == "" || time.Since(began) > 2*time.Second {
		t.Errorf("heard %q after %v, want to be told to dial again", got.Text, time.Since(began))
	}
	if status, _ := s.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("readyz says %d", status)
	}
	if status, _ := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("healthz says %d", status)
	}
	allow(true)
	shown := ""
	eventually.True(t, 10*time.Second, "who dials is served again", func() bool {
		sc, err := s.phone.Dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		shown = sc.Text
		return sc.Open
	})
	if !strings.Contains(shown, "1 ") {
		t.Errorf("after the database came back: %q", shown)
	}
}

// registering returns what a newcomer presses who registers somebody, in English.
func (s *stage) registering() []string {
	s.t.Helper()
	p := ops.Phone{Base: s.url, Secret: testSecret, Number: "+919812099999"}
	if _, err := p.Dial(s.ctx, ""); err != nil {
		s.t.Fatal(err)
	}
	keys, err := until(s.ctx, s.connect(), p.Number, "register/then", func(in string) error {
		_, err := p.Press(s.ctx, in)
		return err
	}, "language/pick", "3", "home/pick", "4")
	if err != nil {
		s.t.Fatal(err)
	}
	return keys
}

// TestStop stops the program in the middle of a rush and holds what it had
// acknowledged against what is stored.
func TestStop_keeps_what_was_acknowledged(t *testing.T) {
	t.Parallel()
	s := serving(t, "--language=en")
	keys := s.registering()
	var mu sync.Mutex
	told := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			p := ops.Phone{Base: s.url, Secret: testSecret, Number: fmt.Sprintf("+9198120%05d", i)}
			if _, err := p.Dial(t.Context(), ""); err != nil {
				return // it stopped before: nothing was acknowledged
			}
			for _, key := range keys {
				sc, err := p.Press(t.Context(), key)
				if err != nil {
					return
				}
				if ref := reference.FindString(sc.Text); ref != "" {
					mu.Lock()
					told[ref] = true
					mu.Unlock()
				}
			}
		})
	}
	enough := eventually.Within(10*time.Second, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(told) >= 5
	})
	s.stop()
	wg.Wait()
	if !enough {
		t.Fatalf("only %d were registered", len(told))
	}
	conn := s.connect()
	for ref := range told {
		var notices int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM beneficiary b JOIN outbox o ON o.cell = b.cell AND o.msisdn = b.msisdn WHERE b.reference = $1`, ref).Scan(&notices); err != nil {
			t.Fatal(err)
		}
		if notices != 1 {
			t.Errorf("a person who was told of the registration has %d notices", notices)
		}
	}
}

// TestLog holds that nothing a caller said, and no whole number, is logged.
func TestLog_tells_nothing_of_the_caller(t *testing.T) {
	t.Parallel()
	s := serving(t, "--log-level=debug")
	s.ussd([]string{"en"}, "> dial 4*Gulabdevi Mishra*1958*2*1*4242*1*3\n> dial\n> xyzzy\n")
	s.stop()
	for _, secret := range []string{firstNumber[1:], firstNumber[3:], "Gulabdevi", "4242", "xyzzy", testSecret} {
		if logged(s, secret) {
			t.Errorf("the log has %q in it:\n%s", secret, s.logs.String())
		}
	}
}
