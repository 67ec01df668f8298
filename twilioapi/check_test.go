package twilioapi

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// known is a signature that was made by hand: token, address and form are those
// below.
const known = "kFHowTlIOPykl2YLFK+zphUIASY="

func TestCheck(t *testing.T) {
	form := url.Values{"Body": {"PIN 110001"}, "From": {"+919876543210"}, "MessageSid": {"SM1"}}.Encode()
	moved := "/twilio/sms?x=1BodyPIN%20110001From%2B919876543210MessageSidSM1"
	cases := map[string]struct {
		method, path, body, signature string
		account                       string
		status                        int
	}{
		"known":                       {"POST", "/twilio/sms?x=1", form, known, "", 200},
		"no signature":                {"POST", "/twilio/sms?x=1", form, "", "", 403},
		"another":                     {"POST", "/twilio/sms?x=1", form, "kFHowTlIOPykl2YLFK+zphUIASX=", "", 403},
		"another path":                {"POST", "/twilio/smt?x=1", form, known, "", 403},
		"another query":               {"POST", "/twilio/sms?x=2", form, known, "", 403},
		"another word":                {"POST", "/twilio/sms?x=1", strings.Replace(form, "110001", "110002", 1), known, "", 403},
		"a name that comes again":     {"POST", "/twilio/sms?x=1", form + "&Body=other", known, "", 403},
		"a hash in place of the form": {"POST", "/twilio/sms?x=1&bodySHA256=e3b0c442", form, known, "", 403},
		"no post":                     {"GET", "/twilio/sms?x=1", "", known, "", 404},
		"no form":                     {"POST", "/twilio/sms?x=1", "%zz", known, "", 403},
		"too large":                   {"POST", "/twilio/sms?x=1", form + "&y=" + strings.Repeat("a", channel.MaxBody), known, "", 413},
		"without its account":         {"POST", "/twilio/sms?x=1", form, known, "AC1", 403},
		// The same bytes are signed: what was the form is in the address.
		"moved into the address": {"POST", moved, "", known, "AC1", 403},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			check, err := NewCheck("https://vax.example.in/", []string{"next", "tok"}, c.account)
			if err != nil {
				t.Fatal(err)
			}
			e := echo.New()
			e.Any("/*", func(c echo.Context) error {
				v, err := check.Form(c)
				if err != nil {
					return err
				}
				return c.String(http.StatusOK, v.Get("Body"))
			})
			req := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			req.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
			req.Header.Set("X-Twilio-Signature", c.signature)
			req.Host = "evil.example"
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req)
			if rec.Code != c.status || c.status == 200 && rec.Body.String() != "PIN 110001" {
				t.Errorf("%d %s, want %d", rec.Code, rec.Body, c.status)
			}
		})
	}
}

func TestNewCheck(t *testing.T) {
	for name, c := range map[string]struct {
		public string
		tokens []string
	}{
		"no address": {"", []string{"x"}}, "no scheme": {"vax.example.in", []string{"x"}}, "an underscore": {"https://vax_1.example.in", []string{"x"}},
		"no token": {"https://vax.example.in", nil}, "an empty one": {"https://vax.example.in", []string{"x", ""}},
	} {
		if _, err := NewCheck(c.public, c.tokens, ""); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
