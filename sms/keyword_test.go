package sms

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"

	"tikaline/locales"
)

func keywords(t testing.TB) *Keywords {
	t.Helper()
	k, err := LoadKeywords()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFoldKey(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"small_letters":               {"pin 110001", "PIN 110001"},
		"full_width":                  {"ＰＩＮ１１０００１", "PIN110001"},
		"devanagari_digits":           {"११०००१", "110001"},
		"bengali_digits":              {"৭০০০০১", "700001"},
		"nukta_composed_and_apart":    {"\u095B\u091C\u093C", "जज"},
		"bengali_nukta_letter":        {"সহায়তা", "সহাযতা"},
		"candrabindu":                 {"हाँ", "हां"},
		"bengali_candrabindu":         {"হ্যাঁ", "হ্যাং"},
		"nasal_nd":                    {"हिन्दी", "हिंदी"},
		"nasal_nt":                    {"सन्त", "संत"},
		"nasal_mp":                    {"सम्पर्क", "संपर्क"},
		"nasal_mb":                    {"नम्बर", "नंबर"},
		"nasal_palatal":               {"पञ्जीकरण", "पंजीकरण"},
		"nasal_velar":                 {"अङ्ग", "अंग"},
		"nasal_retroflex":             {"अण्डा", "अंडा"},
		"loan_word":                   {"सेन्टर", "सेंटर"},
		"bengali_nasal":               {"কেন্দ্র", "কেংদ্র"},
		"double_nasal_stays":          {"अन्न", "अन्न"},
		"not_before_another_row":      {"जम्दा", "जम्दा"},
		"not_before_a_vowel_sign":     {"नदी", "नदी"},
		"not_before_a_half_semivowel": {"न्य", "न्य"},
		"joiners":                     {"क्\u200dष\u200c", "क्ष"},
		"byte_order_mark":             {"\ufeffPIN", "PIN"},
		"mark_after_ascii":            {"e\u200d\u0301", "E\u0301"},
		"composed_letters_come_apart": {"é", "E\u0301"},
		"keycap":                      {"1\ufe0f\u20e3", "1"},
		"control_and_invalid":         {"P\x00I\xffN\x7f", "PIN"},
		"white_space_stays":           {"a\tb", "A\tB"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := foldKey(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("every_character_folds_once", func(t *testing.T) {
		for r := rune(0); r <= unicode.MaxRune; r++ {
			once := foldKey(string(r))
			if twice := foldKey(once); twice != once {
				t.Errorf("%U: %q, then %q", r, once, twice)
			}
		}
	})
	t.Run("folding_twice_is_folding_once", rapid.MakeCheck(func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zक-ह़्ंँ\x{200d}ক-হ়্ংঁ ०-९]{0,30}`)).Draw(t, "text")
		once := foldKey(s)
		if twice := foldKey(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
	}))
}

// TestKeywords/count prints how many words there are, for whoever reads the
// log to see a list that went missing.
func TestKeywords(t *testing.T) {
	k := keywords(t)
	t.Run("count", func(t *testing.T) {
		count := make(map[Command]map[string]int)
		total := 0
		for _, w := range k.terms {
			if w.command == "" {
				continue
			}
			if count[w.command] == nil {
				count[w.command] = make(map[string]int)
			}
			count[w.command][w.lang]++
			total++
		}
		t.Logf("%-9s %4s %4s %4s %8s %8s %7s", "", "en", "hi", "bn", "hi-Latn", "bn-Latn", "several")
		for _, c := range worded {
			n := count[c]
			t.Logf("%-9s %4d %4d %4d %8d %8d %7d", c, n["en"], n["hi"], n["bn"], n["hi-Latn"], n["bn-Latn"], n[""])
			for _, lang := range []string{"hi", "bn"} {
				if n[lang] == 0 {
					t.Errorf("%s has no word in %s", c, lang)
				}
			}
		}
		t.Logf("%d words in all", total)
		if total < 200 {
			t.Errorf("only %d words", total)
		}
	})
	t.Run("every_word_is_its_command", func(t *testing.T) {
		for _, lang := range locales.Languages {
			if lang != locales.Native(lang) {
				continue
			}
			for c, l := range tableOf(t, lang).commands() {
				for _, w := range slices.Concat(l.Words, l.Native, l.Roman) {
					for _, typed := range []string{w, strings.ToLower(w), "  " + w + "!!", w + "।", "\u200b" + w} {
						if m := k.Parse(typed); m.Command != c || m.Guessed != "" || !m.Sure {
							t.Errorf("%q: %+v, want %s", typed, m, c)
						}
					}
				}
			}
		}
	})
	t.Run("words_of_several_languages_fix_none", func(t *testing.T) {
		for _, w := range []string{"BUK", "BHASHA", "NA", "KENDRA", "TIKA", "CHALU", "SHURU", "HA"} {
			if m := k.Parse(w); m.Lang != "" {
				t.Errorf("%s fixes %s", w, m.Lang)
			}
		}
	})
	t.Run("a_word_fixes_its_language", func(t *testing.T) {
		for w, lang := range map[string]string{
			"STATUS": "en", "स्थिति": "hi", "অবস্থা": "bn", "STHITI": "hi-Latn", "OBOSTHA": "bn-Latn",
			"मदद": "hi", "মদদ": "bn", "110001": "", "१": "", "PIN आशा": "hi", "आशा আশা": "",
		} {
			if m := k.Parse(w); m.Lang != lang {
				t.Errorf("%s: %q, want %q", w, m.Lang, lang)
			}
		}
	})
}

func tableOf(t *testing.T, lang string) *wordTable {
	t.Helper()
	var table wordTable
	if _, err := toml.DecodeFS(keywordFiles, "keywords/"+lang+".toml", &table); err != nil {
		t.Fatal(err)
	}
	return &table
}

// TestLoadKeywords changes one line of a table at a time, and looks for a
// refusal that names the word.
func TestLoadKeywords(t *testing.T) {
	for name, tt := range map[string]struct{ file, old, new, want string }{
		"a_word_in_two_commands":    {"en", `["STATUS"]`, `["STATUS", "BOOK"]`, "BOOK"},
		"across_languages":          {"hi", `["STHITI"]`, `["STHITI", "HELP"]`, "HELP"},
		"after_folding":             {"bn", `["অবস্থা", `, "[\"অবস্থা\", \"সাহায\u200d্য\", ", "stands under status"},
		"stat_is_near_start":        {"en", `["STATUS"]`, `["STATUS", "STAT"]`, "STAT (status) is one slip from START"},
		"a_swap_is_near_too":        {"en", `["STATUS"]`, `["STATUS", "SOTP"]`, "SOTP (status) is one slip from STOP"},
		"guarded_near_guarded":      {"en", `["START", `, `["START", "STTOP", `, "one slip"},
		"command_without_words":     {"hi", `["भाषा"]`, `[]`, "[language] has a list without words"},
		"command_missing":           {"bn", "[tell]", "[tall]", "[tall]"},
		"english_with_native":       {"en", "[status]\nwords", "[status]\nnative", "status"},
		"two_words":                 {"en", `"CALLBACK"`, `"CALL BACK"`, "CALL BACK"},
		"not_in_capitals":           {"en", `"CALLBACK"`, `"Callback"`, "Callback"},
		"wrong_script":              {"hi", `"मदद"`, `"সাহায্য"`, "সাহায্য"},
		"twice_in_a_list":           {"en", `"CALLBACK"`, `"CALL"`, "twice"},
		"weak_but_no_word":          {"en", `weak = ["BOOKING"`, `weak = ["BOOKINGS"`, "BOOKINGS"},
		"no_such_language":          {"en", "[speak.hi-Latn]", "[speak.hi-latn]", "no such language"},
		"language_without_its_word": {"bn", "[speak.hi]", "[speak.hi-x]", "speak.hi"},
		"passed_over_and_asked":     {"en", `["PLEASE", `, `["PLEASE", "HELP", `, "HELP"},
		"not_toml":                  {"en", "[status]", "[status", "toml"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, lang := range []string{"en", "hi", "bn"} {
				path := "keywords/" + lang + ".toml"
				b, err := keywordFiles.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				text := string(b)
				if lang == tt.file {
					if !strings.Contains(text, tt.old) {
						t.Fatalf("%s has no %s", path, tt.old)
					}
					text = strings.Replace(text, tt.old, tt.new, 1)
				}
				files[path] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := loadKeywords(files)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want something of %s", err, tt.want)
			}
		})
	}
}

func TestOneSlip(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b string
		want bool
	}{
		"same":         {"STOP", "STOP", true},
		"missing":      {"STOP", "STP", true},
		"too_many":     {"STOP", "STTOP", true},
		"wrong":        {"STOP", "STIP", true},
		"swapped":      {"STOP", "SOTP", true},
		"swapped_last": {"STATUS", "STATSU", true},
		"two_wrong":    {"STOP", "SPIP", false},
		"two_missing":  {"STOP", "ST", false},
		"far_swap":     {"STOP", "PTOS", false},
		"repeated":     {"BOOKK", "BOOK", true},
		"conjuncts":    {"स्थिति", "स्थिती", true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := oneSlip([]rune(tt.a), []rune(tt.b)); got != tt.want {
				t.Errorf("%s, %s: %v", tt.a, tt.b, got)
			}
			if got := oneSlip([]rune(tt.b), []rune(tt.a)); got != tt.want {
				t.Errorf("%s, %s: %v", tt.b, tt.a, got)
			}
		})
	}
}
