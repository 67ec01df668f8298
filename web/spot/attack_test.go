package spot_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tikaline/web/spot"
)

// TestStrangers cost nothing: no query, no row, and soon no answer.
func TestStrangers(t *testing.T) {
	r := newRig(t)
	t.Run("no_query", func(t *testing.T) {
		b := r.browser()
		for _, path := range []string{"/centre/", "/centre/login", "/centre/login?lang=hi", "/centre/login?lang=bn", "/centre/walkin", "/centre/worker.js", "/centre/nothing"} {
			b.do("GET", path, nil)
		}
		if n := r.asked.Load(); n != 0 {
			t.Errorf("the store was asked %d times for who is not signed in", n)
		}
		if _, body, _ := b.do("GET", "/centre/login", nil); !strings.Contains(body, `<html lang="bn">`) {
			t.Error("and the language is not kept")
		}
	})
	t.Run("hammering", func(t *testing.T) {
		b := r.browser()
		refused := 0
		for range 1010 {
			// A cookie that is none of ours costs a look.
			code, _, h := b.do("GET", "/centre/login", nil, "Cookie", "tikaline_centre=guess", "X-Forwarded-For", "192.0.2.7")
			if code == http.StatusTooManyRequests && h.Get("Retry-After") != "" {
				refused++
			}
		}
		if n := r.asked.Load(); refused != 10 || n > 1000 {
			t.Errorf("%d of 1010 were refused, and the store was asked %d times", refused, n)
		}
		if code, _, _ := b.do("GET", "/centre/login", nil, "X-Forwarded-For", "192.0.2.8"); code != http.StatusOK {
			t.Errorf("another address: %d", code)
		}
	})
	t.Run("a_network_of_addresses_is_one", func(t *testing.T) {
		last := 0
		for n := range 61 {
			last, _, _ = r.browser().do("POST", "/centre/login", url.Values{"login": {fmt.Sprint("nobody", n)}, "password": {"x"}},
				"X-Forwarded-For", fmt.Sprintf("2001:db8:1:2::%x", n+1))
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the 61st try from one IPv6 network: %d", last)
		}
	})
	t.Run("rubbish", func(t *testing.T) {
		for n, login := range []string{"a\x00b", "\xff\xfe", strings.Repeat("a", 5000), "' OR 1=1 --", ""} {
			code, _, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {login}, "password": {password}}, "X-Forwarded-For", "192.0.2.9")
			if code != http.StatusForbidden {
				t.Errorf("login %d: %d", n, code)
			}
		}
	})
	t.Run("many_at_once", func(t *testing.T) { // each gets an answer, however long the queue
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				if code, _, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {fmt.Sprint("many", n)}, "password": {"x"}}, "X-Forwarded-For", "192.0.2.10"); code != http.StatusForbidden {
					t.Errorf("%d", code)
				}
			})
		}
		wg.Wait()
	})
}

// TestOld_browsers say nothing of the site that a form is from, and of its origin
// what the referrer's policy leaves of it.
func TestOld_browsers(t *testing.T) {
	r := newRig(t)
	_, _, h := r.browser().do("GET", "/centre/login", nil)
	if p := h.Get("Referrer-Policy"); p != "same-origin" {
		t.Errorf("with %q a browser's own forms come from the origin null", p)
	}
	code, _, _ := r.browser().do("POST", "/centre/login", url.Values{"login": {"sister"}, "password": {password}}, "Origin", r.url)
	if code != http.StatusSeeOther {
		t.Errorf("sign in: %d", code)
	}
}

// TestGuessing_locks_nobody_out: who guesses elsewhere is no matter of the
// centre's.
func TestGuessing_locks_nobody_out(t *testing.T) {
	r := newRig(t)
	form := url.Values{"login": {"sister"}, "password": {"a guess of mine"}}
	last := 0
	for range 6 {
		last, _, _ = r.browser().do("POST", "/centre/login", form, "X-Forwarded-For", "192.0.2.66")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("a sixth guess: %d", last)
	}
	form.Set("password", password)
	if code, _, _ := r.browser().do("POST", "/centre/login", form, "X-Forwarded-For", "192.0.2.67"); code != http.StatusSeeOther {
		t.Errorf("the centre itself: %d", code)
	}
}

// TestNew_password ends what was begun with the old one: it may have been given
// because a tablet was stolen.
func TestNew_password(t *testing.T) {
	r := newRig(t)
	b := r.browser().signIn("sister")
	m, _, err := r.store.Staff.Staff(t.Context(), "sister")
	if err != nil {
		t.Fatal(err)
	}
	if m.Password, err = spot.HashPassword("another " + password); err != nil {
		t.Fatal(err)
	}
	if err := r.store.Staff.PutStaff(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := b.do("GET", "/centre/", nil); code != http.StatusSeeOther {
		t.Errorf("still in: %d", code)
	}
}

// find looks for somebody.
func (b *browser) find(q string) (int, string, http.Header) {
	b.r.t.Helper()
	return b.do("POST", "/centre/find", url.Values{"token": {b.token}, "q": {q}})
}

// TestFind_leaves_no_trace: a number that was looked for is in no address of a
// page, which a device remembers.
func TestFind_leaves_no_trace(t *testing.T) {
	r := newRig(t)
	r.booked(1, 0)
	b := r.browser().signIn("sister")
	_, body, _ := b.find("9000000001")
	for _, link := range regexp.MustCompile(`(href|action)="[^"]*"`).FindAllString(body, -1) {
		if strings.Contains(link, "9000000001") {
			t.Errorf("the page has %s", link)
		}
	}
	if _, body, _ := b.do("POST", "/centre/newcomer", url.Values{"token": {b.token}, "number": {"9000000001"}}); !strings.Contains(body, `id="number" name="number" value="9000000001"`) {
		t.Errorf("the number has to be typed again:\n%s", body)
	}
	for path, to := range map[string]string{"/centre/find?q=9000000001&lang=hi": "/centre/", "/centre/newcomer?lang=hi": "/centre/walkin"} {
		if code, _, h := b.do("GET", path, nil); code != http.StatusSeeOther || h.Get("Location") != to {
			t.Errorf("%s: %d to %s", path, code, h.Get("Location"))
		}
	}
	if code, _, _ := b.do("POST", "/centre/find", url.Values{"q": {"9000000001"}}); code != http.StatusForbidden {
		t.Errorf("without a token: %d", code)
	}
}

// TestFind_is_limited: a login that was stolen does not list a district's people.
func TestFind_is_limited(t *testing.T) {
	r := newRig(t)
	b := r.browser().signIn("sister")
	refused := 0
	for n := range 105 {
		if code, _, h := b.find(fmt.Sprintf("90000%05d", n)); code == http.StatusTooManyRequests && h.Get("Retry-After") != "" {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d of 105 were refused", refused)
	}
	if code, _, _ := b.do("GET", "/centre/", nil); code != http.StatusOK {
		t.Errorf("and the list: %d", code)
	}
}
