package main

import (
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/postgres"
)

// TestWaits: the settings reach the core, and those that cannot be meant are
// refused before anybody is served.
func TestWaits(t *testing.T) {
	t.Parallel()
	usual := booking.Waits{Hold: 30 * time.Minute, Answer: 2 * time.Hour, Waves: 3, Multiple: 2, Km: 25, Offer: 24 * time.Hour}
	other := booking.Waits{Hold: time.Hour, Answer: 3 * time.Hour, Waves: 1, Multiple: 4, Km: 7.5, Offer: 48 * time.Hour}
	for name, c := range map[string]struct {
		args  string
		want  booking.Waits
		wrong string
	}{
		"usual":      {"", usual, ""},
		"other":      {"--wait-hold=1h --wait-answer=3h --wait-waves=1 --wait-multiple=4 --wait-km=7.5 --wait-offer=48h", other, ""},
		"too_short":  {"--wait-hold=10s", usual, "TIKALINE_WAIT_HOLD 10s"},
		"too_long":   {"--wait-offer=9999h", usual, "TIKALINE_WAIT_OFFER"},
		"odd":        {"--wait-hold=30m20s", usual, "whole number of minutes"},
		"never_told": {"--wait-waves=-1", usual, "TIKALINE_WAIT_WAVES"},
		"nowhere":    {"--wait-km=-1", usual, "TIKALINE_WAIT_KM"},
	} {
		t.Run(name, func(t *testing.T) {
			var p program
			k, err := kong.New(&p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Parse(append([]string{"serve"}, strings.Fields(c.args)...)); err != nil {
				t.Fatal(err)
			}
			err = p.Serve.check()
			if c.wrong == "" {
				if got := p.Serve.Waits.Rules(); got != c.want {
					t.Errorf("%+v", got)
				}
				if err != nil && strings.Contains(err.Error(), "TIKALINE_WAIT") {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%v does not say %q", err, c.wrong)
			}
		})
	}
	if _, err := (ops.Database{Waits: ops.Waits{WaitHold: time.Second}}).Open(t.Context(), postgres.Options{}); err == nil || !strings.Contains(err.Error(), "TIKALINE_WAIT_HOLD") {
		t.Errorf("another command goes by it: %v", err)
	}
}
