package ops

import (
	"strings"
	"testing"

	"tikaline/notices/noticetest"
)

func TestDLT_check(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func([]string) []string
		want   []string
		ok     bool
	}{
		"whole": {noticetest.Same, []string{"Every text has its id.", "notice.booked: en, hi"}, true},
		"one_is_missing": {func(row []string) []string {
			if row[0] == "notice.booked" && row[1] == "hi" {
				return nil
			}
			return row
		}, []string{"Without a template id:\n  notice.booked: hi\n"}, false},
		"other_words": {func(row []string) []string {
			row[5] = strings.Replace(row[5], "First come, first served.", "Be quick.", 1)
			return row
		}, []string{"in other words than this release sends:\n  notice.slot_opened: en\n"}, false},
		"of_another_release": {func(row []string) []string {
			if row[0] == "notice.call_back" {
				row[0] = "notice.call_again"
			}
			return row
		}, []string{"Without a template id:\n  notice.call_back: en", "No text of this release:\n  notice.call_again: bn"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := runs(t, "dlt", "check", noticetest.Registry(t, c.change))
			if (err == nil) != c.ok {
				t.Error(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
	if out, err := runs(t, "dlt", "templates", "--lang=bn"); err != nil || strings.Contains(out, ",hi,") || !strings.Contains(out, ",bn,") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := runs(t, "dlt", "templates", "--lang=xx"); err == nil {
		t.Error("xx is a language")
	}
}
