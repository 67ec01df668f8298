package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestSpot_guessing: what the page of a centre's staff refuses is counted, and
// nothing that was typed is in the log.
func TestSpot_guessing(t *testing.T) {
	t.Parallel()
	s := serving(t, "--log-level=debug")
	for range 6 {
		res, err := http.PostForm(s.url+"/centre/login", url.Values{"login": {"kamla.devi"}, "password": {"a guess of mine"}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	_, counted := s.get("/metrics")
	for _, want := range []string{`tikaline_limited_total{limit="spot_login"} 1`, `tikaline_limited_total{limit="spot_find"} 0`, `tikaline_limited_total{limit="public"} 0`} {
		if !strings.Contains(counted, want) {
			t.Errorf("no %s", want)
		}
	}
	s.stop()
	for _, secret := range []string{"kamla", "a guess"} {
		if logged(s, secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
}
