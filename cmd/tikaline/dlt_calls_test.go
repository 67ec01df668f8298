package main

import (
	"context"
	"testing"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/outbox"
)

// TestRegistered_spoken_names: a person without a name yet is called by the year
// of birth, in words that a variable of a registered text holds; a call has no
// text to register.
func TestRegistered_spoken_names(t *testing.T) {
	t.Parallel()
	r, err := readRegistry(filled(t, same), "1101000000000000001", "")
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
			values := noticeValues(n.Data, places)
			values["Name"] = calledBy(booking.Applicant{Recording: "RE1", BirthYear: 1958})
			text, err := fitted(words, lang, n.Kind, values)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := r.For("notice."+string(n.Kind), lang, text); !ok {
				t.Errorf("%s in %s would be dropped: %s", n.Kind, lang, text)
			}
		}
	}
	word := registered(r, func(context.Context, booking.Notice) (outbox.Message, error) {
		return outbox.Message{Lang: "en", Text: "words that nobody registered"}, nil
	})
	m, err := word(t.Context(), booking.Notice{Kind: booking.NoticeCallBack, Medium: "call"})
	if err != nil || m.Template != (outbox.Template{}) {
		t.Errorf("a call is %+v, %v", m, err)
	}
}
