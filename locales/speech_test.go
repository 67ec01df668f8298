package locales

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestText_in_speech is the page for a native reader: what the name of a value
// does to it for the ear.
func TestText_in_speech(t *testing.T) {
	texts := map[string]string{}
	for _, lang := range []string{"en", "hi", "bn"} {
		var b strings.Builder
		b.WriteString("[say]\n")
		for _, name := range []string{"Pincode", "Reference", "Code", "Last4", "Year", "Dose", "Km", "Count", "Address"} {
			b.WriteString(strings.ToLower(name) + " = \"{{." + name + "}}\"\n")
		}
		b.WriteString("maybe = \"{{if .Free}}{{.Pincode}}{{end}}\"\n")
		texts[lang] = b.String()
	}
	c := load(t, texts)
	for name, tt := range map[string]struct {
		id   string
		data values
		eye  string
		want [3]string // en hi bn
	}{
		"pincode":            {"say.pincode", values{"Pincode": "110001"}, "110001", [3]string{"1 1 0, 0 0 1", "1 1 0, 0 0 1", "1 1 0, 0 0 1"}},
		"pincode_within_if":  {"say.maybe", values{"Pincode": "110001", "Free": true}, "110001", [3]string{"1 1 0, 0 0 1", "1 1 0, 0 0 1", "1 1 0, 0 0 1"}},
		"reference":          {"say.reference", values{"Reference": "12345678901234"}, "12345678901234", [3]string{"1 2 3 4, 5 6 7 8, 9 0 1, 2 3 4", "1 2 3 4, 5 6 7 8, 9 0 1, 2 3 4", "1 2 3 4, 5 6 7 8, 9 0 1, 2 3 4"}},
		"fault_of_7":         {"say.reference", values{"Reference": "4821056"}, "4821056", [3]string{"4 8 2 1, 0 5 6", "4 8 2 1, 0 5 6", "4 8 2 1, 0 5 6"}},
		"code":               {"say.code", values{"Code": "4821"}, "4821", [3]string{"4 8, 2 1", "4 8, 2 1", "4 8, 2 1"}},
		"code_of_6":          {"say.code", values{"Code": "482105"}, "482105", [3]string{"4 8, 2 1, 0 5", "4 8, 2 1, 0 5", "4 8, 2 1, 0 5"}},
		"last4":              {"say.last4", values{"Last4": "0042"}, "0042", [3]string{"0 0 4 2", "0 0 4 2", "0 0 4 2"}},
		"last4_with_letters": {"say.last4", values{"Last4": "WB1Z"}, "WB1Z", [3]string{"W B 1 Z", "डब्ल्यू बी 1 ज़ेड", "ডব্লিউ বি 1 জেড"}},
		"last4_small":        {"say.last4", values{"Last4": "wy"}, "wy", [3]string{"W Y", "डब्ल्यू वाई", "ডব্লিউ ওয়াই"}},
		"code_of_nothing":    {"say.code", values{"Code": ""}, "", [3]string{"", "", ""}},
		"year":               {"say.year", values{"Year": "1958"}, "1958", [3]string{"1958", "19 सौ 58", "19 শো 58"}},
		"year_1905":          {"say.year", values{"Year": "1905"}, "1905", [3]string{"1905", "19 सौ 5", "19 শো 5"}},
		"year_1900":          {"say.year", values{"Year": "1900"}, "1900", [3]string{"1900", "19 सौ", "19 শো"}},
		"year_2003":          {"say.year", values{"Year": "2003"}, "2003", [3]string{"2003", "2003", "2003"}},
		"dose_1":             {"say.dose", values{"Dose": 1}, "1", [3]string{"first", "पहली", "প্রথম"}},
		"dose_2":             {"say.dose", values{"Dose": 2}, "2", [3]string{"second", "दूसरी", "দ্বিতীয়"}},
		"dose_9":             {"say.dose", values{"Dose": 9}, "9", [3]string{"9", "9", "9"}},
		"under_a_km":         {"say.km", values{"Km": far(0.9)}, "0.9", [3]string{"very near", "पास ही", "খুব কাছে"}},
		"a_few_km":           {"say.km", values{"Km": far(2.34)}, "2.3", [3]string{"2 kilometres", "2 किलोमीटर", "2 কিলোমিটার"}},
		"one_km":             {"say.km", values{"Km": far(1.2)}, "1.2", [3]string{"1 kilometre", "1 किलोमीटर", "1 কিলোমিটার"}},
		"far":                {"say.km", values{"Km": far(587.3)}, "587", [3]string{"590 kilometres", "590 किलोमीटर", "590 কিলোমিটার"}},
		"number":             {"say.count", values{"Count": 123456}, "1,23,456", [3]string{"123456", "123456", "123456"}},
		"number_of_a_kind":   {"say.count", values{"Count": shots(12)}, "12", [3]string{"12", "12", "12"}},
		"address":            {"say.address", values{"Address": "House 12/4 (old), Main Road"}, "House 12/4 (old), Main Road", [3]string{"House 12 4, old, Main Road", "House 12 4, old, Main Road", "House 12 4, old, Main Road"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, lang := range []string{"en", "hi", "bn"} {
				if got, err := c.Text(lang, "ivr", tt.id, tt.data); err != nil || got != norm.NFC.String(tt.want[i]) {
					t.Errorf("%s: heard %q, %v; want %q", lang, got, err, tt.want[i])
				}
				if got, err := c.Text(lang, "sms", tt.id, tt.data); err != nil || got != tt.eye {
					t.Errorf("%s: written %q, %v; want %q", lang, got, err, tt.eye)
				}
			}
		})
	}
}

// TestFormat_hours is every hour of Bengali as it is struck.
func TestFormat_hours(t *testing.T) {
	var heard []string
	for h := 1; h <= 12; h++ {
		_, hour, _ := strings.Cut(FormatClock("bn", true, h*60), " ")
		heard = append(heard, hour)
	}
	want := "একটা দুটো তিনটে চারটে পাঁচটা ছটা সাতটা আটটা নটা দশটা এগারোটা বারোটা"
	if got := strings.Join(heard, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLetters(t *testing.T) {
	for lang, letters := range map[string][]string{"hi": hindiLetters, "bn": bengaliLetters} {
		if len(letters) != 26 {
			t.Errorf("%s has %d letters", lang, len(letters))
		}
	}
}
