package sms

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/exotelapi"
	"tikaline/twilioapi"
)

// whole is a Config in which every provider is set up, and what goes with it.
func whole(t *testing.T) (Config, With) {
	t.Helper()
	described := filepath.Join(t.TempDir(), "gupshup.json")
	err := os.WriteFile(described, []byte(`{"name": "gupshup",
		"inbound": {"body": "query", "fields": {"id": "id", "from": "from", "text": "text"}},
		"report": {"body": "query", "fields": {"status": "status"}, "statuses": {"ok": "delivered"}},
		"send": {"url": "https://gateway.example/", "body": "form", "fields": {"to": "{to}", "msg": "{text}"}, "success": {"match": "ok"}}}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return Config{
			Providers: Providers{
				Kannel:  KannelSettings{Secret: "s1", URL: "http://127.0.0.1:1", User: "u", Password: "p"},
				Twilio:  TwilioSettings{From: "+15005550006"},
				Generic: GenericSettings{Secret: "s4", File: described},
			},
			Order: []string{"kannel", "exotel", "generic", "twilio"},
		}, With{
			PublicURL: "https://tika.example.in/",
			Twilio:    twilioapi.Settings{AccountSID: "AC01", AuthTokens: []string{"token"}},
			Exotel:    exotelapi.Account{Secret: "s2", SID: "tika", Key: "k", Token: "t"},
		}
}

// A provider reports where Register serves it: one that is described, under the
// name that its description has.
func TestConfig_Carriers_reports(t *testing.T) {
	c, w := whole(t)
	all, err := c.Carriers(w)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"kannel":  "https://tika.example.in/sms/kannel/s1/status",
		"exotel":  "https://tika.example.in/sms/exotel/s2/status",
		"twilio":  "https://tika.example.in/sms/twilio/status",
		"generic": "https://tika.example.in/sms/gupshup/s4/status",
	} {
		if k := all[name]; k.In == nil || k.Out == nil || k.Reports != want {
			t.Errorf("%s: %q, want %q", name, k.Reports, want)
		}
	}
	routes, err := c.Routes(w)
	if err != nil || len(routes) != 4 || routes[2].Report("a b") != "https://tika.example.in/sms/gupshup/s4/status?t=a+b" {
		t.Errorf("%v %v", routes, err)
	}
	w.PublicURL = ""
	w.Twilio = twilioapi.Settings{}
	if all, err = c.Carriers(w); err != nil || all["kannel"].Reports != "" || all["twilio"].In != nil {
		t.Errorf("%v %v", all, err)
	}
}

func TestConfig_says_what_is_wrong(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"nothing":           {func(*Config) {}, ""},
		"networks":          {func(c *Config) { c.Allow = map[string]string{"generic": "10.1.0.0/16", "twilio": "10.2.0.0/16"} }, ""},
		"an_unknown_one":    {func(c *Config) { c.Allow = map[string]string{"gupshup": "10.1.0.0/16"} }, `TIKALINE_SMS_ALLOW: "gupshup" is none of exotel, generic, kannel, twilio`},
		"no_network":        {func(c *Config) { c.Allow = map[string]string{"kannel": "here"} }, `TIKALINE_SMS_ALLOW: kannel: "here" is no network`},
		"an_empty_one":      {func(c *Config) { c.Allow = map[string]string{"kannel": ""} }, "TIKALINE_SMS_ALLOW: kannel: no network is named"},
		"a_rate":            {func(c *Config) { c.Rates = map[string]string{"kannel": "fast"} }, "TIKALINE_SMS_RATES: kannel"},
		"a_rate_of_nobody":  {func(c *Config) { c.Rates = map[string]string{"gupshup": "5"} }, `TIKALINE_SMS_RATES: "gupshup" is none`},
		"no_password":       {func(c *Config) { c.Providers.Kannel.Password = "" }, "sms by kannel"},
		"no_description":    {func(c *Config) { c.Providers.Generic.File += "x" }, "TIKALINE_SMS_GENERIC_FILE"},
		"no_number_of_ours": {func(c *Config) { c.Numbers = []string{"12"} }, "TIKALINE_SMS_NUMBERS"},
	} {
		t.Run(name, func(t *testing.T) {
			c, w := whole(t)
			tt.change(&c)
			_, _, err := c.Inbound(w)
			if err == nil {
				_, err = c.Routes(w)
			}
			if err == nil {
				_, err = c.Own("56161")
			}
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v does not say %q", err, tt.want)
			}
		})
	}
}

// From another network a text and a report get the 404 of everything that is not
// there, whatever secret comes with them; behind a proxy of ours it is the
// network that the proxy names.
func TestRegister_networks(t *testing.T) {
	c, w := whole(t)
	c.Allow = map[string]string{"kannel": "198.51.100.0/24", "generic": "198.51.100.0/24", "twilio": "198.51.100.0/24"}
	adapters, allow, err := c.Inbound(w)
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := channel.ParseNetworks("127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	const (
		inside, outside = "198.51.100.7:1", "203.0.113.9:1"
		nothing         = `{"message":"Not Found"}`
	)
	for _, tt := range []struct {
		name, request     string
		remote, forwarded string
		proxies           channel.Networks
		status            int
	}{
		{"a_text", "GET /sms/kannel/s1?id=1&from=%2B919876543210&to=56161&text=HELP", inside, "", nil, 200},
		{"a_text_from_elsewhere", "GET /sms/kannel/s1?id=1&from=%2B919876543210&to=56161&text=HELP", outside, "", nil, 404},
		{"a_header_is_not_believed", "GET /sms/kannel/s1?id=1&from=%2B919876543210&to=56161&text=HELP", outside, "198.51.100.7", nil, 404},
		{"behind_our_proxy", "GET /sms/kannel/s1?id=2&from=%2B919876543210&to=56161&text=HELP", "127.0.0.1:1", "198.51.100.7", proxies, 200},
		{"elsewhere_behind_our_proxy", "GET /sms/kannel/s1?id=2&from=%2B919876543210&to=56161&text=HELP", "127.0.0.1:1", "203.0.113.9", proxies, 404},
		{"behind_another_proxy", "GET /sms/kannel/s1?id=2&from=%2B919876543210&to=56161&text=HELP", "192.0.2.9:1", "198.51.100.7", proxies, 404},
		{"a_report", "GET /sms/kannel/s1/status?type=1&t=" + wireToken, inside, "", nil, 200},
		{"a_report_from_elsewhere", "GET /sms/kannel/s1/status?type=1&t=" + wireToken, outside, "", nil, 404},
		{"one_that_is_described", "GET /sms/gupshup/s4?id=3&from=%2B919876543210&text=HELP", inside, "", nil, 200},
		{"the_same_from_elsewhere", "GET /sms/gupshup/s4?id=3&from=%2B919876543210&text=HELP", outside, "", nil, 404},
		{"its_report_from_elsewhere", "GET /sms/gupshup/s4/status?status=ok&t=" + wireToken, outside, "", nil, 404},
		{"a_signature_is_not_looked_at", "POST /sms/twilio", outside, "", nil, 404},
		{"it_is_from_inside", "POST /sms/twilio", inside, "", nil, 403},
		{"nor_is_that_of_a_report", "POST /sms/twilio/status?t=" + wireToken, outside, "", nil, 404},
		{"one_that_may_call_from_anywhere", "HEAD /sms/exotel/s2", outside, "", nil, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := echo.New()
			e.IPExtractor = channel.CallerAddress(tt.proxies)
			if err := Register(e, newRig(t).Gateway, new(journal), adapters, allow); err != nil {
				t.Fatal(err)
			}
			method, path, _ := strings.Cut(tt.request, " ")
			req := httptest.NewRequest(method, path, nil)
			req.RemoteAddr = tt.remote
			req.Header.Set("X-Forwarded-For", tt.forwarded)
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req)
			if rec.Code != tt.status || rec.Code == http.StatusNotFound && strings.TrimSpace(rec.Body.String()) != nothing {
				t.Errorf("%d %s, want %d", rec.Code, rec.Body, tt.status)
			}
		})
	}
}
