package ivr_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/exotelapi"
	"tikaline/ivr"
	"tikaline/outbox"
)

var call = outbox.Message{ID: uuid.MustParse("01890000-0000-7000-8000-000000000001"), To: "+919876543210", Medium: "call", Kind: booking.NoticeCallBack, Lang: "hi"}

// callers is every caller, on a server.
var callers = map[string]struct {
	path, taken, wrong string // the address asked, the answer that takes a call, and the one that knows no such number
	wrongIs            outbox.Policy
	make               func(base string) (outbox.Provider, error)
	form               url.Values
}{
	"twilio": {
		path: "/2010-04-01/Accounts/AC01/Calls.json", taken: `{"sid":"CA77","status":"queued"}`,
		wrong: `{"code":21211,"message":"Invalid 'To' Phone Number: 98765","status":400}`, wrongIs: outbox.GiveUp,
		make: func(base string) (outbox.Provider, error) {
			return ivr.NewTwilioCaller(ivr.TwilioCallSettings{
				PublicURL: "https://tika.example.in/", AccountSID: "AC01", Key: "AC01", KeySecret: "secret", From: "+15005550006", BaseURL: base, Timeout: time.Second,
			})
		},
		form: url.Values{
			"To": {"+919876543210"}, "From": {"+15005550006"},
			"Url": {"https://tika.example.in/ivr/twilio/outbound?notice=01890000-0000-7000-8000-000000000001"}, "Method": {"POST"},
			"StatusCallback": {"https://tika.example.in/ivr/twilio/status?notice=01890000-0000-7000-8000-000000000001"}, "StatusCallbackMethod": {"POST"},
			"StatusCallbackEvent": {"completed"}, "Timeout": {"25"}, "TimeLimit": {"3600"},
			"FallbackUrl": {"https://tika.example.in/ivr/twilio/fallback"}, "FallbackMethod": {"POST"},
		},
	},
	"exotel": {
		path: "/v1/Accounts/tika1/Calls/connect", taken: `<?xml version="1.0"?><TwilioResponse><Call><Sid>CA77</Sid><Status>in-progress</Status></Call></TwilioResponse>`,
		wrong: `<TwilioResponse><RestException><Status>400</Status><Message>Invalid number</Message></RestException></TwilioResponse>`, wrongIs: outbox.Elsewhere,
		make: func(base string) (outbox.Provider, error) {
			return ivr.NewExotelCaller(ivr.ExotelCallSettings{
				Account:   exotelapi.Account{Secret: "s/1", SID: "tika1", Key: "AC01", Token: "secret", BaseURL: base},
				PublicURL: "https://tika.example.in", CallerID: "08012345678", App: "4711", Timeout: time.Second,
			})
		},
		form: url.Values{
			"From": {"+919876543210"}, "CallerId": {"08012345678"}, "CallType": {"trans"},
			"Url": {"http://my.exotel.com/tika1/exoml/start_voice/4711"}, "TimeOut": {"25"}, "TimeLimit": {"3600"},
			"StatusCallback":          {"https://tika.example.in/ivr/exotel/s%2F1/status?notice=01890000-0000-7000-8000-000000000001"},
			"StatusCallbackEvents[0]": {"terminal"}, "CustomField": {"01890000-0000-7000-8000-000000000001"},
		},
	},
}

