package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tikaline/calls"
)

// TestCalls_settings: who is to make calls must be able to.
func TestCalls_settings(t *testing.T) {
	t.Parallel()
	twilio := []string{"--twilio-account=AC01", "--twilio-tokens=0123456789abcdef0123456789abcdef", "--twilio-from=+15005550006"}
	exotel := []string{"--exotel-account=tika", "--exotel-key=k", "--exotel-token=t", "--exotel=" + testSecret, "--calls-app=4711"}
	for name, c := range map[string]struct {
		args  []string
		names string
		wrong string
	}{
		"nobody":         {nil, "", ""},
		"twilio":         {append(twilio, "--calls-from=twilio=+15005550006"), "twilio", ""},
		"both_in_order":  {append(append(twilio, exotel...), "--calls-from=twilio=+15005550006;exotel=08012345678"), "exotel twilio", ""},
		"the_other_way":  {append(append(twilio, exotel...), "--calls-from=twilio=+15005550006;exotel=08012345678", "--calls-order=twilio,exotel"), "twilio exotel", ""},
		"no_account":     {[]string{"--calls-from=twilio=+15005550006"}, "", "calls by twilio: twilio: the"},
		"no_flow":        {append(exotel[:4:4], "--calls-from=exotel=08012345678"), "", "calls by exotel: exotel: the id of the flow"},
		"unknown":        {[]string{"--calls-from=kannel=1"}, "", `TIKALINE_CALLS_FROM: "kannel" is none of`},
		"unknown_order":  {[]string{"--calls-order=kannel"}, "", `TIKALINE_CALLS_ORDER: "kannel" makes no calls`},
		"not_in_order":   {append(twilio, "--calls-from=twilio=+15005550006", "--calls-order=exotel"), "", `"twilio" is none of TIKALINE_CALLS_ORDER`},
		"no_lines":       {append(twilio, "--calls-from=twilio=+15005550006", "--calls-most=0"), "", "TIKALINE_CALLS_MOST at least 1"},
		"never_two_soon": {append(twilio, "--calls-from=twilio=+15005550006", "--calls-rate=0"), "", "TIKALINE_CALLS_RATE must be more"},
	} {
		t.Run(name, func(t *testing.T) {
			var p program
			k, err := kong.New(&p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Parse(append([]string{"serve", "--public-url=" + publicAddress}, c.args...)); err != nil {
				t.Fatal(err)
			}
			list, err := p.Serve.Calls.Diallers(p.Serve.withCalls())
			var names []string
			for _, d := range list {
				names = append(names, d.Wire)
			}
			if got := strings.Join(names, " "); got != c.names {
				t.Errorf("calls are made by %q", got)
			}
			if c.wrong == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%v does not say %q", err, c.wrong)
			}
			if err = p.Serve.check(); c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("serve says %v", err)
			}
		})
	}
}

// TestPlayer_copy: until a name is fetched the provider's own recording of it is
// played, where whoever plays it needs no password.
func TestPlayer_copy(t *testing.T) {
	t.Parallel()
	var p program
	k, err := kong.New(&p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse([]string{
		"serve", "--twilio-account=AC01", "--twilio-tokens=0123456789abcdef0123456789abcdef", "--exotel-account=tika", "--exotel-key=k", "--exotel-token=t",
	}); err != nil {
		t.Fatal(err)
	}
	sources, err := p.Serve.Calls.Sources(p.Serve.withCalls())
	if err != nil {
		t.Fatal(err)
	}
	bucket := "https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/tika/1.mp3"
	for name, c := range map[string]struct {
		of   calls.Recording
		want string
	}{
		"twilio":            {calls.Recording{Provider: "twilio", ID: "RE1"}, "https://api.twilio.com/2010-04-01/Accounts/AC01/Recordings/RE1.wav"},
		"a_password_needed": {calls.Recording{Provider: "exotel", ID: "e1", URL: "https://recordings.exotel.com/exotelrecordings/tika/1.mp3"}, ""},
		"a_bucket":          {calls.Recording{Provider: "exotel", ID: "e2", URL: bucket}, bucket},
		"anybody's":         {calls.Recording{Provider: "exotel", ID: "e3", URL: "http://169.254.169.254/"}, ""},
		"not_set_up":        {calls.Recording{Provider: "plivo", ID: "p1", URL: bucket}, ""},
	} {
		if got := sources.Copy(c.of); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
