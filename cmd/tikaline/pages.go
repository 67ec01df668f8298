package main

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/locales"
	"tikaline/web/pages"
	"tikaline/web/slip"
)

// pageSettings is the settings of the citizens' pages.
type pageSettings struct {
	Dial     string `env:"TIKALINE_DIAL" help:"The code that citizens dial, as pages tell it: *384*100#. Empty: pages tell none."`
	Helpline string `env:"TIKALINE_HELPLINE" help:"The number that citizens call, as pages and slips tell it. Empty: they tell none."`
}

// A slips is what makes slips, for whoever shows one.
type slips struct {
	press    *slip.Press
	getFonts func(context.Context) error
}

// demoDial is what the demo's phones dial.
const demoDial = "*384*100#"

// origin is where browsers see us; "" where that is not set.
func (c *serveCommand) origin() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// servePages serves the citizens' pages at /.
func (s *service) servePages(e *echo.Echo) error {
	var keys [][]byte
	for _, k := range s.keys.All() {
		keys = append(keys, k.For("pages"))
	}
	dial := s.config.Dial
	if s.config.Demo {
		dial = cmp.Or(dial, demoDial)
	}
	p, err := pages.Register(e, pages.Deps{
		Core: s.core, Calls: s.calls, Words: s.words, Passwords: s.codes, Guard: s.limits, Keys: keys,
		Secure: strings.HasPrefix(s.config.PublicURL, "https://"), Origin: s.config.origin(),
		Language: locales.Native(s.config.Language), Dial: dial, Call: s.config.Helpline,
		Press: s.press, Fonts: s.pageFonts, Admit: channel.NewAdmission(s.config.Callers).Enter,
	})
	if err != nil {
		return err
	}
	s.apologies = append(s.apologies, p.Claim)
	return nil
}

// pageFonts is getFonts for a page, which says sorry itself.
func (s *service) pageFonts(ctx context.Context) error {
	err := s.getFonts(ctx)
	if err != nil && !errors.Is(err, errFonts) {
		s.log.Warn("a slip has no PDF", "err", err)
	}
	return err
}
