package ivr

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/exotelapi"
	"tikaline/twilioapi"
)

func TestConfig_Hours(t *testing.T) {
	for raw, want := range map[string][2]int{"09:00-18:00": {540, 1080}, "00:00-24:00": {0, 1440}, "9:30-10:00": {570, 600}} {
		h, err := (&Config{Agents: raw, DaysOff: []string{"Sunday", "saturday"}}).Hours()
		if err != nil || h.From != want[0] || h.To != want[1] || len(h.Off) != 2 {
			t.Errorf("%s is %+v, %v", raw, h, err)
		}
	}
}

func TestConfig_Inbound(t *testing.T) {
	with := With{
		PublicURL: publicURL, Twilio: twilioapi.Settings{AccountSID: "AC01", AuthTokens: []string{"token"}},
		Exotel: exotelapi.Account{Secret: "0123456789abcdef"},
	}
	for _, tt := range []struct {
		name   string
		with   With
		allow  map[string]string
		served string
		wrong  string
	}{
		{"nobody", With{PublicURL: publicURL}, nil, "", ""},
		{"the_demo", With{PublicURL: publicURL, Demo: true}, nil, "exotel twilio", ""},
		{"both", with, map[string]string{"exotel": "10.1.0.0/16"}, "exotel twilio", ""},
		{"an_unknown_provider", with, map[string]string{"exotell": "10.1.0.0/16"}, "", `TIKALINE_IVR_ALLOW: "exotell" is none of exotel, twilio`},
		{"no_network", with, map[string]string{"exotel": "10.1.0.0"}, "", `TIKALINE_IVR_ALLOW: exotel: "10.1.0.0" is no network`},
		{"a_short_secret", With{PublicURL: publicURL, Exotel: exotelapi.Account{Secret: "short"}}, nil, "", "the secret of exotel is shorter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Config{Allow: tt.allow, Providers: Providers{Exotel: ExotelSettings{Form: ExoML}}}
			all, _, err := c.Inbound(tt.with)
			var served []string
			for _, a := range all {
				served = append(served, a.Name())
			}
			if got := strings.Join(served, " "); got != tt.served {
				t.Errorf("served are %q", got)
			}
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%v", err)
			}
		})
	}
}

// From another network a call and what became of it get the 404 of everything
// that is not there; behind a proxy of ours it is the network that the proxy
// names.
func TestRegister_networks(t *testing.T) {
	c := Config{
		Allow:     map[string]string{"exotel": "198.51.100.0/24", "twilio": "198.51.100.0/24"},
		Providers: Providers{Exotel: ExotelSettings{Form: ExoML}},
	}
	adapters, allow, err := c.Inbound(With{PublicURL: publicURL, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := channel.ParseNetworks("127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	const (
		inside, outside = "198.51.100.7:1", "203.0.113.9:1"
		call            = "?CallSid=80bf&CallFrom=09876543202&CallTo=08012345678"
	)
	for _, tt := range []struct {
		name, request     string
		remote, forwarded string
		proxies           channel.Networks
		status            int
	}{
		{"a_call", "GET /ivr/exotel/demo" + call, inside, "", nil, 200},
		{"a_call_from_elsewhere", "GET /ivr/exotel/demo" + call, outside, "", nil, 404},
		{"a_header_is_not_believed", "GET /ivr/exotel/demo" + call, outside, "198.51.100.7", nil, 404},
		{"behind_our_proxy", "GET /ivr/exotel/demo" + call, "127.0.0.1:1", "198.51.100.7", proxies, 200},
		{"elsewhere_behind_our_proxy", "GET /ivr/exotel/demo" + call, "127.0.0.1:1", "203.0.113.9", proxies, 404},
		{"what_became_of_it", "GET /ivr/exotel/demo/status" + call + "&Status=completed", inside, "", nil, 200},
		{"the_same_from_elsewhere", "GET /ivr/exotel/demo/status" + call + "&Status=completed", outside, "", nil, 404},
		{"a_signature_is_not_looked_at", "POST /ivr/twilio", outside, "", nil, 404},
		{"it_is_from_inside", "POST /ivr/twilio/status", inside, "", nil, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := echo.New()
			e.IPExtractor = channel.CallerAddress(tt.proxies)
			if err := Register(e, newRig(t).Gateway, adapters, allow); err != nil {
				t.Fatal(err)
			}
			method, path, _ := strings.Cut(tt.request, " ")
			req := httptest.NewRequest(method, path, nil)
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
