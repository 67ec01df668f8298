package access_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/web/access"
)

const theirs = booking.MSISDN("+919876543211")

// A gatehouse is every guard, with a clock.
type gatehouse struct {
	t      *testing.T
	e      *echo.Echo
	now    time.Time
	tokens *access.Tokens
	served int
}

func newGatehouse(t *testing.T, f access.Figures) *gatehouse {
	t.Helper()
	g := &gatehouse{t: t, e: echo.New(), now: noon}
	clock := func() time.Time { return g.now }
	g.tokens = &access.Tokens{Keys: keys(t, first), Now: clock}
	guards := access.NewLimits(f, keys(t, first), nil, clock, slog.New(slog.DiscardHandler))
	g.e.IPExtractor = echo.ExtractIPDirect()
	serve := func(c echo.Context) error { g.served++; return c.NoContent(http.StatusNoContent) }
	mine := access.Require(g.tokens, access.Portal, access.Partner)
	g.e.Any("/public", serve, guards.Public())
	g.e.GET("/mine", serve, mine, guards.Calls())
	g.e.GET("/search", serve, mine, guards.Calls(), guards.Search())
	return g
}

// get sends a request n times and returns how many were served, and the last
// answer.
func (g *gatehouse) get(n int, path, from, token string) (served int, last *httptest.ResponseRecorder) {
	g.t.Helper()
	for range n {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(from), 4711).String()
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		last = httptest.NewRecorder()
		g.e.ServeHTTP(last, r)
		if last.Code == http.StatusNoContent {
			served++
		} else if s, err := strconv.Atoi(last.Header().Get("Retry-After")); err != nil || s < 1 {
			g.t.Fatalf("refused with %d and no time to come back", last.Code)
		}
	}
	return served, last
}

func (g *gatehouse) login(n booking.MSISDN) string {
	g.t.Helper()
	raw, err := g.tokens.Issue(n, access.Portal, "", "")
	if err != nil {
		g.t.Fatal(err)
	}
	return raw
}

// want compares how many were served, and how the rest were refused.
func want(t *testing.T, served int, last *httptest.ResponseRecorder, n, status int, body string) {
	t.Helper()
	if served != n || last.Code != status || last.Body.String() != body {
		t.Errorf("served %d, then %d %s; want %d, then %d %s", served, last.Code, last.Body, n, status, body)
	}
}

func TestPublic(t *testing.T) {
	g := newGatehouse(t, access.Figures{})
	served, last := g.get(150, "/public", "192.0.2.1", "")
	want(t, served, last, 100, 403, `{"message":"Forbidden"}`)
	wait, _ := strconv.Atoi(last.Header().Get("Retry-After"))
	if wait > 300 {
		t.Errorf("to wait %d s", wait)
	}

	t.Run("others_are_not_disturbed", func(t *testing.T) {
		served, last := g.get(100, "/public", "192.0.2.2", "")
		want(t, served, last, 100, 204, "")
	})
	t.Run("a_preflight_is_no_call", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodOptions, "/public", nil)
		r.RemoteAddr = "192.0.2.1:4711"
		w := httptest.NewRecorder()
		if g.e.ServeHTTP(w, r); w.Code != 204 {
			t.Errorf("status %d", w.Code)
		}
	})
	t.Run("an_address_cannot_name_another", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, "/public", nil)
		r.RemoteAddr = "192.0.2.1:4711"
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Real-Ip", "203.0.113.9")
		w := httptest.NewRecorder()
		if g.e.ServeHTTP(w, r); w.Code != 403 {
			t.Errorf("status %d", w.Code)
		}
	})
	t.Run("by_the_network_of_ipv6", func(t *testing.T) {
		served := 0
		for i := range 150 {
			n, _ := g.get(1, "/public", "2001:db8:1:1::"+strconv.FormatInt(int64(i+1), 16), "")
			served += n
		}
		if served != 100 {
			t.Errorf("a network was served %d times", served)
		}
		if n, _ := g.get(1, "/public", "2001:db8:1:2::1", ""); n != 1 {
			t.Error("the network beside it was refused")
		}
	})
	t.Run("ipv4_is_ipv4_however_it_is_written", func(t *testing.T) {
		if n, _ := g.get(1, "/public", "::ffff:192.0.2.1", ""); n != 0 {
			t.Error("served")
		}
	})
	t.Run("after_the_time_that_was_named", func(t *testing.T) {
		g.now = g.now.Add(time.Duration(wait) * time.Second)
		served, last := g.get(150, "/public", "192.0.2.1", "")
		want(t, served, last, 100, 403, `{"message":"Forbidden"}`)
	})
}

