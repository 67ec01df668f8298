package main

import (
	"strings"
	"testing"

	"tikaline/notices/noticetest"
	"tikaline/sms"
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
	for name, c := range map[string]struct {
		config serveCommand
		want   []string
		have   bool // a registry
	}{
		"nothing_is_sent": {},
		"demo":            {config: serveCommand{Demo: true, texts: texts{KannelURL: "http://127.0.0.1:1"}}},
		"abroad_alone":    {config: serveCommand{texts: texts{TwilioAccount: "AC1"}}},
		"not_in_order":    {config: serveCommand{texts: texts{KannelURL: "http://127.0.0.1:1", TwilioAccount: "AC1", Order: []string{"twilio"}}}},
		"within_india":    {config: serveCommand{texts: texts{TwilioAccount: "AC1", KannelURL: "http://127.0.0.1:1"}}, want: []string{"kannel", "TIKALINE_DLT_FILE", "dlt templates"}},
		"no_entity":       {config: serveCommand{texts: texts{KannelURL: "http://127.0.0.1:1"}, DLTFile: whole}, want: []string{"TIKALINE_DLT_ENTITY"}},
		"whole":           {config: serveCommand{texts: texts{Kannel: "s", KannelURL: "http://127.0.0.1:1"}, DLTFile: whole, DLTEntity: entity}, have: true},
		"lacks": {
			config: serveCommand{texts: texts{Kannel: "s", KannelURL: "http://127.0.0.1:1"}, DLTFile: lacks, DLTEntity: entity},
			want:   []string{"no template id for notice.moved: hi, bn, hi-Latn, bn-Latn", "no template id for reply: hi"},
		},
		"nobody_is_answered": {
			config: serveCommand{texts: texts{KannelURL: "http://127.0.0.1:1"}, DLTFile: noticetest.Registry(t, func(row []string) []string {
				if !strings.HasPrefix(row[0], "notice.") {
					return nil
				}
				return row
			}), DLTEntity: entity},
			have: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.config.Order == nil {
				c.config.Order = []string{"kannel", "exotel", "generic", "twilio"}
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
