package pages

import (
	"cmp"
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/channel"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/web/page"
	"tikaline/web/slip"
)

// Passwords sends one-time passwords and checks them; a form that is sent twice
// counts once. *otp.Service implements it.
type Passwords interface {
	AskOnce(ctx context.Context, once uuid.UUID, number booking.MSISDN, purpose otp.Purpose, from netip.Addr) (uuid.UUID, error)
	CheckOnce(ctx context.Context, once, txn uuid.UUID, hash string) (booking.MSISDN, error)
}

// Guard limits the codes tried from an address and the requests of a number
// that has logged in, and knows the sessions that were logged out.
// *access.Limits implements it.
type Guard interface {
	Checking(from netip.Addr) (done func(wrong bool), wait time.Duration, ok bool)
	Calling(number booking.MSISDN) (wait time.Duration, ok bool)
	Leave(session string)
	Left(session string) bool
}

// Deps are the dependencies of the pages.
type Deps struct {
	Core      *booking.Core
	Calls     *calls.Service
	Words     *locales.Catalogue
	Passwords Passwords
	Guard     Guard
	Keys      [][]byte      // of 32 bytes; the first seals, all of them open
	Secure    bool          // reached by https alone
	Origin    string        // the public address, https://tika.example.in; "" where there is none
	Language  string        // for a browser that has chosen none and asks for none of ours
	Dial      string        // the code to dial for a one-time password, *384*100#; "" where none is served
	Call      string        // the number to call for it; "" where none is served
	Press     *slip.Press   // makes slips; nil is none
	Patience  time.Duration // how long a page may take before it is answered that we are busy; 0 is 8 s

	// Admit lets a request in, before any work is done, and returns the
	// function to call when it leaves; begins is false for a visitor who is
	// past the number, who goes first. nil admits all.
	Admit func(begins bool) (leave func(), ok bool)

	// Fonts loads the fonts that the Press needs for PDFs; nil loads none.
	Fonts func(context.Context) error
}

// languages are those of the pages, as they are offered.
var languages = []string{locales.Hindi, locales.Bengali, locales.English}

// formMost bounds a form that is sent to us.
const formMost = "16K"

// Pages are the citizens' pages over a core.
type Pages struct {
	Deps
	seals []cipher.AEAD
	forms *http.CrossOriginProtection
	looks looks
}

// Register serves the pages at / and below /en, /hi and /bn.
func Register(e *echo.Echo, d Deps) (*Pages, error) {
	if d.Core == nil || d.Words == nil || d.Passwords == nil || d.Guard == nil {
		return nil, errors.New("pages: something that they stand on is missing")
	}
	p := &Pages{Deps: d}
	var err error
	if p.seals, err = seals(d.Keys); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	if p.forms, err = page.Forms(d.Origin); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	if p.looks, err = newLooks(); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	p.routes(e)
	return p, nil
}

// routes adds every page. An open page needs no login; own is for a family
// behind its one-time password. A form that is sent must carry its token.
func (p *Pages) routes(e *echo.Echo) {
	small := []echo.MiddlewareFunc{p.headers, middleware.Gzip(), middleware.BodyLimit(formMost)}
	const open, asset = "open", "open: nothing of a person"
	const behind, form = "behind a one-time password", "the form's token and where it came from; 16 KiB"
	read := []string{http.MethodGet, http.MethodHead}
	channel.Guarded(open, e.Match(read, "/", p.open("", (*visit).language), small...)...)
	channel.Guarded(asset,
		e.GET(p.looks.cssPath, p.asset("text/css; charset=utf-8", p.looks.css), small...),
		e.GET(p.looks.iconPath, p.asset("image/svg+xml", p.looks.icon), small...))
	if p.Press != nil {
		channel.Guarded(asset, e.GET(slip.CSSPath, p.asset("text/css; charset=utf-8", []byte(slip.CSS)), small...))
	}
	for _, lang := range languages {
		// Each route has its own guards: echo would run a group's guards for
		// unknown addresses, and answer a wrong method with 404.
		show := func(by, path string, h handler) {
			channel.Guarded(by, e.Match(read, "/"+lang+path, p.open(lang, h), small...)...)
		}
		send := func(by, path string, h handler) {
			channel.Guarded(by, e.POST("/"+lang+path, p.open(lang, p.sent(h)), small...))
		}
		get := func(path string, h handler) { show(open, path, h) }
		own := func(path string, h handler) { show(behind, path, p.own(h)) }
		post := func(path string, h handler) { send(form, path, h) }
		ownPost := func(path string, h handler) { send(behind+", "+form, path, p.own(h)) }

		get("", (*visit).toStart) // the address without its slash
		get("/", (*visit).start)
		post("/", (*visit).ask)
		get("/code", (*visit).code)
		post("/code", (*visit).enter)
		get("/code/again", (*visit).toCode)
		post("/code/again", (*visit).again)
		get("/out", (*visit).toStart)
		post("/out", (*visit).out)
		get("/language", (*visit).toStart)
		ownPost("/language", (*visit).speak)

		get("/find", (*visit).find)
		get("/centre/:centre", (*visit).centre)
		get("/help", (*visit).help)
		ownPost("/help", (*visit).callBack)

		own("/family", (*visit).family)
		own("/new", (*visit).newcomer)
		ownPost("/new", (*visit).register)
		own("/person/:person", (*visit).person)
		own("/remove/:person", (*visit).removing)
		ownPost("/remove/:person", (*visit).remove)

		own("/book", (*visit).confirm)
		ownPost("/book", (*visit).book)
		own("/cancel/:person", (*visit).cancelling)
		ownPost("/cancel/:person", (*visit).cancel)
		own("/keep/:person", (*visit).toPerson)
		ownPost("/keep/:person", (*visit).keep)
		own("/tell", (*visit).toFamily)
		ownPost("/tell", (*visit).joinWaitlist)
		own("/untell", (*visit).toFamily)
		ownPost("/untell", (*visit).leaveWaitlist)

		if p.Press != nil {
			own("/slip/:person", (*visit).slip)
			own("/slip/:person/pdf", (*visit).slipPDF)
		}
	}
}

