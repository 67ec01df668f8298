package pages_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/web/pages"
)

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// shown returns a page without what differs each time: tokens and the number's
// end.
func shown(body, tail string) string {
	body = regexp.MustCompile(`value="[A-Za-z0-9_-]{40,}"`).ReplaceAllString(body, "")
	return strings.ReplaceAll(body, tail, "")
}

// TestEnumeration asks for a number that is registered and for one that is not:
// nothing that is answered tells them apart.
func TestEnumeration(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner := s.browser()
	owner.login("en", number)
	owner.register("en", asha...)
	s.wait(2 * time.Minute)
	const stranger = booking.MSISDN("+919811999999")
	ask := func(who booking.MSISDN) (*browser, []page) {
		b := s.browser()
		b.get("/en/")
		list := []page{b.send("/en/", "number", string(who[3:])), b.send("/code", "code", "000000"), b.send("/code/again")}
		return b, list
	}
	_, known := ask(number)
	_, unknown := ask(stranger)
	for i := range known {
		a, b := known[i], unknown[i]
		if a.status != b.status || a.at != b.at || shown(a.body, number.Tail()) != shown(b.body, stranger.Tail()) {
			t.Errorf("answer %d tells them apart:\n%s\n%s", i+1, a.body, b.body)
		}
	}
}

// noLooks is a store that reports when a household is read.
type noLooks struct {
	booking.Store
	looked *[]booking.MSISDN
}

// TestEnumeration_by_time holds that the household is not even looked up before
// the code was right: what is not done takes no time.
func TestEnumeration_by_time(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var looked []booking.MSISDN
	s.core.Store = noLooks{s.core.Store, &looked}
	b := s.browser()
	b.get("/en/")
	b.send("/en/", "number", string(number[3:]))
	b.send("/code", "code", "000000")
	if len(looked) > 0 {
		t.Errorf("looked up %v", looked)
	}
	b.send("/code", "code", b.code(number))
	if len(looked) == 0 {
		t.Error("the test sees nothing: logged in, and nobody was looked up")
	}
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	t.Run("of_a_request", func(t *testing.T) {
		s := newSite(t)
		b := s.browser()
		b.get("/en/")
		b.send("/en/", "number", "9811000001")
		right := b.code(number)
		for range 3 {
			b.send("/code", "code", wrong(right))
		}
		b.has("en", "otp.over")
		b.send("/code", "code", right)
		if b.page.at != "/en/code" {
			t.Errorf("the right code after too many wrong ones leads to %s", b.page.at)
		}
	})
	t.Run("of_an_address", func(t *testing.T) {
		s := newSite(t, func(d *pages.Deps) { d.Guard = &guard{d.Guard, 1} })
		b := s.browser()
		b.get("/en/")
		b.send("/en/", "number", "9811000001")
		right := b.code(number)
		b.send("/code", "code", wrong(right))
		b.has("en", "otp.wrong", "Count", 2)
		b.send("/code", "code", right)
		b.has("en", "otp.too_many", "Minutes", 6)
	})
	t.Run("something_else", func(t *testing.T) {
		s := newSite(t)
		b := s.browser()
		b.get("/en/")
		b.send("/en/", "number", "9811000001")
		for _, typed := range []string{"", "12345", "12345x", strings.Repeat("1", 64)} {
			b.send("/code", "code", typed)
			b.has("en", "problem.digits_wanted", "Max", 6)
		}
		b.send("/code", "code", b.code(number)) // none of that was a try
		if b.page.at != "/en/family" {
			t.Errorf("at %s", b.page.at)
		}
	})
}

// A guard takes so many wrong codes.
type guard struct {
	pages.Guard
	left int
}

func (g *guard) Checking(netip.Addr) (func(bool), time.Duration, bool) {
	return func(wrong bool) {
		if wrong {
			g.left--
		}
	}, 5 * time.Minute, g.left > 0
}

