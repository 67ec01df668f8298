package pages

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/locales"
)

// Answers reports whether a request is for a page: a person reads the answer,
// so an error is answered with a page as well.
func (p *Pages) Answers(c echo.Context) bool {
	path := c.Request().URL.Path
	for _, lang := range languages {
		if path == "/"+lang || strings.HasPrefix(path, "/"+lang+"/") {
			return true
		}
	}
	return path == "/" || !strings.Contains(strings.TrimPrefix(path, "/"), "/") &&
		c.Request().Method == http.MethodGet && strings.Contains(c.Request().Header.Get("Accept"), "text/html")
}

// Claim returns the Apology for an error of a page, also of an unknown one.
func (p *Pages) Claim(c echo.Context, err error) channel.Apology {
	if !p.Answers(c) {
		return nil
	}
	f := &fault{error: err, pages: p, path: c.Path(), status: http.StatusInternalServerError}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		f.status = h.Code
	}
	return f
}

// A fault is an error that is shown to a reader.
type fault struct {
	error
	pages  *Pages
	path   string // the route's
	status int
}

// Unwrap returns the error.
func (f *fault) Unwrap() error { return f.error }

// Sorry answers with a page of apology.
func (f *fault) Sorry(c echo.Context, reference string) error {
	return f.pages.Sorry(c, f.status, reference)
}

// Entry returns the log entry; it is an error only where the fault is ours.
func (f *fault) Entry() channel.Entry {
	path := slog.String("path", f.path)
	switch {
	case f.status == http.StatusServiceUnavailable: // too many requests, or too slow: no fault of the page
		return channel.Entry{Level: slog.LevelWarn, Message: "page not served", Attrs: []slog.Attr{path}}
	case f.status >= http.StatusInternalServerError:
		return channel.Entry{Level: slog.LevelError, Message: "page failed", Attrs: []slog.Attr{path}}
	}
	return channel.Entry{Level: slog.LevelInfo, Message: "page refused", Attrs: []slog.Attr{slog.Int("status", f.status), path}}
}

// Sorry answers, in the reader's language, that a page cannot be shown. The
// reference finds the error in the log.
func (p *Pages) Sorry(c echo.Context, status int, reference string) error {
	v := &visit{Pages: p, c: c, ctx: c.Request().Context(), now: p.Core.Now()}
	v.lang, _ = v.preferred()
	for _, lang := range languages {
		if strings.HasPrefix(c.Request().URL.Path+"/", "/"+lang+"/") {
			v.lang = lang
		}
	}
	if !ours(v.lang) {
		v.lang = locales.Hindi
	}
	what := "fault"
	switch status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		what = "no_page"
	case http.StatusForbidden:
		what = "forbidden"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		what = "busy"
		if h := c.Response().Header(); h.Get("Retry-After") == "" {
			h.Set("Retry-After", "600")
		}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		what = "bad_form"
	}
	return p.headers(func(echo.Context) error {
		return v.render(status, "sorry", struct{ What, Reference string }{what, reference})
	})(c)
}
