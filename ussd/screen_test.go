package ussd

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tikaline/dialog"
	"tikaline/locales"
)

// letters of each script, with what makes cutting hard: conjuncts, vowel
// signs, joiners, extension characters, a pair of surrogates.
var (
	latinWords = []string{"Patna", "Sadar", "PHC", "9am-1pm", "[free]", "~2.3", "km", "Asha", "Devi", "a", "verylongnameofacentre"}
	hindiWords = []string{"पटना", "सदर", "क्षेत्रीय", "टीका", "केंद्र", "निःशुल्क", "है", "प्राथमिक", "স্বাস্থ্য", "কেন্দ্র", "😀", "र्क्ष्म्य"}
)

func sentence(words []string, most int) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 1, most), func(w []string) string { return strings.Join(w, " ") })
}

func anyScreen(t *rapid.T) screen {
	words := rapid.SampledFrom([][]string{latinWords, hindiWords, append(slices.Clone(latinWords), hindiWords...)}).Draw(t, "words")
	s := screen{more: "98 More"}
	if rapid.Bool().Draw(t, "native footer") {
		s.more = "98 आगे"
	}
	s.text = sentence(words, 60).Draw(t, "text")
	for i := range rapid.IntRange(0, 14).Draw(t, "options") {
		s.options = append(s.options, fmt.Sprint(i+1, " ", sentence(words, 8).Draw(t, "option")))
	}
	if rapid.Bool().Draw(t, "back") {
		s.back = rapid.SampledFrom([]string{"0 Back", "0 पीछे"}).Draw(t, "back words")
	}
	if rapid.Bool().Draw(t, "home") {
		s.keys = append(s.keys, key{words: "00 Home"})
	}
	if rapid.Bool().Draw(t, "latin") {
		s.keys = append(s.keys, key{words: "9 ABC letters", first: rapid.Bool().Draw(t, "first")})
	}
	return s
}

func anyBudget(t *rapid.T) locales.Budget {
	return locales.Budget{
		Septets: rapid.IntRange(60, 182).Draw(t, "septets"),
		Units:   rapid.IntRange(40, 80).Draw(t, "units"),
	}
}

// content is what a page shows above its keys.
func (s screen) content(page string) string {
	lines := strings.Split(page, "\n")
	foot := lines[len(lines)-1]
	for _, k := range append([]key{{words: s.back}, {words: s.more}}, s.keys...) {
		if k.words != "" {
			foot = strings.Replace(foot, k.words, "", 1)
		}
	}
	if strings.TrimSpace(foot) == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

var space = regexp.MustCompile(`\s+`)

func TestPages(t *testing.T) {
	t.Run("every_page_fits_and_nothing_is_lost", rapid.MakeCheck(func(t *rapid.T) {
		s, b := anyScreen(t), anyBudget(t)
		all := s.pages(b)
		var shown string
		for i, page := range all {
			if !locales.Fits(page, b) {
				n, gsm := locales.Cost(page)
				t.Fatalf("page %d of %d costs %d (gsm %v) of %+v: %q", i+1, len(all), n, gsm, b, page)
			}
			if more := strings.Contains(page, s.more); more != (i+1 < len(all)) {
				t.Errorf("page %d of %d: shows the key for more: %v", i+1, len(all), more)
			}
			if page != strings.TrimSpace(page) || page == "" {
				t.Errorf("page %d has space around it or is blank: %q", i+1, page)
			}
			shown += s.content(page) + "\n"
		}
		whole := space.ReplaceAllString(join(s.text, strings.Join(s.options, "\n")), "")
		if got := space.ReplaceAllString(shown, ""); got != whole {
			t.Fatalf("pages joined are\n%q, want\n%q", got, whole)
		}
	}))
	t.Run("numbers_never_change_and_five_at_most", rapid.MakeCheck(func(t *rapid.T) {
		s, b := screen{text: "?", more: "98 More", back: "0 Back"}, anyBudget(t)
		n := rapid.IntRange(1, 30).Draw(t, "n")
		for i := range n {
			s.options = append(s.options, fmt.Sprint(i+1, " ", sentence(latinWords[:3], 2).Draw(t, "label")))
		}
		next := 1
		for _, page := range s.pages(b) {
			on := 0
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, fmt.Sprint(next, " ")) {
					next++
					on++
				}
			}
			if on > maxOptions {
				t.Fatalf("%d options on a screen: %q", on, page)
			}
		}
		if next != n+1 {
			t.Fatalf("%d of %d options were seen", next-1, n)
		}
	}))
	t.Run("no_budget_makes_it_stand_still", rapid.MakeCheck(func(t *rapid.T) {
		b := locales.Budget{Septets: rapid.IntRange(0, 30).Draw(t, "septets"), Units: rapid.IntRange(0, 20).Draw(t, "units")}
		if all := anyScreen(t).pages(b); len(all) == 0 {
			t.Fatal("no page")
		}
	}))
}

