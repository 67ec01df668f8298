package pages

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// How long a login lasts: without use, and at the very most. A phone is often
// lent, so it is not long; the page that was wanted is kept over the next
// login.
const (
	idle    = 20 * time.Minute
	longest = 2 * time.Hour
	waiting = time.Hour // for a browser that has not logged in
	renew   = time.Minute
)

// A session is the state that a browser carries from page to page, sealed in a
// cookie. A login makes a new one.
type session struct {
	ID     string         `json:"i"` // random: forms are of one session
	Number booking.MSISDN `json:"n,omitempty"`
	Since  int64          `json:"s,omitempty"` // when it was logged in
	At     int64          `json:"a"`           // when it was used
	Asked  booking.MSISDN `json:"q,omitempty"` // the number that a code was asked for
	Txn    uuid.UUID      `json:"t,omitzero"`  // and by which a code is checked
	Next   string         `json:"x,omitempty"` // the page that was wanted
}

// A flash is the message of one page to the next: what was wrong with a form
// and what was typed, or what was done.
type flash struct {
	Path     string            `json:"p"` // for which page
	Problems []problem         `json:"e,omitempty"`
	Form     map[string]string `json:"f,omitempty"`
	Done     string            `json:"d,omitempty"`
}

// A problem is one that is shown beside its field, "" beside none.
type problem struct {
	Field string `json:"f,omitempty"`
	Text  string `json:"t"`
}

// flashLife is enough for a login in between.
const flashLife = 15 * time.Minute

// The cookies. The prefix has the browser see to it that they were set by us,
// for us and over https.
const (
	cookieSession  = "tika"
	cookieFlash    = "tika_said"
	cookieLanguage = "tika_lang"
)

func (p *Pages) cookieName(name string) string {
	if p.Secure {
		return "__Host-" + name
	}
	return name
}

func (p *Pages) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: p.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteLaxMode,
	}
	if life != 0 {
		c.MaxAge = int(life / time.Second)
	}
	return c
}

func (v *visit) read(name string) string {
	c, err := v.c.Cookie(v.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// load reads the cookies of the browser, and drops a session that has expired.
func (v *visit) load() {
	s := new(session)
	if text := v.opens(v.read(cookieSession), sealSession, v.now.Add(-longest)); text != "" {
		if json.Unmarshal([]byte(text), s) != nil {
			s = new(session)
		}
	}
	at, since := time.Unix(s.At, 0), time.Unix(s.Since, 0)
	switch {
	case s.ID == "":
	case s.Number == "" && v.now.Sub(at) <= waiting:
	case s.Number != "" && v.now.Sub(at) <= idle && v.now.Sub(since) <= longest && !v.Guard.Left(s.ID):
	default:
		*s = session{}
	}
	v.session = *s
	v.was = v.session
}

// readFlash takes the flash that is meant for this page, once the page is
// really shown.
func (v *visit) readFlash() {
	sealed := v.read(cookieFlash)
	if sealed == "" || v.c.Request().Method != http.MethodGet {
		return
	}
	var f flash
	text := v.opens(sealed, sealFlash, v.now.Add(-flashLife))
	if text != "" && json.Unmarshal([]byte(text), &f) == nil && f.Path != v.here() {
		return // another page's
	}
	v.flash = f
	v.c.SetCookie(v.cookie(cookieFlash, "", -time.Second))
}

// said leaves a flash for the page that is seen next.
func (v *visit) said(f flash) {
	if text, err := json.Marshal(f); err == nil {
		v.c.SetCookie(v.cookie(cookieFlash, v.seal(string(text), sealFlash), flashLife))
	}
}

// save sets the session cookie where the session has changed.
func (v *visit) save() {
	if v.session.ID == "" {
		if v.session == (session{}) {
			return
		}
		v.session.ID = rand.Text()
	}
	if v.session == v.was && v.now.Sub(time.Unix(v.session.At, 0)) < renew {
		return
	}
	v.session.At = v.now.Unix()
	if text, err := json.Marshal(v.session); err == nil {
		v.c.SetCookie(v.cookie(cookieSession, v.seal(string(text), sealSession), 0))
		v.was = v.session
	}
}

// token returns the token that a form must carry. A browser that has no session
// yet gets one.
func (v *visit) token() string {
	if v.session.ID == "" {
		v.session.ID = rand.Text()
	}
	return v.seal(v.session.ID, sealForm)
}

// login begins a new session: nothing known of the one before is valid in it.
func (v *visit) login(number booking.MSISDN) {
	v.session = session{ID: rand.Text(), Number: number, Since: v.now.Unix(), Next: v.session.Next}
}

// preferred returns the language that a browser has chosen before or asks for.
func (v *visit) preferred() (lang string, chosen bool) {
	if lang = v.read(cookieLanguage); ours(lang) {
		return lang, true
	}
	for _, tag := range strings.Split(v.c.Request().Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if ours(tag) {
			return tag, false
		}
	}
	return v.Language, false
}

// remember sets the language for the next visit to the first page.
func (v *visit) remember() {
	if v.read(cookieLanguage) != v.lang {
		v.c.SetCookie(v.cookie(cookieLanguage, v.lang, 365*24*time.Hour))
	}
}
