package spot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/limits"
	"tikaline/locales"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/web/spot"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var today = booking.NewDate(2021, time.September, 21)

func noon() time.Time { return today.Time().Add(12 * time.Hour) }

const password = "correct horse battery"

// A rig is the page over a core and a database, with two centres.
type rig struct {
	t     *testing.T
	core  *booking.Core
	store *postgres.Store
	pages http.Handler
	url   string
	stop  func() // the server goes away
	ids   []int64
	asked atomic.Int64 // queries of ours
}

// A watched store counts what is asked of it.
type watched struct {
	spot.Store
	scs.CtxStore
	n *atomic.Int64
}

func (w watched) Staff(ctx context.Context, login string) (booking.StaffMember, bool, error) {
	w.n.Add(1)
	return w.Store.Staff(ctx, login)
}

func (w watched) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	w.n.Add(1)
	return w.CtxStore.FindCtx(ctx, token)
}

func (w watched) CommitCtx(ctx context.Context, token string, data []byte, until time.Time) error {
	w.n.Add(1)
	return w.CtxStore.CommitCtx(ctx, token, data, until)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := t.Context()
	store, err := postgres.Open(ctx, pgtest.URL(t), postgres.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: store}
	t.Cleanup(func() { store.Close(t.Context()) }) //nolint:errcheck // a test's
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(store.Places.PutDistricts(ctx, []booking.District{{ID: 97, Name: booking.Names{"en": "Patna"}, StateID: 5, State: booking.Names{"en": "Bihar"}}}))
	r.ids, err = store.Places.PutCentres(ctx, []booking.Centre{
		{Code: "A", Name: "PHC Danapur", Short: booking.Names{"en": "PHC Danapur", "hi": "प्रा.स्वा. केंद्र दानापुर"}, Pincode: "801503", District: 97, Lat: 25.6, Lon: 85},
		{Code: "B", Name: "PHC Maner", Short: booking.Names{"en": "PHC Maner"}, Pincode: "801108", District: 97, Lat: 25.6, Lon: 84.9},
	})
	must(err)
	for _, id := range r.ids {
		must(store.Places.PutSessions(ctx, []booking.Session{{Centre: id, Day: today, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18, Slots: []booking.Slot{
			{Window: booking.Window{From: 660, To: 780}, Capacity: 10, Spot: 4}, {Window: booking.Window{From: 780, To: 900}, Capacity: 10, Spot: 4},
		}}}))
	}
	for login, centre := range map[string]int64{"sister": r.ids[0], "maner": r.ids[1], "left": r.ids[0]} {
		hash, err := spot.HashPassword(password)
		must(err)
		must(store.Staff.PutStaff(ctx, booking.StaffMember{Login: login, Name: "Sister Mary", Centre: centre, Password: hash, Disabled: login == "left", At: noon()}))
	}
	d, err := store.Places.LoadDirectory(ctx)
	must(err)
	r.core = store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: noon})
	r.core.Places.Replace(d)
	words, err := locales.Default()
	must(err)
	e := echo.New()
	w := watched{store.Staff, store.Staff.SignIns(), &r.asked}
	must(spot.Register(e, spot.Deps{
		Core: r.core, Store: w, SignIns: w, Limits: limits.New(spot.Rules(), limits.Options{Key: []byte("k"), Now: noon}),
		Words: words, Now: noon, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Lang: "en",
	}))
	r.pages = e
	r.serve("127.0.0.1:0")
	return r
}

// serve answers at an address, until the test ends or stop.
func (r *rig) serve(address string) {
	r.t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		r.t.Fatal(err)
	}
	server := &http.Server{Handler: r.pages, ReadHeaderTimeout: time.Minute}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		server.Serve(l) //nolint:errcheck // it ends by Close
	}()
	r.url = "http://" + l.Addr().String()
	r.stop = sync.OnceFunc(func() {
		server.Close() //nolint:errcheck // a test's
		<-gone
	})
	r.t.Cleanup(r.stop)
}

