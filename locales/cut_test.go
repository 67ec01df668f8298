package locales

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCut(t *testing.T) {
	units := func(n int) Budget { return Budget{n, n} }
	for name, tt := range map[string]struct {
		in         string
		b          Budget
		head, rest string
	}{
		"all_fits":                     {"Patna", units(5), "Patna", ""},
		"nothing_to_cut":               {"", units(5), "", ""},
		"after_a_space":                {"Patna Medical College", units(16), "Patna Medical ", "College"},
		"before_a_space_at_the_end":    {"Patna Medical", units(5), "Patna", " Medical"},
		"after_a_line_rather":          {"1 Book now\n2 See all", units(18), "1 Book now\n", "2 See all"},
		"early_line_is_passed_over":    {"A\nlong enough a line", units(14), "A\nlong enough ", "a line"},
		"long_word_is_cut":             {"a Thiruvananthapuram", units(10), "a Thiruvan", "anthapuram"},
		"septets_count_extensions":     {"[[[[", Budget{5, 99}, "[[", "[["},
		"native_letter_changes_budget": {"1234567890क", Budget{20, 5}, "1234567890", "क"},
		"between_alphabets":            {"aक1234567", Budget{20, 4}, "aक12", "34567"},
		"conjunct_stays_whole":         {"अक्षर", units(3), "अ", "क्षर"},
		"conjunct_of_three":            {"কষ্ট্রী", units(4), "ক", "ষ্ট্রী"},
		"ya_phala_after_joiner":        {"কর\u200D্যাব", units(4), "ক", "র\u200D্যাব"},
		"half_letter_by_joiner":        {"अक्\u200Dष", units(4), "अ", "क्\u200Dष"},
		"nukta_before_virama":          {"अक़्ष", units(4), "अ", "क़्ष"},
		"vowel_sign_stays":             {"कति", units(2), "क", "ति"},
		"emoji_family_stays":           {"ab👨\u200D👩\u200D👧", units(9), "ab", "👨\u200D👩\u200D👧"},
		"letter_larger_than_budget":    {"स्त्री", units(4), "स्त्", "री"},
		"no_room_for_a_code_point":     {"😀", units(1), "", "😀"},
		"no_budget_for_native":         {"क", Budget{160, 0}, "", "क"},
		"latin_head_where_no_native":   {"ok क", Budget{160, 0}, "ok ", "क"},
		"odd_budget_units_larger":      {"aaaaक", Budget{2, 4}, "aa", "aaक"},
	} {
		t.Run(name, func(t *testing.T) {
			if head, rest := Cut(tt.in, tt.b); head != tt.head || rest != tt.rest {
				t.Errorf("got %q %q, want %q %q", head, rest, tt.head, tt.rest)
			}
		})
	}
}

