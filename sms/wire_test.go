package sms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/outbox"

	"tikaline/channel"
)

const (
	wireSecret = "s3cret"
	asha       = booking.MSISDN("+919876543210")
	hindi      = "पंजीकरण 1990 आशा देवी"
	bengali    = "টিকা ৭০০০০১"
)

var (
	wireKey = []byte("0123456789abcdef")
	wireID  = uuid.MustParse("6f1c2b9e-8a51-4c3e-9f7e-0a1b2c3d4e5f")
	tooMuch = strings.Repeat("a", channel.MaxBody+1)
)

// What adapters see of a token: they cannot check it. The address that reports
// go to has a % in it.
const (
	wireToken   = "A-b_9c0000000000000000000000000000000000000000Zz"
	reportQuery = TokenField + "=" + wireToken
	wireReport  = "https://vax.example.in/sms/any/s%20t/status?" + reportQuery
)

// A wireCase is a raw request to an adapter, and what it is read as.
type wireCase struct {
	request string // "POST path\nheader: value\n\nbody"
	status  int    // 0 is 200
	message string // of a refusal
	answer  string // to the provider, byte for byte
	event   Event
	report  *Report
}

// runWire holds an adapter to its table. Every case is sent twice: a repeated
// delivery is the same Event.
func runWire(t *testing.T, a Adapter, cases map[string]wireCase) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		want := cases[name]
		t.Run(name, func(t *testing.T) {
			for range 2 {
				checkWire(t, a, want)
			}
		})
	}
}

func checkWire(t *testing.T, a Adapter, want wireCase) {
	t.Helper()
	var event Event
	var report *Report
	rec := httptest.NewRecorder()
	wireServer(a, &event, &report).ServeHTTP(rec, wireRequest(want.request))
	status := want.status
	if status == 0 {
		status = http.StatusOK
	}
	body := rec.Body.String()
	if status != http.StatusOK {
		want.answer = fmt.Sprintf("{\"message\":%q}\n", want.message)
	}
	if rec.Code != status || body != want.answer {
		t.Errorf("answered %d %q, want %d %q", rec.Code, body, status, want.answer)
	}
	if event != want.event {
		t.Errorf("read %s %q %q %v %q %d/%d/%d", event, event.ID, event.To, event.At, event.Text, event.Ref, event.Part, event.Parts)
	}
	switch {
	case (report == nil) != (want.report == nil):
		t.Errorf("report %+v, want %+v", report, want.report)
	case report != nil && *report != *want.report:
		t.Errorf("report %+v, want %+v", *report, *want.report)
	}
}

// wireServer serves an adapter at the addresses that it has in the program.
func wireServer(a Adapter, event *Event, report **Report) *echo.Echo {
	e := echo.New()
	e.HideBanner = true
	inbound := func(c echo.Context) error {
		got, err := a.Inbound(c)
		if err != nil {
			return err
		}
		*event = got
		return a.Answer(c, got)
	}
	status := func(c echo.Context) error {
		got, err := a.Report(c)
		if err != nil {
			return err
		}
		*report = &got
		return c.NoContent(http.StatusOK)
	}
	base := "/sms/" + a.Name()
	if _, ok := a.(twilio); !ok {
		base += "/:secret"
	}
	e.Any(base, inbound)
	e.Any(base+"/status", status)
	return e
}

func wireRequest(raw string) *http.Request {
	head, body, _ := strings.Cut(raw, "\n\n")
	lines := strings.Split(head, "\n")
	method, path, _ := strings.Cut(lines[0], " ")
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, l := range lines[1:] {
		name, v, _ := strings.Cut(l, ": ")
		req.Header.Set(name, v)
	}
	return req
}

// A peer is a provider's API: it notes what it is asked, and says what it is told.
type peer struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
	body []string
	say  http.HandlerFunc
}