// booked is somebody registered who has a place at a centre (from 0) today.
func (r *rig) booked(n, centre int) (booking.Beneficiary, booking.Appointment) {
	r.t.Helper()
	ctx := r.t.Context()
	number := booking.MSISDN(fmt.Sprintf("+919%09d", n))
	desk := r.core.Desk(number, booking.USSD, "")
	b, err := desk.Register(ctx, uuid.New(), booking.Applicant{Name: "Asha Devi", BirthYear: 1958, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"})
	if err != nil {
		r.t.Fatal(err)
	}
	slots := r.core.Places.Sessions(r.ids[centre], today, today)[0].Slots
	a, err := desk.Book(ctx, uuid.New(), b.Reference, booking.SlotID{Centre: r.ids[centre], Slot: slots[1].ID})
	if err != nil {
		r.t.Fatal(err)
	}
	return b, a
}

// A browser is a client with cookies that does not follow redirects by itself.
type browser struct {
	r      *rig
	client http.Client
	token  string
}

func (r *rig) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{r: r, client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) do(method, path string, form url.Values, header ...string) (int, string, http.Header) {
	b.r.t.Helper()
	req, err := http.NewRequestWithContext(b.r.t.Context(), method, b.r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.r.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.send(req, header...)
}

func (b *browser) send(req *http.Request, header ...string) (int, string, http.Header) {
	b.r.t.Helper()
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	got, err := b.client.Do(req)
	if err != nil {
		b.r.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		b.r.t.Fatal(err)
	}
	return got.StatusCode, string(body), got.Header
}

var token = regexp.MustCompile(`data-token="([^"]*)"`)

func (b *browser) signIn(login string) *browser {
	b.r.t.Helper()
	code, body, _ := b.do("POST", "/centre/login", url.Values{"login": {login}, "password": {password}})
	if code != http.StatusSeeOther {
		b.r.t.Fatalf("sign in: %d %s", code, body)
	}
	_, body, _ = b.do("GET", "/centre/", nil)
	m := token.FindStringSubmatch(body)
	if m == nil || m[1] == "" {
		b.r.t.Fatalf("no token in %s", body)
	}
	b.token = m[1]
	return b
}

func (b *browser) entries(body any, header ...string) (int, string) {
	b.r.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.r.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.r.t.Context(), "POST", b.r.url+"/centre/entries", strings.NewReader(string(raw)))
	if err != nil {
		b.r.t.Fatal(err)
	}
	header = append([]string{"Content-Type", "application/json", "X-Form-Token", b.token}, header...)
	code, text, _ := b.send(req, header...)
	return code, text
}

func (r *rig) status(n booking.MSISDN) booking.Status {
	r.t.Helper()
	h, err := r.store.Bookings.Household(r.t.Context(), n)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(h.People) == 0 || len(h.People[0].Appointments) == 0 {
		return ""
	}
	return h.People[0].Appointments[0].Status
}

func TestDay(t *testing.T) {
	r := newRig(t)
	asha, a := r.booked(1, 0)
	elsewhere, there := r.booked(2, 1)
	b := r.browser().signIn("sister")

	code, body, _ := b.do("GET", "/centre/", nil)
	for _, want := range []string{"PHC Danapur", "Asha Devi", asha.Reference, "<b>" + asha.SecretCode() + "</b>", "1-3 pm", "····1234"} {
		if code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, the list lacks %q:\n%s", code, want, body)
		}
	}
	if strings.Contains(body, elsewhere.Reference) {
		t.Error("another centre's people are on the list")
	}
	if strings.Contains(body, string(asha.Household)[3:]) {
		t.Error("a mobile number is on the device")
	}

	form := url.Values{"token": {b.token}, "reference": {asha.Reference}, "appointment": {a.ID.String()}}
	if code, body, h := b.do("POST", "/centre/came", form); code != http.StatusSeeOther || h.Get("Location") != "/centre/?done="+a.ID.String() {
		t.Errorf("came: %d %s", code, body)
	}
	if _, body, _ := b.do("GET", "/centre/?done="+a.ID.String(), nil); !strings.Contains(body, "Written down: Asha Devi") || !strings.Contains(body, "Dose 1 given, Covishield") {
		t.Errorf("afterwards:\n%s", body)
	}
	if code, _, _ := b.do("POST", "/centre/came", form); code != http.StatusSeeOther || r.status(asha.Household) != booking.Attended {
		t.Errorf("pressed twice: %d", code)
	}
	form = url.Values{"token": {b.token}, "reference": {elsewhere.Reference}, "appointment": {there.ID.String()}}
	if code, _, _ := b.do("POST", "/centre/came", form); code != http.StatusConflict || r.status(elsewhere.Household) != booking.Booked {
		t.Errorf("another centre's person was marked: %d %s", code, r.status(elsewhere.Household))
	}
}

func TestFind(t *testing.T) {
	r := newRig(t)
	asha, _ := r.booked(1, 0)
	b := r.browser().signIn("sister")
	for name, tt := range map[string]struct {
		q, want string
	}{
		"reference":       {asha.Reference, "Asha Devi"},
		"number":          {"9000000001", "Asha Devi"},
		"native_digits":   {"९००००००००१", "Asha Devi"},
		"nobody":          {"9000000009", `role="alert"`},
		"mistyped":        {asha.Reference[:13] + string('0'+(asha.Reference[13]-'0'+1)%10), `role="alert"`},
		"rubbish":         {"<script>", "&lt;script&gt;"},
		"nobody_yet_form": {"9000000009", "/centre/newcomer"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, body, _ := b.find(tt.q); code != http.StatusOK || !strings.Contains(body, tt.want) {
				t.Errorf("%d, no %q in\n%s", code, tt.want, body)
			}
		})
	}
}

