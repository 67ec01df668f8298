package locales

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestWordings(t *testing.T) {
	c, err := Load(fstest.MapFS{"en.toml": {Data: []byte(`
[a]
list = ["{{.Name}}, born {{.Year}}", "{{.Name}}", "Born?"]
single = "One"
`)}})
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{"Name": "Asha", "Year": "1958"}
	for id, want := range map[string][]string{
		"a.list":   {"Asha, born 1958", "Asha", "Born?"},
		"a.single": {"One"},
	} {
		got, err := c.Wordings(English, "ussd", id, data)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", id, got, err)
		}
		if s, err := c.Text(English, "ussd", id, data); s != want[0] || err != nil {
			t.Errorf("%s: says %q, %v", id, s, err)
		}
	}
	if _, err := c.Wordings(English, "", "a.none", nil); err == nil {
		t.Error("no error for a message that is not there")
	}
	for name, file := range map[string]string{
		"a list of one":      `a = ["one"]`,
		"an empty wording":   `a = ["one", ""]`,
		"a number":           `a = ["one", 2]`,
		"an unclosed value":  `a = ["one", "{{.Name"]`,
		"a brace among them": `a = ["one", "{Name}"]`,
	} {
		if _, err := Load(fstest.MapFS{"en.toml": {Data: []byte(file)}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestWordings_are_shorter: each wording of a message has less to read than the
// one before, or nobody would ever see it.
func TestWordings_are_shorter(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	words := func(f *form) int { // without the values
		var b strings.Builder
		for _, p := range f.parts {
			b.WriteString(p.words)
		}
		return len([]rune(b.String())) + 12*len(f.placeholders) // as long as a value is at least
	}
	for _, lang := range Languages {
		for _, id := range c.IDs(lang) {
			m := c.message(lang, id)
			before := m.forms[0]
			for _, f := range m.poorer {
				if words(f) > words(before) {
					t.Errorf("%s: %s: %q is not shorter than %q", lang, id, f.src, before.src)
				}
				before = f
			}
		}
	}
}
