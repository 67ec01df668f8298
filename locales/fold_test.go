package locales

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"empty":                     {"", ""},
		"plain_stays":               {"Asha Devi", "Asha Devi"},
		"case_stays":                {"REG Asha", "REG Asha"},
		"devanagari_digits":         {"८००००१", "800001"},
		"bengali_digits":            {"৭০০০০১", "700001"},
		"full_width_digits":         {"８００００１", "800001"},
		"mixed_digits":              {"8000०१", "800001"},
		"extended_arabic_digits":    {"۷۰۰۰۰۱", "700001"},
		"arabic_digits":             {"٧٠٠٠٠١", "700001"},
		"gurmukhi_gujarati_odia":    {"੧ ૨ ୩", "1 2 3"},
		"tamil_telugu_kannada":      {"௧ ౨ ೩", "1 2 3"},
		"malayalam_ol_chiki_meetei": {"൧ ᱒ ꯳", "1 2 3"},
		"not_decimal_digits_stay":   {"²½", "²½"},
		"keycap_emoji":              {"1️⃣", "1"},
		"full_width_letters":        {"ＨＥＬＰ　！", "HELP !"},
		"space_trimmed":             {"  1 ", "1"},
		"space_run":                 {"a \t\r\n b", "a b"},
		"space_of_all_kinds":        {"a\u00A0b\u202Fc\u2003d\u3000e\u2028f", "a b c d e f"},
		"only_space":                {" \n\u00A0", ""},
		"space_at_end_of_joiner":    {"क \u200D", "क"},
		"byte_order_mark":           {"\uFEFF1", "1"},
		"direction_marks":           {"\u200E9\u200F8\u202A7\u202E6\u2066\u2069\u061C", "9876"},
		"zero_width_space":          {"98\u200B76", "9876"},
		"soft_hyphen":               {"vac\u00ADcine", "vaccine"},
		"joiners":                   {"क्\u200Dष \u200C", "क्ष"},
		"control_characters":        {"1\x00\x07\x7f\x1b\u0085", "1"},
		"invalid_utf8":              {"a\xffb\xc3", "ab"},
		"replacement_character":     {"a\uFFFDb", "ab"},
		"composed":                  {"e\u0301", "é"},
		"composed_over_a_joiner":    {"e\u200D\u0301", "é"},
		"nukta_letters_come_apart":  {"\u09DF\u095C", "\u09AF\u09BC\u0921\u093C"},
		"bengali_vowel_halves":      {"ক\u09C7\u09BE", "ক\u09CB"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Fold(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFoldName(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"ra_jophola_keeps_its_shape": {"র\u200D্যাব", "র\u200D্যাব"},
		"half_letter":                {"क्\u200Dष", "क्\u200Dष"},
		"visible_hasanta":            {"ক্\u200Cষ", "ক্\u200Cষ"},
		"one_joiner_is_enough":       {"ক্\u200C\u200D\u200Cষ", "ক্\u200Cষ"},
		"at_the_end_of_a_word":       {"আশা\u200D দেবী\u200C", "আশা দেবী"},
		"at_the_start_of_a_word":     {"\u200Dআশা \u200Cদেবী", "আশা দেবী"},
		"between_latin_letters":      {"As\u200Dha", "Asha"},
		"between_scripts":            {"क\u200Da", "कa"},
		"before_a_digit":             {"क\u200D५", "क5"},
		"mark_between_goes":          {"ক্\u200E\u200Dষ", "ক্\u200Dষ"},
		"stray_mark_moves_away":      {"\u0301्\u200Cक", "्\u0301क"},
		"the_rest_is_folded":         {" Ａsha\u00A0देवी\x00 ५ ", "Asha देवी 5"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := FoldName(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDigits(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"plain":             {"800001", "800001"},
		"native":            {" ८०० ००१ ", "800001"},
		"dots_and_dashes":   {"01.02-1990", "01021990"},
		"other_dashes":      {"98–765—43\u2212210\u2011", "9876543210"},
		"letter_o_no_guess": {"8O00001", ""},
		"letters":           {"eight", ""},
		"plus":              {"+91 98765", ""},
		"nothing":           {" - ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Digits(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestDigitTable holds digitValue to what it takes for granted about Go's
// table, and to the ten digits of every script.
func TestDigitTable(t *testing.T) {
	runs := map[rune]rune{}
	for _, r := range unicode.Nd.R16 {
		runs[rune(r.Lo)] = rune(r.Hi)
	}
	for _, r := range unicode.Nd.R32 {
		runs[rune(r.Lo)] = rune(r.Hi)
	}
	for lo, hi := range runs {
		if (hi-lo+1)%10 != 0 {
			t.Errorf("U+%04X to U+%04X are not whole tens", lo, hi)
		}
		for r := lo; r <= hi; r++ {
			if !unicode.Is(unicode.Nd, r) {
				t.Errorf("U+%04X is not a digit: the run has gaps", r)
			}
		}
	}
	for _, zero := range []rune{'0', 0x966, 0x9E6, 0xFF10, 0x660, 0x6F0, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66} {
		for d := range rune(10) {
			if got := Fold(string(zero + d)); got != string('0'+d) {
				t.Errorf("U+%04X: got %q, want %d", zero+d, got, d)
			}
		}
	}
}

// holdsFold checks what is promised of folding any bytes at all.
func holdsFold(t interface{ Fatalf(string, ...any) }, s string) {
	for name, fold := range map[string]func(string) string{"Fold": Fold, "FoldName": FoldName} {
		once := fold(s)
		if twice := fold(once); twice != once {
			t.Fatalf("%s twice: %q, then %q, then %q", name, s, once, twice)
		}
		if !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
			t.Fatalf("%s: %q is not UTF-8 in NFC", name, once)
		}
		if strings.TrimSpace(once) != once || strings.Contains(once, "  ") {
			t.Fatalf("%s: white space left in %q", name, once)
		}
		for _, r := range once {
			switch {
			case unicode.IsControl(r), unicode.IsSpace(r) && r != ' ',
				unicode.Is(unicode.Nd, r) && r > '9',
				name == "Fold" && unicode.Is(unicode.Cf, r):
				t.Fatalf("%s: %q left in %q", name, r, once)
			}
		}
		if Fold(fold(s)) != Fold(s) {
			t.Fatalf("%s: %q is no longer the same answer", name, s)
		}
	}
	for _, r := range Digits(s) {
		if r < '0' || r > '9' {
			t.Fatalf("Digits: %q", Digits(s))
		}
	}
}

func TestFold_any_text(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { holdsFold(t, anyText(t)) })
}

// anyText draws what people send and what they should not be able to.
func anyText(t *rapid.T) string {
	pieces := []string{"क", "ष", "ि", "्", "़", "র", "য", "্", "়", "ে", "া", "ৎ", "য়", "a", "é", "e", "\u0301", "\u0323",
		"\u200C", "\u200D", "\u200E", "\uFEFF", "\u034F", "\uFE0F", "\u20E3", "\u1D165", "५", "৫", "５", "٥", "7", " ", "  ", "\n", "\r\n", "\u00A0", "\u202F",
		"€", "[", "~", "₹", "’", "😀", "👨\u200D👩\u200D👧", "🇮🇳", "\xff", "\xe0\xa4", "\x00", "ｱ", "Ａ", "한", "\u1100", "\u1161", "\u2000", "\u212A", "O",
		"नमस्ते ", "স্বাস্থ্য কেন্দ্র", "Patna Medical College\n"}
	if rapid.Bool().Draw(t, "wild") {
		return rapid.String().Draw(t, "text")
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 120).Draw(t, "pieces"), "")
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "८००००१", " Asha  Devi ", "র\u200D্যাব", "e\u200D\u0301", "1️⃣", "a\xffb", "\u1100\u200D\u1161",
		"a" + strings.Repeat("\u0301", 70), "क़\u200D्ष", "\u0301्\u200Cक"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { holdsFold(t, s) })
}