func walkin(number string) url.Values {
	return url.Values{
		"request": {uuid.NewString()}, "number": {number}, "name": {"रीता देवी"}, "year": {"१९६०"}, "gender": {"female"}, "photo_id": {"voter"},
		"last4": {"77AB"}, "vaccine": {"COVISHIELD"}, "consent": {"yes"},
	}
}

func TestWalkin(t *testing.T) {
	r := newRig(t)
	b := r.browser().signIn("sister")
	form := walkin("98000 00007")
	form.Set("token", b.token)
	for range 2 { // and pressed twice
		if code, body, _ := b.do("POST", "/centre/walkin", form); code != http.StatusSeeOther {
			t.Fatalf("%d\n%s", code, body)
		}
	}
	h, err := r.store.Bookings.Household(t.Context(), "+919800000007")
	if err != nil || len(h.People) != 1 || h.People[0].Doses() != 1 || !h.People[0].Appointments[0].Spot || h.People[0].Appointments[0].Agent != "sister" {
		t.Errorf("written down: %+v, %v", h, err)
	}
	if h.Consent.Version == "" || h.Consent.Channel != booking.Staff {
		t.Errorf("consent: %+v", h.Consent)
	}
	for name, change := range map[string]func(url.Values){
		"no_consent": func(f url.Values) { f.Del("consent") },
		"no_number":  func(f url.Values) { f.Set("number", "12") },
		"no_year":    func(f url.Values) { f.Set("year", "58") },
		"no_gender":  func(f url.Values) { f.Set("gender", "?") },
		"no_vaccine": func(f url.Values) { f.Del("vaccine") },
		"too_young":  func(f url.Values) { f.Set("year", "2015") },
	} {
		t.Run(name, func(t *testing.T) {
			form := walkin("9800000008")
			form.Set("token", b.token)
			change(form)
			code, body, _ := b.do("POST", "/centre/walkin", form)
			if code != http.StatusConflict || !strings.Contains(body, `role="alert"`) || !strings.Contains(body, "रीता देवी") {
				t.Errorf("%d, what was typed is gone or nothing is said:\n%s", code, body)
			}
		})
	}
}

// TestEntries sends what was entered without a network three times, at once and
// in another order: each has one effect.
func TestEntries(t *testing.T) {
	r := newRig(t)
	b := r.browser().signIn("sister")
	asha, a := r.booked(1, 0)
	elsewhere, there := r.booked(2, 1)
	now := time.Now().UnixMilli() // a device that is years wrong
	fields := func(number string) map[string]string {
		m := map[string]string{}
		for k, v := range walkin(number) {
			m[k] = v[0]
		}
		return m
	}
	type entry map[string]any
	list := []entry{
		{"id": uuid.NewString(), "kind": "came", "reference": asha.Reference, "appointment": a.ID, "at": now - 60_000},
		{"id": uuid.NewString(), "kind": "came", "reference": elsewhere.Reference, "appointment": there.ID, "at": now},
		{"id": uuid.NewString(), "kind": "walkin", "fields": fields("9800000021"), "at": now - 3600_000},
		{"id": uuid.NewString(), "kind": "walkin", "fields": fields("9800000022"), "at": now - 1000},
		{"id": uuid.NewString(), "kind": "walkin", "fields": fields("12"), "at": now},
		{"id": uuid.NewString(), "kind": "dance", "at": now},
	}
	var wg sync.WaitGroup
	for n := range 3 {
		mine := append(append([]entry{}, list[n:]...), list[:n]...)
		wg.Go(func() {
			code, text := b.entries(map[string]any{"sent": now, "entries": mine})
			var got []struct {
				ID   string
				Done bool
				Why  string
			}
			if err := json.Unmarshal([]byte(text), &got); code != http.StatusOK || err != nil || len(got) != len(mine) {
				t.Errorf("%d %s", code, text)
				return
			}
			for i, g := range got {
				good := mine[i]["id"] == list[0]["id"] || mine[i]["id"] == list[2]["id"] || mine[i]["id"] == list[3]["id"]
				if g.ID != mine[i]["id"] || g.Done != good || (g.Why == "") != good {
					t.Errorf("%v: %+v", mine[i], g)
				}
			}
		})
	}
	wg.Wait()
	if r.status(asha.Household) != booking.Attended || r.status(elsewhere.Household) != booking.Booked {
		t.Error("who came is not written down, or another centre's person is")
	}
	for _, n := range []booking.MSISDN{"+919800000021", "+919800000022"} {
		h, err := r.store.Bookings.Household(t.Context(), n)
		if err != nil || len(h.People) != 1 || h.People[0].Doses() != 1 {
			t.Errorf("%v: %+v %v", n, h, err)
		}
	}
	day, err := r.store.Bookings.DaySessions(t.Context(), r.ids[0], today)
	if err != nil || day[0].Slots[0].SpotUsed != 2 {
		t.Errorf("places used: %+v, %v", day, err)
	}
}

