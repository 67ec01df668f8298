package pages

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/locales"
)

// Answers tells whether a request is a page's: whoever made it reads, so an
// error is answered with a page as well.
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

// Sorry says in the reader's language that a page cannot be shown. The
// reference finds what happened in the log.
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
