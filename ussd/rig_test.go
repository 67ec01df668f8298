package ussd

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/channel"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// counts is an Observer.
type counts struct {
	mu       sync.Mutex
	outcomes map[channel.Outcome]int
	asked    []string
}

func (c *counts) Answered(_, _ string, o channel.Outcome, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[o]++
}

func (c *counts) Asked(flow, step string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, flow+"."+step)
}

// A rig is a gateway over the real dialogues and words, with stores in memory.
type rig struct {
	*Gateway
	store  *walk.Memory
	seen   *counts
	now    time.Time
	mu     sync.Mutex
	houses walk.Houses
	busy   bool

	sessions map[booking.MSISDN]string // of ask
}

func newRig(t testing.TB) *rig {
	t.Helper()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		store: walk.NewMemory(),
		seen:  &counts{outcomes: map[channel.Outcome]int{}},
		now:   time.Date(2021, 6, 7, 10, 0, 0, 0, booking.India),

		sessions: map[booking.MSISDN]string{},
	}
	r.houses.Now = func() time.Time { return time.Date(2021, 6, 7, 10, 0, 0, 0, booking.India) }
	r.Gateway = &Gateway{
		Conversations: &dialog.Conversations{Store: r.store, Now: r.clock},
		Engine:        dialog.New(uuid.New),
		Desk:          func(n booking.MSISDN) dialog.Core { return r.core(n) },
		Words:         words, Now: r.clock, Observer: r.seen,
		Admit: func(bool) (func(), bool) { return func() {}, !r.busy },
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// wait lets time pass.
func (r *rig) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// core is a number's household.
func (r *rig) core(n booking.MSISDN) *walk.Core { return r.houses.Of(n) }

// ask answers one message of a provider that sends the last answer only, as
// most do; "dial" begins a session.
func (r *rig) ask(t testing.TB, n booking.MSISDN, inputs ...string) Reply {
	t.Helper()
	var got Reply
	for _, in := range inputs {
		r.wait(5 * time.Second)
		e := Event{Provider: "test", Number: n, Phase: Input, Input: in}
		if in == "dial" {
			r.sessions[n] = fmt.Sprint("s", r.clock().UnixNano())
			e.Phase, e.Input = Begin, ""
		}
		e.SessionKey = r.sessions[n]
		var err error
		if got, err = r.Reply(t.Context(), e); err != nil {
			t.Fatalf("%q: %v", in, err)
		}
	}
	return got
}

// The callers of the tables of each provider's exchanges.
const (
	hindiCaller   = "+919876543201"
	englishCaller = "+919876543202"
	newCaller     = "+919876543203"
)

// screens is what a caller sees, by a name that a table's want uses in braces.
func (r *rig) screens(t testing.TB) map[string]string {
	t.Helper()
	fresh := newRig(t)
	return map[string]string{
		"home hi":   fresh.ask(t, hindiCaller, "dial").Text,
		"home":      fresh.ask(t, englishCaller, "dial").Text,
		"wrong":     fresh.ask(t, englishCaller, "77").Text,
		"help":      fresh.ask(t, englishCaller, "00", "5").Text,
		"mine":      fresh.ask(t, englishCaller, "00", "2").Text,
		"language":  fresh.ask(t, newCaller, "dial").Text,
		"busy":      fresh.Busy(Event{}, "").Text,
		"sorry hi":  fresh.Sorry(Event{}, "", "4711").Text,
		"no mobile": fresh.NotMobile(Event{Phase: Begin}).Text,
	}
}

// An exchange is a raw request and the raw answer to it.
type exchange struct {
	request string            // "GET path" or "POST path\nheader: value\n\nbody"
	wait    time.Duration     // before it
	status  int               // 0 is 200
	header  map[string]string // that must be there
	want    string            // of the body, byte for byte; {home} is that screen
	escape  func(string) string
	prepare func(*rig)
}

// A contract is a provider's table.
type contract struct {
	provider string
	settings Settings
	cases    map[string][]exchange
}

func (c contract) run(t *testing.T) {
	c.settings.Secret = "s3cret"
	for _, name := range slices.Sorted(maps.Keys(c.cases)) {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			e := c.server(t, r)
			for i, x := range c.cases[name] {
				r.wait(x.wait + 5*time.Second)
				if x.prepare != nil {
					x.prepare(r)
				}
				x.check(t, fmt.Sprintf("exchange %d", i+1), e, r.screens(t))
			}
		})
	}
}

func (c contract) server(t testing.TB, r *rig) *echo.Echo {
	t.Helper()
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if s, ok := err.(interface {
			Sorry(c echo.Context, ref string) error
		}); ok {
			err = s.Sorry(c, "4711")
		}
		if err != nil {
			e.DefaultHTTPErrorHandler(err, c)
		}
	}
	if err := Register(e, r.Gateway, map[string]Settings{c.provider: c.settings}); err != nil {
		t.Fatal(err)
	}
	return e
}

func (x exchange) check(t *testing.T, at string, e *echo.Echo, screens map[string]string) {
	t.Helper()
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, request(x.request))
	status := x.status
	if status == 0 {
		status = http.StatusOK
	}
	want := x.want
	for name, text := range screens {
		if x.escape != nil {
			text = x.escape(text)
		}
		want = strings.ReplaceAll(want, "{"+name+"}", text)
	}
	if rec.Code != status {
		t.Errorf("%s: status %d, want %d", at, rec.Code, status)
	}
	got := rec.Body.String()
	if status != http.StatusOK {
		got = strings.TrimSpace(got)
	}
	if got != want {
		t.Errorf("%s: body\n%s\nwant\n%s", at, got, want)
	}
	for name, v := range x.header {
		if got := strings.Join(rec.Header()[name], ","); got != v {
			t.Errorf("%s: header %s is %q, want %q", at, name, got, v)
		}
	}
}

// request reads a raw request: its line, headers, an empty line, the body.
func request(raw string) *http.Request {
	head, body, _ := strings.Cut(raw, "\n\n")
	lines := strings.Split(head, "\n")
	method, path, _ := strings.Cut(lines[0], " ")
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, l := range lines[1:] {
		name, v, _ := strings.Cut(l, ": ")
		req.Header.Set(name, v)
	}
	return req
}

// notFound is the one answer to whoever does not know the secret.
const notFound = `{"message":"Not Found"}`

// large is a body over the limit.
var large = strings.Repeat("a", channel.MaxBody+1)