func TestCallers(t *testing.T) {
	for name, k := range callers {
		for _, c := range []struct {
			name   string
			answer func(w http.ResponseWriter)
			policy outbox.Policy // "" takes it
			code   string
			after  time.Duration
		}{
			{"taken", says(201, k.taken), "", "", 0},
			{"no_such_number", says(400, k.wrong), k.wrongIs, "400", 0},
			{"another_refusal", says(400, `{"code":21999}`), outbox.Elsewhere, "400", 0},
			{"not_our_account", says(401, `{"code":20003}`), outbox.Elsewhere, "401", 0},
			{"too_many", says(429, `{"code":20429}`, "Retry-After", "7"), outbox.Retry, "429", 7 * time.Second},
			{"broken", says(500, "oops"), outbox.Retry, "500", 0},
			{"away", says(503, "<html>", "Retry-After", "120"), outbox.Retry, "503", 2 * time.Minute},
			{"gateway_gave_up", says(504, ""), outbox.Ambiguous, "504", 0},
			{"a_redirect", says(302, "", "Location", "http://127.0.0.1:1/"), outbox.Elsewhere, "302", 0},
			{"hangs_up_after_accept", func(w http.ResponseWriter) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err == nil {
					conn.Close()
				}
			}, outbox.Ambiguous, "no answer", 0},
			{"takes_too_long", nil, outbox.Ambiguous, "no answer", 0},
			{"no_json", says(200, "<html>hello</html>"), outbox.Ambiguous, "200 unreadable", 0},
			{"nothing", says(200, ""), outbox.Ambiguous, "200 unreadable", 0},
		} {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				asked := make(chan *http.Request, 5)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.ParseForm() //nolint:errcheck // what is wrong with it is seen below
					asked <- r
					if c.answer == nil { // until who asked has had enough
						<-r.Context().Done()
						return
					}
					c.answer(w)
				}))
				defer server.Close()
				p, err := k.make(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				got, err := p.Send(context.Background(), call)
				r := <-asked
				user, password, _ := r.BasicAuth()
				if r.Method != http.MethodPost || r.URL.Path != k.path || user != "AC01" || password != "secret" {
					t.Errorf("asked %s %s as %s", r.Method, r.URL, user)
				}
				if r.PostForm.Encode() != k.form.Encode() {
					t.Errorf("asked\n%v, want\n%v", r.PostForm, k.form)
				}
				if len(asked) != 0 {
					t.Error("asked twice")
				}
				if c.policy == "" {
					if err != nil || got.ProviderID != "CA77" || got.Delivered {
						t.Errorf("got %+v, %v", got, err)
					}
					return
				}
				f, ok := errors.AsType[*outbox.Failure](err)
				if !ok || f.Policy != c.policy || !strings.HasPrefix(f.Code, c.code) || f.After != c.after {
					t.Fatalf("got %+v, want %s %s after %s", err, c.policy, c.code, c.after)
				}
				if strings.Contains(fmt.Sprint(err), "98765") {
					t.Errorf("it shows a number: %v", err)
				}
			})
		}
		t.Run(name+"/unreachable", func(t *testing.T) {
			server := httptest.NewServer(http.NotFoundHandler())
			server.Close()
			p, err := k.make(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Send(context.Background(), call)
			if f, ok := errors.AsType[*outbox.Failure](err); !ok || f.Policy != outbox.Retry || f.Code != "unreachable" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// says answers with a status, a body and headers.
func says(status int, body string, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body) //nolint:errcheck // the other side hears it or not
	}
}

func TestCallers_settings(t *testing.T) {
	twilio := ivr.TwilioCallSettings{PublicURL: "https://tika.example.in", AccountSID: "AC01", Key: "AC01", KeySecret: "secret", From: "+15005550006"}
	exotel := ivr.ExotelCallSettings{Account: exotelapi.Account{Secret: "s", SID: "t", Key: "k", Token: "t"}, PublicURL: "https://tika.example.in", CallerID: "0801", App: "47"}
	if _, err := ivr.NewTwilioCaller(twilio); err != nil {
		t.Error(err)
	}
	if _, err := ivr.NewExotelCaller(exotel); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*ivr.TwilioCallSettings){
		"no_public_address": func(s *ivr.TwilioCallSettings) { s.PublicURL = "" },
		"no_account":        func(s *ivr.TwilioCallSettings) { s.AccountSID = "" },
		"a_password_in_it":  func(s *ivr.TwilioCallSettings) { s.BaseURL = "https://a:b@api.twilio.com" },
		"no_number":         func(s *ivr.TwilioCallSettings) { s.From = "" },
		"a_path_as_key":     func(s *ivr.TwilioCallSettings) { s.Key = "../x" },
	} {
		s := twilio
		change(&s)
		if _, err := ivr.NewTwilioCaller(s); err == nil {
			t.Errorf("twilio: %s is taken", name)
		}
	}
	for name, change := range map[string]func(*ivr.ExotelCallSettings){
		"no_secret": func(s *ivr.ExotelCallSettings) { s.Secret = "" },
		"no_flow":   func(s *ivr.ExotelCallSettings) { s.App = "" },
		"a_path":    func(s *ivr.ExotelCallSettings) { s.App = "4/7" },
		"no_token":  func(s *ivr.ExotelCallSettings) { s.Token = "" },
		"no_scheme": func(s *ivr.ExotelCallSettings) { s.BaseURL = "api.exotel.com" },
	} {
		s := exotel
		change(&s)
		if _, err := ivr.NewExotelCaller(s); err == nil {
			t.Errorf("exotel: %s is taken", name)
		}
	}
}

// A line is a provider that takes every call.
type lineFree struct{ err error }

func (lineFree) Name() string { return "twilio-voice" }
func (l lineFree) Send(context.Context, outbox.Message) (outbox.Receipt, error) {
	return outbox.Receipt{ProviderID: "CA1"}, l.err
}

func TestDialler(t *testing.T) {
	var noted []calls.Call
	var fails error
	began := func(_ context.Context, c calls.Call) (calls.Call, error) {
		noted = append(noted, c)
		return c, fails
	}
	d := ivr.Dialler{Provider: lineFree{}, Wire: "twilio", Began: began, Log: slog.New(slog.DiscardHandler)}
	for range 2 {
		if r, err := d.Send(t.Context(), call); err != nil || r.ProviderID != "CA1" {
			t.Errorf("got %+v, %v", r, err)
		}
		fails = errors.New("the database is away") // the call is made all the same
	}
	want := calls.Call{
		Key: calls.Key{Number: call.To, Provider: "twilio", ProviderID: "CA1"}, Direction: calls.Out, Language: "hi", Notice: call.ID,
	}
	if len(noted) != 2 || noted[0] != want {
		t.Errorf("noted %+v", noted)
	}
	d.Provider = lineFree{errors.New("refused")}
	if _, err := d.Send(t.Context(), call); err == nil || len(noted) != 2 {
		t.Errorf("noted a call that was not made: %v", err)
	}
}
