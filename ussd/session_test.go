package ussd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

func TestSessions(t *testing.T) {
	const n = englishCaller
	t.Run("redial_asks_whether_to_go_on", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "1", "Asha Devi")
		if r.ask(t, n, "dial"); r.at(t, n) != "resume/pick" {
			t.Fatalf("at %s", r.at(t, n))
		}
		if r.ask(t, n, "1"); r.at(t, n) != "register/year" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("session_id_changes_half_way", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "1")
		r.mustReply(t, Event{Provider: "test", SessionKey: "other", Number: n, Phase: Input, Input: "Asha Devi"})
		if at := r.at(t, n); at != "register/year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("an_answer_to_what_was_asked_elsewhere_is_not_taken", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "1")
		s, _ := r.state(t, n)
		s.Last, s.Channel["sms"] = "sms", json.RawMessage(`{"page":1}`)
		rec := r.store.Records[n]
		rec.State, _ = json.Marshal(s)
		r.store.Records[n] = rec
		got := r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: Input, Input: "Asha Devi"})
		if at := r.at(t, n); at != "register/name" || got.End {
			t.Errorf("at %s: %q", at, got.Text)
		}
	})
	t.Run("an_answer_out_of_the_blue_begins", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: Input, Input: "1"})
		if at := r.at(t, n); at != "home/pick" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("state_from_a_day_ago_begins_afresh", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "1")
		r.wait(dialog.TTL + time.Hour)
		if r.ask(t, n, "dial"); r.at(t, n) != "home/pick" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("cut_off_changes_nothing", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "1", "Asha Devi")
		before := r.store.Saves
		for _, p := range []Phase{Cancel, Timeout, Ended, Probe} {
			if got := r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: p}); got.Text != "" {
				t.Errorf("%s shows %q", p, got.Text)
			}
		}
		if r.store.Saves != before || r.at(t, n) != "register/year" {
			t.Errorf("%d saves, at %s", r.store.Saves-before, r.at(t, n))
		}
	})
}

// all is an event of a provider that sends all that was keyed.
func all(n booking.MSISDN, session, text string) Event {
	return Event{Provider: "at", SessionKey: session, Number: n, Phase: Unclear, Input: text, Sep: "*"}
}

func TestAccumulated(t *testing.T) {
	const n = englishCaller
	t.Run("only_what_is_new_is_taken", func(t *testing.T) {
		r := newRig(t)
		for _, text := range []string{"", "5", "5*1"} {
			r.mustReply(t, all(n, "s", text))
		}
		if calls := r.core(n).Calls; calls != 1 {
			t.Errorf("%d calls pending", calls)
		}
	})
	t.Run("a_lost_message_is_caught_up_with", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "1*Asha Devi"))
		if at := r.at(t, n); at != "register/year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("empty_answers", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "1"))
		got := r.mustReply(t, all(n, "s", "1*"))
		if r.at(t, n) != "register/name" || got.End {
			t.Errorf("at %s: %q", r.at(t, n), got.Text)
		}
		r.mustReply(t, all(n, "s", "1**Asha Devi"))
		if at := r.at(t, n); at != "register/year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("a_text_that_is_no_continuation_is_its_last_answer", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "5"))
		r.mustReply(t, all(n, "s", "9*9*0"))
		if at := r.at(t, n); at != "home/pick" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("another_session_goes_on_with_the_same_text", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "1"))
		before, _ := r.state(t, n)
		r.mustReply(t, all(n, "rotated", "1*Asha Devi"))
		after, _ := r.state(t, n)
		if at := r.at(t, n); at != "register/year" || after.Frames[0].Run != before.Frames[0].Run {
			t.Errorf("at %s, run %s after %s", at, after.Frames[0].Run, before.Frames[0].Run)
		}
	})
	t.Run("a_closed_session_does_nothing_again", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		end := r.mustReply(t, all(n, "s", "5*1"))
		if !end.End {
			t.Fatalf("%+v", end)
		}
		if got := r.mustReply(t, all(n, "s", "5")); got != end {
			t.Errorf("a late message gets %q", got.Text)
		}
		r.mustReply(t, all(n, "s", "5*1*5"))
		if calls := r.core(n).Calls; calls != 1 || r.at(t, n) != "home/pick" {
			t.Errorf("%d calls pending, at %s", calls, r.at(t, n))
		}
	})
}

func TestDialledAhead(t *testing.T) {
	begin := func(n booking.MSISDN, path ...string) Event {
		return Event{Provider: "test", SessionKey: "s", Number: n, Phase: Begin, Path: path}
	}
	t.Run("walks_the_same_steps", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, begin(englishCaller, "5", "2"))
		if at := r.at(t, englishCaller); at != "" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("stops_at_the_first_refusal_and_shows_it", func(t *testing.T) {
		r := newRig(t)
		got := r.mustReply(t, begin(englishCaller, "1", "Asha Devi", "3000", "1960"))
		if at := r.at(t, englishCaller); at != "register/year" || got.Text == r.ask(t, englishCaller, "98").Text {
			t.Errorf("at %s: %q", at, got.Text)
		}
	})
	t.Run("language_first_for_a_newcomer_and_then_on", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, begin(newCaller, "5", "1"))
		if at := r.at(t, newCaller); at != "language/pick" {
			t.Fatalf("at %s", at)
		}
		if r.core(newCaller).Calls != 0 {
			t.Fatal("walked before the language was chosen")
		}
		e := Event{Provider: "test", SessionKey: "s", Number: newCaller, Phase: Input, Input: "77"}
		r.mustReply(t, e)
		r.wait(time.Minute)
		e.Input = "3"
		if got := r.mustReply(t, e); !isLatin(got.Text) || r.core(newCaller).Calls != 1 {
			t.Errorf("%d calls pending: %q", r.core(newCaller).Calls, got.Text)
		}
	})
	t.Run("skips_the_question_whether_to_go_on", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, englishCaller, "dial", "1", "Asha Devi")
		r.mustReply(t, begin(englishCaller, "5"))
		if at := r.at(t, englishCaller); at != "help/pick" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("the_code_changes_the_language", func(t *testing.T) {
		r := newRig(t)
		e := begin(englishCaller)
		e.Lang = locales.Bengali
		if got := r.mustReply(t, e); isLatin(got.Text) || r.core(englishCaller).House.Language != locales.Bengali {
			t.Errorf("%q", got.Text)
		}
	})
	t.Run("latin_letters_only", func(t *testing.T) {
		r := newRig(t)
		e := begin(hindiCaller)
		e.NoIndic = true
		if got := r.mustReply(t, e); !isLatin(got.Text) || strings.Contains(got.Text, "ABC") {
			t.Errorf("%q", got.Text)
		}
	})
}