func newPeer(t testing.TB, say http.HandlerFunc) *peer {
	p := &peer{say: say}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.seen, p.body = append(p.seen, r), append(p.body, string(b))
		p.mu.Unlock()
		p.say(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// last is the last request and its body.
func (p *peer) last(t testing.TB) (*http.Request, string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) == 0 {
		t.Fatal("the provider was not asked")
	}
	return p.seen[len(p.seen)-1], p.body[len(p.body)-1]
}

// times is how often it was asked.
func (p *peer) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

// answers is a provider that always says the same.
func answers(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// hangsUp is a provider that takes a message and says nothing.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// A sendCase is a provider's answer to a message, and what is made of it.
type sendCase struct {
	say  http.HandlerFunc
	want outbox.Failure // zero is taken
	id   string
}

// runSends sends wireMessage to a provider, once per answer.
func runSends(t *testing.T, to func(url string) (outbox.Provider, error), cases map[string]sendCase) {
	t.Helper()
	common := map[string]sendCase{
		"hang_up_after_accept": {say: hangsUp, want: outbox.Failure{Policy: outbox.Ambiguous, Code: "no answer"}},
		"too_many":             {say: answers(429, "", "Retry-After", "17"), want: outbox.Failure{Policy: outbox.Retry, After: 17 * time.Second, Code: "429"}},
		"gateway_timed_out":    {say: answers(504, ""), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "504"}},
		"redirect":             {say: answers(302, "", "Location", "http://127.0.0.1:1/"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "302"}},
		"not_json_500":         {say: answers(500, "<html>oops"), want: outbox.Failure{Policy: outbox.Retry, Code: "500"}},
	}
	maps.Copy(common, cases)
	for _, name := range slices.Sorted(maps.Keys(common)) {
		x := common[name]
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, x.say)
			s, err := to(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Send(t.Context(), wireMessage(hindi))
			checkFailure(t, err, x.want)
			if got.ProviderID != x.id {
				t.Errorf("id %q, want %q", got.ProviderID, x.id)
			}
			if n := p.times(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
	t.Run("nobody_there", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		s, err := to("http://" + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Send(t.Context(), wireMessage(hindi))
		checkFailure(t, err, outbox.Failure{Policy: outbox.Retry, Code: "unreachable"})
	})
	t.Run("no_answer_in_time", func(t *testing.T) {
		release := make(chan bool)
		p := newPeer(t, func(http.ResponseWriter, *http.Request) { <-release })
		defer close(release)
		s, err := to(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = s.Send(ctx, wireMessage(hindi))
		checkFailure(t, err, outbox.Failure{Policy: outbox.Ambiguous, Code: "no answer"})
	})
}

func checkFailure(t testing.TB, err error, want outbox.Failure) {
	t.Helper()
	if want == (outbox.Failure{}) {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	f, ok := errors.AsType[*outbox.Failure](err)
	if !ok {
		t.Fatalf("%v is no Failure", err)
	}
	if f.Policy != want.Policy || f.Code != want.Code || f.After != want.After {
		t.Errorf("%s %q after %v, want %s %q after %v", f.Policy, f.Code, f.After, want.Policy, want.Code, want.After)
	}
	for _, private := range []string{"98765", hindi, "%E0", "passw0rd", "http:", "Accounts", "sendsms"} {
		if strings.Contains(f.Error(), private) {
			t.Errorf("%q is in the error: %v", private, f)
		}
	}
}

// wireMessage is a message to send.
func wireMessage(text string) outbox.Message {
	return outbox.Message{
		ID: wireID, To: asha, Kind: booking.NoticeBooked, Lang: "hi", Text: text, Segments: 1,
		Template: outbox.Template{Header: "VAXIND", Entity: "1101", ID: "1107", Category: "service-implicit"},
		Validity: 90 * time.Minute, Report: wireReport,
	}
}

// fuzzWire puts anything into an adapter: it never panics, refuses what it
// refuses by status, and what it reads is fit to be stored.
func fuzzWire(f *testing.F, a Adapter, sign func(*http.Request, string), seeds ...string) {
	for _, s := range seeds {
		method, rest, _ := strings.Cut(s, " ")
		query, body, _ := strings.Cut(rest, "\n")
		f.Add(method == "POST", query, body)
	}
	f.Fuzz(func(t *testing.T, post bool, query, body string) {
		method := http.MethodGet
		if post {
			method = http.MethodPost
		}
		path := "/sms/" + a.Name()
		if sign == nil {
			path += "/" + wireSecret
		}
		for _, call := range []string{"", "/status"} {
			req := httptest.NewRequest(method, path+call, strings.NewReader(body))
			req.URL.RawQuery = query
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if sign != nil {
				sign(req, body)
			}
			var event Event
			var report *Report
			rec := httptest.NewRecorder()
			wireServer(a, &event, &report).ServeHTTP(rec, req)
			switch {
			case rec.Code >= 500:
				t.Fatalf("%d", rec.Code)
			case rec.Code != http.StatusOK:
			case call == "" && (event.ID == "" || event.From == "" || event.Provider == "" || !utf8.ValidString(event.Text) || strings.Contains(event.Text, "\x00")):
				t.Fatalf("read %+q", event.Text)
			case call == "" && (event.Part > event.Parts || event.Part < 0):
				t.Fatalf("part %d of %d", event.Part, event.Parts)
			case call == "" && (word(event.ID) != event.ID || word(event.To) != event.To || event.Ref < 0):
				t.Fatalf("%+q to %+q", event.ID, event.To)
			case call != "" && (report == nil || word(report.ProviderID) != report.ProviderID || report.Token == "" || word(report.Token) != report.Token || len(report.Code) > 40):
				t.Fatalf("report %+v", report)
			}
		}
	})
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"30005": "30005", "0x0000000b": "0x0000000b", "to 919876543210 failed": "to", "नहीं": "", "a\nb": "ab",
		strings.Repeat("x", 90): strings.Repeat("x", 40), "E-12345678": "E-12345678", "": "",
	} {
		if got := code(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
