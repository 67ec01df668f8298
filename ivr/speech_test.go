package ivr

import (
	"slices"
	"strings"
	"testing"

	"tikaline/booking"
	"tikaline/ivr/exchange"
	"tikaline/locales"
)

// A voice passes over letters that are not of its language: what was typed in
// others is said in the voice that reads them.
func TestScripts(t *testing.T) {
	cases := map[string]struct {
		lang, words string
		want        []string // "lang text"; "" is the recording
	}{
		"hindi":                   {"hi", "जन्म का साल 1958 है. Asha", []string{"hi जन्म का साल 1958 है. Asha"}},
		"bengali, with a danda":   {"bn", "নাম আশা। ঠিক?", []string{"bn নাম আশা। ঠিক?"}},
		"english":                 {"en", "For Asha, press 1.", []string{"en For Asha, press 1."}},
		"bengali in english":      {"en", "For আশা দেবী, press 1.", []string{"en For", "bn আশা দেবী,", "en press 1."}},
		"hindi in english":        {"en", "For आशा देवी, press 1.", []string{"en For", "hi आशा देवी,", "en press 1."}},
		"bengali in hindi":        {"hi", "আশা দেবী के लिए 1 दबाइए.", []string{"bn আশা দেবী", "hi के लिए 1 दबाइए."}},
		"hindi in bengali":        {"bn", "आशा देवी হলে 1 টিপুন।", []string{"hi आशा देवी", "bn হলে 1 টিপুন।"}},
		"joiners stay":            {"en", "ক্\u200dষ and क्\u200cष", []string{"bn ক্\u200dষ", "en and", "hi क्\u200cष"}},
		"both":                    {"en", "আশা, आशा.", []string{"bn আশা,", "hi आशा."}},
		"a key is the caller's":   {"en", "আশা 1, रमा 2.", []string{"bn আশা", "en 1,", "hi रमा", "en 2."}},
		"begins with a sign":      {"hi", "(আশা)", []string{"bn (আশা)"}},
		"beside a recording":      {"en", "For \uFFFC and আশা, press 1.", []string{"en For", "", "en and", "bn আশা,", "en press 1."}},
		"nothing but a full stop": {"hi", "\uFFFC.", []string{""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			said := speaker{lang: c.lang, slow: true}.say(c.words, "/name.wav")
			for _, v := range said.verbs {
				switch v.Do {
				case Say:
					got = append(got, v.Lang+" "+v.Text)
				case Play:
					got = append(got, "")
				}
				if v.Slow != (v.Do == Say) {
					t.Errorf("%q is slow: %t", v.Text, v.Slow)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("said is %q, want %q", got, c.want)
			}
			if said.took <= 0 {
				t.Errorf("it takes %s", said.took)
			}
		})
	}
}

// Names that were typed in one script are heard by who speaks another language,
// before anything is written for them.
func TestNamesOfAnotherScript(t *testing.T) {
	for name, lang := range map[string]string{"আশা দেবী": locales.Bengali, "आशा देवी": locales.Hindi} {
		for _, caller := range Languages {
			t.Run(name+" "+caller, func(t *testing.T) {
				r := newRig(t)
				core := r.core(englishCaller)
				core.House.Language = caller
				for i, who := range []string{name, "Ramesh Das"} {
					core.House.People = append(core.House.People, booking.Beneficiary{
						Applicant: booking.Applicant{Name: who, BirthYear: 1958, Gender: booking.Male}, Reference: "4410000000100" + string(rune('1'+i)), Household: englishCaller,
					})
				}
				p := r.line(englishCaller)
				h := p.do("call", "1")
				is(t, h, exchange.Keys)
				heardName := name
				heard := func() {
					t.Helper()
					if !slices.ContainsFunc(h.Said, func(s exchange.Said) bool { return s.Lang == lang && strings.Contains(s.Text, heardName) }) {
						t.Errorf("heard %+v", h.Said)
					}
				}
				heard()
				p.do("1")
				h, _ = p.until("book/offer") // for whom it is, by the first name
				heardName, _, _ = strings.Cut(name, " ")
				heard()
			})
		}
	}
}