// TestGuards: who may not.
func TestGuards(t *testing.T) {
	r := newRig(t)
	t.Run("not_signed_in", func(t *testing.T) {
		b := r.browser()
		for _, path := range []string{"/centre/", "/centre/find?q=1", "/centre/walkin"} {
			if code, _, h := b.do("GET", path, nil); code != http.StatusSeeOther || h.Get("Location") != "/centre/login" {
				t.Errorf("%s: %d", path, code)
			}
		}
		if code, _ := b.entries(map[string]any{}); code != http.StatusUnauthorized {
			t.Errorf("entries: %d", code)
		}
	})
	t.Run("forged", func(t *testing.T) {
		b := r.browser().signIn("sister")
		form := walkin("9800000031")
		if code, _, _ := b.do("POST", "/centre/walkin", form); code != http.StatusForbidden {
			t.Errorf("without a token: %d", code)
		}
		if _, body, _ := b.do("POST", "/centre/walkin", form); !strings.Contains(body, "nothing was written down") || !strings.Contains(body, `id="q"`) {
			t.Errorf("and does not say what to do:\n%s", body)
		}
		form.Set("token", b.token)
		if code, _, _ := b.do("POST", "/centre/walkin", form, "Sec-Fetch-Site", "cross-site"); code != http.StatusForbidden {
			t.Errorf("from another site: %d", code)
		}
		if code, _, _ := b.do("POST", "/centre/walkin", form, "Origin", "https://elsewhere.example"); code != http.StatusForbidden {
			t.Errorf("from another origin: %d", code)
		}
		if code, _ := b.entries(map[string]any{}, "X-Form-Token", "guess"); code != http.StatusForbidden {
			t.Errorf("entries with a guessed token: %d", code)
		}
		if r.status("+919800000031") != "" {
			t.Error("and something was done")
		}
	})
	t.Run("disabled", func(t *testing.T) {
		if code, _, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {"left"}, "password": {password}}); code != http.StatusForbidden {
			t.Errorf("signed in: %d", code)
		}
		b := r.browser().signIn("maner")
		m, _, err := r.store.Staff.Staff(t.Context(), "maner")
		if err != nil {
			t.Fatal(err)
		}
		m.Disabled = true
		if err := r.store.Staff.PutStaff(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if code, _, _ := b.do("GET", "/centre/", nil); code != http.StatusSeeOther {
			t.Errorf("still in: %d", code)
		}
	})
	t.Run("signed_out", func(t *testing.T) {
		b := r.browser().signIn("sister")
		if code, _, _ := b.do("POST", "/centre/logout", url.Values{"token": {b.token}}); code != http.StatusSeeOther {
			t.Errorf("sign out: %d", code)
		}
		if code, _, _ := b.do("GET", "/centre/", nil); code != http.StatusSeeOther {
			t.Errorf("still in: %d", code)
		}
	})
	t.Run("guessed", func(t *testing.T) {
		var answers []string
		for n := range 7 {
			login := "sister"
			if n == 0 {
				login = "nobody.here"
			}
			code, body, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {login}, "password": {"wrong password"}})
			answers = append(answers, fmt.Sprint(code, strings.ReplaceAll(body, login, "")))
		}
		if answers[0] != answers[1] {
			t.Error("whether there is such a login can be told")
		}
		if !strings.HasPrefix(answers[6], "429") {
			t.Errorf("a seventh guess: %.40s", answers[6])
		}
		if code, _, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {"sister"}, "password": {password}}); code != http.StatusTooManyRequests {
			t.Errorf("and the right one after it: %d", code)
		}
	})
	t.Run("headers", func(t *testing.T) {
		_, _, h := r.browser().do("GET", "/centre/login", nil)
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("headers %v", h)
		}
		for _, c := range h.Values("Set-Cookie") {
			if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Strict") {
				t.Errorf("cookie %s", c)
			}
		}
	})
}

func TestLanguages(t *testing.T) {
	r := newRig(t)
	b := r.browser().signIn("sister")
	for lang, want := range map[string]string{"hi": "आना बाकी", "bn": "আসা বাকি", "en": "Still to come"} {
		if _, body, _ := b.do("GET", "/centre/?lang="+lang, nil); !strings.Contains(body, want) || !strings.Contains(body, `<html lang="`+lang+`">`) {
			t.Errorf("%s:\n%s", lang, body)
		}
		if _, body, _ := b.do("GET", "/centre/walkin", nil); !strings.Contains(body, `<html lang="`+lang+`">`) {
			t.Errorf("%s is not kept", lang)
		}
	}
}
