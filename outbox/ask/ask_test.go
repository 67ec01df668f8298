package ask

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tikaline/outbox"
)

func TestRetryAfter(t *testing.T) {
	date := "Mon, 07 Jun 2021 10:00:00 GMT"
	for v, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "-5": 0, "soon": 0, "99999999": 24 * time.Hour,
		"Mon, 07 Jun 2021 10:01:00 GMT": time.Minute, "Mon, 07 Jun 2021 09:00:00 GMT": 0,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {v}, "Date": {date}}); got != want {
			t.Errorf("%q is %v, want %v", v, got, want)
		}
	}
	if got := RetryAfter(http.Header{"Retry-After": {"Mon, 07 Jun 2021 10:01:00 GMT"}}); got != 0 {
		t.Errorf("without a date to compare with: %v", got)
	}
}

func TestRefused(t *testing.T) {
	for status, want := range map[int]outbox.Policy{
		101: outbox.Elsewhere, 200: "", 204: "", 302: outbox.Elsewhere, 400: "", 401: outbox.Elsewhere, 402: outbox.Elsewhere, 404: outbox.Elsewhere,
		408: outbox.Ambiguous, 418: "", 422: "", 429: outbox.Retry, 500: outbox.Retry, 503: outbox.Retry, 504: outbox.Ambiguous,
	} {
		f, ok := Refused(status, http.Header{})
		if ok != (want != "") || ok && f.Policy != want {
			t.Errorf("%d is %+v, want %s", status, f, want)
		}
	}
}

func TestUnanswered(t *testing.T) {
	err := &url.Error{Op: "Post", URL: "https://key:secret@example.in/?to=+919876543210", Err: errors.New("connection refused")}
	for sent, want := range map[bool]outbox.Policy{false: outbox.Retry, true: outbox.Ambiguous} {
		f := Unanswered(err, sent)
		if f.Policy != want || strings.Contains(f.Error(), "secret") || strings.Contains(f.Error(), "98765") || !strings.Contains(f.Error(), "refused") {
			t.Errorf("sent: %t: %v", sent, f)
		}
	}
}

func TestAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.example.in": true, "http://10.0.0.1:13013/cgi-bin/sendsms": true, "api.example.in": false, "/path": false, "ftp://example.in": false, "": false, "http://%zz": false,
	} {
		_, err := Address("its address", address)
		if err == nil != want {
			t.Errorf("%q is taken: %v", address, err)
		}
		if err != nil && address != "" && strings.Contains(err.Error(), address) {
			t.Errorf("%q is shown", address)
		}
	}
}
