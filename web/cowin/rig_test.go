package cowin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"tikaline/booking"
	"tikaline/booking/imports"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/web/access"
	"tikaline/web/cowin"
	"tikaline/web/slip"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// today is the day of every test, at ten in the morning.
var today = booking.NewDate(2021, time.May, 5)

// The callers of the tests.
const (
	ours     booking.MSISDN = "+919876543210"
	theirs   booking.MSISDN = "+919876543211"
	nobodyes booking.MSISDN = "+919876543212"
)

// A rig is the API over a real core on a database of the test's own, with three
// centres in Patna: a government one, a paid one, and one without sessions.
type rig struct {
	t      testing.TB
	echo   *echo.Echo
	core   *booking.Core
	store  *postgres.Store
	tokens *access.Tokens
	mu     sync.Mutex
	clock  time.Time
	vars   map[string]string // {name} in a request and in the wanted answer
	spec   *spec
}

// A setting of a rig; the zero setting is that of the program.
type setting struct {
	captcha bool
	keep    time.Duration
	takes   time.Duration
	rand    io.Reader
	served  func(string, int, time.Duration)
	figures access.Figures
}

// plenty are limits that no test reaches except the one about them.
var plenty = access.Figures{
	Public: access.Limit{Most: 1e6, In: time.Minute}, Calls: access.Limit{Most: 1e6, In: time.Minute},
	Session: access.Limit{Most: 1e6, In: time.Minute}, Searches: access.Limit{Most: 1e6, In: time.Minute},
}

func newRig(t testing.TB, s setting) *rig {
	t.Helper()
	if s.figures == (access.Figures{}) {
		s.figures = plenty
	}
	r := &rig{t: t, clock: today.Time().Add(10 * time.Hour), vars: map[string]string{}, spec: readSpec(t)}
	store, err := postgres.New(t.Context(), pgtest.New(t), postgres.Options{Now: r.now})
	r.must(err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		store.Close(ctx) // nolint:errcheck // what was acknowledged is stored
	})
	r.store = store
	words, err := locales.Default()
	r.must(err)
	keys, err := otp.NewKeys("a key of tests that is long enough, 1")
	r.must(err)
	r.tokens = &access.Tokens{Keys: keys, Now: r.now}
	r.core = store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: r.now})
	log := slog.New(slog.DiscardHandler)
	r.echo = echo.New()
	r.echo.HTTPErrorHandler = func(err error, c echo.Context) {
		u, ok := err.(interface {
			Sorry(echo.Context, string) error
		})
		if !ok || u.Sorry(c, "004711") != nil {
			t.Errorf("%v got to the last resort", err)
		}
	}
	r.echo.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true, DisableErrorHandler: true, LogErrorFunc: func(_ echo.Context, err error, _ []byte) error { return err }}))
	limits := access.NewLimits(s.figures, keys, nil, r.now, log)
	(&access.Auth{
		Passwords: &otp.Service{Store: store.OTP, Keys: keys, Now: r.now, Limits: limits}, Tokens: r.tokens, Limits: limits, Household: store.Bookings.Household,
	}).Register(r.echo.Group("/api/v2/auth"))
	press := slip.New(words, slip.Options{})
	r.must(cowin.Register(r.echo, cowin.Deps{
		Core: r.core, Words: words, Press: press, Tokens: r.tokens, Limits: limits, Captcha: s.captcha, Keep: s.keep, Patience: s.takes, Rand: s.rand, Served: s.served,
		Fonts: func(ctx context.Context) error { return press.Load(ctx, fontCache(), nil) },
	}))
	r.furnish()
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

// pass lets time go by; callers who were logged in log in again.
func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	r.clock = r.clock.Add(d)
	r.mu.Unlock()
	r.login()
}

