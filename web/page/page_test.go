package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tikaline/web/page"
)

func TestHeaders(t *testing.T) {
	h := http.Header{}
	page.Headers(h, "default-src 'none'", false)
	if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy %q", csp)
	}
	if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Strict-Transport-Security") != "" {
		t.Errorf("headers %v", h)
	}
	page.Headers(h, "", true)
	if h.Get("Strict-Transport-Security") == "" {
		t.Error("https is not kept to")
	}
	page.Forever(h)
	if c := h.Get("Cache-Control"); !strings.Contains(c, "immutable") {
		t.Errorf("kept %q", c)
	}
}

func TestForms(t *testing.T) {
	forms, err := page.Forms("https://tika.example.in")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := page.Forms("tika.example.in/"); err == nil {
		t.Error("what is no origin is taken for one")
	}
	for name, c := range map[string]struct {
		header []string
		ours   bool
	}{
		"of_ours":              {[]string{"Sec-Fetch-Site", "same-origin"}, true},
		"of_an_old_browser":    {nil, true}, // the form's token covers that case
		"by_its_origin":        {[]string{"Origin", "http://10.0.0.7:8080"}, true},
		"behind_a_proxy":       {[]string{"Origin", "https://tika.example.in"}, true},
		"of_another_site":      {[]string{"Sec-Fetch-Site", "cross-site"}, false},
		"of_a_sibling":         {[]string{"Sec-Fetch-Site", "same-site"}, false},
		"of_another_origin":    {[]string{"Origin", "https://elsewhere.example"}, false},
		"of_nowhere_to_be_had": {[]string{"Origin", "null"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://10.0.0.7:8080/en/", nil)
			for i := 0; i+1 < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			if err := forms.Check(r); (err == nil) != c.ours {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestLater(t *testing.T) {
	for wait, want := range map[time.Duration]string{-time.Second: "1", 0: "1", 1500 * time.Millisecond: "2", time.Minute: "61"} {
		h := http.Header{}
		if page.Later(h, wait); h.Get("Retry-After") != want {
			t.Errorf("%v: %s", wait, h.Get("Retry-After"))
		}
	}
}

func TestName(t *testing.T) {
	one, other := page.Name("style.css", []byte("a")), page.Name("style.css", []byte("b"))
	if one == other || !strings.HasPrefix(one, "style.") || !strings.HasSuffix(one, ".css") {
		t.Errorf("%s, %s", one, other)
	}
}
