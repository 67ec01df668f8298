package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"
)

func TestCheckSecret(t *testing.T) {
	for _, tt := range []struct {
		name, got, secret string
		ok                bool
	}{
		{"right", "s3cret", "s3cret", true},
		{"wrong", "s3cre7", "s3cret", false},
		{"shorter", "s3c", "s3cret", false},
		{"empty", "", "s3cret", false},
		{"none_is_set", "", "", false},
		{"a_guess_where_none_is_set", "x", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckSecret(tt.got, tt.secret)
			if ok := err == nil; ok != tt.ok || !ok && !errors.Is(err, echo.ErrNotFound) {
				t.Errorf("%v", err)
			}
		})
	}
	if (Secret{}).Matches("") {
		t.Error("the zero secret matches")
	}
}

func TestProves(t *testing.T) {
	if !Proves("anything", "") || !Proves("line", "line") || Proves("lime", "line") || Proves("", "line") {
		t.Error("a password is not checked, or one that was not set is")
	}
}

func TestSecretOf(t *testing.T) {
	if SecretOf("", true) != DemoSecret || SecretOf("mine", true) != "mine" || SecretOf("", false) != "" {
		t.Error("the demo's secret is not where it belongs")
	}
	if err := CheckLength("hubtel", "short"); err == nil || !strings.Contains(err.Error(), "the secret of hubtel is shorter than 16 characters") {
		t.Errorf("%v", err)
	}
	if err := CheckLength("hubtel", "0123456789abcdef"); err != nil {
		t.Error(err)
	}
}

func from(remote, forwarded string) echo.Context {
	req := httptest.NewRequest("GET", "/", nil)
	req.RemoteAddr = remote
	req.Header.Set("X-Forwarded-For", forwarded)
	return echo.New().NewContext(req, httptest.NewRecorder())
}

