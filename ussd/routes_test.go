package ussd

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

func TestRegister(t *testing.T) {
	t.Run("nobody_learns_what_there_is", func(t *testing.T) {
		r := newRig(t)
		e := echo.New()
		err := Register(e, r.Gateway, map[string]Settings{
			"africastalking": {Secret: "s3cret"},
			"hubtel":         {}, // without a secret it is not served
		})
		if err != nil {
			t.Fatal(err)
		}
		var first string
		for _, raw := range []string{
			"POST /ussd/africastalking/guess\n\ntext=",
			"POST /ussd/africastalking/guess/events\n\ntext=",
			"DELETE /ussd/africastalking/guess\n\n",
			"POST /ussd/africastalking/%73%33x\n\n",
			"POST /ussd/hubtel/s3cret\n\n{}",
			"POST /ussd/hubtel/\n\n{}",
			"POST /ussd/nobody/s3cret\n\n{}",
			"POST /ussd/nobody/s3cret/events\n\n{}",
			"GET /ussd/africastalking\n\n",
			"GET /ussd/\n\n",
		} {
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, request(raw))
			got := rec.Result().Status + rec.Header().Get("Content-Type") + rec.Body.String()
			if first == "" {
				first = got
			}
			if rec.Code != http.StatusNotFound || got != first {
				t.Errorf("%q: %s, not as the others %s", raw, got, first)
			}
		}
		if n := r.seen.outcomes[Rejected]; n != 0 {
			t.Errorf("%d counted that never came in", n)
		}
	})
	t.Run("what_came_in_and_was_no_use_is_counted", func(t *testing.T) {
		r := newRig(t)
		e := contract{provider: "africastalking", settings: Settings{Secret: "s3cret"}}.server(t, r)
		e.ServeHTTP(httptest.NewRecorder(), request("POST /ussd/africastalking/s3cret\n\ntext="))
		if n := r.seen.outcomes[Rejected]; n != 1 {
			t.Errorf("%d counted", n)
		}
	})
	t.Run("another_network_learns_nothing", func(t *testing.T) {
		elsewhere := channel.Networks{netip.MustParsePrefix("198.51.100.0/24")} // a test calls from 192.0.2.1
		config := DemoConfig()
		config.Allow = elsewhere
		for provider, s := range map[string]Settings{
			"africastalking": {Secret: "s3cret", Allow: elsewhere},
			"generic":        {Secret: "s3cret", Provider: &generic{Config: &config}},
		} {
			rec := httptest.NewRecorder()
			contract{provider: provider, settings: s}.server(t, newRig(t)).ServeHTTP(rec, request("POST /ussd/"+provider+"/s3cret\n\n"))
			if rec.Code != http.StatusNotFound || strings.TrimSpace(rec.Body.String()) != notFound {
				t.Errorf("%s: %d %s", provider, rec.Code, rec.Body)
			}
		}
	})
	for _, tt := range []struct {
		name     string
		provider string
		settings Settings
		want     string
	}{
		{"unknown_provider", "nobody", Settings{Secret: "s"}, "nobody: it is none of " + strings.Join(names(), ", ")},
		{"code_for_no_language", "hubtel", Settings{Secret: "s", Codes: map[string]string{"*1#": "ta"}}, `"ta" is none of`},
		{"no_code", "hubtel", Settings{Secret: "s", Codes: map[string]string{"*#": ""}}, "no service code"},
		{"bad_configuration", "x", Settings{Secret: "s", Provider: &generic{Config: &GenericConfig{}}}, "number and input are required"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Register(echo.New(), newRig(t).Gateway, map[string]Settings{tt.provider: tt.settings})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
}

func TestDialled(t *testing.T) {
	codes := map[string]string{"384*100": "", "384*100*9": "hi", "167": ""}
	for _, tt := range []struct {
		in, code string
		path     []string
		ok       bool
	}{
		{"*384*100#", "384*100", nil, true},
		{"*384*100*1*800001#", "384*100", []string{"1", "800001"}, true},
		{"*384*100*9#", "384*100*9", nil, true},
		{"*384*100*9*1#", "384*100*9", []string{"1"}, true},
		{"*384*100**#", "384*100", nil, true},
		{"167*7", "167", []string{"7"}, true},
		{" *१६७# ", "167", nil, true},
		{"*1670#", "", nil, false},
		{"*384#", "", nil, false},
		{"", "", nil, false},
		{"*384*100*" + strings.Repeat("1*", 99), "384*100", slices.Repeat([]string{"1"}, maxPath), true},
	} {
		code, path, ok := dialled(tt.in, codes)
		if code != tt.code || !slices.Equal(path, tt.path) || ok != tt.ok {
			t.Errorf("%q: %q %q %v", tt.in, code, path, ok)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"+919876543210": "+919876543210", "919876543210": "+919876543210", "9876543210": "+919876543210",
		"09876543210": "+919876543210", "tel:+919876543210": "+919876543210", "00919876543210": "+919876543210",
		"+91 98765-43210": "+919876543210", "९८७६५४३२१०": "+919876543210",
		"+9876543210": "", "+12025550123": "", "+254711222333": "", "anonymous": "", "": "", "1234567890": "",
		"919876543210;ext=3": "", "98765432100": "", "x9876543210": "", "+8801712345678": "",
	} {
		if got, err := number("msisdn", in); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		} else if err != nil && in != "" && strings.Contains(err.Error(), in) {
			t.Errorf("%q is shown: %v", in, err)
		}
	}
}
