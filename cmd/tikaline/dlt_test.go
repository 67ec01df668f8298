package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/sms"
)

// manyVariables is every text with more variables than two, and how many. Each
// has a reason that is registered with it. The list may shrink, as texts are
// reworded; nothing may be added to it.
var manyVariables = map[string]int{
	"notice.booked": 6, "notice.moved": 4, "notice.reminder_eve": 4, "notice.reminder_morning": 4,
	"notice.slot_opened": 3, "notice.called_off": 3, "reply.held": 3,
}

// TestDLT_rules holds every text to the rules: two variables, or more with a
// reason; none adjacent; none longer than a variable may be; no links.
func TestDLT_rules(t *testing.T) {
	t.Parallel()
	all, err := forms(locales.Languages, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range booking.NoticeKinds {
		if !slices.ContainsFunc(all, func(f sms.Form) bool { return f.ID == "notice."+string(k) }) {
			t.Errorf("%s is not among the texts", k)
		}
	}
	reasoned := map[string]bool{}
	for _, f := range all {
		if !f.Holds(f.Longest()) {
			t.Errorf("%s in %s: a value has more than %d characters, or is no number: %s", f.ID, f.Lang, sms.TagMost, f.Longest())
		}
		over := slices.DeleteFunc(f.Over(), func(why string) bool {
			return strings.Contains(why, " variables: ") && len(f.Reason()) > 60
		})
		if len(over) > 0 {
			t.Errorf("%s in %s is over the rules, reword it: %s\n%s", f.ID, f.Lang, strings.Join(over, "; "), f.Tagged())
		}
		if n := len(f.Vars()); n > sms.VarsMost {
			reasoned[f.ID] = true
			if n != manyVariables[f.ID] {
				t.Errorf("%s in %s has %d variables, not %d", f.ID, f.Lang, n, manyVariables[f.ID])
			}
		} else if f.Reason() != "" {
			t.Errorf("%s in %s has a reason and needs none", f.ID, f.Lang)
		}
		if row := f.Row(); len(row) != len(sms.Columns) || row[len(row)-1] != f.Reason() {
			t.Errorf("%s in %s: the reason is not printed: %q", f.ID, f.Lang, row)
		}
	}
	for id := range manyVariables {
		if !reasoned[id] {
			t.Errorf("%s has few variables now, take it off the list", id)
		}
	}
}

// TestDLT_values holds what is put into texts to what a variable takes.
func TestDLT_values(t *testing.T) {
	t.Parallel()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	if booking.ShortMax > sms.VarMost {
		t.Errorf("short names of centres have up to %d characters, a variable %d", booking.ShortMax, sms.VarMost)
	}
	values := noticeValues(booking.NoticeData{Name: strings.Repeat("Venkata ", 7), Reference: "12345678901234"}, new(booking.Places))
	if name := values["Name"].(string); name != "Venkata Venkata Venkata" {
		t.Errorf("a long name is %q", name)
	}
	ids := 0
	for _, lang := range locales.Languages {
		for _, id := range words.IDs(lang) {
			if key, ok := strings.CutPrefix(id, "option.photo_id."); ok {
				ids++
				if word, err := words.Text(lang, "sms", photoID(key).Word(), nil); err != nil || utf8.RuneCountInString(word) > sms.VarMost {
					t.Errorf("%s in %s is too long for a variable: %q %v", id, lang, word, err)
				}
			}
		}
	}
	if ids < 9*len(locales.Languages) {
		t.Errorf("only %d names of photo ids were found", ids)
	}
}

// filled is what dlt templates prints, filled in by an operator, who may change
// a row or, with nil, lose it.
func filled(t *testing.T, change func(row []string) []string) string {
	t.Helper()
	out, err := runs(t, "dlt", "templates")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, row := range rows {
		if i > 0 {
			row[2], row[3] = "VAXIND", fmt.Sprintf("1107%015d", i)
			if row[0] == sms.ReplyRow {
				row[3] = sms.NoTemplate
			}
			row = change(row)
		}
		if row != nil {
			w.Write(row) //nolint:errcheck // into memory
		}
	}
	w.Flush()
	file := filepath.Join(t.TempDir(), "dlt.csv")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func same(row []string) []string { return row }

func TestDLT_check(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func([]string) []string
		want   []string
		ok     bool
	}{
		"whole": {same, []string{"Every text has its id.", "notice.booked: en, hi"}, true},
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
			out, err := runs(t, "dlt", "check", filled(t, c.change))
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

// TestServe_needs_the_registry: within India nothing is sent that a network
// would drop without a word.
func TestServe_needs_the_registry(t *testing.T) {
	t.Parallel()
	whole := filled(t, same)
	lacks := filled(t, func(row []string) []string {
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
			config: serveCommand{texts: texts{KannelURL: "http://127.0.0.1:1"}, DLTFile: filled(t, func(row []string) []string {
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

// TestRegistered gives what is sent its template, and sends nothing else.
func TestRegistered(t *testing.T) {
	t.Parallel()
	r, err := readRegistry(filled(t, same), "1101000000000000001", "")
	if err != nil {
		t.Fatal(err)
	}
	say := func(text string) outbox.Message {
		return outbox.Message{Lang: "en", Text: text}
	}
	var next outbox.Message
	word := registered(r, func(context.Context, booking.Notice) (outbox.Message, error) { return next, nil })
	next = say("We will call you back.")
	m, err := word(t.Context(), booking.Notice{Kind: booking.NoticeCallBack})
	if err != nil || m.Text != next.Text || m.Template.Header != "VAXIND" || m.Template.ID == "" || m.Template.Entity != "1101000000000000001" {
		t.Errorf("%+v, %v", m, err)
	}
	next = say("Which centre?\n1 PHC Kankarbagh")
	m, err = word(t.Context(), booking.Notice{Kind: booking.NoticeReply, Data: booking.NoticeData{Says: "book.centre"}})
	if err != nil || m.Template.Header != "VAXIND" || m.Template.ID != "" {
		t.Errorf("%+v, %v", m, err)
	}
	next = say("We will call you soon.")
	_, err = word(t.Context(), booking.Notice{Kind: booking.NoticeCallBack})
	if f, ok := errors.AsType[*outbox.Failure](err); !ok || f.Policy != outbox.GiveUp || f.Code != "no DLT template" {
		t.Errorf("other words than those registered: %v", err)
	}
}