func TestGuard(t *testing.T) {
	g := &Guard{Secret: NewSecret("s3cret"), Networks: Networks{netip.MustParsePrefix("198.51.100.0/24")}}
	inside, outside := from("198.51.100.7:1", ""), from("203.0.113.9:1", "")
	for _, tt := range []struct {
		name   string
		guard  *Guard
		c      echo.Context
		secret string
		ok     bool
	}{
		{"both", g, inside, "s3cret", true},
		{"another_network", g, outside, "s3cret", false},
		{"another_secret", g, inside, "guess", false},
		{"no_provider", nil, inside, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.guard.Check(tt.c, tt.secret); (err == nil) != tt.ok || err != nil && !errors.Is(err, echo.ErrNotFound) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNetworks_Allow(t *testing.T) {
	networks := Networks{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	for _, tt := range []struct {
		name, remote, forwarded string
		networks                Networks
		want                    bool
	}{
		{"none_is_any", "203.0.113.9:1", "", nil, true},
		{"inside", "198.51.100.7:1", "", networks, true},
		{"inside_v6", "[2001:db8::1]:1", "", networks, true},
		{"mapped", "[::ffff:198.51.100.7]:1", "", networks, true},
		{"outside", "203.0.113.9:1", "", networks, false},
		{"a_header_is_not_believed", "203.0.113.9:1", "198.51.100.7", networks, false},
		{"no_address", "here", "", networks, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.networks.Allow(from(tt.remote, tt.forwarded)); got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestCallerAddress(t *testing.T) {
	proxies, err := ParseNetworks("127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, remote, forwarded string
		proxies                 Networks
		want                    string
	}{
		{"no_proxy", "203.0.113.9:1", "198.51.100.7", nil, "203.0.113.9"},
		{"behind_ours", "127.0.0.1:1", "198.51.100.7", proxies, "198.51.100.7"},
		{"behind_another", "203.0.113.9:1", "198.51.100.7", proxies, "203.0.113.9"},
		{"one_that_lies", "127.0.0.1:1", "192.0.2.1, 198.51.100.7", proxies, "198.51.100.7"},
		{"a_private_one_is_not_ours", "10.0.0.1:1", "198.51.100.7", proxies, "10.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CallerAddress(tt.proxies)(from(tt.remote, tt.forwarded).Request()); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseAllowed(t *testing.T) {
	known := []string{"exotel", "kannel"}
	for _, tt := range []struct {
		name string
		set  map[string]string
		want string // of the error
	}{
		{"two", map[string]string{"kannel": "10.1.0.0/16, 2001:db8::/32", "exotel": "52.50.116.54/32"}, ""},
		{"none", nil, ""},
		{"unknown", map[string]string{"kannnel": "10.1.0.0/16"}, `TIKALINE_X_ALLOW: "kannnel" is none of exotel, kannel`},
		{"no_network", map[string]string{"kannel": "10.1.0.0"}, `TIKALINE_X_ALLOW: kannel: "10.1.0.0" is no network`},
		{"empty", map[string]string{"kannel": " "}, "TIKALINE_X_ALLOW: kannel: no network is named"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := ParseAllowed("TIKALINE_X_ALLOW", tt.set, known)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
			if err == nil && len(a) != len(tt.set) {
				t.Errorf("%v", a)
			}
		})
	}
	a, err := ParseAllowed("X", map[string]string{"kannel": "198.51.100.0/24"}, known)
	if err != nil {
		t.Fatal(err)
	}
	if a.Check(from("198.51.100.7:1", ""), "kannel") != nil || a.Check(from("203.0.113.9:1", ""), "exotel") != nil {
		t.Error("refused")
	}
	if err := a.Check(from("203.0.113.9:1", ""), "kannel"); !errors.Is(err, echo.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestBody(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"empty", "", 200},
		{"most", strings.Repeat("a", MaxBody), 200},
		{"too_large", strings.Repeat("a", MaxBody+1), 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := echo.New().NewContext(httptest.NewRequest("POST", "/", strings.NewReader(tt.body)), httptest.NewRecorder())
			for range 2 { // it is put back
				b, err := Body(c)
				status := http.StatusOK
				if h, ok := errors.AsType[*echo.HTTPError](err); ok {
					status = h.Code
				}
				if status != tt.status || err == nil && string(b) != tt.body {
					t.Fatalf("%d bytes, %v", len(b), err)
				}
				if err != nil {
					return
				}
			}
		})
	}
}

func TestForm(t *testing.T) {
	c := echo.New().NewContext(httptest.NewRequest("POST", "/?a=1&b=%2B2", strings.NewReader(" c=3\r\n")), httptest.NewRecorder())
	q, err1 := Query(c)
	f, err2 := Form(c)
	if errors.Join(err1, err2) != nil || q.Get("b") != "+2" || f.Get("c") != "3" {
		t.Fatal(q, f, err1, err2)
	}
	if v, err := Merge(q, f); err != nil || v.Get("a")+v.Get("c") != "13" {
		t.Error(v, err)
	}
	if _, err := Merge(q, url.Values{"a": {"4"}}); err != Malformed {
		t.Error("a name that comes twice is taken")
	}
	bad := echo.New().NewContext(httptest.NewRequest("POST", "/", strings.NewReader("a=%zz")), httptest.NewRecorder())
	bad.Request().URL.RawQuery = "a=%zz"
	if _, err := Form(bad); err != Malformed {
		t.Error(err)
	}
	if _, err := Query(bad); err != Malformed {
		t.Error(err)
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"+919876543210": "+919876543210", "919876543210": "+919876543210", "9876543210": "+919876543210",
		"09876543210": "+919876543210", "00919876543210": "+919876543210", " +91 98765-43210 ": "+919876543210",
		"+9876543210": "", "+12025550123": "", "+254711222333": "", "anonymous": "", "": "", " ": "", "1234567890": "",
		"919876543210;ext=3": "", "98765432100": "", "x9876543210": "", "+8801712345678": "", "+98 76 5432 10": "",
	} {
		got, err := Number("msisdn", in)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
		if err != nil && strings.TrimSpace(in) != "" && strings.Contains(err.Error(), in) {
			t.Errorf("%q is shown: %v", in, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"/ussd/flares/s3cret?MSISDN=919876543210&input=1":    "/ussd/flares/…",
		"/ussd/infobip/s3cret/session/919876543210/start":    "/ussd/infobip/…",
		"https://tika.example.in/ussd/generic/s3cret/events": "/ussd/generic/…",
		"/ussd/": "", "/ussd": "", "/console": "", "/sms/kannel/s3cret": "",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Redact("ussd", u); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// seen is an Observer of one request.
type seen struct{ last string }

func (s *seen) Answered(channel, provider string, o Outcome, took time.Duration) {
	s.last = fmt.Sprint(channel, " ", provider, " ", o, " ", took)
}

func (*seen) Asked(string, string) {}

func TestObserve(t *testing.T) {
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(time.Second); return clock }
	var to seen
	got, err := Observe(&to, now, "sms", "kannel", func() (string, Outcome, error) { return "x", Repeated, nil })
	if got != "x" || err != nil || to.last != "sms kannel repeat 1s" {
		t.Errorf("%q %v %q", got, err, to.last)
	}
	got, err = Observe(&to, now, "sms", "kannel", func() (string, Outcome, error) { panic("boom") })
	if got != "" || err == nil || !strings.Contains(err.Error(), "panic: boom") || to.last != "sms kannel error 1s" {
		t.Errorf("%q %v %q", got, err, to.last)
	}
	if _, err := Observe(nil, now, "sms", "kannel", func() (string, Outcome, error) { return "", Failed, nil }); err != nil {
		t.Error("nobody who counts is no error")
	}
}

func TestAdmission(t *testing.T) {
	a := NewAdmission(10)
	var leave []func()
	for range 8 {
		l, ok := a.Enter(true)
		if !ok {
			t.Fatal("refused while there was room")
		}
		leave = append(leave, l)
	}
	if _, ok := a.Enter(true); ok {
		t.Error("one who begins took what is kept for those inside")
	}
	for range 2 {
		if _, ok := a.Enter(false); !ok {
			t.Error("one inside is refused while there was room")
		}
	}
	if _, ok := a.Enter(false); ok {
		t.Error("more than there is room for")
	}
	for _, l := range leave {
		l()
	}
	if _, ok := a.Enter(true); !ok {
		t.Error("nobody left")
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, gone := context.WithCancel(t.Context())
		limited, cancel := WithDeadline(ctx, 0, time.Minute)
		defer cancel()
		if until, ok := limited.Deadline(); !ok || time.Until(until) != time.Minute || Late(ctx, limited) {
			t.Error("not the usual deadline")
		}
		short, cancel2 := WithDeadline(ctx, time.Second, time.Minute)
		defer cancel2()
		time.Sleep(2 * time.Second) // of the test's own clock
		if !Late(ctx, short) || Late(ctx, limited) {
			t.Error("which one is late is not known")
		}
		gone()
		if Late(ctx, limited) {
			t.Error("a provider that went away is taken for our being late")
		}
	})
}

func TestApologies(t *testing.T) {
	mine := &Unanswered{Err: errors.New("broken"), Event: slog.StringValue("ussd"), Say: func(c echo.Context, ref string) error { return c.String(200, "sorry "+ref) }}
	page := &Unanswered{Err: errors.New("page")}
	all := Apologies{func(c echo.Context, _ error) Apology {
		if c.Request().URL.Path == "/en/" {
			return page
		}
		return nil
	}}
	at := func(path string) (echo.Context, *httptest.ResponseRecorder) {
		rec := httptest.NewRecorder()
		return echo.New().NewContext(httptest.NewRequest("GET", path, nil), rec), rec
	}
	c, _ := at("/en/")
	if got := all.Of(c, echo.ErrNotFound); got != page {
		t.Errorf("a page's: %v", got)
	}
	c, rec := at("/ussd/x")
	if got := all.Of(c, echo.ErrNotFound); got != nil {
		t.Errorf("nobody's: %v", got)
	}
	got := all.Of(c, fmt.Errorf("serve: %w", mine))
	if got == nil || got.Error() != "broken" || !errors.Is(got, mine.Err) || got.Sorry(c, "471100") != nil || rec.Body.String() != "sorry 471100" {
		t.Errorf("%v %s", got, rec.Body)
	}
	if e := got.Entry(); e.Level != slog.LevelError || len(e.Attrs) != 1 || e.Attrs[0].Key != "event" {
		t.Errorf("%v", e)
	}
}

func TestGuarded(t *testing.T) {
	e := echo.New()
	bare := e.GET("/bare", func(echo.Context) error { return nil })
	Guarded("the secret in the path", e.Any("/guarded", func(echo.Context) error { return nil })...)
	if _, ok := GuardOf(bare); ok {
		t.Error("a route without a guard has one")
	}
	guarded := 0
	for _, r := range e.Routes() {
		if by, ok := GuardOf(r); ok && by == "the secret in the path" {
			guarded++
		}
	}
	if guarded != 11 {
		t.Errorf("%d routes are guarded", guarded)
	}
}