func TestLetter(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"hindi":              {"क्षत्रिय", "क्ष|त्रि|य"},
		"bengali":            {"স্বাস্থ্য কেন্দ্র", "স্বা|স্থ্য| |কে|ন্দ্র"},
		"virama_at_word_end": {"জগৎ বাক্ ও", "জ|গ|ৎ| |বা|ক্| |ও"},
		"virama_before_latn": {"क्a", "क्|a"},
		"no_mark_first":      {"\n\u093F", "\n\u093F"},
		"flags_in_pairs":     {"🇮🇳🇮🇳", "🇮🇳|🇮🇳"},
		"crlf":               {"a\r\nb", "a|\r\n|b"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for s := tt.in; s != ""; {
				l := letter(s)
				got, s = append(got, l), s[len(l):]
			}
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		b    Budget
		want []string
	}{
		"nothing":       {"", Budget{5, 5}, nil},
		"one":           {"Patna", Budget{5, 5}, []string{"Patna"}},
		"lines":         {"1 Patna\n2 Gaya\n3 Ara", Budget{10, 10}, []string{"1 Patna\n", "2 Gaya\n", "3 Ara"}},
		"what_is_left":  {"ok क", Budget{160, 0}, []string{"ok ", "क"}},
		"hindi_letters": {"क्षत्रिय", Budget{4, 4}, []string{"क्ष", "त्रि", "य"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Split(tt.in, tt.b); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTruncate(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		n    int
		want string
	}{
		"short_enough":       {"Patna", 5, "Patna"},
		"cut":                {"Patna Medical", 8, "Patna Me"},
		"no_space_at_end":    {"Patna Medical", 6, "Patna"},
		"whole_letters":      {"अक्षर", 3, "अ"},
		"emoji_not_halved":   {"😀😀", 3, "😀"},
		"no_room":            {"क्ष", 2, ""},
		"nothing":            {"Patna", 0, ""},
		"below_nothing":      {"Patna", -1, ""},
		"own_end_space_kept": {"Patna ", 6, "Patna "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Truncate(tt.in, tt.n); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// holdsCut checks what is promised of any text and any budget.
func holdsCut(t interface{ Fatalf(string, ...any) }, s string, b Budget) {
	parts := Split(s, b)
	if strings.Join(parts, "") != s {
		t.Fatalf("%q in %v: parts %q joined are another text", s, b, parts)
	}
	for i, p := range parts {
		if p == "" {
			t.Fatalf("%q in %v: an empty part in %q", s, b, parts)
		}
		if !Fits(p, b) && (i < len(parts)-1 || Fits(codePoint(p), b)) {
			t.Fatalf("%q in %v: %q does not fit", s, b, p)
		}
		// Only a letter that is itself too large may be cut into.
		first, _ := utf8.DecodeRuneInString(p)
		if i > 0 && (unicode.IsMark(first) || isJoiner(first)) && !largeLetter(s, b) {
			t.Fatalf("%q in %v: %q begins with a mark", s, b, p)
		}
		if utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Fatalf("%q in %v: %q is half a character", s, b, p)
		}
	}
	for _, n := range []int{b.Units, b.Septets} {
		head := Truncate(s, n)
		if !strings.HasPrefix(s, head) {
			t.Fatalf("Truncate(%q, %d): %q", s, n, head)
		}
		if u := SizeOf(head).Units; u > max(n, 0) {
			t.Fatalf("Truncate(%q, %d): %q has %d units", s, n, head, u)
		}
	}
}

func largeLetter(s string, b Budget) bool {
	for s != "" {
		l := letter(s)
		if !Fits(l, b) {
			return true
		}
		s = s[len(l):]
	}
	return false
}

func TestCut_any_text(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText(t)
		b := Budget{rapid.IntRange(0, 200).Draw(t, "septets"), rapid.IntRange(0, 90).Draw(t, "units")}
		holdsCut(t, s, b)
		holdsCost(t, s)
	})
}

// TestCut_real_budgets has no excuse: words, at the sizes we send, always fit
// and never begin with a mark.
func TestCut_real_budgets(t *testing.T) {
	words := []string{"क्षेत्रीय ", "স্বাস্থ্য ", "কেন্দ্র\n", "टीकाकरण ", "র\u200D্যাব ", "Patna ", "1 ", "स्त्री", "ষ্ট্রী", "[x] ", "12:30-1:30\n"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 100).Draw(t, "words"), "")
		b := rapid.SampledFrom([]Budget{{150, 60}, {182, 80}, {160, 70}, {153, 67}}).Draw(t, "budget")
		for _, p := range Split(s, b) {
			if first, _ := utf8.DecodeRuneInString(p); !Fits(p, b) || unicode.IsMark(first) {
				t.Fatalf("%q", p)
			}
		}
		holdsCut(t, s, b)
	})
}

func FuzzCut(f *testing.F) {
	for _, s := range []string{"", "Patna Medical College", "क्षत्रिय", "স্বাস্থ্য কেন্দ্র", "a\xff\xe0\xa4b", "\n\u093F", "👨\u200D👩\u200D👧 🇮🇳🇮🇳", "a" + strings.Repeat("\u0301", 99)} {
		f.Add(s, 10, 5)
		f.Add(s, 0, 1)
		f.Add(s, -3, 7)
	}
	f.Fuzz(func(t *testing.T, s string, septets, units int) {
		holdsCut(t, s, Budget{septets, min(units, 1000)})
	})
}