func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestForgery(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("en", number)
	b.register("en", asha...)
	b.get("/en/new")
	at, form := b.form("/new")
	for i := 0; i < len(asha); i += 2 {
		form.Set(asha[i], asha[i+1])
	}
	form.Set("name", "Mallory Devi")
	form.Set("id_last4", "6666")
	other := s.browser()
	other.login("en", "+919811000002")
	other.get("/en/new")
	_, theirs := other.form("/new")
	for name, c := range map[string]struct {
		header map[string]string
		token  string
		status int
	}{
		"another_site":      {map[string]string{"Origin": "https://evil.example"}, form.Get("csrf"), http.StatusForbidden},
		"sandboxed":         {map[string]string{"Origin": "null"}, form.Get("csrf"), http.StatusForbidden},
		"cross_site":        {map[string]string{"Sec-Fetch-Site": "cross-site"}, form.Get("csrf"), http.StatusForbidden},
		"same_site":         {map[string]string{"Sec-Fetch-Site": "same-site"}, form.Get("csrf"), http.StatusForbidden},
		"no_token":          {nil, "", http.StatusOK},
		"a_session_for_one": {nil, theirs.Get("csrf"), http.StatusOK},
		"rubbish":           {nil, rand.Text() + rand.Text() + rand.Text(), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			b.on(t)
			b.header = http.Header{}
			for k, v := range c.header {
				b.header.Set(k, v)
			}
			f := url.Values{}
			for k, v := range form {
				f[k] = v
			}
			f.Set("csrf", c.token)
			b.post(at, f)
			if b.page.status != c.status {
				t.Errorf("answered %d", b.page.status)
			}
			if n := len(s.household(number).People); n != 1 {
				t.Fatalf("%d people: the form was taken", n)
			}
		})
	}
	b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {s.url}}
	b.post(at, form)
	if n := len(s.household(number).People); n != 2 {
		t.Errorf("%d people: our own form was refused", n)
	}
}

// TestForgery_before_login: a form must not log somebody in as somebody else.
func TestForgery_before_login(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mallory := s.browser()
	mallory.get("/en/")
	_, form := mallory.form("/en/")
	victim := s.browser()
	victim.get("/en/")
	form.Set("number", "9811000009")
	victim.post("/en/", form)
	if victim.page.at != "/en/" {
		t.Errorf("the victim is at %s", victim.page.at)
	}
	victim.has("en", "stale.form")
}

func TestCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(d *pages.Deps) { d.Secure = true })
	res := httptest.NewRecorder()
	s.echo.ServeHTTP(res, httptest.NewRequest(http.MethodGet, "https://tika.example.in/en/", nil))
	list := res.Result().Cookies()
	if len(list) != 2 {
		t.Errorf("%d cookies", len(list))
	}
	for _, c := range list {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
	}
	if res.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

// cookie returns the browser's session.
func (b *browser) cookie() *http.Cookie {
	u, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.jar.Cookies(u) {
		if c.Name == "tika" {
			return c
		}
	}
	return nil
}

// carry gives the browser a session.
func (b *browser) carry(c *http.Cookie) {
	u, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	b.jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: "/"}})
}

