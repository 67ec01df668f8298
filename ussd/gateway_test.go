package ussd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// state is what is stored of a number's conversation.
func (r *rig) state(t testing.TB, n booking.MSISDN) (s dialog.State, m memory) {
	t.Helper()
	if err := json.Unmarshal(r.store.Records[n].State, &s); err != nil {
		t.Fatal(err)
	}
	return s, recall(&s)
}

// at is where a number's conversation stands.
func (r *rig) at(t testing.TB, n booking.MSISDN) string {
	t.Helper()
	s, _ := r.state(t, n)
	return walk.StandsAt(&s)
}

func (r *rig) mustReply(t testing.TB, e Event) Reply {
	t.Helper()
	got, err := r.Reply(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return got
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
	t.Run("a_mistake_of_ours_is_our_fault", func(t *testing.T) {
		r := newRig(t)
		r.Desk = func(booking.MSISDN) dialog.Core { panic("nobody thought of this") }
		if got, err := r.Reply(t.Context(), dial); err == nil || got.Text != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if r.seen.outcomes[Failed] != 1 {
			t.Errorf("counted as %v", r.seen.outcomes)
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
		r.store.Slow, r.Deadline = true, 20*time.Millisecond
		got, err := r.Reply(t.Context(), dial)
		if err != nil || !got.End || got.Text != r.Busy(dial, "").Text {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("a_provider_that_went_away_is_an_error", func(t *testing.T) {
		r := newRig(t)
		r.store.Slow = true
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
		for o, want := range map[channel.Outcome]int{Continued: 2, Closed: 1, Busied: 1, Noted: 1} {
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
			if calls, saves := r.core(englishCaller).Calls, r.store.Saves; calls != 1 || saves != 2 {
				t.Errorf("%d calls pending, %d saves", calls, saves)
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

// parted are the questions that may part from their options where the values are
// the longest there are and the screen is the smallest: names of 25 letters,
// centres of 30, addresses of 60.
var parted = []string{"book.who", "offer.pick", "offer.for", "find.about"}

// TestEveryScreenFits holds every screen there is, in every language, to the rules
// of a page.
func TestEveryScreenFits(t *testing.T) {
	r := newRig(t)
	most, n, told := map[string]int{}, 0, map[string]bool{} // one fault of a kind is enough
	reason := walk.Problems()[0]
	err := walk.Every(t.Context(), r.Engine, func(at walk.At, p dialog.Prompt) error {
		for _, note := range []dialog.Text{p.Note, {ID: "problem." + string(reason.Code), Data: reason.Args}} {
			p.Note = note
			for _, lang := range locales.Languages {
				budgets := []locales.Budget{DefaultBudget, {Septets: 182, Units: 80}, {Septets: 160, Units: 70}, {Septets: 60, Units: 40}}
				if n++; n%10 != 0 { // the sizes that are set by few
					budgets = budgets[:1]
				}
				for i, b := range budgets {
					scr, err := layout(r.Words, lang, at.Flow, p, nil, offer{back: true, home: true, latin: offersLatin(lang, p)})
					if err != nil {
						return err
					}
					pages := scr.pages(b)
					if fault := faultOf(scr, p, pages, b); fault != "" && !told[lang+p.Say.ID+fault] {
						told[lang+p.Say.ID+fault] = true
						t.Errorf("%s in %s at %s %+v: %s: %+v", p.Say.ID, lang, at, b, fault, pages)
					}
					if i == 0 {
						most[lang] = max(most[lang], len(pages))
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("most pages of a screen: %v", most)
}

// faultOf returns which rule of a page a screen breaks; "" is none.
func faultOf(s screen, p dialog.Prompt, pages []page, b locales.Budget) string {
	alone := 0 // pages without an option, before the first that has one
	var shown []int
	for i, on := range pages {
		last := i+1 == len(pages)
		switch {
		case !locales.Fits(on.text, b):
			return "does not fit"
		case last == strings.Contains(on.text, s.more):
			return "shows the key for more where there is none, or does not"
		case len(on.options) > maxOptions:
			return "has too many options"
		}
		if len(shown) == 0 && len(on.options) == 0 {
			alone++
		}
		for _, n := range on.options {
			began := func(p page) bool { return strings.Contains("\n"+p.text, fmt.Sprintf("\n%d ", n)) }
			if !slices.ContainsFunc(pages[:i+1], began) {
				return fmt.Sprintf("says it shows %d", n)
			}
		}
		shown = append(shown, on.options...)
	}
	if slices.Sort(shown); len(slices.Compact(shown)) != len(s.options) {
		return "does not show every option once"
	}
	if b.Units < DefaultBudget.Units {
		return ""
	}
	long := slices.Contains(parted, p.Say.ID)
	noted := len(s.notes) > 0 && !s.bare
	if len(s.options) > 0 && alone > 0 && !long && !noted {
		return "parts the question from its options"
	}
	return ""
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