// TestCalls is the client that repeats a refused booking without a pause.
func TestCalls(t *testing.T) {
	g := newGatehouse(t, access.Figures{})
	served, last := g.get(1000, "/mine", "192.0.2.1", g.login(ours))
	want(t, served, last, 300, 429, `{"message":"Too Many Requests"}`)
	if n, _ := g.get(1, "/mine", "192.0.2.77", g.login(ours)); n != 0 {
		t.Error("another address and another token make it another number")
	}
	served, last = g.get(300, "/mine", "192.0.2.1", g.login(theirs))
	want(t, served, last, 300, 204, "")
	begun := g.served
	if g.get(100, "/mine", "192.0.2.1", g.login(ours)); g.served != begun {
		t.Error("who is refused gets to the handler")
	}
}

func TestSearch(t *testing.T) {
	g := newGatehouse(t, access.Figures{})
	token := g.login(ours)
	served, last := g.get(30, "/search", "192.0.2.1", token)
	want(t, served, last, 20, 429, `{"message":"Too Many Requests"}`)
	g.now = g.now.Add(time.Second)
	served, last = g.get(30, "/search", "192.0.2.1", g.login(ours))
	want(t, served, last, 20, 429, `{"message":"Too Many Requests"}`)
	if n, _ := g.get(1, "/mine", "192.0.2.1", token); n != 1 {
		t.Error("who may not search may not book either")
	}

}

func TestSearch_blocks_a_number_for_a_day(t *testing.T) {
	g := newGatehouse(t, access.Figures{Calls: access.Limit{Most: 1e6, In: time.Minute}})
	total := 0
	for i := range 50 { // a new token each time
		raw, err := g.tokens.Issue(ours, access.Portal, strconv.Itoa(i), "")
		if err != nil {
			t.Fatal(err)
		}
		served, _ := g.get(20, "/search", "192.0.2.1", raw)
		total += served
	}
	if total != 1000 {
		t.Errorf("searched %d times", total)
	}
	served, last := g.get(3, "/search", "192.0.2.1", g.login(ours))
	const text = `{"message":"Your Account is Blocked Due To Exceeding Our Search Limit, Please read our terms of service"}`
	want(t, served, last, 0, 403, text)
	blocked, _ := strconv.Atoi(last.Header().Get("Retry-After"))
	if blocked != 86400 {
		t.Errorf("to wait %d s", blocked)
	}
	if n, _ := g.get(1, "/search", "192.0.2.1", g.login(theirs)); n != 1 {
		t.Error("somebody else was blocked")
	}
	g.now = g.now.Add(time.Duration(blocked-1) * time.Second)
	if n, _ := g.get(1, "/search", "192.0.2.1", g.login(ours)); n != 0 {
		t.Error("blocked for less than a day")
	}
	g.now = g.now.Add(time.Second)
	if n, _ := g.get(1, "/search", "192.0.2.1", g.login(ours)); n != 1 {
		t.Error("blocked for more than a day")
	}
}

// BenchmarkRefused measures the cost of a client that repeats a refused request
// without a pause.
func BenchmarkRefused(b *testing.B) {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	guards := access.NewLimits(access.Figures{Public: access.Limit{Most: 1, In: time.Hour}}, keys(b, first), nil, time.Now, slog.New(slog.DiscardHandler))
	e.GET("/public", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }, guards.Public())
	r := httptest.NewRequest(http.MethodGet, "/public", nil)
	for b.Loop() {
		e.ServeHTTP(httptest.NewRecorder(), r)
	}
}
