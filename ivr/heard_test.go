package ivr

import (
	"strings"
	"testing"

	"tikaline/dialog"
	"tikaline/locales"
)

func TestScript(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		lang, id, want string // "" is none
	}{
		"a_question":            {"en", "home.pick", "What would you like to do?"},
		"a_choice":              {"hi", "option.gender.female.press.2", "महिला के लिए 2 दबाइए."},
		"a_choice_in_bengali":   {"bn", "option.home.book.press.1", "টিকা বুক করতে হলে 1 টিপুন।"},
		"a_language_in_its_own": {"bn", "option.language.bn.press.2", "বাংলা হলে 2 টিপুন।"},
		"has_values":            {"en", "mine.booked", ""},
		"a_choice_with_values":  {"en", "option.offer.slot.press.1", ""},
		"no_such_message":       {"en", "home.gone", ""},
		"no_such_key":           {"en", "option.home.book.press.4", ""},
		"no_key":                {"en", "option.home.book.press.x", ""},
		"for_the_eye_only":      {"hi-Latn", "home.pick", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := Script(words, tt.lang, tt.id); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%q, %t; want %q", got, ok, tt.want)
			}
		})
	}
}

// all has a recording of everything.
type all struct{}

func (all) URL(lang, id string) (string, bool) { return "/audio/" + lang + "/" + id + ".wav", true }

func TestHear(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	yes := dialog.Option{Key: "yes", Label: say("option.yesno.yes")}
	p := dialog.Prompt{Say: say("home.pick"), Expect: dialog.Choice{Options: []dialog.Option{yes, yes, yes, yes}}}
	pages, err := Hear(words, nil, "en", p)
	if err != nil || len(pages) != 2 || pages[0].Choices != 3 || pages[1].Choices != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if text := pages[0].Text(); !strings.Contains(text, "For yes, press 3.") || !strings.Contains(text, "press 8") || pages[0].Took > MaxSpeech {
		t.Errorf("%s: %s", pages[0].Took, text)
	}
	if pages, err = Hear(words, all{}, "en", p); err != nil || pages[0].Text() != "" || pages[0].Verbs[1].URL != "/audio/en/option.yesno.yes.press.1.wav" {
		t.Errorf("with recordings of all: %v, %v", pages, err)
	}
}