func TestTheft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.get("/en/")
	before := b.cookie()
	b.login("en", number)
	thief := func() *browser {
		c := s.browser()
		c.on(t)
		return c
	}
	t.Run("of_before_the_login", func(t *testing.T) {
		c := thief()
		c.carry(before)
		if c.get("/en/family"); c.page.at != "/en/" {
			t.Errorf("sees %s", c.page.at)
		}
	})
	t.Run("changed", func(t *testing.T) {
		v := []byte(b.cookie().Value)
		for i := range v {
			c := thief()
			w := slices.Clone(v)
			w[i] ^= 1
			c.carry(&http.Cookie{Name: "tika", Value: string(w)})
			if c.get("/en/family"); c.page.at != "/en/" {
				t.Fatalf("letter %d changed, and sees %s", i, c.page.at)
			}
		}
	})
	t.Run("of_another_kind", func(t *testing.T) {
		b.get("/en/new")
		_, form := b.form("/new")
		c := thief()
		c.carry(&http.Cookie{Name: "tika", Value: form.Get("csrf")})
		if c.get("/en/family"); c.page.at != "/en/" {
			t.Errorf("sees %s", c.page.at)
		}
	})
	t.Run("of_another_key", func(t *testing.T) {
		o := newSite(t, func(d *pages.Deps) { d.Keys = [][]byte{[]byte(strings.Repeat("k", 32))} })
		c := o.browser()
		c.carry(b.cookie())
		if c.get("/en/family"); c.page.at != "/en/" {
			t.Errorf("sees %s", c.page.at)
		}
	})
	t.Run("tells_no_number", func(t *testing.T) {
		if v := b.cookie().Value; strings.Contains(v, string(number[1:])) {
			t.Error("the number is in the cookie")
		}
	})
	t.Run("of_another_number", func(t *testing.T) {
		b.register("en", asha...)
		who := b.person("en")
		c := thief()
		c.login("en", "+919811000002")
		c.get("/en/person/" + who)
		if c.page.at != "/en/family" || strings.Contains(c.page.body, "Asha") {
			t.Errorf("sees %s", c.page.at)
		}
	})
	t.Run("idle", func(t *testing.T) {
		c := thief()
		c.carry(b.cookie())
		s.wait(19 * time.Minute)
		if c.get("/en/family"); c.page.at != "/en/family" {
			t.Errorf("after 19 minutes: %s", c.page.at)
		}
		s.wait(19 * time.Minute)
		if c.get("/en/family"); c.page.at != "/en/family" {
			t.Errorf("in use, and after 38 minutes: %s", c.page.at)
		}
		if b.get("/en/family"); b.page.at != "/en/" {
			t.Errorf("not in use, and after 38 minutes: %s", b.page.at)
		}
		for range 6 {
			s.wait(15 * time.Minute)
			c.get("/en/family")
		}
		if c.page.at != "/en/" {
			t.Errorf("after more than two hours: %s", c.page.at)
		}
	})
	t.Run("logged_out", func(t *testing.T) {
		b.login("en", number)
		copied := b.cookie()
		b.send("/out")
		c := thief()
		c.carry(copied)
		if c.get("/en/family"); c.page.at != "/en/" {
			t.Errorf("sees %s", c.page.at)
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("hi", number)
	for _, path := range []string{"/", "/hi/family", "/hi/new", "/hi/find", "/hi/help", "/hi/nowhere"} {
		h := b.get(path).header
		if h.Get("Content-Security-Policy") != "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" ||
			h.Get("Referrer-Policy") != "same-origin" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
		for _, never := range []string{"<script", "style=", "onclick", "http://", "https://"} {
			if strings.Contains(strings.ReplaceAll(b.page.body, `xmlns="http://www.w3.org/2000/svg"`, ""), never) {
				t.Errorf("%s has %q", path, never)
			}
		}
	}
	for _, attr := range []string{`href="`, `src="`} {
		for _, part := range strings.Split(b.get("/").body, attr)[1:] {
			if !strings.HasPrefix(part, "/") && !strings.HasPrefix(part, "#") {
				t.Errorf("something is loaded from %.40s", part)
			}
		}
	}
	whole := 0 // of the first page as a newcomer gets it, unpacked, with a generous head for each part
	c := s.browser()
	for _, path := range []string{"/", between(c.get("/").body, `rel="stylesheet" href="`, `"`), between(c.page.body, `rel="icon" href="`, `"`)} {
		whole += len(c.get(path).body) + 1000
	}
	if whole > 30_000 {
		t.Errorf("the first page weighs %d bytes", whole)
	}
	css := between(b.page.body, `rel="stylesheet" href="`, `"`)
	if h := b.get(css); h.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || len(h.body) > 6000 {
		t.Errorf("the style sheet: %d bytes, %v", len(h.body), h.header)
	}
}

// TestAddresses holds that no address has a reference id or a number in it.
func TestAddresses_tell_nothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("en", number)
	who := b.register("en", asha...)
	ref := s.household(number).People[0].Reference
	for _, path := range []string{"/en/family", "/en/person/" + who, "/en/find?pincode=800001&for=" + who, s.book("en", s.slots(roomy)[0], who)} {
		for _, part := range strings.Split(b.get(path).body, `"/`)[1:] {
			address, _, _ := strings.Cut(part, `"`)
			for _, secret := range []string{ref, ref[10:], string(number[3:]), "Asha"} {
				if strings.Contains(address, secret) {
					t.Errorf("%s leads to %s", path, address)
				}
			}
		}
	}
}

func TestSorry(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, c := range map[string]struct {
		method, path, accept string
		status               int
		lang, id             string
	}{
		"no_page":           {"GET", "/bn/nowhere", "", http.StatusNotFound, "bn", "sorry.no_page"},
		"no_page_at_all":    {"GET", "/nowhere", "text/html", http.StatusNotFound, "hi", "sorry.no_page"},
		"no_page_for_a_bot": {"GET", "/nowhere", "*/*", http.StatusNotFound, "", ""},
		"only_the_head":     {"HEAD", "/en/find", "", http.StatusOK, "", ""},
		"wrong_method":      {"DELETE", "/en/find", "", http.StatusMethodNotAllowed, "en", "sorry.no_page"},
		"too_long":          {"POST", "/en/new", "", http.StatusRequestEntityTooLarge, "en", "sorry.bad_form"},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser()
			b.on(t)
			body := strings.NewReader("")
			if c.method == "POST" {
				body = strings.NewReader("name=" + strings.Repeat("x", 20_000))
			}
			req, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept", c.accept)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			b.do(req)
			if b.page.status != c.status {
				t.Errorf("answered %d", b.page.status)
			}
			if c.id != "" {
				b.has(c.lang, c.id)
				b.has(c.lang, "sorry.reference", "Reference", "123456")
				if !strings.Contains(b.page.body, `<html lang="`+c.lang+`">`) {
					t.Error("in another language")
				}
			}
		})
	}
}

