package ussd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// state is what is stored of a number's conversation.
func (r *rig) state(t testing.TB, n booking.MSISDN) (s dialog.State, m memory) {
	t.Helper()
	if err := json.Unmarshal(r.store.records[n].State, &s); err != nil {
		t.Fatal(err)
	}
	return s, recall(&s)
}

// at is where a number's conversation stands.
func (r *rig) at(t testing.TB, n booking.MSISDN) string {
	t.Helper()
	s, _ := r.state(t, n)
	if len(s.Frames) == 0 {
		return ""
	}
	f := s.Frames[len(s.Frames)-1]
	return f.Flow + "." + f.Step
}

func (r *rig) mustReply(t testing.TB, e Event) Reply {
	t.Helper()
	got, err := r.Reply(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestKeys(t *testing.T) {
	const n = englishCaller
	t.Run("back_and_home", func(t *testing.T) {
		r := newRig(t)
		home := r.ask(t, n, "dial")
		if got := r.ask(t, n, "5", "0"); got != home {
			t.Errorf("0 leads to %q", got.Text)
		}
		if got := r.ask(t, n, "4", "Asha Devi", "00"); got != home {
			t.Errorf("00 leads to %q", got.Text)
		}
	})
	t.Run("more_goes_round_and_numbers_hold_on_every_page", func(t *testing.T) {
		r := newRig(t)
		first := r.ask(t, hindiCaller, "dial")
		second := r.ask(t, hindiCaller, "98")
		if first == second || !strings.HasPrefix(second.Text, "4 ") {
			t.Fatalf("second page: %q", second.Text)
		}
		if got := r.ask(t, hindiCaller, "98"); got != first {
			t.Errorf("after the last page: %q", got.Text)
		}
		r.ask(t, hindiCaller, "5") // not shown on this page
		if at := r.at(t, hindiCaller); at != "help.pick" {
			t.Errorf("5 leads to %s", at)
		}
	})
	t.Run("the_reason_does_not_shift_the_pages", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, hindiCaller, "dial")
		all := r.ask(t, hindiCaller, "77").Text
		reason, _, _ := strings.Cut(all, "\n")
		for range 5 {
			page := r.ask(t, hindiCaller, "98").Text
			if strings.HasPrefix(page, reason) {
				break
			}
			all += "\n" + page
		}
		for i := 1; i <= 6; i++ {
			if strings.Count(all, fmt.Sprintf("\n%d ", i)) != 1 {
				t.Errorf("option %d is not seen once in\n%s", i, all)
			}
		}
	})
	t.Run("native_digits_spaces_and_hash", func(t *testing.T) {
		for _, in := range []string{"५", "৫", "5#", " 5 ", "５", "05", "5."} {
			r := newRig(t)
			if r.ask(t, n, "dial", in); r.at(t, n) != "help.pick" {
				t.Errorf("%q leads to %s", in, r.at(t, n))
			}
		}
	})
	t.Run("wrong_and_empty_keys_never_end", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial")
		for _, in := range []string{"77", "", "#", "*", "abc", "-1", "9", "99999999999999999999", "\x00", "०", "98"} {
			if got := r.ask(t, n, in); got.End || got.Text == "" {
				t.Errorf("%q: %+v", in, got)
			}
		}
		if at := r.at(t, n); at != "home.pick" {
			t.Errorf("leads to %s", at)
		}
	})
	t.Run("98_is_an_answer_where_two_digits_are_asked_for", func(t *testing.T) {
		if !takesDigits(dialog.Digits{Min: 2, Max: 2}, 2) || takesDigits(dialog.Digits{Min: 4, Max: 4}, 2) || takesDigits(dialog.Choice{}, 2) {
			t.Error("takesDigits")
		}
	})
	t.Run("letters_look_wrong", func(t *testing.T) {
		r := newRig(t)
		if got := r.ask(t, hindiCaller, "dial", "9"); !isLatin(got.Text) {
			t.Errorf("still in %q", got.Text)
		}
		if lang := r.core(hindiCaller).House.Language; lang != locales.HindiLatin {
			t.Errorf("remembered as %q", lang)
		}
		if got := r.ask(t, hindiCaller, "dial"); !isLatin(got.Text) {
			t.Errorf("the next call is in %q", got.Text)
		}
		if got := r.ask(t, hindiCaller, "9"); !strings.Contains(got.Text, "6") {
			t.Errorf("9 is no option in Latin letters: %q", got.Text)
		}
	})
	t.Run("letters_look_wrong_before_a_language_was_chosen", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, newCaller, "dial", "9")
		if got := r.ask(t, newCaller, "2"); !isLatin(got.Text) {
			t.Errorf("still in %q", got.Text)
		}
		if lang := r.core(newCaller).House.Language; lang != locales.BengaliLatin {
			t.Errorf("remembered as %q", lang)
		}
	})
	t.Run("a_newcomer_cannot_go_round_the_language", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, newCaller, "dial")
		for _, in := range []string{"0", "00", "98", "77"} {
			if got := r.ask(t, newCaller, in); got.End || r.at(t, newCaller) != "language.pick" {
				t.Errorf("%q leads to %s: %q", in, r.at(t, newCaller), got.Text)
			}
		}
	})
}

