package cowin

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/locales"
	"tikaline/web/access"
	"tikaline/web/slip"
)

// Deps are the dependencies of the API.
type Deps struct {
	Core  *booking.Core
	Words *locales.Catalogue
	Press *slip.Press                 // makes slips and certificates
	Fonts func(context.Context) error // loads the fonts of Press, should it have none

	Tokens *access.Tokens
	Limits *access.Limits

	Captcha bool          // schedule needs one
	Keep    time.Duration // how long an answer about places is cached; 0 is not at all
	// Served is called after every request: with the route, "" for an unknown
	// address, and how it was answered. It may be nil.
	Served func(route string, status int, took time.Duration)

	Rand     io.Reader     // for captchas; nil is crypto/rand
	Patience time.Duration // how long a request may take before it is answered with 429; 0 is 8 s
}

// base is the path of the API.
const base = "/api/v2"

// openAPI describes the API; a test compares it with the handlers.
//
//go:embed openapi.json
var openAPI []byte

type api struct {
	Deps
	answers  *answers
	captchas *captchas
}

// Register adds the routes of the API, and answers everything under /api: CORS,
// preflights and errors.
func Register(e *echo.Echo, d Deps) error {
	if d.Core == nil || d.Words == nil || d.Press == nil || d.Fonts == nil || d.Tokens == nil || d.Limits == nil {
		return errors.New("cowin: something that the API needs is missing")
	}
	a := &api{Deps: d, answers: &answers{keep: d.Keep, now: d.Core.Now}, captchas: newCaptchas(d.Core.Now)}
	f := front{patience: cmp.Or(d.Patience, patience), served: d.Served}
	e.Pre(f.middleware)

	public := guard{"so many from an address", d.Limits.Public()}
	mine := guard{"the token of who has logged in", access.Require(d.Tokens, access.Portal, access.Partner)}
	anyone := guard{"any token, also one for the certificate only", access.Require(d.Tokens)}
	calls := guard{"so many of a number", d.Limits.Calls()}
	search := guard{"so many searches with a token", d.Limits.Search()}

	// A guard is named at each route, not at a group: echo answers what is not
	// found with the guard of a group.
	get := func(path string, h echo.HandlerFunc, guards ...guard) { serve(e, http.MethodGet, path, h, guards) }
	post := func(path string, h echo.HandlerFunc, guards ...guard) { serve(e, http.MethodPost, path, h, guards) }

	get("/openapi.json", a.description, public)
	get("/admin/location/states", a.states, public)
	get("/admin/location/districts/:state_id", a.districts, public)
	get("/registration/beneficiary/idTypes", a.idTypes, public)
	get("/registration/beneficiary/genders", a.genders, public)

	get("/appointment/sessions/public/findByPin", a.findByPin, public)
	get("/appointment/sessions/public/findByDistrict", a.findByDistrict, public)
	get("/appointment/sessions/public/calendarByPin", a.calendarByPin, public)
	get("/appointment/sessions/public/calendarByDistrict", a.calendarByDistrict, public)
	get("/appointment/sessions/public/calendarByCenter", a.calendarByCenter, public)
	get("/appointment/centers/public/findByLatLong", a.findByLatLong, public)
	get("/appointment/centers/findByLatLong", a.findByLatLong, public) // in the protected API, but without a login

	get("/appointment/sessions/findByPin", a.findByPin, mine, calls, search)
	get("/appointment/sessions/findByDistrict", a.findByDistrict, mine, calls, search)
	get("/appointment/sessions/calendarByPin", a.calendarByPin, mine, calls, search)
	get("/appointment/sessions/calendarByDistrict", a.calendarByDistrict, mine, calls, search)
	get("/appointment/sessions/search", a.search, mine, calls, search)

	post("/auth/getRecaptcha", a.getRecaptcha, mine, calls)
	get("/appointment/beneficiaries", a.beneficiaries, mine, calls)
	post("/registration/beneficiary/new", a.newBeneficiary, mine, calls)
	post("/registration/beneficiary/delete", a.deleteBeneficiary, mine, calls)
	post("/appointment/schedule", a.schedule, mine, calls)
	post("/appointment/reschedule", a.reschedule, mine, calls)
	post("/appointment/cancel", a.cancel, mine, calls)
	get("/appointment/appointmentslip/download", a.slip, mine, calls)
	get("/registration/certificate/download", a.certificate, mine, calls)
	get("/registration/certificate/public/download", a.certificate, anyone, calls)
	return nil
}

// A guard is a middleware that keeps others out, with what it goes by.
type guard struct {
	by  string
	let echo.MiddlewareFunc
}

// serve registers a route behind its guards, the first one first.
func serve(e *echo.Echo, method, path string, h echo.HandlerFunc, guards []guard) {
	var by []string
	var let []echo.MiddlewareFunc
	for _, g := range guards {
		by, let = append(by, g.by), append(let, g.let)
	}
	channel.Guarded(strings.Join(by, ", "), e.Add(method, base+path, h, let...))
}

// description serves the OpenAPI file.
func (a *api) description(c echo.Context) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, openAPI)
}

// desk returns the desk of the number that has logged in.
func (a *api) desk(c echo.Context) *booking.Desk {
	return a.Core.Desk(access.Number(c), booking.Web, "")
}

// patience is the default of Deps.Patience: programs give up after some ten
// seconds, and then ask again.
const patience = 8 * time.Second

// A front is middleware before everything under /api, found or not: it lets
// programs of any origin in, answers their preflights, bounds their time, gives
// every error its answer, and calls Served.
type front struct {
	patience time.Duration
	served   func(route string, status int, took time.Duration)
}

func (f front) middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !strings.HasPrefix(c.Request().URL.Path, "/api/") {
			return next(c)
		}
		h := c.Response().Header()
		h.Set(echo.HeaderAccessControlAllowOrigin, "*")
		h.Set(echo.HeaderAccessControlAllowHeaders, "Content-Type,X-Amz-Date,Authorization,X-Api-Key,Accept-Language")
		h.Set(echo.HeaderAccessControlAllowMethods, "GET,POST,OPTIONS")
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderCacheControl, "no-store") // most answers are personal, and places are gone in seconds
		if c.Request().Method == http.MethodOptions {
			h.Set(echo.HeaderAccessControlMaxAge, "86400")
			return c.NoContent(http.StatusNoContent)
		}
		began := time.Now()
		err := f.admit(c, next)
		if f.served != nil {
			status := c.Response().Status
			if err != nil { // the apology is written later
				status = http.StatusInternalServerError
			}
			f.served(strings.TrimPrefix(c.Path(), base), status, time.Since(began))
		}
		return err
	}
}

// admit runs a request for at most its patience.
func (f front) admit(c echo.Context, next echo.HandlerFunc) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), f.patience)
	defer cancel()
	c.SetRequest(c.Request().WithContext(ctx))
	err := next(c)
	switch {
	case err == nil || c.Response().Committed:
		return err
	case errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		return nil // the client has gone
	case errors.Is(err, context.DeadlineExceeded):
		err = booking.Refuse(booking.Busy)
	}
	return answer(c, err)
}
