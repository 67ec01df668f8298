package spot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/web/page"
)

type loginPage struct {
	common
	Login string
	Wrong string // why signing in failed, in words
}

func (s *site) showLogin(c echo.Context) error {
	return s.render(c, http.StatusOK, "login", loginPage{common: s.common(c, who{lang: s.lang(c)})})
}

// login signs somebody in. The answer to a wrong password and to a login that is
// not there is the same, and takes as long.
func (s *site) login(c echo.Context) error {
	ctx := c.Request().Context()
	login := strings.ToLower(strings.TrimSpace(locales.Fold(c.FormValue("login"))))
	form := loginPage{common: s.common(c, who{lang: s.lang(c)}), Login: login}
	again := func(status int, id string) error {
		words, err := s.Words.Text(form.Lang, medium, id, nil)
		form.Wrong = words
		if err != nil {
			return err
		}
		return s.render(c, status, "login", form)
	}
	if wait, ok := s.Limits.Take(ruleAddress, address(c)); !ok {
		page.Later(c.Response().Header(), wait)
		return again(http.StatusTooManyRequests, "spot.login.wait")
	}
	guesser := append([]byte(login+"\x00"), address(c)...)
	if wait, ok := s.Limits.Ask(ruleLogin, guesser); !ok {
		page.Later(c.Response().Header(), wait)
		return again(http.StatusTooManyRequests, "spot.login.wait")
	}
	var m booking.StaffMember
	var there bool
	if loginForm.MatchString(login) { // nobody has another, and a store need not understand it
		var err error
		if m, there, err = s.Store.Staff(ctx, login); err != nil {
			return fmt.Errorf("look for staff: %w", err)
		}
	}
	stored := nobody
	if there {
		stored = m.Password
	}
	right, err := s.try(ctx, stored, c.FormValue("password"))
	if err != nil {
		return fmt.Errorf("password of %s: %w", login, err)
	}
	if !right || !there || m.Disabled {
		s.Limits.Take(ruleLogin, guesser)
		return again(http.StatusForbidden, "spot.login.wrong")
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	s.sessions.Put(ctx, keyLogin, m.Login)
	s.sessions.Put(ctx, keyPassword, which(m.Password))
	s.sessions.Put(ctx, keyToken, rand.Text())
	return c.Redirect(http.StatusSeeOther, root)
}

// loginForm matches every login, and more.
var loginForm = regexp.MustCompile(`^[a-z0-9._-]{1,64}$`)

// hashedAtOnce is how many passwords are hashed at once: each takes hashMemory.
const hashedAtOnce = 4

// try calls matches when one of the hashedAtOnce places is free.
func (s *site) try(ctx context.Context, stored, password string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return matches(stored, password)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// which returns a short mark of a password's hash, by which passwords can be
// compared and nothing else.
func which(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

func (s *site) logout(c echo.Context, _ who) error {
	if err := s.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, root+"login?out=1")
}

// tokenFits reports whether a form, or a script's header, has the token of this
// sign-in.
func (s *site) tokenFits(c echo.Context, token string) bool {
	got := c.Request().Header.Get("X-Form-Token")
	if !wantsJSON(c) {
		got = c.FormValue("token")
	}
	return token != "" && subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 1
}