func isLatin(s string) bool {
	_, gsm := locales.Cost(s)
	return gsm
}

func TestLastWords(t *testing.T) {
	// help.bring is more than a page in Hindi.
	bring := func(t *testing.T) (*rig, Reply) {
		r := newRig(t)
		return r, r.ask(t, hindiCaller, "dial", "5", "2")
	}
	t.Run("several_pages_end_with_the_last", func(t *testing.T) {
		r, got := bring(t)
		all, n := got.Text, 1
		for ; !got.End && n < 10; n++ {
			if !strings.Contains(got.Text, "98") {
				t.Fatalf("page %d says nothing of more: %q", n, got.Text)
			}
			if !locales.Fits(got.Text, DefaultBudget) {
				t.Errorf("page %d is too long: %q", n, got.Text)
			}
			got = r.ask(t, hindiCaller, "98")
			all += got.Text
		}
		if n < 2 || strings.Contains(got.Text, "98") {
			t.Errorf("%d pages: %q", n, all)
		}
	})
	t.Run("any_key_goes_on", func(t *testing.T) {
		r, first := bring(t)
		if got := r.ask(t, hindiCaller, "4"); got == first || got.Text == "" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("home_leaves_them", func(t *testing.T) {
		r, _ := bring(t)
		if r.ask(t, hindiCaller, "00"); r.at(t, hindiCaller) != "home.pick" {
			t.Errorf("at %s", r.at(t, hindiCaller))
		}
	})
	t.Run("dialling_again_is_home", func(t *testing.T) {
		r, _ := bring(t)
		if r.ask(t, hindiCaller, "dial"); r.at(t, hindiCaller) != "home.pick" {
			t.Errorf("at %s", r.at(t, hindiCaller))
		}
	})
}

func TestSessions(t *testing.T) {
	const n = englishCaller
	t.Run("redial_asks_whether_to_go_on", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "4", "Asha Devi")
		if r.ask(t, n, "dial"); r.at(t, n) != "resume.pick" {
			t.Fatalf("at %s", r.at(t, n))
		}
		if r.ask(t, n, "1"); r.at(t, n) != "register.year" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("session_id_changes_half_way", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "4")
		r.mustReply(t, Event{Provider: "test", SessionKey: "other", Number: n, Phase: Input, Input: "Asha Devi"})
		if at := r.at(t, n); at != "register.year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("an_answer_to_what_was_asked_elsewhere_is_not_taken", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "4")
		s, _ := r.state(t, n)
		s.Channel = json.RawMessage(`{"sms":{"page":1}}`)
		rec := r.store.records[n]
		rec.State, _ = json.Marshal(s)
		r.store.records[n] = rec
		got := r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: Input, Input: "Asha Devi"})
		if at := r.at(t, n); at != "register.name" || got.End {
			t.Errorf("at %s: %q", at, got.Text)
		}
	})
	t.Run("an_answer_out_of_the_blue_begins", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: Input, Input: "4"})
		if at := r.at(t, n); at != "home.pick" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("state_from_a_day_ago_begins_afresh", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "4")
		r.wait(dialog.TTL + time.Hour)
		if r.ask(t, n, "dial"); r.at(t, n) != "home.pick" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("cut_off_changes_nothing", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, n, "dial", "4", "Asha Devi")
		before := r.store.saves
		for _, p := range []Phase{Cancel, Timeout, Ended, Probe} {
			if got := r.mustReply(t, Event{Provider: "test", SessionKey: "x", Number: n, Phase: p}); got.Text != "" {
				t.Errorf("%s shows %q", p, got.Text)
			}
		}
		if r.store.saves != before || r.at(t, n) != "register.year" {
			t.Errorf("%d saves, at %s", r.store.saves-before, r.at(t, n))
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
			t.Errorf("%d calls owed", calls)
		}
	})
	t.Run("a_lost_message_is_caught_up_with", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "4*Asha Devi"))
		if at := r.at(t, n); at != "register.year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("empty_answers", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "4"))
		got := r.mustReply(t, all(n, "s", "4*"))
		if r.at(t, n) != "register.name" || got.End {
			t.Errorf("at %s: %q", r.at(t, n), got.Text)
		}
		r.mustReply(t, all(n, "s", "4**Asha Devi"))
		if at := r.at(t, n); at != "register.year" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("a_text_that_is_no_continuation_is_its_last_answer", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "5"))
		r.mustReply(t, all(n, "s", "9*9*0"))
		if at := r.at(t, n); at != "home.pick" {
			t.Errorf("at %s", at)
		}
	})
	t.Run("another_session_goes_on_with_the_same_text", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, all(n, "s", ""))
		r.mustReply(t, all(n, "s", "4"))
		r.mustReply(t, all(n, "rotated", "4*Asha Devi"))
		if at := r.at(t, n); at != "register.year" {
			t.Errorf("at %s", at)
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
		if calls := r.core(n).Calls; calls != 1 || r.at(t, n) != "home.pick" {
			t.Errorf("%d calls owed, at %s", calls, r.at(t, n))
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
		got := r.mustReply(t, begin(englishCaller, "4", "Asha Devi", "3000", "1"))
		if at := r.at(t, englishCaller); at != "register.year" || got.Text == r.ask(t, englishCaller, "98").Text {
			t.Errorf("at %s: %q", at, got.Text)
		}
	})
	t.Run("language_first_for_a_newcomer_and_then_on", func(t *testing.T) {
		r := newRig(t)
		r.mustReply(t, begin(newCaller, "5", "1"))
		if at := r.at(t, newCaller); at != "language.pick" {
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
			t.Errorf("%d calls owed: %q", r.core(newCaller).Calls, got.Text)
		}
	})
	t.Run("skips_the_question_whether_to_go_on", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, englishCaller, "dial", "4", "Asha Devi")
		r.mustReply(t, begin(englishCaller, "5"))
		if at := r.at(t, englishCaller); at != "help.pick" {
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

// refusing is a core that cannot be asked.
type refusing struct {
	dialog.Core
	err error
}

func (c refusing) Household(context.Context) (booking.Household, error) {
	return booking.Household{}, c.err
}

func TestTrouble(t *testing.T) {
	dial := Event{Provider: "test", SessionKey: "s", Number: hindiCaller, Phase: Begin}
	t.Run("a_problem_ends_in_words", func(t *testing.T) {
		r := newRig(t)
		r.Desk = func(n booking.MSISDN) dialog.Core {
			return refusing{walk.New(r.clock), booking.Refuse(booking.Busy)}
		}
		got, err := r.Reply(t.Context(), dial)
		if err != nil || !got.End || got.Text == "" || !locales.Fits(got.Text, DefaultBudget) {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("our_fault_is_returned_and_worded_by_Sorry", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, hindiCaller, "dial")
		r.Desk = func(n booking.MSISDN) dialog.Core { return refusing{walk.New(r.clock), errors.New("disk full")} }
		e := Event{Provider: "test", SessionKey: r.sessions[hindiCaller], Number: hindiCaller, Phase: Input, Input: "2"}
		_, err := r.Reply(t.Context(), e)
		if err == nil || languageOf(err) != locales.Hindi {
			t.Fatalf("%v in %q", err, languageOf(err))
		}
		got := r.Sorry(e, languageOf(err), "4711")
		if !got.End || !strings.Contains(got.Text, "4711") || !locales.Fits(got.Text, DefaultBudget) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("unknown_language_is_never_english_alone", func(t *testing.T) {
		r := newRig(t)
		en, _ := r.Words.Text(locales.English, medium, textBusy, nil)
		for _, e := range []Event{{}, {NoIndic: true}, {Budget: locales.Budget{Septets: 182, Units: 80}}, {Budget: locales.Budget{Septets: 60, Units: 40}}} {
			for _, got := range []Reply{r.Busy(e, ""), r.Sorry(e, "", "123456")} {
				if got.Text == "" || got.Text == en || !got.End || !locales.Fits(got.Text, e.budget()) {
					t.Errorf("%+v: %q", e.Budget, got.Text)
				}
			}
		}
	})
	t.Run("too_late_is_busy", func(t *testing.T) {
		r := newRig(t)
		r.store.slow, r.Deadline = true, 20*time.Millisecond
		got, err := r.Reply(t.Context(), dial)
		if err != nil || !got.End || got.Text != r.Busy(dial, "").Text {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("a_provider_that_went_away_is_an_error", func(t *testing.T) {
		r := newRig(t)
		r.store.slow = true
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Reply(ctx, dial); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a_missing_text_is_an_error", func(t *testing.T) {
		r := newRig(t)
		r.Words = fakeWords{}
		if got, err := r.Reply(t.Context(), dial); err == nil {
			t.Errorf("shows %q", got.Text)
		}
		if r.Check() == nil {
			t.Error("Check finds nothing")
		}
		if got := r.Sorry(dial, "hi", "4711"); got.Text != "4711" {
			t.Errorf("%q", got.Text)
		}
	})
	t.Run("errors_and_events_give_nobody_away", func(t *testing.T) {
		e := Event{Provider: "test", Number: hindiCaller, Input: "secret", Phase: Input}
		for _, s := range []string{fmt.Sprint(e), fmt.Sprintf("%+v", e), e.LogValue().String()} {
			if strings.Contains(s, "secret") || strings.Contains(s, "98765") || !strings.Contains(s, "201") {
				t.Errorf("%s", s)
			}
		}
	})
	t.Run("everything_is_counted", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, englishCaller, "dial", "5", "1")
		r.busy = true
		r.ask(t, englishCaller, "dial")
		r.busy = false
		r.mustReply(t, Event{Provider: "test", Number: englishCaller, Phase: Ended})
		for o, want := range map[Outcome]int{Continued: 2, Closed: 1, Busied: 1, Noted: 1} {
			if r.seen.outcomes[o] != want {
				t.Errorf("%s: %d, want %d", o, r.seen.outcomes[o], want)
			}
		}
		if got := strings.Join(r.seen.asked, " "); got != "home.pick help.pick ." {
			t.Errorf("asked %s", got)
		}
	})
}

func TestAtOnce(t *testing.T) {
	t.Run("one_message_five_times_is_one_effect", func(t *testing.T) {
		for _, e := range []Event{
			{Provider: "test", SessionKey: "s", Phase: Input, Input: "1", MessageID: "7"},
			{Provider: "test", SessionKey: "s", Phase: Input, Input: "1"},
			{Provider: "test", SessionKey: "s", Phase: Unclear, Input: "5*1", Sep: "*"},
		} {
			r := newRig(t)
			e.Number = englishCaller
			first := e
			if first.Phase, first.Input = Begin, ""; e.Sep != "" {
				first.Phase, first.Input = Unclear, "5"
			}
			first.MessageID = ""
			first.Path = []string{"5"}
			if e.Sep != "" {
				first.Path = nil
			}
			r.mustReply(t, first)
			replies := make([]Reply, 5)
			var wg sync.WaitGroup
			for i := range replies {
				wg.Go(func() { replies[i] = r.mustReply(t, e) })
			}
			wg.Wait()
			for _, got := range replies {
				if got != replies[0] || !got.End {
					t.Errorf("%+v and %+v", got, replies[0])
				}
			}
			if calls, saves := r.core(englishCaller).Calls, r.store.saves; calls != 1 || saves != 2 {
				t.Errorf("%d calls owed, %d saves", calls, saves)
			}
		}
	})
	t.Run("callers_never_hear_each_other", func(t *testing.T) {
		r := newRig(t)
		want := r.screens(t)
		var wg sync.WaitGroup
		for i := range 40 {
			n, home := booking.MSISDN(fmt.Sprintf("+9198765%04d1", i)), want["home hi"]
			if i%2 == 0 {
				n, home = booking.MSISDN(fmt.Sprintf("+9198765%04d2", i)), want["home"]
			}
			wg.Go(func() {
				for range 20 {
					e := Event{Provider: "test", SessionKey: "one for all", Number: n, Phase: Begin, MessageID: uuid.NewString()}
					if got := r.mustReply(t, e); got.Text != home {
						t.Errorf("%s sees %q", n.Tail(), got.Text)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}

// Every screen there is, in every language, fits where it is shown.
func TestEveryScreenFits(t *testing.T) {
	r := newRig(t)
	most, n := map[string]int{}, 0
	reason := walk.Problems()[0]
	err := walk.Every(t.Context(), r.Engine, func(at walk.At, p dialog.Prompt) error {
		p.Note = dialog.Text{ID: "problem." + string(reason.Code), Data: reason.Args}
		s := &dialog.State{Frames: []dialog.Frame{{Flow: at.Flow, Step: at.Step, Trail: []dialog.Mark{{}}}}}
		v := r.visit(Event{Provider: "test", Number: walk.Number}, s)
		for _, s.Lang = range locales.Languages {
			scr, err := render(r.Words, s.Lang, p, "")
			if err != nil {
				return err
			}
			if err := v.offer(&scr, p); err != nil {
				return err
			}
			budgets := []locales.Budget{DefaultBudget, {Septets: 60, Units: 40}, {Septets: 182, Units: 80}}
			if n++; n%10 != 0 { // the sizes that are set by few
				budgets = budgets[:1]
			}
			for i, b := range budgets {
				pages := scr.pages(b)
				for _, page := range pages {
					if !locales.Fits(page, b) {
						return fmt.Errorf("%s %+v: %q", s.Lang, b, page)
					}
				}
				if i == 0 {
					most[s.Lang] = max(most[s.Lang], len(pages))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("most pages of a screen, with a reason on top: %v", most)
}

func BenchmarkReply(b *testing.B) {
	for name, n := range map[string]booking.MSISDN{"hindi": hindiCaller, "english": englishCaller} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b)
			r.Observer = nil
			r.ask(b, n, "dial")
			e := Event{Provider: "test", SessionKey: r.sessions[n], Number: n, Phase: Input}
			keys := []string{"5", "0"}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.now = r.now.Add(2 * time.Second)
				e.Input = keys[i%2]
				if _, err := r.Reply(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
