package main

import (
	"strings"
	"testing"

	"tikaline/notices/noticetest"
	"tikaline/sms"
	"tikaline/twilioapi"
)

// TestServe_needs_the_registry: within India nothing is sent that a network
// would drop without a word.
func TestServe_needs_the_registry(t *testing.T) {
	t.Parallel()
	whole := noticetest.Registry(t, noticetest.Same)
	lacks := noticetest.Registry(t, func(row []string) []string {
		if row[0] == "notice.moved" && row[1] != "en" || row[0] == sms.ReplyRow && row[1] == "hi" {
			row[3] = ""
		}
		return row
	})
	const entity = "1101000000000000001"
	kannel := sms.Config{Providers: sms.Providers{Kannel: sms.KannelSettings{URL: "http://127.0.0.1:1"}}}
	answered := sms.Config{Providers: sms.Providers{Kannel: sms.KannelSettings{Secret: "s", URL: "http://127.0.0.1:1"}}}
	twilio := twilioapi.Settings{AccountSID: "AC1"}
	for name, c := range map[string]struct {
		config serveCommand
		want   []string
		have   bool // a registry
	}{
		"nothing_is_sent": {},
		"demo":            {config: serveCommand{Demo: true, SMS: kannel}},
		"abroad_alone":    {config: serveCommand{Twilio: twilio}},
		"not_in_order":    {config: serveCommand{SMS: sms.Config{Providers: kannel.Providers, Order: []string{"twilio"}}, Twilio: twilio}},
		"within_india":    {config: serveCommand{SMS: kannel, Twilio: twilio}, want: []string{"kannel", "TIKALINE_DLT_FILE", "dlt templates"}},
		"no_entity":       {config: serveCommand{SMS: kannel, DLTFile: whole}, want: []string{"TIKALINE_DLT_ENTITY"}},
		"whole":           {config: serveCommand{SMS: answered, DLTFile: whole, DLTEntity: entity}, have: true},
		"lacks": {
			config: serveCommand{SMS: answered, DLTFile: lacks, DLTEntity: entity},
			want:   []string{"no template id for notice.moved: hi, bn, hi-Latn, bn-Latn", "no template id for reply: hi"},
		},
		"nobody_is_answered": {
			config: serveCommand{SMS: kannel, DLTFile: noticetest.Registry(t, func(row []string) []string {
				if !strings.HasPrefix(row[0], "notice.") {
					return nil
				}
				return row
			}), DLTEntity: entity},
			have: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.config.SMS.Order == nil {
				c.config.SMS.Order = []string{"kannel", "exotel", "generic", "twilio"}
			}
			r, err := c.config.registry()
			if (r != nil) != c.have || (err != nil) != (c.want != nil) {
				t.Fatalf("%v, %v", r != nil, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
	_, err := runs(t, "serve", "--database-url=postgres://nobody@127.0.0.1:1/none", "--kannel-url=http://127.0.0.1:1", "--dlt-file="+lacks, "--dlt-entity="+entity)
	if err == nil || !strings.Contains(err.Error(), "notice.moved") || !strings.Contains(err.Error(), "TIKALINE_PUBLIC_URL") {
		t.Errorf("serve does not say all that is wrong at once: %v", err)
	}
}
