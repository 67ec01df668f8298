package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/web/cowin"
	"tikaline/web/slip"
)

// apiSettings is the settings of the Co-WIN API.
type apiSettings struct {
	Captcha bool `env:"TIKALINE_CAPTCHA" help:"Programs have to send a captcha with every booking, as for a while in 2021. With several nodes callers must stay with one."`
}

// placesKept is how long the API gives an answer about places again: less than
// free places are behind in any case.
const placesKept = time.Second

// serveAPI serves the Co-WIN API.
func (s *service) serveAPI(e *echo.Echo) error {
	s.press = slip.New(s.words, slip.Options{Helpline: s.config.Helpline})
	s.getFonts = s.fonts(s.press)
	err := cowin.Register(e, cowin.Deps{
		Core: s.core, Words: s.words, Press: s.press, Fonts: s.getFonts, Tokens: s.tokens, Limits: s.limits,
		Captcha: s.config.Captcha, Keep: placesKept, Served: s.meters.served,
	})
	for _, r := range e.Routes() {
		if route, ok := strings.CutPrefix(r.Path, "/api/v2"); ok && strings.HasPrefix(route, "/") {
			for _, status := range []int{200, 400, 429, 500} {
				s.meters.requests.WithLabelValues("cowin", route, strconv.Itoa(status))
			}
			s.meters.seconds.WithLabelValues("cowin", route)
		}
	}
	return err
}

// served counts a request of the Co-WIN API, by its route and status.
func (m *meters) served(route string, status int, took time.Duration) {
	if route == "" || strings.HasSuffix(route, "*") {
		route = "none"
	}
	m.requests.WithLabelValues("cowin", route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues("cowin", route).Observe(took.Seconds())
}

// How long getting the fonts may take, and how long after a failure it is not
// tried again.
const (
	fontsTake  = 2 * time.Minute
	fontsPause = time.Minute
)

var errFonts = errors.New("there were no fonts a moment ago")

// fonts gets a press its fonts when a paper is first asked for: from the cache,
// or by fetching them.
func (s *service) fonts(press *slip.Press) func(context.Context) error {
	var mu sync.Mutex
	var failed time.Time
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case press.Ready():
			return nil
		case time.Since(failed) < fontsPause:
			return errFonts
		}
		// For all who wait, so not only as long as the first one does.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fontsTake)
		defer cancel()
		err := press.Load(ctx, s.config.CacheDir(), func(doing string) { s.log.Info("papers", "doing", doing) })
		if err != nil {
			failed = time.Now()
		}
		return err
	}
}
