package pages_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/web/access"
	"tikaline/web/pages"
	"tikaline/web/slip"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon returns when the tests begin: the phase of 45 and older, a week before
// it opened to all.
func noon() time.Time { return time.Date(2021, 5, 5, 12, 0, 0, 0, booking.India) }

// A site is the pages on a real database, with a clock of its own.
type site struct {
	t     *testing.T
	url   string
	core  *booking.Core
	codes *otp.Service
	store *postgres.Store
	words *locales.Catalogue
	echo  *echo.Echo
	deps  pages.Deps

	trouble bool // faults of ours are what is tested

	mu  sync.Mutex
	now time.Time
}

func (s *site) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// The centres of the tests: one with room, one that is full after two, one that
// costs.
const (
	roomy = iota
	small
	private
)

func newSite(t *testing.T, change ...func(*pages.Deps)) *site {
	t.Helper()
	s := &site{t: t, now: noon()}
	ctx := t.Context()
	var err error
	if s.words, err = locales.Default(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if s.store, err = postgres.Open(ctx, pgtest.URL(t), postgres.Options{Now: s.Now, Log: log, Writers: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	s.fill(ctx)
	keys, err := otp.NewKeys("a key of the tests, which is long enough")
	if err != nil {
		t.Fatal(err)
	}
	s.codes = &otp.Service{Store: s.store.OTP, Keys: keys, Now: s.Now}
	s.deps = pages.Deps{
		Core: s.core, Words: s.words, Passwords: s.codes, Keys: [][]byte{keys.Current().For("pages")}, Language: "hi",
		Guard: access.NewLimits(access.Figures{}, keys, nil, s.Now, log), Dial: "*384*100#", Call: "1800-000-000", Press: slip.New(s.words, slip.Options{}),
	}
	for _, c := range change {
		c(&s.deps)
	}
	e := echo.New()
	site, err := pages.Register(e, s.deps)
	if err != nil {
		t.Fatal(err)
	}
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		status := http.StatusInternalServerError
		if h, ok := err.(*echo.HTTPError); ok { //nolint:errorlint // as it comes from echo
			status = h.Code
		} else if !s.trouble {
			t.Errorf("%s %s: %v", c.Request().Method, c.Request().URL, err)
		}
		if !site.Answers(c) {
			c.NoContent(status) //nolint:errcheck // a test's
			return
		}
		if err := site.Sorry(c, status, "123456"); err != nil {
			t.Error(err)
		}
	}
	s.echo = e
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// fill brings in Patna with three centres.
func (s *site) fill(ctx context.Context) {
	s.t.Helper()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	patna := booking.District{ID: 97, Name: booking.Names{"en": "Patna", "hi": "पटना", "bn": "পাটনা"}, StateID: 5, State: booking.Names{"en": "Bihar", "hi": "बिहार", "bn": "বিহার"}}
	must(s.store.Places.PutDistricts(ctx, []booking.District{patna}))
	must(s.store.Places.PutPincodes(ctx, []booking.Pincode{
		{Code: "800001", Lat: 25.619, Lon: 85.141, District: 97, DistrictName: "Patna", StateName: "Bihar"},
		{Code: "744101", Lat: 11.668, Lon: 92.737, DistrictName: "South Andaman", StateName: "Andaman and Nicobar Islands"},
	}))
	ids, err := s.store.Places.PutCentres(ctx, []booking.Centre{
		{Code: "P1", Name: "PHC Kankarbagh", Short: booking.Names{"en": "PHC Kankarbagh", "hi": "प्रा.स्वा. केंद्र कंकड़बाग", "bn": "প্রা.স্বা. কেন্দ্র কঙ্করবাগ"}, Address: "Main Road, Kankarbagh", Pincode: "800001", District: 97, Lat: 25.597, Lon: 85.153, Government: true},
		{Code: "P2", Name: "District Hospital Patna", Short: booking.Names{"en": "District Hospital Patna"}, Address: "Ashok Rajpath", Pincode: "800001", District: 97, Lat: 25.62, Lon: 85.142, Government: true},
		{Code: "P3", Name: "Ganga Private Hospital", Short: booking.Names{"en": "Ganga Private Hospital"}, Address: "Boring Road", Pincode: "800001", District: 97, Lat: 25.615, Lon: 85.118, Fee: 250},
	})
	must(err)
	day := booking.DateOf(noon())
	hours := func(capacity int, windows ...string) []booking.Slot {
		var list []booking.Slot
		for _, w := range windows {
			window, err := booking.ParseWindow(w)
			must(err)
			list = append(list, booking.Slot{Window: window, Capacity: capacity})
		}
		return list
	}
	must(s.store.Places.PutSessions(ctx, []booking.Session{
		{Centre: ids[roomy], Day: day + 1, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18, Slots: hours(20, "09:00-11:00", "11:00-13:00")},
		{Centre: ids[roomy], Day: day + 3, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18, Slots: hours(20, "09:00-11:00")},
		{Centre: ids[small], Day: day + 1, Vaccine: "COVAXIN", Dose: 1, MinAge: 18, Slots: hours(1, "09:00-11:00")},
		{Centre: ids[private], Day: day + 2, Vaccine: "COVISHIELD", Dose: 1, MinAge: 18, Slots: hours(5, "10:00-12:00")},
	}))
	s.core = s.store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: s.Now})
	d, err := s.store.Places.LoadDirectory(ctx)
	must(err)
	s.core.Places.Replace(d)
}

// slots returns what a centre of the tests has, soonest first.
func (s *site) slots(centre int) []booking.SlotOffer {
	at, err := s.core.Places.Locate("800001")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range s.core.Places.Nearest(at, booking.Suiting{}, 9) {
		if o.Centre.Code == fmt.Sprintf("P%d", centre+1) {
			return s.core.Places.Slots(o.Centre.ID, booking.Suiting{})
		}
	}
	s.t.Fatal("no such centre")
	return nil
}

// A browser is one with cookies; it follows where it is sent, as they do.
type browser struct {
	*site
	t      *testing.T
	client *http.Client
	jar    *cookiejar.Jar

	page   page
	header http.Header // of its requests
	hops   []int       // statuses on the way to the page
}

// A page is what was answered.
type page struct {
	status int
	at     string // path and query
	body   string
	header http.Header
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &browser{site: s, t: s.t, jar: jar, header: http.Header{}}
	b.client = &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		b.hops = append(b.hops, req.Response.StatusCode)
		return nil
	}}
	return b
}

