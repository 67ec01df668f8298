package spot

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/limits"
	"tikaline/locales"
	"tikaline/web/page"
)

// root is the path of the page. A service worker under it answers for all of
// it.
const root = "/centre/"

// A Store keeps staff. postgres/staff is the real one.
type Store interface {
	// Staff returns the staff member of that login; false where there is none.
	Staff(ctx context.Context, login string) (booking.StaffMember, bool, error)
}

// Words word the page's messages. *locales.Catalogue is the real one.
type Words interface {
	Text(lang, medium, id string, data map[string]any) (string, error)
}

// Deps are the dependencies of the page.
type Deps struct {
	Core    *booking.Core
	Store   Store
	SignIns scs.CtxStore
	Limits  *limits.Limits // with Rules
	Words   Words
	Now     func() time.Time
	Log     *slog.Logger
	Lang    string // until somebody chooses another; "" is Hindi
	Secure  bool   // the cookie goes over https alone
	Origin  string // the public address, https://tika.example.in; "" where there is none
}

// Rules returns the rate limits: wrong passwords of a login from an address,
// attempts from an address, requests from an address, and searches by a login.
// A day at a centre is far below them; the last one keeps a stolen login from
// trying number after number.
func Rules() []limits.Rule {
	return []limits.Rule{
		{Name: ruleLogin, Most: 5, In: 15 * time.Minute},
		{Name: ruleAddress, Most: 60, In: 15 * time.Minute},
		{Name: ruleCalls, Most: 1000, In: 5 * time.Minute},
		{Name: ruleFind, Most: 100, In: 15 * time.Minute},
	}
}

const (
	ruleLogin   = "spot_login"
	ruleAddress = "spot_address"
	ruleCalls   = "spot_calls"
	ruleFind    = "spot_find"
)

// How long somebody stays signed in: a day at work, or two hours without a
// request.
const (
	signedInMost = 14 * time.Hour
	signedInIdle = 2 * time.Hour
)

// Names of what is kept of a sign-in.
const (
	keyLogin    = "login"
	keyPassword = "password" // which password it was: a new one ends the sign-ins of the old one
	keyToken    = "token"    // in every form, against forged requests
)

//go:embed pages/*.html pages/spot.css pages/spot.js pages/worker.js
var files embed.FS

type site struct {
	Deps
	sessions *scs.SessionManager
	pages    map[string]*template.Template
	assets   *assets
	forms    *http.CrossOriginProtection
	hashing  chan struct{} // a place for each password that is tried at once
}

// Register serves the page.
//
//	GET  /centre/          the day's list          signed in
//	POST /centre/find      by reference or number  signed in, form token
//	POST /centre/came      somebody with a booking signed in, form token
//	GET  /centre/walkin    somebody without one    signed in
//	POST /centre/newcomer  the same, by number     signed in, form token
//	POST /centre/walkin                            signed in, form token
//	POST /centre/entries   what was entered, JSON  signed in, form token in a header
//	GET, POST /centre/login, POST /centre/logout   limits on wrong passwords
func Register(e *echo.Echo, d Deps) error {
	if d.Lang == "" {
		d.Lang = locales.Hindi
	}
	s := &site{Deps: d, sessions: scs.New(), assets: newAssets(), hashing: make(chan struct{}, hashedAtOnce)}
	s.sessions.Store = both{d.SignIns}
	s.sessions.Lifetime, s.sessions.IdleTimeout = signedInMost, signedInIdle
	c := &s.sessions.Cookie
	c.Name, c.Path, c.SameSite, c.Secure, c.Persist = "tikaline_centre", root, http.SameSiteStrictMode, d.Secure, false
	var err error
	if s.forms, err = page.Forms(d.Origin); err != nil {
		return err
	}
	if s.pages, err = s.parse(); err != nil {
		return err
	}
	channel.Guarded("open: a redirect", e.GET(strings.TrimSuffix(root, "/"), func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, root) }))
	channel.Guarded("open: nothing of a person",
		e.GET(root+"assets/:name", s.asset, s.guard),
		e.GET(root+"worker.js", s.worker, s.guard)) // its address is its scope, so it is no asset
	g := e.Group(strings.TrimSuffix(root, "/"), s.guard, s.counted, s.session)
	channel.Guarded("open: asks for login and password", g.GET("/login", s.showLogin))
	channel.Guarded("limits on wrong passwords, the form's token; 1 MiB", g.POST("/login", s.login))
	get := func(path string, h handler) { channel.Guarded("signed in", g.GET(path, s.signedIn(h))) }
	post := func(path string, h handler) {
		channel.Guarded("signed in, the form's token; 1 MiB", g.POST(path, s.signedIn(h)))
	}
	post("/logout", s.logout)
	get("/", s.day)
	// The search text goes into no address: those stay in the device's history.
	post("/find", s.find)
	get("/find", s.toDay)
	post("/came", s.came)
	get("/walkin", s.walkinForm)
	post("/newcomer", s.walkinForm) // the same with the number that was searched for
	get("/newcomer", s.toWalkin)
	post("/walkin", s.walkin)
	post("/entries", s.entries)
	return nil
}