// fontCache returns where fetched fonts are kept, for the next run of the
// tests.
func fontCache() string {
	if dir := os.Getenv("TIKALINE_TEST_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "tikaline-test")
}

// furnish adds centres and sessions.
func (r *rig) furnish() {
	ctx := r.t.Context()
	r.must(r.store.Places.PutDistricts(ctx, imports.Districts()))
	ids, err := r.store.Places.PutCentres(ctx, []booking.Centre{
		{Code: "A", Name: "PHC Example Nagar", Short: booking.Names{"en": "PHC Example Nagar", "hi": "उदाहरण नगर"}, Address: "Station Road", Block: "Patna Sadar",
			Pincode: "800001", District: 97, Lat: 25.61, Lon: 85.14, Government: true},
		{Code: "B", Name: "Example \"Private\" <Hospital> & Sons", Short: booking.Names{"en": "Example Hospital"}, Address: "Main Road", Pincode: "800001", District: 97, Lat: 25.62, Lon: 85.15, Fee: 250},
		{Code: "C", Name: "PHC Far", Short: booking.Names{"en": "PHC Far"}, Address: "Village Road", Pincode: "834001", District: 240, Lat: 23.37, Lon: 85.325},
	})
	r.must(err)
	window := func(from, to int, capacity int) booking.Slot {
		return booking.Slot{Window: booking.Window{From: int16(from * 60), To: int16(to * 60)}, Capacity: capacity, Spot: 1}
	}
	on := func(centre, days int, vaccine string, dose, min, max int, slots ...booking.Slot) booking.Session {
		return booking.Session{Centre: ids[centre], Day: today + booking.Date(days), Vaccine: vaccine, Dose: dose, MinAge: min, MaxAge: max, Slots: slots}
	}
	r.must(r.store.Places.PutSessions(ctx, []booking.Session{
		on(0, 1, "COVISHIELD", 1, 45, 0, window(9, 11, 20), window(11, 13, 20)),
		on(0, 1, "COVISHIELD", 2, 45, 0, window(9, 11, 10)),
		on(0, 1, "COVAXIN", 1, 18, 44, window(9, 12, 3)),
		on(0, 2, "COVISHIELD", 1, 45, 0, window(9, 11, 20)),
		on(0, 0, "COVISHIELD", 1, 45, 0, window(8, 9, 5), window(11, 13, 5)),
		on(0, 90, "COVISHIELD", 2, 45, 0, window(9, 11, 10)),
		on(1, 1, "COVAXIN", 1, 18, 0, window(9, 12, 1)),
		on(1, 2, "COVAXIN", 1, 18, 0, window(9, 12, 2)),
		on(1, 3, "COVAXIN", 3, 18, 0, window(9, 12, 2)),
	}))
	r.vars["center"], r.vars["paid"], r.vars["far"] = fmt.Sprint(ids[0]), fmt.Sprint(ids[1]), fmt.Sprint(ids[2])
	r.look()
	for name, g := range map[string]struct {
		centre  int64
		day     booking.Date
		vaccine string
	}{
		"session": {ids[0], today + 1, "COVISHIELD"}, "young": {ids[0], today + 1, "COVAXIN"}, "later": {ids[0], today + 2, "COVISHIELD"},
		"single": {ids[1], today + 1, "COVAXIN"}, "double": {ids[1], today + 2, "COVAXIN"}, "now": {ids[0], today, "COVISHIELD"},
		"due": {ids[0], today + 90, "COVISHIELD"},
	} {
		r.vars[name] = r.sessionID(g.centre, g.day, g.vaccine)
	}
	r.login()
}

// login gets everybody a token.
func (r *rig) login() {
	r.t.Helper()
	for name, n := range map[string]booking.MSISDN{"token": ours, "theirs": theirs, "empty": nobodyes} {
		t, err := r.tokens.Issue(n, access.Portal, "", "")
		r.must(err)
		r.vars[name] = t
	}
	t, err := r.tokens.Issue(ours, access.Public, "", "")
	r.must(err)
	r.vars["public"] = t
}

// look reads the places again, as the program does all the time.
func (r *rig) look() {
	r.t.Helper()
	d, err := r.store.Places.LoadDirectory(r.t.Context())
	r.must(err)
	r.core.Places.Replace(d)
}

// sessionID returns the id under which the API lists a session.
func (r *rig) sessionID(centre int64, day booking.Date, vaccine string) string {
	r.t.Helper()
	y, m, d := day.Civil()
	var got struct {
		Centers struct {
			Sessions []struct {
				ID      string `json:"session_id"`
				Date    string
				Vaccine string
			}
		}
	}
	date := fmt.Sprintf("%02d-%02d-%d", d, m, y)
	r.must(json.Unmarshal([]byte(r.get(fmt.Sprintf("/appointment/sessions/public/calendarByCenter?center_id=%d&date=%s", centre, date)).body), &got))
	for _, s := range got.Centers.Sessions {
		if s.Date == date && s.Vaccine == vaccine {
			return s.ID
		}
	}
	r.t.Fatalf("no session of %s on %s in %+v", vaccine, date, got)
	return ""
}

// A reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   string
}

