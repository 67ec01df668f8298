package pages_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/web/pages"
)

// TestLogin_pressed_twice: the browser drops the answer to the first press, with
// its cookie, and shows the second one.
func TestLogin_pressed_twice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.get("/en/")
	before := b.cookie()
	at, form := b.form("/en/")
	form.Set("number", "9811000001")
	b.post(at, form)
	t.Run("number", func(t *testing.T) {
		b.on(t)
		b.carry(before)
		if b.post(at, form); b.page.at != "/en/code" {
			t.Fatalf("at %s:\n%s", b.page.at, main(b.page.body))
		}
	})
	before = b.cookie()
	at, form = b.form("/code")
	form.Set("code", b.code(number))
	t.Run("code", func(t *testing.T) {
		b.on(t)
		var wg sync.WaitGroup
		for range 3 { // at once
			c := s.browser()
			c.carry(before)
			wg.Go(func() {
				if c.post(at, form); c.page.at != "/en/family" {
					t.Errorf("at %s:\n%s", c.page.at, main(c.page.body))
				}
			})
		}
		wg.Wait()
		b.carry(before)
		if b.post(at, form); b.page.at != "/en/family" { // and one after the other
			t.Errorf("at %s:\n%s", b.page.at, main(b.page.body))
		}
	})
	t.Run("another_form_with_the_code", func(t *testing.T) {
		c := s.browser()
		c.on(t)
		c.carry(before)
		c.get("/en/code")
		if c.send("/code", "code", form.Get("code")); c.page.at != "/en/code" {
			t.Errorf("at %s", c.page.at)
		}
	})
	t.Run("much_later", func(t *testing.T) {
		s.wait(11 * time.Minute)
		c := s.browser()
		c.on(t)
		c.carry(before)
		if c.post(at, form); c.page.at != "/en/code" {
			t.Errorf("at %s", c.page.at)
		}
	})
}

// TestLogin_in_trouble: the code was right and the rest could not be done. It is
// not lost: the form can be sent again.
func TestLogin_in_trouble(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.trouble = true
	store := &broken{Store: s.core.Store}
	s.core.Store = store
	b := s.browser()
	b.get("/en/")
	b.send("/en/", "number", "9811000001")
	at, form := b.form("/code")
	form.Set("code", b.code(number))
	store.err = errors.New("the database is away")
	if b.post(at, form); b.page.status != http.StatusInternalServerError {
		t.Fatalf("%d", b.page.status)
	}
	store.err = nil
	if b.post(at, form); b.page.at != "/en/family" {
		t.Errorf("at %s:\n%s", b.page.at, main(b.page.body))
	}
}

// TestOther_number_after_going_back opens another request, and not the old one
// again.
func TestOther_number_after_going_back(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.get("/en/")
	at, form := b.form("/en/")
	form.Set("number", "9811000001")
	b.post(at, form)
	right := b.code(number)
	for range 3 {
		b.send("/code", "code", wrong(right))
	}
	s.wait(2 * time.Minute)
	b.post(at, form) // back, and the same again: those tries are used up
	if b.send("/code", "code", b.code(number)); b.page.at != "/en/family" {
		t.Errorf("at %s:\n%s", b.page.at, main(b.page.body))
	}
}

// A ration is so many calls for everybody.
type ration struct {
	pages.Guard
	sync.Mutex
	left int
}

func (r *ration) Calling(booking.MSISDN) (time.Duration, bool) {
	r.Lock()
	defer r.Unlock()
	r.left--
	return 90 * time.Second, r.left >= 0
}

// TestHammering: a number beyond its rate limit is refused before anything is
// looked up.
func TestHammering(t *testing.T) {
	t.Parallel()
	r := &ration{left: 10}
	s := newSite(t, func(d *pages.Deps) { r.Guard, d.Guard = d.Guard, r })
	b := s.browser()
	b.login("en", number)
	r.Lock()
	r.left = 2
	r.Unlock()
	b.get("/en/family")
	b.get("/en/find")
	var looked []booking.MSISDN
	s.core.Store = noLooks{s.core.Store, &looked}
	for _, path := range []string{"/en/family", "/en/find", "/en/find?pincode=800001", "/en/new"} {
		if b.get(path); b.page.status != http.StatusTooManyRequests || b.page.header.Get("Retry-After") != "91" {
			t.Errorf("%s: %d, come back after %s", path, b.page.status, b.page.header.Get("Retry-After"))
		}
		b.has("en", "sorry.busy_what")
	}
	if len(looked) != 0 {
		t.Errorf("looked up %d times", len(looked))
	}
	if b.get("/en/help"); b.page.status != http.StatusOK || strings.Contains(b.page.body, "Reference") {
		t.Errorf("help: %d", b.page.status)
	}
}

// A slow body checks, whenever it is read, whether its request was admitted.
type slow struct {
	io.Reader
	inside *atomic.Int32
	read   int
	kept   bool // a place inside, while it was read
}

func (s *slow) Read(b []byte) (int, error) {
	s.read++
	s.kept = s.kept || s.inside.Load() > 0
	return s.Reader.Read(b[:1])
}

// TestCrowd_of_slow_forms: a client that sends a form byte by byte takes
// nobody's place.
func TestCrowd_of_slow_forms(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	s := newSite(t, func(d *pages.Deps) {
		d.Admit = func(bool) (func(), bool) {
			inside.Add(1)
			return func() { inside.Add(-1) }, true
		}
	})
	body := &slow{Reader: strings.NewReader("number=9811000001&csrf=none"), inside: &inside}
	req := httptest.NewRequest(http.MethodPost, "/en/", body)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.echo.ServeHTTP(rec, req)
	if rec.Code != http.StatusSeeOther || body.read < 20 {
		t.Fatalf("%d after %d reads", rec.Code, body.read)
	}
	if body.kept {
		t.Error("it had a place inside all the while")
	}
}

// TestPaper_without_end: fonts that do not come keep nobody waiting longer than
// anything else does.
func TestPaper_without_end(t *testing.T) {
	t.Parallel()
	never := make(chan struct{})
	defer close(never)
	s := newSite(t, func(d *pages.Deps) {
		d.Patience = time.Second
		d.Fonts = func(context.Context) error { <-never; return errors.New("none came") }
	})
	b := s.browser()
	b.login("en", number)
	b.register("en", asha...)
	who := b.person("en")
	b.get(s.book("en", s.slots(roomy)[0], who))
	b.send("/book")
	b.get("/en/slip/" + who + "/pdf")
	b.has("en", "slip.no_pdf")
}
