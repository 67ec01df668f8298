package ussd

import (
	"fmt"
	"reflect"
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
	s.text = []string{sentence(words, 60).Draw(t, "text")}
	for i := range rapid.IntRange(0, 14).Draw(t, "options") {
		s.options = append(s.options, option{words: fmt.Sprint(i+1, " ", sentence(words, 8).Draw(t, "option"))})
	}
	if rapid.Bool().Draw(t, "back") {
		s.back = rapid.SampledFrom([]string{"0 Back", "0 पीछे"}).Draw(t, "back words")
	}
	if rapid.Bool().Draw(t, "home") {
		s.home = "00 Home"
	}
	if rapid.Bool().Draw(t, "latin") {
		s.latin = "9 ABC letters"
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
	for _, words := range []string{s.back, s.more, s.home, s.latin} {
		if words != "" {
			foot = strings.Replace(foot, words, "", 1)
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
		for i, p := range all {
			page := p.text
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
		whole := s.text[0]
		for _, o := range s.options {
			whole = join(whole, o.words)
		}
		whole = space.ReplaceAllString(whole, "")
		if got := space.ReplaceAllString(shown, ""); got != whole {
			t.Fatalf("pages joined are\n%q, want\n%q", got, whole)
		}
	}))
	t.Run("numbers_never_change_and_five_at_most", rapid.MakeCheck(func(t *rapid.T) {
		s, b := screen{text: []string{"?"}, more: "98 More", back: "0 Back"}, anyBudget(t)
		n := rapid.IntRange(1, 30).Draw(t, "n")
		for i := range n {
			s.options = append(s.options, option{words: fmt.Sprint(i+1, " ", sentence(latinWords[:3], 2).Draw(t, "label"))})
		}
		next := 1
		for _, page := range s.pages(b) {
			for line := range strings.Lines(page.text) {
				if strings.HasPrefix(line, fmt.Sprint(next, " ")) {
					if !slices.Contains(page.options, next) {
						t.Fatalf("%d stands on a page of %v: %q", next, page.options, page.text)
					}
					next++
				}
			}
			if len(page.options) > maxOptions {
				t.Fatalf("%d options on a screen: %q", len(page.options), page.text)
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

// choices are options with their numbers, early ones before late ones.
func choices(early int, labels ...string) []option {
	options := make([]option, len(labels))
	for i, l := range labels {
		options[i] = option{words: fmt.Sprint(i+1, " ", l), late: early >= 0 && i >= early}
	}
	return options
}

func TestPagesExamples(t *testing.T) {
	for _, tt := range []struct {
		name   string
		screen screen
		want   []string
	}{
		{"one_page_shows_home_where_it_fits",
			screen{text: []string{"Gender?"}, options: choices(-1, "Male", "Female"), back: "0 Back", more: "98 More", home: "00 Home"},
			[]string{"Gender?\n1 Male\n2 Female\n0 Back 00 Home"}},
		{"sixth_option_on_the_next_page",
			screen{text: []string{"Which?"}, options: choices(-1, "a", "b", "c", "d", "e", "f"), back: "0 Back", more: "98 More"},
			[]string{"Which?\n1 a\n2 b\n3 c\n4 d\n5 e\n0 Back 98 More", "6 f\n0 Back"}},
		{"late_options_stand_behind_the_others",
			screen{text: []string{"Which?"}, options: choices(2, "a", "b", "c", "d", "e", "f"), more: "98 More"},
			[]string{"Which?\n1 a\n2 b\n98 More", "3 c\n4 d\n5 e\n6 f"}},
		{"late_options_stand_with_the_others_where_all_fit",
			screen{text: []string{"Which?"}, options: choices(1, "a", "b"), more: "98 More"},
			[]string{"Which?\n1 a\n2 b"}},
		{"an_indian_letter_leaves_sixty_units",
			screen{text: []string{"आपका पहचान पत्र?"}, options: choices(-1, "आधार कार्ड", "वोटर कार्ड", "राशन कार्ड", "पासपोर्ट"), back: "0 पीछे", more: "98 आगे", home: "00 शुरू"},
			[]string{"आपका पहचान पत्र?\n1 आधार कार्ड\n2 वोटर कार्ड\n0 पीछे 98 आगे", "3 राशन कार्ड\n4 पासपोर्ट\n0 पीछे 00 शुरू"}},
		{"the_richest_wording_that_fits_whole",
			screen{text: []string{"राम कुमार, जिला अस्पताल पटना, 6 मई सुबह 9-11?", "जिला अस्पताल पटना, 6 मई?"}, options: choices(-1, "हाँ", "दूसरा समय"), back: "0 पीछे", more: "98 आगे"},
			[]string{"जिला अस्पताल पटना, 6 मई?\n1 हाँ\n2 दूसरा समय\n0 पीछे"}},
		{"else_the_question_with_one_option_and_the_rest_below_its_short_form",
			screen{text: []string{"राम कुमार, जिला अस्पताल पटना, 6 मई?"}, short: []string{"6 मई?"}, options: choices(-1, "हाँ", "दूसरा समय या केंद्र"), more: "98 आगे"},
			[]string{"राम कुमार, जिला अस्पताल पटना, 6 मई?\n1 हाँ\n98 आगे", "6 मई?\n2 दूसरा समय या केंद्र"}},
		{"a_reason_stands_with_the_options",
			screen{notes: []string{"सिर्फ 1-2 दबाइए.", "1-2?"}, bare: true, text: []string{"जिला अस्पताल पटना, 6 मई सुबह 9-11?"}, options: choices(-1, "हाँ", "नहीं"), more: "98 आगे"},
			[]string{"1-2?\nजिला अस्पताल पटना, 6 मई सुबह 9-11?\n1 हाँ\n2 नहीं"}},
		{"or_is_left_out",
			screen{notes: []string{"सिर्फ 1-2 दबाइए."}, bare: true, text: []string{"जिला अस्पताल पटना, 6 मई सुबह 9-11?"}, options: choices(-1, "हाँ, यह", "नहीं"), more: "98 आगे"},
			[]string{"जिला अस्पताल पटना, 6 मई सुबह 9-11?\n1 हाँ, यह\n2 नहीं"}},
		{"a_reason_that_says_more_has_a_page_of_its_own",
			screen{notes: []string{"अभी 60 साल या ज्यादा उम्र वालों की बारी है."}, text: []string{"राम कुमार: जन्म का साल (4 अंक) या उम्र?"}, more: "98 आगे", back: "0 पीछे"},
			[]string{"अभी 60 साल या ज्यादा उम्र वालों की बारी है.\n0 पीछे 98 आगे", "राम कुमार: जन्म का साल (4 अंक) या उम्र?\n0 पीछे"}},
		{"footer_that_changes_the_alphabet_leaves_no_blank_page",
			screen{text: []string{strings.Repeat("[", 25)}, options: choices(-1, "a", strings.Repeat("[", 50)), more: "98 आगे"},
			[]string{strings.Repeat("[", 25) + "\n1 a\n98 आगे", "2 " + strings.Repeat("[", 50)}},
		{"home_goes_first_when_room_is_short",
			screen{text: []string{strings.Repeat("a", 140)}, back: "0 Back", more: "98 More", home: "00 Home"},
			[]string{strings.Repeat("a", 140) + "\n0 Back"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range tt.screen.pages(DefaultBudget) {
				got = append(got, p.text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestRender(t *testing.T) {
	w := fakeWords{"problem.not_an_option": "Wrong.", "hint.call": "Help?", "q": "Which {N}?|{N}?", "a": "Aadhaar", "b": "PAN"}
	p := dialog.Prompt{
		Note: dialog.Text{ID: "problem.not_an_option"}, Say: dialog.Text{ID: "q", Data: map[string]any{"N": "id"}},
		Expect: dialog.Choice{Options: []dialog.Option{{Key: "x", Label: dialog.Text{ID: "a"}}, {Key: "y", Label: dialog.Text{ID: "b"}, Late: true}}},
	}
	t.Run("reason_question_options", func(t *testing.T) {
		s, err := render(w, "en", "register", p, nil)
		want := screen{notes: []string{"Wrong."}, bare: true, text: []string{"Which id?", "id?"}, options: []option{{"1 Aadhaar", false}, {"2 PAN", true}}}
		if err != nil || !reflect.DeepEqual(s, want) {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("a_hint_is_more_than_a_bare_reason", func(t *testing.T) {
		p.Hint = dialog.Text{ID: "hint.call"}
		if s, err := render(w, "en", "register", p, nil); err != nil || s.bare || !slices.Equal(s.notes, []string{"Wrong.\nHelp?", "Help?"}) {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("the_languages_are_told_without_a_word", func(t *testing.T) {
		if s, err := render(w, "en", "language", p, nil); err != nil || len(s.notes) > 0 {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("missing_text_is_an_error", func(t *testing.T) {
		p.Say.ID = "nowhere"
		if _, err := render(w, "en", "register", p, nil); err == nil {
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
	s, _, _ = strings.Cut(s, "|")
	return s, nil
}

func (w fakeWords) Wordings(_, _, id string, data map[string]any) ([]string, error) {
	s, ok := w[id]
	if !ok {
		return nil, fmt.Errorf("no text %s", id)
	}
	for k, v := range data {
		s = strings.ReplaceAll(s, "{"+k+"}", fmt.Sprint(v))
	}
	return strings.Split(s, "|"), nil
}
