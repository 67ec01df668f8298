package locales

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// small is a catalogue for tests: born has a ussd variant, only_hi and
// only_latin are missing where their names say.
var small = map[string]string{
	"en": `
[registration]
born = "Year of birth?"
hello = "Welcome {{.Name}}"
[ussd.registration]
born = "Birth year?"
[find]
found = {one = "{{.Count}} centre near {{.Place}}", other = "{{.Count}} centres near {{.Place}}"}
none = "Fee: {{if .Fee}}Rs {{.Fee}}{{else}}free{{end}}"
fees = "Rs {{.Count}}"
[booking]
offer = "{{.Day}}, {{.At}}: {{.Place}}"
values = "{{.V}}"
[vaccine]
covaxin = "Covaxin"
needs = "{{.Name}}"
[only]
english = "Only English, {{.Day}}"
`,
	"hi": `
[registration]
born = "जन्म का वर्ष?"
hello = "{{.Name}}, आपका स्वागत है"
[find]
found = {one = "{{.Place}} के पास {{.Count}} केंद्र", other = "{{.Place}} के पास {{.Count}} केंद्र हैं"}
[booking]
offer = "{{.Day}}, {{.At}}: {{.Place}}"
values = "{{.V}}"
[vaccine]
covaxin = "कोवैक्सीन"
[only]
native = "केवल हिन्दी"
`,
	"bn":      "[booking]\noffer = \"{{.Day}}, {{.At}}: {{.Place}}\"\nvalues = \"{{.V}}\"\n",
	"hi-Latn": "[booking]\noffer = \"{{.Day}}, {{.At}}: {{.Place}}\"\nvalues = \"{{.V}}\"\n",
	"bn-Latn": "[booking]\noffer = \"{{.Day}}, {{.At}}: {{.Place}}\"\nvalues = \"{{.V}}\"\n",
}