// on has the browser report to a test within the test.
func (b *browser) on(t *testing.T) {
	before := b.t
	b.t = t
	t.Cleanup(func() { b.t = before })
}

func (b *browser) do(req *http.Request) page {
	b.t.Helper()
	for k, v := range b.header {
		req.Header[k] = v
	}
	b.hops = nil
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = page{res.StatusCode, res.Request.URL.RequestURI(), string(body), res.Header}
	return b.page
}

func (b *browser) get(path string) page {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) post(path string, form url.Values) page {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

var (
	formTag  = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	inputTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// form returns the form of the page that is sent to an address that ends so,
// with what is hidden in it.
func (b *browser) form(action string) (string, url.Values) {
	b.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(b.page.body, -1) {
		at := html.UnescapeString(m[1])
		if path, _, _ := strings.Cut(at, "?"); !strings.HasSuffix(path, action) && !strings.Contains(path, action+"/") {
			continue
		}
		form := url.Values{}
		for _, i := range inputTag.FindAllStringSubmatch(m[2], -1) {
			form.Set(html.UnescapeString(i[1]), html.UnescapeString(i[2]))
		}
		return at, form
	}
	b.t.Fatalf("%s has no form for %s:\n%s", b.page.at, action, b.page.body)
	return "", nil
}

// send fills the form of the page that is sent to action, and sends it.
func (b *browser) send(action string, fields ...string) page {
	b.t.Helper()
	at, form := b.form(action)
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.post(at, form)
}

const number = booking.MSISDN("+919811000001")

// login logs in, by the code that a caller gets on dialling.
func (b *browser) login(lang string, who booking.MSISDN) page {
	b.t.Helper()
	b.get("/" + lang + "/")
	b.send("/"+lang+"/", "number", strings.TrimPrefix(string(who), "+91"))
	if b.page.at != "/"+lang+"/code" {
		b.t.Fatalf("after the number: %s\n%s", b.page.at, b.page.body)
	}
	return b.send("/code", "code", b.code(who))
}

func (b *browser) code(who booking.MSISDN) string {
	b.t.Helper()
	code, _, ok, err := b.codes.Open(b.t.Context(), who)
	if err != nil || !ok {
		b.t.Fatalf("no code for who dials: %v", err)
	}
	return code
}

// asha is the person who is registered, by the fields of the form.
var asha = []string{"name", "Asha Devi", "year", "1958", "gender", "female", "photo_id", "voter", "id_last4", "1234", "consent", "yes"}

// with is fields with some of them changed.
func with(fields []string, changes ...string) []string {
	out := append([]string{}, fields...)
	for i := 0; i < len(changes); i += 2 {
		for j := 0; j < len(out); j += 2 {
			if out[j] == changes[i] {
				out[j+1] = changes[i+1]
			}
		}
	}
	return out
}

// has holds that the page says something, in the words of the catalogue.
func (b *browser) has(lang, id string, values ...any) {
	b.t.Helper()
	if want := b.say(lang, id, values...); !strings.Contains(html.UnescapeString(b.page.body), want) {
		b.t.Errorf("%s does not say %q:\n%s", b.page.at, want, main(b.page.body))
	}
}

func (s *site) say(lang, id string, values ...any) string {
	s.t.Helper()
	m := map[string]any{}
	for i := 0; i < len(values); i += 2 {
		m[values[i].(string)] = values[i+1]
	}
	text, err := s.words.Text(lang, "web", id, m)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// main returns the page without head and foot, for a message.
func main(body string) string {
	_, after, _ := strings.Cut(body, "<main")
	inner, _, _ := strings.Cut(after, "</main>")
	return inner
}

// person returns the address of the first person of the family's page, after
// its language.
func (b *browser) person(lang string) string {
	b.t.Helper()
	m := regexp.MustCompile(`"/` + lang + `/person/([0-9a-f]+)"`).FindStringSubmatch(b.get("/" + lang + "/family").body)
	if m == nil {
		b.t.Fatalf("nobody is on the page:\n%s", b.page.body)
	}
	return m[1]
}

// count is how many rows there are.
func (s *site) household(who booking.MSISDN) booking.Household {
	s.t.Helper()
	h, err := s.store.Bookings.Household(s.t.Context(), who)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}