// request sends a raw request: its line, headers, an empty line, the body. The
// address is below /api/v2, and {name} stands for a variable. Every answer is
// compared with the OpenAPI file.
func (r *rig) request(raw string) reply {
	r.t.Helper()
	raw = r.fill(raw)
	head, body, _ := strings.Cut(raw, "\n\n")
	lines := strings.Split(head, "\n")
	method, path, _ := strings.Cut(lines[0], " ")
	req := httptest.NewRequest(method, "/api/v2"+path, strings.NewReader(body))
	for _, l := range lines[1:] {
		name, v, _ := strings.Cut(l, ": ")
		req.Header.Set(name, v)
	}
	rec := httptest.NewRecorder()
	r.echo.ServeHTTP(rec, req)
	got := reply{rec.Code, rec.Header(), rec.Body.String()}
	if got.header.Get("Access-Control-Allow-Origin") != "*" {
		r.t.Errorf("%s: no CORS", lines[0])
	}
	r.spec.check(r.t, method, req.URL.Path, got)
	return got
}

func (r *rig) get(path string) reply { r.t.Helper(); return r.request("GET " + path) }

// with sends a request with a token and returns its answer.
func (r *rig) with(token, method, path, body string) reply {
	r.t.Helper()
	return r.request(method + " " + path + "\nAuthorization: Bearer {" + token + "}\n\n" + body)
}

func (r *rig) fill(s string) string {
	for name, v := range r.vars {
		s = strings.ReplaceAll(s, "{"+name+"}", v)
	}
	return s
}

// register registers somebody through the API, and returns the reference id.
func (r *rig) register(token, name string, born int, last4 string) string {
	r.t.Helper()
	got := r.with(token, "POST", "/registration/beneficiary/new", fmt.Sprintf(
		`{"name":"%s","birth_year":"%d","gender_id":2,"photo_id_type":12,"photo_id_number":"ABC123%s","comorbidity_ind":"N","consent_version":"1"}`, name, born, last4))
	var ref struct {
		Reference string `json:"beneficiary_reference_id"`
	}
	if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &ref) != nil || len(ref.Reference) != 14 {
		r.t.Fatalf("register: %d %s", got.status, got.body)
	}
	return ref.Reference
}

// schedule books through the API and returns the confirmation.
func (r *rig) schedule(token, session, slot string, dose int, people ...string) string {
	r.t.Helper()
	got := r.with(token, "POST", "/appointment/schedule", fmt.Sprintf(`{"dose":%d,"session_id":"%s","slot":"%s","beneficiaries":["%s"]}`, dose, session, slot, strings.Join(people, `","`)))
	var done struct {
		No string `json:"appointment_confirmation_no"`
	}
	if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &done) != nil {
		r.t.Fatalf("schedule: %d %s", got.status, got.body)
	}
	return done.No
}

// A testCase is a raw request and its answer.
type testCase struct {
	request string
	status  int    // 0 is 200
	want    string // the body: JSON to be equal, or "~" and a regular expression
	prepare func(*rig)
}

// run holds the cases, each on a rig of its own unless one is given.
func run(t *testing.T, s setting, before func(*rig), cases map[string]testCase) {
	t.Helper()
	r := newRig(t, s)
	if before != nil {
		before(r)
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		t.Run(name, func(t *testing.T) {
			r := &rig{t: t, echo: r.echo, core: r.core, store: r.store, tokens: r.tokens, vars: r.vars, spec: r.spec, clock: r.clock}
			if c.prepare != nil {
				c.prepare(r)
			}
			got := r.request(c.request)
			if c.status == 0 {
				c.status = http.StatusOK
			}
			if got.status != c.status {
				t.Errorf("status %d, want %d: %s", got.status, c.status, got.body)
			}
			r.same(got.body, c.want)
		})
	}
}

// same compares a body with the wanted one.
func (r *rig) same(got, want string) {
	r.t.Helper()
	want = r.fill(want)
	if pattern, ok := strings.CutPrefix(want, "~"); ok {
		if !regexp.MustCompile(pattern).MatchString(got) {
			r.t.Errorf("got %s\nwant %s", got, pattern)
		}
		return
	}
	if got == want {
		return
	}
	var g, w any
	if json.Unmarshal([]byte(got), &g) == nil && json.Unmarshal([]byte(want), &w) == nil {
		a, _ := json.Marshal(g)
		b, _ := json.Marshal(w)
		if bytes.Equal(a, b) {
			return
		}
		got, want = string(a), string(b)
	}
	r.t.Errorf("got  %s\nwant %s", got, want)
}