// policy is what a page may load: our style sheet and icon, and nothing else
// from anywhere. There is no script on any page.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"

// headers sets the security headers of a page.
func (p *Pages) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		page.Headers(c.Response().Header(), policy, p.Secure)
		return next(c)
	}
}

// asset serves a file that never changes under its address.
func (p *Pages) asset(kind string, content []byte) echo.HandlerFunc {
	return func(c echo.Context) error {
		page.Forever(c.Response().Header())
		return c.Blob(http.StatusOK, kind, content)
	}
}

// patience is the default of Deps.Patience. Work that was begun may finish or
// not; the form may be sent again.
const patience = 8 * time.Second

// A handler answers a visit.
type handler func(*visit) error

// open opens a visit in a language, "" where it is still to be chosen.
func (p *Pages) open(lang string, h handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), cmp.Or(p.Patience, patience))
		defer cancel()
		v := &visit{Pages: p, c: c, ctx: ctx, now: p.Core.Now(), lang: lang}
		v.load()
		if err := read(c.Request()); err != nil {
			return err
		}
		if p.Admit != nil {
			leave, ok := p.Admit(v.session.Number == "" && v.session.Asked == "")
			if !ok {
				return echo.NewHTTPError(http.StatusServiceUnavailable, "more than can be served")
			}
			defer leave()
		}
		if lang != "" {
			v.remember()
		}
		err := h(v)
		if problem, ok := booking.AsProblem(err); ok {
			return v.refused(problem)
		}
		if err != nil && ctx.Err() != nil {
			return echo.NewHTTPError(http.StatusServiceUnavailable, "it took too long").SetInternal(err)
		}
		return err
	}
}

// read reads a form before its request is admitted: a client that sends it byte
// by byte keeps nobody out.
func read(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	err := r.ParseForm()
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		return h // too long
	}
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "this form cannot be read")
	}
	return nil
}

// nextMost bounds the address that is kept over a login: a cookie that grows
// too large is dropped, and with it the login.
const nextMost = 500

// own lets visitors in who have logged in; others log in first and come back.
func (p *Pages) own(h handler) handler {
	return func(v *visit) error {
		if v.session.Number == "" {
			if v.session.Next = v.here(); len(v.session.Next) > nextMost {
				v.session.Next = ""
			}
			return v.see("/")
		}
		if err := v.comeHome(); err != nil {
			return err
		}
		return h(v)
	}
}

// comeHome reads the household that has logged in. A number beyond its rate
// limit is refused before that.
func (v *visit) comeHome() error {
	if wait, ok := v.Guard.Calling(v.session.Number); !ok {
		page.Later(v.c.Response().Header(), wait)
		return echo.NewHTTPError(http.StatusTooManyRequests, "too many pages")
	}
	v.desk = v.Calls.Desk(v.Core.Desk(v.session.Number, booking.Web, ""))
	var err error
	if v.home, err = v.desk.Household(v.ctx); err != nil {
		return fmt.Errorf("read household: %w", err)
	}
	return nil
}

// sent lets a form through that came from a page of ours and of this session. A
// form from another site is refused. A form that is too old is shown again,
// with the values that were typed: the visitor did nothing wrong.
func (p *Pages) sent(h handler) handler {
	return func(v *visit) error {
		if err := p.forms.Check(v.c.Request()); err != nil {
			return echo.NewHTTPError(http.StatusForbidden, "this form was sent from another site")
		}
		if id := p.opens(v.c.FormValue("csrf"), sealForm, v.now.Add(-formLife)); id == "" || id != v.session.ID {
			return v.stale()
		}
		return h(v)
	}
}

// formLife is how long a form can be sent after it was shown.
const formLife = 12 * time.Hour
