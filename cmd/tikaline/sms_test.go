package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/cmd/tikaline/ops"
	"tikaline/internal/eventually"
	"tikaline/postgres/pgtest"
)

const (
	publicAddress = "https://tika.example.in"
	twilioToken   = "0123456789abcdef0123456789abcdef"
)

// twilioSays asks the program as Twilio does, with its signature.
func (s *stage) twilioSays(path string, form url.Values) int {
	s.t.Helper()
	form.Set("AccountSid", "AC01")
	signed := publicAddress + path
	var names []string
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		signed += name + form.Get(name)
	}
	h := hmac.New(sha1.New, []byte(twilioToken))
	h.Write([]byte(signed))
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(h.Sum(nil)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// TestDelivery_reports takes a text in, hands the answer to a Twilio, and has it
// reported on at the address that came with it, and at others.
func TestDelivery_reports(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	twilio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.FormValue("StatusCallback")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"sid":"SM02","status":"queued"}`)
	}))
	t.Cleanup(twilio.Close)
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	db, now, logs := pgtest.URL(t), &clock{now: startOf(t, "")}, new(bytes.Buffer)
	go func() {
		done <- run(ctx, []string{
			"serve", "--addr=127.0.0.1:0", "--database-url=" + db, "--public-url=" + publicAddress, "--token-keys=" + testKey, "--proxies=127.0.0.1/32", "--writers=1", "--conns=4",
			"--africastalking=" + testSecret, "--exotel=" + testSecret,
			"--twilio-account=AC01", "--twilio-tokens=" + twilioToken, "--twilio-from=+15005550006", "--twilio-url=" + twilio.URL,
		}, ops.World{In: strings.NewReader(""), Out: io.Discard, Err: logs, Now: now.Now, Ready: func(url string) { ready <- url }})
	}()
	s := &stage{t: t, ctx: ctx}
	select {
	case s.url = <-ready:
	case err := <-done:
		t.Fatalf("serve: %v\n%s", err, logs)
	}
	defer func() {
		cancel()
		if err := <-done; err != nil || strings.Contains(logs.String(), `"level":"ERROR"`) {
			t.Errorf("serve: %v\n%s", err, logs)
		}
	}()

	if status := s.twilioSays("/sms/twilio", url.Values{"MessageSid": {"SM01"}, "From": {firstNumber}, "To": {"+15005550006"}, "Body": {"HELP"}}); status != 200 {
		t.Fatalf("a text was answered %d", status)
	}
	var address string
	select {
	case address = <-asked:
	case <-time.After(20 * time.Second):
		t.Fatal("no answer was sent")
	}
	token, ok := strings.CutPrefix(address, publicAddress+"/sms/twilio/status?t=")
	if !ok {
		t.Fatalf("reports go to %s", address)
	}
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	// stands is what is known of the answer; that it was taken is noted a
	// moment after Twilio has said so.
	stands := func() string {
		status := "sending"
		eventually.True(t, 10*time.Second, "it is noted that Twilio took the text", func() bool {
			if err := conn.QueryRow(t.Context(), `SELECT status FROM outbox`).Scan(&status); err != nil {
				t.Fatal(err)
			}
			return status != "sending"
		})
		return status
	}
	wantsNone := func() (n int) {
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM optout WHERE msisdn = $1`, firstNumber).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	forged := []byte(token)
	forged[3] ^= 1
	for _, c := range []struct {
		name, query, said string
		status            int
		stands            string
	}{
		{"without_a_token", "", "delivered", 400, "sent"},
		{"forged", "?t=" + string(forged), "delivered", 403, "sent"},
		{"delivered", "?t=" + token, "delivered", 200, "delivered"},
		{"again_and_late", "?t=" + token, "sent", 200, "delivered"},
	} {
		if c.name == "delivered" {
			// A token is no use to another provider.
			if status, _ := s.get("/sms/exotel/" + testSecret + "/status?SmsSid=1&Status=delivered&t=" + token); status != 403 || stands() != "sent" {
				t.Errorf("reported by another: %d, it is %s", status, stands())
			}
		}
		if status := s.twilioSays("/sms/twilio/status"+c.query, url.Values{"MessageSid": {"SM02"}, "MessageStatus": {c.said}}); status != c.status {
			t.Errorf("%s: %d, want %d", c.name, status, c.status)
		}
		if is := stands(); is != c.stands {
			t.Errorf("%s: it is %s, want %s", c.name, is, c.stands)
		}
	}
	// Who has told Twilio STOP wants nothing from us either.
	if wantsNone() != 0 {
		t.Error("an opt-out nobody asked for")
	}
	said := url.Values{"MessageSid": {"SM02"}, "MessageStatus": {"failed"}, "ErrorCode": {"21610"}}
	if status := s.twilioSays("/sms/twilio/status?t="+token, said); status != 200 || wantsNone() != 1 {
		t.Errorf("a report that the person opted out: %d, %d opted out", status, wantsNone())
	}
}