// both is a store with a context as scs wants it: also one without.
type both struct{ scs.CtxStore }

func (b both) Find(token string) ([]byte, bool, error) { return b.FindCtx(context.Background(), token) }
func (b both) Commit(token string, data []byte, until time.Time) error {
	return b.CommitCtx(context.Background(), token, data, until)
}
func (b both) Delete(token string) error { return b.DeleteCtx(context.Background(), token) }

// bodyMost is more than a day's entries take.
const bodyMost = 1 << 20

// policy is what a page may load.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'"

// guard sets the security headers of every answer. A page loads nothing from
// elsewhere, and runs no script but our files.
func (s *site) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		page.Headers(c.Response().Header(), policy, s.Secure)
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, bodyMost)
		if err := s.forms.Check(r); err != nil {
			return echo.NewHTTPError(http.StatusForbidden, "the form was sent from elsewhere")
		}
		return next(c)
	}
}

// counted limits the requests from an address. A request beyond the limit costs
// neither a query nor a password's hash.
func (s *site) counted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if wait, ok := s.Limits.Take(ruleCalls, address(c)); !ok {
			return s.tooMany(c, wait)
		}
		return next(c)
	}
}

func address(c echo.Context) []byte {
	a, _ := netip.ParseAddr(c.RealIP()) // all malformed addresses count as one
	return limits.Address(a)
}

func (s *site) tooMany(c echo.Context, wait time.Duration) error {
	page.Later(c.Response().Header(), wait)
	words, err := s.Words.Text(s.lang(c), medium, "spot.login.wait", nil)
	if err != nil {
		return err
	}
	return c.String(http.StatusTooManyRequests, words+"\n")
}

// session reads and keeps what belongs to a sign-in.
func (s *site) session(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var failed error
		h := s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			before := c.Response().Writer
			c.SetRequest(r)
			c.Response().Writer = w
			failed = next(c)
			if failed != nil && !c.Response().Committed {
				c.Error(failed) // so that the cookie is written with it
				failed = nil
			}
			c.Response().Writer = before
		}))
		h.ServeHTTP(c.Response().Writer, c.Request())
		return failed
	}
}

// A who is the staff member who is signed in.
type who struct {
	booking.StaffMember
	centre booking.Centre
	lang   string
	token  string
}

type handler func(echo.Context, who) error

// signedIn lets staff in alone, each to their own centre. A POST needs the
// form's token as well.
func (s *site) signedIn(next handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		var m booking.StaffMember
		var ok bool
		if login := s.sessions.GetString(ctx, keyLogin); login != "" {
			var err error
			if m, ok, err = s.Store.Staff(ctx, login); err != nil {
				return fmt.Errorf("look for staff: %w", err)
			}
		}
		centre, known := s.Core.Places.Centre(m.Centre)
		if !ok || m.Disabled || !known || s.sessions.GetString(ctx, keyPassword) != which(m.Password) {
			if c.Request().Method == http.MethodPost && wantsJSON(c) {
				return c.JSON(http.StatusUnauthorized, map[string]string{"error": "signed out"})
			}
			return c.Redirect(http.StatusSeeOther, root+"login")
		}
		w := who{StaffMember: m, centre: centre, lang: s.lang(c), token: s.sessions.GetString(ctx, keyToken)}
		if c.Request().Method == http.MethodPost && !s.tokenFits(c, w.token) {
			return s.stale(c, w)
		}
		return next(c, w)
	}
}

// stale answers a form of an earlier sign-in, or of none, with the list, whose
// forms are valid.
func (s *site) stale(c echo.Context, w who) error {
	if wantsJSON(c) {
		return echo.NewHTTPError(http.StatusForbidden, "the page is too old: load it again")
	}
	words, err := s.Words.Text(w.lang, medium, "spot.stale", nil)
	if err != nil {
		return err
	}
	return s.showDay(c, w, http.StatusForbidden, words)
}

func wantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON)
}

// languages are those that the page has words in.
var languages = []string{locales.English, locales.Hindi, locales.Bengali}

// cookieLang keeps the language on the device: for a client that is not signed
// in nothing is stored here.
const cookieLang = "tikaline_centre_lang"

// lang returns the language to show: that of the address, or the last one
// chosen.
func (s *site) lang(c echo.Context) string {
	if l := c.QueryParam("lang"); slices.Contains(languages, l) {
		c.SetCookie(&http.Cookie{
			Name: cookieLang, Value: l, Path: root, MaxAge: int((365 * 24 * time.Hour) / time.Second),
			HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteStrictMode,
		})
		return l
	}
	if kept, err := c.Cookie(cookieLang); err == nil && slices.Contains(languages, kept.Value) {
		return kept.Value
	}
	return locales.Native(s.Lang)
}

// problem returns a refusal in words; any other error is passed on.
func (s *site) problem(lang string, err error) (string, error) {
	p, ok := booking.AsProblem(err)
	if !ok {
		return "", err
	}
	return s.Words.Text(lang, "web", "problem."+string(p.Code), p.Args)
}
