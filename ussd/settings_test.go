package ussd

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/locales"
)

func TestConfig_Settings(t *testing.T) {
	described := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(described, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*Config)
		wrong  string
	}{
		"nothing":        {func(*Config) {}, ""},
		"unknown_code":   {func(c *Config) { c.Codes = map[string]string{"flare": "*1#"} }, `TIKALINE_USSD_CODES: "flare" is none of `},
		"unknown_allow":  {func(c *Config) { c.Allow = map[string]string{"flare": "10.0.0.0/8"} }, `TIKALINE_USSD_ALLOW: "flare" is none of`},
		"no_network":     {func(c *Config) { c.Allow = map[string]string{"flares": "here"} }, `TIKALINE_USSD_ALLOW: flares: "here" is no network`},
		"unknown_budget": {func(c *Config) { c.Budgets = map[string]string{"flare": "150/60"} }, `TIKALINE_USSD_BUDGETS: "flare" is none of`},
		"no_budget":      {func(c *Config) { c.Budgets = map[string]string{"flares": "10/10"} }, `TIKALINE_USSD_BUDGETS: flares: "10/10" is not septets/units`},
		"no_description": {func(c *Config) { c.Providers.Generic = generic{Secret: "s", File: described} }, "TIKALINE_GENERIC_FILE " + described},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Providers: Providers{Flares: flares{Secret: "s3cret"}}}
			tt.change(&c)
			all, err := c.Settings(false)
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%v does not say %q", err, tt.wrong)
			}
			if err == nil && (len(all) != 1 || all["flares"].Secret != "s3cret") {
				t.Errorf("%+v", all)
			}
		})
	}
	c := Config{
		Providers: Providers{Flares: flares{Secret: "s3cret", User: "u"}},
		Codes:     map[string]string{"flares": "*384*100#, *384*101#:hi"}, Budgets: map[string]string{"flares": "182/80"},
	}
	all, err := c.Settings(true)
	if got := slices.Sorted(maps.Keys(all)); err != nil || !slices.Equal(got, names()) || all["hubtel"].Secret != channel.DemoSecret {
		t.Errorf("the demo serves %v, %v", got, err)
	}
	if s := all["flares"]; s.Secret != "s3cret" || s.Codes["*384*101#"] != "hi" || len(s.Codes) != 2 || s.Budget != (locales.Budget{Septets: 182, Units: 80}) {
		t.Errorf("%+v", s)
	}
}

// A network that is set is the one that a provider calls from, behind a proxy of
// ours as well.
func TestRegister_networks(t *testing.T) {
	c := Config{Allow: map[string]string{"africastalking": "198.51.100.0/24"}}
	all, err := c.Settings(true)
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := channel.ParseNetworks("127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		remote, forwarded string
		proxies           channel.Networks
		status            int
	}{
		"inside":                     {"198.51.100.7:1", "", nil, 200},
		"outside":                    {"203.0.113.9:1", "", nil, 404},
		"a_header_is_not_believed":   {"203.0.113.9:1", "198.51.100.7", nil, 404},
		"behind_our_proxy":           {"127.0.0.1:1", "198.51.100.7", proxies, 200},
		"elsewhere_behind_our_proxy": {"127.0.0.1:1", "203.0.113.9", proxies, 404},
	} {
		t.Run(name, func(t *testing.T) {
			e := echo.New()
			e.IPExtractor = channel.CallerAddress(tt.proxies)
			if err := Register(e, newRig(t).Gateway, all); err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(http.MethodPost, "/ussd/africastalking/demo", strings.NewReader("sessionId=s1&phoneNumber=9876543202&serviceCode=*384%23&text="))
			req.RemoteAddr = tt.remote
			req.Header.Set("X-Forwarded-For", tt.forwarded)
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, req)
			if rec.Code != tt.status {
				t.Errorf("%d %s, want %d", rec.Code, rec.Body, tt.status)
			}
		})
	}
}