func load(t testing.TB, texts map[string]string) *Catalogue {
	t.Helper()
	c, err := Load(files5(texts))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func files5(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name+".toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

type (
	day    struct{ y, m, d int }
	window struct{ from, to int }
	at     int
	centre map[string]string
	word   string
	phrase string
	far    float64
	status string
	shots  int8
)

func (d day) Civil() (int, time.Month, int) { return d.y, time.Month(d.m), d.d }
func (w window) Span() (int, int)           { return w.from, w.to }
func (a at) Clock() int                     { return int(a) }
func (c centre) In(lang string) string      { return c[lang] }
func (w word) Word() string                 { return string(w) }
func (p phrase) Phrase() (string, values)   { return string(p), values{"Name": "Asha"} }
func (f far) Km() float64                   { return float64(f) }

type values = map[string]any

func TestText(t *testing.T) {
	c := load(t, small)
	offer := values{"Day": day{2026, 11, 5}, "At": window{600, 660},
		"Place": centre{"en": "Patna GH", "hi": "पटना अस्पताल", "bn": "পাটনা", "hi-Latn": "Patna", "bn-Latn": "Patna"}}
	found := func(n any) values { return values{"Count": n, "Place": "800001"} }
	for name, tt := range map[string]struct {
		lang, medium, id string
		data             values
		want             string
	}{
		"medium_comes_first":              {"en", "ussd", "registration.born", nil, "Birth year?"},
		"bare_text_for_other_media":       {"en", "sms", "registration.born", nil, "Year of birth?"},
		"whole_id_without_medium":         {"en", "", "ussd.registration.born", nil, "Birth year?"},
		"own_bare_before_english_variant": {"hi", "ussd", "registration.born", nil, "जन्म का वर्ष?"},
		"native_falls_back_to_english":    {"bn", "sms", "registration.born", nil, "Year of birth?"},
		"latin_screen_skips_native":       {"hi-Latn", "ussd", "registration.born", nil, "Birth year?"},
		"latin_ear_hears_native":          {"hi-Latn", "ivr", "registration.born", nil, "जन्म का वर्ष?"},
		"latin_ear_ends_in_english":       {"bn-Latn", "ivr", "registration.born", nil, "Year of birth?"},
		"plural_one":                      {"en", "", "find.found", found(1), "1 centre near 800001"},
		"plural_other":                    {"en", "", "find.found", found(2), "2 centres near 800001"},
		"plural_english_zero_is_other":    {"en", "", "find.found", found(0), "0 centres near 800001"},
		"plural_hindi_zero_is_one":        {"hi", "", "find.found", found(0), "800001 के पास 0 केंद्र"},
		"plural_lakhs":                    {"hi", "", "find.found", found(int64(1234567)), "800001 के पास 12,34,567 केंद्र हैं"},
		"plural_named_number":             {"en", "", "find.found", found(shots(1)), "1 centre near 800001"},
		"count_without_plural":            {"en", "", "find.fees", values{"Count": 1}, "Rs 1"},
		"if_true":                         {"en", "", "find.none", values{"Fee": 250}, "Fee: Rs 250"},
		"if_empty":                        {"en", "", "find.none", values{"Fee": ""}, "Fee: free"},
		"if_false":                        {"en", "", "find.none", values{"Fee": false}, "Fee: free"},
		"no_html_escapes":                 {"en", "", "registration.hello", values{"Name": "D'Souza & <co>"}, "Welcome D'Souza & <co>"},
		"template_in_value_stays":         {"en", "", "registration.hello", values{"Name": "{{.Name}}"}, "Welcome {{.Name}}"},
		"values_in_english":               {"en", "sms", "booking.offer", offer, "5 Nov (Thu), 10-11 am: Patna GH"},
		"values_in_hindi":                 {"hi", "sms", "booking.offer", offer, "5 नवंबर (गुरु), सुबह 10-11: पटना अस्पताल"},
		"values_in_bengali":               {"bn", "ussd", "booking.offer", offer, "5 নভেম্বর (বৃহস্পতি), সকাল 10-11: পাটনা"},
		"values_in_latin_hindi":           {"hi-Latn", "ussd", "booking.offer", offer, "5 Nov (Guru), subah 10-11: Patna"},
		"values_in_latin_bengali":         {"bn-Latn", "ussd", "booking.offer", offer, "5 Nov (Brihaspati), sokal 10-11: Patna"},
		"values_in_speech":                {"hi", "ivr", "booking.offer", offer, "गुरुवार, 5 नवंबर, सुबह 10 से 11 बजे: पटना अस्पताल"},
		"values_in_the_words_language":    {"hi", "sms", "only.english", offer, "Only English, 5 Nov (Thu)"},
		"value_word":                      {"hi", "sms", "booking.values", values{"V": word("vaccine.covaxin")}, "कोवैक्सीन"},
		"value_word_falls_back":           {"bn", "sms", "booking.values", values{"V": word("vaccine.covaxin")}, "Covaxin"},
		"value_phrase":                    {"hi", "sms", "booking.values", values{"V": phrase("registration.hello")}, "Asha, आपका स्वागत है"},
		"value_time":                      {"hi", "sms", "booking.values", values{"V": at(870)}, "दोपहर 2:30 बजे"},
		"value_km_near":                   {"en", "sms", "booking.values", values{"V": far(2.34)}, "2.3"},
		"value_km_far":                    {"en", "sms", "booking.values", values{"V": far(14.4)}, "14"},
		"value_string_not_grouped":        {"en", "sms", "booking.values", values{"V": "800001"}, "800001"},
		"value_named_string":              {"en", "sms", "booking.values", values{"V": status("booked")}, "booked"},
		"value_list":                      {"en", "sms", "booking.values", values{"V": []string{"Aadhaar", "PAN"}}, "Aadhaar, PAN"},
		"value_list_of_words":             {"hi", "sms", "booking.values", values{"V": []word{"vaccine.covaxin", "vaccine.covaxin"}}, "कोवैक्सीन, कोवैक्सीन"},
		"value_empty_list":                {"en", "sms", "booking.values", values{"V": []string{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Text(tt.lang, tt.medium, tt.id, tt.data)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestText_refuses(t *testing.T) {
	c := load(t, small)
	var nobody *day
	for name, tt := range map[string]struct {
		lang, id string
		data     values
		says     string
	}{
		"unknown_language":        {"hi-IN", "registration.born", nil, "not one of our languages"},
		"unknown_id":              {"en", "registration.dead", nil, "no such text"},
		"id_in_another_language":  {"en", "only.native", nil, "no such text"},
		"value_missing":           {"en", "registration.hello", values{"name": "x"}, "no value for {{.Name}}"},
		"value_missing_in_if":     {"en", "find.none", nil, "no value for {{.Fee}}"},
		"value_nil":               {"en", "registration.hello", values{"Name": nil}, "nil"},
		"value_nil_pointer":       {"en", "registration.hello", values{"Name": nobody}, "nil"},
		"value_of_unknown_type":   {"en", "registration.hello", values{"Name": time.Now()}, "no way to say a time.Time"},
		"value_float":             {"en", "registration.hello", values{"Name": 2.5}, "no way to say a float64"},
		"value_bool_as_words":     {"en", "registration.hello", values{"Name": true}, "no way to say a bool"},
		"plural_without_count":    {"en", "find.found", values{"Place": "x"}, "Count"},
		"plural_with_native_five": {"en", "find.found", values{"Place": "x", "Count": "५"}, "Count"},
		"word_without_text":       {"en", "registration.hello", values{"Name": word("vaccine.none")}, "no such text"},
		"word_that_needs_values":  {"en", "registration.hello", values{"Name": word("vaccine.needs")}, "no value"},
		"no_such_day":             {"en", "booking.values", values{"V": day{2026, 2, 29}}, "no day"},
		"no_date_at_all":          {"en", "booking.values", values{"V": day{}}, "no day"},
		"window_back_to_front":    {"en", "booking.values", values{"V": window{660, 600}}, "no window"},
		"window_into_tomorrow":    {"en", "booking.values", values{"V": window{1380, 1500}}, "no window"},
		"time_past_midnight":      {"en", "booking.values", values{"V": at(1441)}, "no day"},
		"distance_below_zero":     {"en", "booking.values", values{"V": far(-1)}, "no distance"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Text(tt.lang, "sms", tt.id, tt.data)
			if got != "" || err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %q, %v; want an error that says %q", got, err, tt.says)
			}
			if missing := tt.says == "no such text"; errors.Is(err, ErrNoText) != missing {
				t.Errorf("errors.Is(%v, ErrNoText) is not %t", err, missing)
			}
		})
	}
}

func TestText_in_a_language_without_a_file(t *testing.T) {
	c := load(t, map[string]string{"en": `a = "b"`})
	if got, err := c.Text("hi", "ivr", "a", nil); got != "b" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestText_many_at_once(t *testing.T) {
	c := load(t, small)
	var wg sync.WaitGroup
	for _, lang := range Languages {
		for range 4 {
			wg.Go(func() {
				for n := range 200 {
					if _, err := c.Text(lang, "ussd", "find.found", values{"Count": n, "Place": "x"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
}

func TestLoad_refuses(t *testing.T) {
	for name, tt := range map[string]struct {
		file, text, says string
	}{
		"misnamed_file":        {"hinglish", `a = "b"`, "named after one of"},
		"other_case":           {"hi-latn", `a = "b"`, "named after one of"},
		"broken_toml":          {"hi", "a = \"b\"\nc = ", "line 2"},
		"broken_template":      {"hi", `a = "{{.Name"`, "hi.toml: a:"},
		"single_brace":         {"hi", `a = "{Name}"`, "brace"},
		"brace_too_many":       {"hi", `a = "{{.Name}}}"`, "brace"},
		"brace_inside_if":      {"hi", `a = "{{if .X}}{Y}{{end}}"`, "brace"},
		"loop":                 {"hi", `a = "{{range .X}}x{{end}}"`, "and {{if}}"},
		"variable":             {"hi", `a = "{{$x := .X}}{{$x}}"`, "and {{if}}"},
		"empty_text":           {"hi", `a = ""`, "no text"},
		"plural_without_other": {"hi", `a = {one = "{{.Count}}"}`, "other"},
		"key_id":               {"hi", `a = {id = "b", other = "c"}`, "cannot be a key"},
		"key_few":              {"hi", `a = {few = "b", other = "c"}`, "cannot be a key"},
		"option_called_one":    {"hi", "[a]\none = \"1\"\nboth = \"2\"", "reserved"},
		"no_english":           {"", "", "en.toml"},
		"another_medium":       {"ivr/hi", "[web]\na = \"b\"", "tables of [ivr] and no others"},
		"no_medium":            {"ivr/hi", `a = "b"`, "tables of [ivr] and no others"},
		"twice":                {"ivr/en", "[ivr]\na = \"b\"", "another file as well"},
	} {
		t.Run(name, func(t *testing.T) {
			texts := map[string]string{}
			if tt.file != "" {
				texts = map[string]string{"en": "a = \"b\"\n[ivr]\na = \"c\"", tt.file: tt.text}
			}
			_, err := Load(files5(texts))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v; want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestLoad_directories(t *testing.T) {
	c := load(t, map[string]string{"en": `a = "eye"`, "ivr/en": "[ivr]\na = \"ear\"", "ivr/hi": "[ivr]\na = \"kaan\""})
	for _, tt := range []struct{ lang, medium, want string }{
		{"en", "ussd", "eye"}, {"en", "ivr", "ear"}, {"hi", "ivr", "kaan"}, {"hi", "sms", "eye"},
	} {
		if got, err := c.Text(tt.lang, tt.medium, "a", nil); err != nil || got != tt.want {
			t.Errorf("%s %s: got %q, %v; want %q", tt.lang, tt.medium, got, err, tt.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	c := load(t, map[string]string{"en": `
a = {one = "one at {{.Place}}", other = "{{.Count}} at {{.Place}}"}
b = "{{if eq .Fee \"0\"}}{{.X}}{{else}}{{.Y}}{{end}}"
c = "none"`})
	for id, want := range map[string]string{"a": "Count Place", "b": "Fee X Y", "c": "", "d": ""} {
		if got := strings.Join(c.Placeholders("en", id), " "); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	if got := strings.Join(c.IDs("en"), " "); got != "a b c" {
		t.Errorf("ids: %q", got)
	}
	if got := c.IDs("hi"); got != nil {
		t.Errorf("ids of a language without words: %q", got)
	}
}
