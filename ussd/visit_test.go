package ussd

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tikaline/dialog"
	"tikaline/locales"
)

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
		if first == second || !strings.HasPrefix(second.Text, "3 ") {
			t.Fatalf("second page: %q", second.Text)
		}
		if got := r.ask(t, hindiCaller, "98"); got != first {
			t.Errorf("after the last page: %q", got.Text)
		}
		r.ask(t, hindiCaller, "5") // not shown on this page
		if at := r.at(t, hindiCaller); at != "help/pick" {
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
	t.Run("a_one_time_password_is_shown_once_and_kept_nowhere", func(t *testing.T) {
		r := newRig(t)
		r.core(hindiCaller).Code = "459831"
		first := r.ask(t, hindiCaller, "dial").Text
		if !strings.Contains(first, "459831") {
			t.Fatalf("no code in %q", first)
		}
		all := first
		for {
			page := r.ask(t, hindiCaller, "98").Text
			if strings.Contains(string(r.store.Records[hindiCaller].State), "459831") || strings.Contains(page, "459831") {
				t.Fatalf("kept, or shown again: %q", page)
			}
			if page == strings.Replace(first, "459831", "******", 1) {
				break
			}
			if all += "\n" + page; len(all) > 2000 {
				t.Fatalf("the first page never comes again in\n%s", all)
			}
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
			if r.ask(t, n, "dial", in); r.at(t, n) != "help/pick" {
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
		if at := r.at(t, n); at != "home/pick" {
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
		wide := func(phase Phase, in string) Reply {
			return r.mustReply(t, Event{Provider: "test", SessionKey: "w", Number: newCaller, Phase: phase, Input: in, MessageID: uuid.NewString(), Budget: locales.Budget{Septets: 182, Units: 80}})
		}
		wide(Begin, "")
		wide(Input, "9")
		if got := wide(Input, "2"); !isLatin(got.Text) {
			t.Errorf("still in %q", got.Text)
		}
		if lang := r.core(newCaller).House.Language; lang != locales.BengaliLatin {
			t.Errorf("remembered as %q", lang)
		}
	})
	t.Run("9_does_nothing_where_it_is_not_offered", func(t *testing.T) {
		r := newRig(t)
		languages := r.ask(t, newCaller, "dial")
		for _, k := range []string{"9", "7", "x", "98"} {
			if got := r.ask(t, newCaller, k); got != languages {
				t.Errorf("%s leads from the languages to %q", k, got.Text)
			}
		}
		r.ask(t, hindiCaller, "dial", "1")
		if got := r.ask(t, hindiCaller, "9"); isLatin(got.Text) {
			t.Errorf("9 has changed the letters: %q", got.Text)
		}
	})
	t.Run("a_newcomer_cannot_go_round_the_language", func(t *testing.T) {
		r := newRig(t)
		r.ask(t, newCaller, "dial")
		for _, in := range []string{"0", "00", "98", "77"} {
			if got := r.ask(t, newCaller, in); got.End || r.at(t, newCaller) != "language/pick" {
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
		if r.ask(t, hindiCaller, "00"); r.at(t, hindiCaller) != "home/pick" {
			t.Errorf("at %s", r.at(t, hindiCaller))
		}
	})
	t.Run("dialling_again_is_home", func(t *testing.T) {
		r, _ := bring(t)
		if r.ask(t, hindiCaller, "dial"); r.at(t, hindiCaller) != "home/pick" {
			t.Errorf("at %s", r.at(t, hindiCaller))
		}
	})
}