func TestProblems_are_worded_for_a_page(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	values := map[string]any{
		"Count": 2, "Min": 6, "Max": 6, "Year": "1958", "Age": 45, "Day": booking.DateOf(noon()), "Name": "Asha",
		"Pincode": "800001", "District": "Patna", "Centre": "PHC",
	}
	never := map[string][]string{
		"en": {"ial ", "ress ", "send ", "SMS", "My bookings"},
		"hi": {"डायल", "दबा", "भेजिए", "मेरी बुकिंग"},
		"bn": {"ডায়াল", "টিপুন", "পাঠান", "আমার বুকিং"},
	}
	for lang, words := range never {
		for _, code := range booking.Codes {
			text, err := s.words.Text(lang, "web", "problem."+string(code), values)
			if err != nil {
				t.Error(err)
			}
			for _, w := range words {
				if strings.Contains(text, w) {
					t.Errorf("%s: %s: %q is said of a page: %s", lang, code, w, text)
				}
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("remembered_by_the_browser", func(t *testing.T) {
		b := s.browser()
		b.on(t)
		b.get("/bn/find")
		if b.get("/"); b.page.at != "/bn/" {
			t.Errorf("at %s", b.page.at)
		}
	})
	t.Run("switch_keeps_the_page", func(t *testing.T) {
		b := s.browser()
		b.on(t)
		b.get("/en/find?pincode=800001")
		if !strings.Contains(b.page.body, `href="/hi/find?pincode=800001"`) {
			t.Error("no link to the same page in Hindi")
		}
	})
	t.Run("switch_logged_in", func(t *testing.T) {
		b := s.browser()
		b.on(t)
		b.login("en", "+919811000007")
		b.get("/en/find?pincode=800001")
		b.send("/bn/language")
		if b.page.at != "/bn/find?pincode=800001" || s.household("+919811000007").Language != "bn" {
			t.Errorf("at %s, speaks %s", b.page.at, s.household("+919811000007").Language)
		}
	})
	t.Run("switch_to_nowhere", func(t *testing.T) {
		b := s.browser()
		b.on(t)
		b.login("en", "+919811000008")
		for _, back := range []string{"//evil.example", "https://evil.example", `/\evil.example`, ""} {
			b.get("/en/family")
			b.send("/bn/language", "back", back)
			if b.page.at != "/bn/family" {
				t.Errorf("%q leads to %s", back, b.page.at)
			}
		}
	})
	t.Run("latin_letters_are_kept", func(t *testing.T) {
		const old = booking.MSISDN("+919811000010")
		if err := s.core.Desk(old, booking.USSD, "").Speak(t.Context(), "hi-Latn"); err != nil {
			t.Fatal(err)
		}
		b := s.browser()
		b.on(t)
		b.login("hi", old)
		if l := s.household(old).Language; l != "hi-Latn" {
			t.Errorf("speaks %s now", l)
		}
	})
}

// Household reports that it was called.
func (n noLooks) Household(ctx context.Context, who booking.MSISDN) (booking.Household, error) {
	*n.looked = append(*n.looked, who)
	return n.Store.Household(ctx, who)
}

// broken is a store that fails.
type broken struct {
	booking.Store
	err error
}

// Household fails.
func (b *broken) Household(ctx context.Context, who booking.MSISDN) (booking.Household, error) {
	if errors.Is(b.err, context.DeadlineExceeded) {
		<-ctx.Done() // as long as one has patience
	}
	if b.err != nil {
		return booking.Household{}, b.err
	}
	return b.Store.Household(ctx, who)
}

// TestTrouble: where we cannot serve a page, the citizen reads why and where to
// go, in their language.
func TestTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(d *pages.Deps) { d.Patience = time.Second })
	s.trouble = true
	store := &broken{Store: s.core.Store}
	s.core.Store = store
	b := s.browser()
	b.login("bn", number)
	for name, c := range map[string]struct {
		err    error
		status int
		id     string
	}{
		"away": {errors.New("the database is away"), http.StatusInternalServerError, "sorry.fault_what"},
		"slow": {context.DeadlineExceeded, http.StatusServiceUnavailable, "sorry.busy_what"},
		"busy": {booking.Refuse(booking.Busy), http.StatusServiceUnavailable, "problem.busy"},
	} {
		t.Run(name, func(t *testing.T) {
			b.on(t)
			store.err = c.err
			b.get("/bn/family")
			if b.page.status != c.status || strings.Contains(b.page.body, "database") {
				t.Errorf("answered %d: %s", b.page.status, main(b.page.body))
			}
			b.has("bn", c.id)
		})
	}
	store.err = nil
	if b.get("/bn/family"); b.page.status != http.StatusOK {
		t.Errorf("after it came back: %d", b.page.status)
	}
}

// TestCrowd: where there are more visitors than can be served, those who begin
// read where to go without a booking, and those who have begun go on.
func TestCrowd(t *testing.T) {
	t.Parallel()
	crowd := false
	inside := 0
	s := newSite(t, func(d *pages.Deps) {
		d.Admit = func(begins bool) (func(), bool) {
			if crowd && begins {
				return nil, false
			}
			inside++
			return func() { inside-- }, true
		}
	})
	b := s.browser()
	b.login("hi", number)
	crowd = true
	if b.get("/hi/family"); b.page.status != http.StatusOK {
		t.Errorf("who is inside gets %d", b.page.status)
	}
	c := s.browser()
	if c.get("/hi/"); c.page.status != http.StatusServiceUnavailable || c.page.header.Get("Retry-After") == "" {
		t.Errorf("who begins gets %d", c.page.status)
	}
	c.has("hi", "sorry.busy_what")
	if inside != 0 {
		t.Errorf("%d never left", inside)
	}
}