func TestPagesExamples(t *testing.T) {
	for _, tt := range []struct {
		name   string
		screen screen
		want   []string
	}{
		{"one_page_shows_home_where_it_fits",
			screen{text: "Gender?", options: []string{"1 Male", "2 Female"}, back: "0 Back", more: "98 More", keys: []key{{words: "00 Home"}}},
			[]string{"Gender?\n1 Male\n2 Female\n0 Back 00 Home"}},
		{"sixth_option_on_the_next_page",
			screen{text: "Which?", options: []string{"1 a", "2 b", "3 c", "4 d", "5 e", "6 f"}, back: "0 Back", more: "98 More"},
			[]string{"Which?\n1 a\n2 b\n3 c\n4 d\n5 e\n0 Back 98 More", "6 f\n0 Back"}},
		{"an_indian_letter_leaves_sixty_units",
			screen{text: "आपका पहचान पत्र?", options: []string{"1 आधार कार्ड", "2 वोटर कार्ड", "3 राशन कार्ड", "4 पासपोर्ट"}, back: "0 पीछे", more: "98 आगे", keys: []key{{words: "00 शुरू"}}},
			[]string{"आपका पहचान पत्र?\n1 आधार कार्ड\n2 वोटर कार्ड\n0 पीछे 98 आगे", "3 राशन कार्ड\n4 पासपोर्ट\n0 पीछे 00 शुरू"}},
		{"yes_and_no_stay_together",
			screen{text: "राम कुमार, जिला अस्पताल पटना, 6 मई सुबह?", options: []string{"1 हाँ", "2 दूसरा समय"}, back: "0 पीछे", more: "98 आगे"},
			[]string{"राम कुमार, जिला अस्पताल पटना, 6 मई सुबह?\n0 पीछे 98 आगे", "1 हाँ\n2 दूसरा समय\n0 पीछे"}},
		{"footer_that_changes_the_alphabet_leaves_no_blank_page",
			screen{text: strings.Repeat("[", 25), options: []string{"1 a", "2 " + strings.Repeat("[", 50)}, more: "98 आगे"},
			[]string{strings.Repeat("[", 25) + "\n1 a\n98 आगे", "2 " + strings.Repeat("[", 50)}},
		{"home_goes_first_when_room_is_short",
			screen{text: strings.Repeat("a", 140), back: "0 Back", more: "98 More", keys: []key{{words: "00 Home"}}},
			[]string{strings.Repeat("a", 140) + "\n0 Back"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.screen.pages(DefaultBudget); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestRender(t *testing.T) {
	w := fakeWords{"problem.bad": "Wrong.", "hint.call": "Help?", "q": "Which {N}?", "a": "Aadhaar", "b": "PAN"}
	p := dialog.Prompt{
		Note: dialog.Text{ID: "problem.bad"}, Hint: dialog.Text{ID: "hint.call"}, Say: dialog.Text{ID: "q", Data: map[string]any{"N": "id"}},
		Expect: dialog.Choice{Options: []dialog.Option{{Key: "x", Label: dialog.Text{ID: "a"}}, {Key: "y", Label: dialog.Text{ID: "b"}}}},
	}
	t.Run("reason_hint_question_options", func(t *testing.T) {
		s, err := render(w, "en", p, "")
		if err != nil || s.text != "Wrong.\nHelp?\nWhich id?" || !slices.Equal(s.options, []string{"1 Aadhaar", "2 PAN"}) {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("missing_text_is_an_error", func(t *testing.T) {
		p.Say.ID = "nowhere"
		if _, err := render(w, "en", p, ""); err == nil {
			t.Fatal("no error")
		}
	})
}

// fakeWords is a catalogue of one language.
type fakeWords map[string]string

func (w fakeWords) Text(_, _, id string, data map[string]any) (string, error) {
	s, ok := w[id]
	if !ok {
		return "", fmt.Errorf("no text %s", id)
	}
	for k, v := range data {
		s = strings.ReplaceAll(s, "{"+k+"}", fmt.Sprint(v))
	}
	return s, nil
}
