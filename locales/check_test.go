package locales

import (
	"slices"
	"testing"
)

// TestDefault holds the words that are really said to every check there is.
func TestDefault(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for name, faults := range map[string][]string{
		"nothing_missing":    c.Missing(),
		"nothing_mismatched": c.Mismatched(),
		"nothing_costly":     c.Costly(),
	} {
		t.Run(name, func(t *testing.T) {
			const enough = 20 // to start with; a new language lacks hundreds
			for _, f := range faults[:min(len(faults), enough)] {
				t.Error(f)
			}
			if len(faults) > enough {
				t.Errorf("and %d more", len(faults)-enough)
			}
		})
	}
	t.Run("every_language_has_words", func(t *testing.T) {
		for _, lang := range Languages {
			if len(c.IDs(lang)) == 0 {
				t.Errorf("%s has none", lang)
			}
		}
	})
	t.Run("read_once", func(t *testing.T) {
		if again, _ := Default(); again != c {
			t.Error("a second catalogue")
		}
	})
}

func TestChecks(t *testing.T) {
	all := func(text string) map[string]string {
		m := map[string]string{}
		for _, lang := range Languages {
			m[lang] = text
		}
		return m
	}
	for name, tt := range map[string]struct {
		texts map[string]string
		lang  string // gets text instead
		text  string
		check func(*Catalogue) []string
		want  []string
	}{
		"missing/all_there":             {all(`a = "b"`), "hi", `a = "c"`, (*Catalogue).Missing, nil},
		"missing/from_one":              {all("a = \"b\"\nc = \"d\""), "bn", `a = "b"`, (*Catalogue).Missing, []string{"bn: c"}},
		"missing/a_variant_nobody_has":  {all(`a = "b"`), "bn", "a = \"b\"\n[ussd]\na = \"c\"", (*Catalogue).Missing, []string{"bn-Latn: ussd.a", "en: ussd.a", "hi-Latn: ussd.a", "hi: ussd.a"}},
		"missing/speech_needs_no_latin": {all(`a = "b"`), "hi", "a = \"b\"\n[ivr]\na = \"c\"", (*Catalogue).Missing, []string{"bn: ivr.a", "en: ivr.a"}},
		"mismatched/same_set":           {all(`a = "{{.X}} {{.Y}}"`), "hi", `a = "{{.Y}} {{.X}} {{.X}}"`, (*Catalogue).Mismatched, nil},
		"mismatched/misspelt":           {all(`a = "{{.Name}}"`), "hi", `a = "{{.Naam}}"`, (*Catalogue).Mismatched, []string{"hi: a: has [Naam], English [Name]"}},
		"mismatched/one_says_no_number": {all(`a = "{{.Count}} x"`), "hi", `a = {one = "ek", other = "{{.Count}} x"}`, (*Catalogue).Mismatched,
			[]string{"hi: a: the one form is used for 0 too and needs {{.Count}}"}},
		"mismatched/english_one_may":                    {all(`a = "{{.Count}} x"`), "en", `a = {one = "one x", other = "{{.Count}} x"}`, (*Catalogue).Mismatched, nil},
		"costly/rupee_in_latin":                         {all(`a = "b"`), "hi-Latn", `a = "₹50"`, (*Catalogue).Costly, []string{`hi-Latn: a: '₹' (U+20B9) is not in GSM-7`}},
		"costly/rupee_in_devanagari":                    {all(`a = "b"`), "hi", `a = "₹50"`, (*Catalogue).Costly, nil},
		"costly/rupee_on_the_web":                       {all(`a = "b"`), "en", "[web]\na = \"₹50\"", (*Catalogue).Costly, nil},
		"costly/languages_are_offered_in_their_letters": {all(`a = "b"`), "en", "[option.language]\nhi = \"हिन्दी\"", (*Catalogue).Costly, nil},
		"costly/space_at_end":                           {all(`a = "b"`), "hi", `a = "b "`, (*Catalogue).Costly, []string{"hi: a: white space at an end"}},
		"costly/native_letter_in_plural":                {all(`a = "b"`), "bn-Latn", `a = {one = "{{.Count}} টা", other = "b"}`, (*Catalogue).Costly, []string{"bn-Latn: a: 'া' (U+09BE) is not in GSM-7", "bn-Latn: a: 'ট' (U+099F) is not in GSM-7"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.texts[tt.lang] = tt.text
			got := tt.check(load(t, tt.texts))
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	for _, tt := range []struct {
		lang, latin, native, script string
		valid                       bool
	}{
		{"en", "en", "en", "Latn", true},
		{"hi", "hi-Latn", "hi", "Deva", true},
		{"bn", "bn-Latn", "bn", "Beng", true},
		{"hi-Latn", "hi-Latn", "hi", "Latn", true},
		{"bn-Latn", "bn-Latn", "bn", "Latn", true},
		{"ur", "en", "ur", "Latn", false},
		{"", "en", "", "Latn", false},
	} {
		t.Run(tt.lang, func(t *testing.T) {
			if Latin(tt.lang) != tt.latin || Native(tt.lang) != tt.native || Script(tt.lang) != tt.script || Valid(tt.lang) != tt.valid {
				t.Errorf("got %s %s %s %t", Latin(tt.lang), Native(tt.lang), Script(tt.lang), Valid(tt.lang))
			}
			for _, medium := range []string{"", "ussd", "sms", "ivr", "web"} {
				chain := Chain(tt.lang, medium)
				if tt.valid && (chain[0] != tt.lang || chain[len(chain)-1] != "en") || !tt.valid && chain != nil {
					t.Errorf("chain for %q: %v", medium, chain)
				}
				for _, l := range chain {
					if medium != "ivr" && tt.script == "Latn" && Script(l) != "Latn" {
						t.Errorf("chain for %q leads to a script that cannot be read: %v", medium, chain)
					}
				}
			}
		})
	}
}
