package notices_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/notices"
	"tikaline/notices/noticetest"
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
	all, err := notices.Forms(locales.Languages, "")
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
	values := notices.Values(booking.NoticeData{Name: strings.Repeat("Venkata ", 7), Reference: "12345678901234"}, new(booking.Places))
	if name := values["Name"].(string); name != "Venkata Venkata Venkata" {
		t.Errorf("a long name is %q", name)
	}
	ids := 0
	for _, lang := range locales.Languages {
		for _, id := range words.IDs(lang) {
			if key, ok := strings.CutPrefix(id, "option.photo_id."); ok {
				ids++
				if word, err := words.Text(lang, "sms", notices.PhotoID(key).Word(), nil); err != nil || utf8.RuneCountInString(word) > sms.VarMost {
					t.Errorf("%s in %s is too long for a variable: %q %v", id, lang, word, err)
				}
			}
		}
	}
	if ids < 9*len(locales.Languages) {
		t.Errorf("only %d names of photo ids were found", ids)
	}
}

// TestRegistered gives what is sent its template, and sends nothing else.
func TestRegistered(t *testing.T) {
	t.Parallel()
	r, err := notices.ReadRegistry(noticetest.Registry(t, noticetest.Same), "1101000000000000001", "")
	if err != nil {
		t.Fatal(err)
	}
	say := func(text string) outbox.Message {
		return outbox.Message{Lang: "en", Text: text}
	}
	var next outbox.Message
	word := notices.Registered(r, func(context.Context, booking.Notice) (outbox.Message, error) { return next, nil })
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

// TestRegistered_spoken_names: a person without a name yet is called by the year
// of birth, in words that a variable of a registered text holds; a call has no
// text to register.
func TestRegistered_spoken_names(t *testing.T) {
	t.Parallel()
	r, err := notices.ReadRegistry(noticetest.Registry(t, noticetest.Same), "1101000000000000001", "")
	if err != nil {
		t.Fatal(err)
	}
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	for _, lang := range locales.Languages {
		for _, n := range walk.Notices() {
			if n.Data.Name == "" {
				continue
			}
			values := notices.Values(n.Data, places)
			values["Name"] = notices.NameOf(booking.Applicant{Recording: "RE1", BirthYear: 1958})
			text, err := notices.Text(words, lang, n.Kind, values)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := r.For("notice."+string(n.Kind), lang, text); !ok {
				t.Errorf("%s in %s would be dropped: %s", n.Kind, lang, text)
			}
		}
	}
	word := notices.Registered(r, func(context.Context, booking.Notice) (outbox.Message, error) {
		return outbox.Message{Lang: "en", Text: "words that nobody registered"}, nil
	})
	m, err := word(t.Context(), booking.Notice{Kind: booking.NoticeCallBack, Medium: "call"})
	if err != nil || m.Template != (outbox.Template{}) {
		t.Errorf("a call is %+v, %v", m, err)
	}
}
