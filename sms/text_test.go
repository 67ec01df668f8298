package sms

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// mostSegments is what the longest text may cost: a list of four centres with
// the longest names, after a refusal, in Hindi or Bengali, takes six.
const mostSegments = 7

// TestText walks through every step in every language: there is something to
// say, and it does not cost a fortune.
func TestText(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	type cost struct {
		segments int
		at, text string
	}
	worst := map[string]cost{}
	seen := map[string]bool{}
	look := func(at, lang string, p dialog.Prompt) {
		text, err := Text(words, lang, p)
		if err != nil {
			t.Errorf("%s in %s: %v", at, lang, err)
			return
		}
		if seen[lang+text] {
			return
		}
		seen[lang+text] = true
		n := locales.Segments(text)
		if n > worst[lang].segments {
			worst[lang] = cost{n, at, text}
		}
		if n > mostSegments {
			t.Errorf("%s in %s takes %d segments:\n%s", at, lang, n, text)
		}
		if strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
			t.Errorf("%s in %s: %s", at, lang, text)
		}
		if c, ok := p.Expect.(dialog.Choice); ok {
			if lines := strings.Split(text, "\n"); len(lines) < len(c.Options) {
				t.Errorf("%s in %s lacks an option:\n%s", at, lang, text)
			}
		}
		for _, jargon := range []string{"00,", " dial", "डायल", "ডায়াল", "dabai", "दबा", "টিপ", "tipun", "Press ", "press "} {
			if strings.Contains(text, jargon) {
				t.Errorf("%s in %s speaks of keys or dialling (%q):\n%s", at, lang, jargon, text)
			}
		}
	}
	each := func(at string, p dialog.Prompt) {
		for _, lang := range locales.Languages {
			look(at, lang, p)
		}
	}
	err = walk.Every(t.Context(), dialog.New(uuid.New), func(at walk.At, p dialog.Prompt) error {
		each(at.String(), p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range walk.Problems() {
		each("problem "+string(p.Code), dialog.Prompt{Note: dialog.Text{ID: "problem." + string(p.Code), Data: p.Args}, Say: dialog.Text{ID: "register.name"}, Expect: dialog.Words{Max: booking.NameMax}})
	}
	for _, p := range Prompts() {
		each(p.Say.ID, p)
	}
	for _, lang := range locales.Languages {
		t.Logf("%s: %d segments at most, at %s", lang, worst[lang].segments, worst[lang].at)
	}
}

// TestPrompts: what the channel says by itself takes two parts in Hindi and
// Bengali and one in Latin letters.
func TestPrompts(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locales.Languages {
		for _, p := range Prompts() {
			text, err := Text(words, lang, p)
			if err != nil {
				t.Error(err)
			}
			most := 2
			if locales.Script(lang) == "Latn" {
				most = 1
			}
			if n := locales.Segments(text); n > most {
				units, _ := locales.Cost(text)
				t.Errorf("%s in %s takes %d segments (%d units): %s", p.Say.ID, lang, n, units, text)
			}
		}
	}
}

func TestCalled(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	option := func(key, name string) dialog.Option {
		return dialog.Option{Key: key, Label: dialog.Text{ID: "option.person.free", Data: map[string]any{"Name": name}}}
	}
	c := dialog.Choice{Options: []dialog.Option{
		option("a", "PHC Danapur 2.3 km"), option("b", "PHC Phulwari 4 km"), option("c", "आशा देवी"), option("d", "9 am-11 am"), option("e", "11 am-1 pm"),
	}}
	for said, want := range map[string]string{
		"PHC Danapur 2.3 km": "a!", "danapur": "a", "  Phulwari. ": "b", "PHC": "", "आशा देवी।": "c!", "आशा": "c", "9 am": "d", "11 am": "e",
		"4": "", "km": "", "": "", "x": "", "देवी": "c", "Danapur Phulwari": "",
	} {
		key, exact, _ := called(words, []string{"en", "hi"}, c, said)
		if exact {
			key += "!"
		}
		if key != want {
			t.Errorf("%q is %q, want %q", said, key, want)
		}
	}
}
