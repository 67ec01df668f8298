package pages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// cookieMost is what every browser keeps of a cookie, its name and all (RFC 6265,
// section 6.1); a larger one is dropped whole.
const cookieMost = 4096

// TestCookies_are_kept: however much is wrong with a form, and however much was
// typed, browsers keep the cookie that says so.
func TestCookies_are_kept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	long := strings.Repeat("आ", 5000/3)
	for _, lang := range []string{"hi", "bn", "en"} {
		b := s.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		kept := func(what string) {
			t.Helper()
			for _, c := range b.page.header.Values("Set-Cookie") {
				if len(c) > cookieMost {
					t.Errorf("%s in %s: a cookie of %d bytes: %.20s", what, lang, len(c), c)
				}
			}
		}
		b.get("/" + lang + "/")
		b.send("/"+lang+"/", "number", long)
		kept("number")
		b.get("/" + lang + "/")
		b.has(lang, "problem.bad_number")
		b.send("/"+lang+"/", "number", "9811000001")
		b.get("/" + lang + "/code")
		b.send("/code", "code", b.code(number))
		b.get("/" + lang + "/new")
		long := strings.Repeat("आ", 230) // seven of which are still a form
		b.send("/new", "name", long, "year", long, "gender", long, "photo_id", long, "id_last4", long, "certificate", long, "consent", long)
		kept("registration")
		b.get("/" + lang + "/new")
		b.has(lang, "problem.consent_needed")
		s.wait(2 * time.Minute)
	}
}
