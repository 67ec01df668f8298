package locales

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestCost(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		units int
		gsm   bool
	}{
		"empty":                    {"", 0, true},
		"latin":                    {"1 Book\n0 Back", 13, true},
		"extension_is_two":         {`^{}\[~]|€`, 18, true},
		"page_break_is_two":        {"\f", 2, true},
		"basic_beyond_ascii":       {"@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", 42, true},
		"grave_accent_is_not_gsm":  {"`", 1, false},
		"small_c_cedilla_is_not":   {"ç", 1, false},
		"rupee_is_not":             {"Fee ₹50", 7, false},
		"danda_is_not":             {"।", 1, false},
		"curly_apostrophe_is_not":  {"don’t", 5, false},
		"narrow_space_is_not":      {"2:30\u202Fpm", 7, false},
		"one_letter_turns_it_all":  {"[ok] क", 6, false},
		"nukta_letter_as_one":      {"\u09DF", 1, false},
		"nukta_letter_in_nfc":      {"\u09AF\u09BC", 2, false},
		"emoji_is_two":             {"😀", 2, false},
		"invalid_byte_is_one":      {"a\xff", 2, false},
		"escape_is_not_a_text":     {"\x1b", 1, false},
		"language_chooser_is_ucs2": {"1 हिन्दी\n2 বাংলা\n3 English", 26, false},
	} {
		t.Run(name, func(t *testing.T) {
			if units, gsm := Cost(tt.in); units != tt.units || gsm != tt.gsm {
				t.Errorf("got %d %t, want %d %t", units, gsm, tt.units, tt.gsm)
			}
		})
	}
}

// TestAlphabet counts the tables: 128 places less the escape, and ten more.
func TestAlphabet(t *testing.T) {
	count := map[int]int{}
	for r := range rune(0x10000) {
		count[septetsOf(r)]++
	}
	if count[1] != 127 || count[2] != 10 {
		t.Errorf("%d characters of one septet, %d of two", count[1], count[2])
	}
}

func TestFits(t *testing.T) {
	b := Budget{Septets: 10, Units: 4}
	for name, tt := range map[string]struct {
		in   string
		want bool
	}{
		"septets_at_limit":   {"0123456789", true},
		"septets_over_limit": {"012345678[", false},
		"units_at_limit":     {"क123", true},
		"units_over_limit":   {"क1234", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Fits(tt.in, b); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestSegments(t *testing.T) {
	x := strings.Repeat
	for name, tt := range map[string]struct {
		in   string
		want int
	}{
		"nothing":                           {"", 0},
		"one_full":                          {x("a", 160), 1},
		"two_just":                          {x("a", 161), 2},
		"two_full":                          {x("a", 306), 2},
		"three":                             {x("a", 307), 3},
		"one_full_of_extensions":            {x("[", 80), 1},
		"extension_is_not_split":            {x("a", 152) + "[" + x("a", 152), 3},
		"extension_fits_exactly":            {x("a", 151) + "[" + x("a", 153), 2},
		"units_one_full":                    {x("क", 70), 1},
		"units_two_just":                    {x("क", 71), 2},
		"units_two_full":                    {x("क", 134), 2},
		"units_three":                       {x("क", 135), 3},
		"surrogates_one_full":               {x("😀", 35), 1},
		"surrogates_are_not_split":          {x("😀", 67), 3},
		"surrogates_two":                    {x("😀", 66), 2},
		"one_native_letter_makes_two_parts": {x("a", 70) + "क", 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Segments(tt.in); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// holdsCost compares Cost and Segments with slow counting.
func holdsCost(t interface{ Fatalf(string, ...any) }, s string) {
	units, gsm := Cost(s)
	if !gsm {
		if want := len(utf16.Encode([]rune(s))); units != want {
			t.Fatalf("%q: %d units, want %d", s, units, want)
		}
	} else if n := len([]rune(s)); units < n || units > 2*n {
		t.Fatalf("%q: %d septets for %d characters", s, units, n)
	}
	part := map[bool]int{true: 153, false: 67}[gsm]
	if n := Segments(s); n > 1 && (n*part < units || (n-1)*(part-1) >= units) || n == 0 && s != "" {
		t.Fatalf("%q: %d segments for %d", s, n, units)
	}
}

func FuzzCost(f *testing.F) {
	for _, s := range []string{"", "a", "[", "क", "😀", "a\xff", strings.Repeat("€", 200), strings.Repeat("😀", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { holdsCost(t, s) })
}
