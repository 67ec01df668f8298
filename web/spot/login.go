package spot

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/locales"
)

type loginPage struct {
	common
	Login string
	Wrong string // why it did not do, in words
}

func (s *site) showLogin(c echo.Context) error {
	return s.render(c, http.StatusOK, "login", loginPage{common: s.common(c, who{lang: s.lang(c)})})
}

// login signs somebody in. The answer to a wrong password and to a login that is
// not there is the same, and takes as long.
func (s *site) login(c echo.Context) error {
	ctx := c.Request().Context()
	login := strings.ToLower(strings.TrimSpace(locales.Fold(c.FormValue("login"))))
	page := loginPage{common: s.common(c, who{lang: s.lang(c)}), Login: login}
	again := func(status int, id string) error {
		words, err := s.Words.Text(page.Lang, medium, id, nil)
		page.Wrong = words
		if err != nil {
			return err
		}
		return s.render(c, status, "login", page)
	}
	if _, ok := s.Limits.Take(ruleAddress, []byte(c.RealIP())); !ok {
		return again(http.StatusTooManyRequests, "spot.login.wait")
	}
	if _, ok := s.Limits.Ask(ruleLogin, []byte(login)); !ok {
		return again(http.StatusTooManyRequests, "spot.login.wait")
	}
	m, there, err := s.Store.Staff(ctx, login)
	if err != nil {
		return fmt.Errorf("look for staff: %w", err)
	}
	stored := nobody
	if there {
		stored = m.Password
	}
	right, err := matches(stored, c.FormValue("password"))
	if err != nil {
		return fmt.Errorf("password of %s: %w", login, err)
	}
	if !right || !there || m.Disabled {
		s.Limits.Take(ruleLogin, []byte(login))
		return again(http.StatusForbidden, "spot.login.wrong")
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	s.sessions.Put(ctx, keyLogin, m.Login)
	s.sessions.Put(ctx, keyToken, rand.Text())
	return c.Redirect(http.StatusSeeOther, root)
}

func (s *site) logout(c echo.Context, _ who) error {
	if err := s.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, root+"login?out=1")
}

// tokenFits tells whether a form, or a script's header, has the token of this
// sign-in.
func (s *site) tokenFits(c echo.Context, token string) bool {
	got := c.Request().Header.Get("X-Form-Token")
	if !wantsJSON(c) {
		got = c.FormValue("token")
	}
	return token != "" && subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 1
}
