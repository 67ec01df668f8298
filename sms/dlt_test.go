package sms

import (
	"encoding/csv"
	"strings"
	"testing"

	"tikaline/locales"
	"tikaline/outbox"
)

// form takes apart a text whose variables are written {Name}.
func form(t *testing.T, id, lang, text string, sample map[string]any) Form {
	t.Helper()
	f, err := NewForm(id, lang, sample, func(data map[string]any) (string, error) {
		out := text
		for name, v := range data {
			out = strings.ReplaceAll(out, "{"+name+"}", v.(string))
		}
		return out, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForm(t *testing.T) {
	long := strings.Repeat("x", VarMost+1)
	for name, c := range map[string]struct {
		text   string
		sample map[string]any
		tagged string
		over   string
	}{
		"within":      {"Near {Pincode} for {Name}.", map[string]any{"Pincode": "800001", "Name": "आशा"}, "Near #numeric# for #alphanumeric#.", ""},
		"no_variable": {"नमस्ते।", nil, "नमस्ते।", ""},
		"adjacent":    {"{Day}, {Window}", map[string]any{"Day": "5 May", "Window": "9-11 am"}, "#alphanumeric#, #alphanumeric#", "Day-Window adjacent"},
		"line_between": {
			"{Day}\n{Window} ok", map[string]any{"Day": "5 May", "Window": "9-11 am"}, "#alphanumeric#\n#alphanumeric# ok", "Day-Window adjacent",
		},
		"third": {
			"{A} a {B} b {C}", map[string]any{"A": "1", "B": "2", "C": "3"}, "#alphanumeric# a #alphanumeric# b #alphanumeric#", "3 variables: give a reason",
		},
		"fourth": {
			"{A} a {B} b {C} c {D}", map[string]any{"A": "1", "B": "2", "C": "3", "D": "4"},
			"#alphanumeric# a #alphanumeric# b #alphanumeric# c #alphanumeric#", "4 variables: ask for them with a reason",
		},
		"long_value":  {"To {Name}.", map[string]any{"Name": long}, "To #alphanumeric#.", "Name has 31 characters"},
		"not_numeric": {"Code {Code}.", map[string]any{"Code": "47 11"}, "Code #numeric#.", "Code is not numeric"},
		"password": {
			"Your OTP to register/access CoWIN is {Code}. It will be valid for 3 minutes. - CoWIN", map[string]any{"Code": "459831"},
			"Your OTP to register/access CoWIN is #numeric#. It will be valid for 3 minutes. - CoWIN", "",
		},
		"link": {"See tika.example.in now", nil, "See tika.example.in now", "a link"},
	} {
		t.Run(name, func(t *testing.T) {
			f := form(t, "notice.x", "en", c.text, c.sample)
			if got := f.Tagged(); got != c.tagged {
				t.Errorf("tagged %q, not %q", got, c.tagged)
			}
			if got := strings.Join(f.Over(), "; "); got != c.over {
				t.Errorf("over %q, not %q", got, c.over)
			}
			if want := strings.NewReplacer("#numeric#", "{#var#}", "#alphanumeric#", "{#var#}").Replace(c.tagged); f.Classic() != want {
				t.Errorf("classic %q, not %q", f.Classic(), want)
			}
			if name != "not_numeric" && !f.Holds(f.Longest()) {
				t.Errorf("%q is not its own form", f.Longest())
			}
		})
	}
}

func TestForm_holds_what_the_registry_takes(t *testing.T) {
	f := form(t, "notice.x", "en", "Code {Code} (for {Name}).", map[string]any{"Code": "4711", "Name": "Asha"})
	for text, want := range map[string]bool{
		"Code 4711 (for Asha Devi).":                              true,
		"Code 4711 (for आशा\nदेवी).":                              true,
		"Code 4711  (for Asha).":                                  false, // a space more
		"Code ४७११ (for Asha).":                                   false,
		"Code 4711 (for ).":                                       false,
		"Read as REG.\nCode 4711 (for Asha).":                     false,
		"Code 4711 (for " + strings.Repeat("x", TagMost) + ").":   true,
		"Code 4711 (for " + strings.Repeat("x", TagMost+1) + ").": false,
	} {
		if f.Holds(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// sheet is an operator's file over two texts.
func sheet(t *testing.T) ([]Form, func(lines ...string) (*Registry, error)) {
	forms := []Form{
		form(t, "notice.x", "en", "Code {Code}\nfor you", map[string]any{"Code": "4711"}),
		form(t, "reply.stop", "en", "Bye", nil),
		form(t, "reply.stop", "hi-Latn", "Bye", nil), // has no words of its own
	}
	return forms, func(lines ...string) (*Registry, error) {
		return ReadRegistry(strings.NewReader(strings.Join(lines, "\n")), "1101000000000000001", forms)
	}
}

const head = "text,lang,header,template,category,body"

func TestReadRegistry_refuses(t *testing.T) {
	_, read := sheet(t)
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"empty":           {nil, "header line"},
		"no_column":       {[]string{"text,lang,header,template"}, `no column "category"`},
		"language":        {[]string{head, "reply.stop,hin,VAXIND,1107000000000000001,transactional"}, "line 2: language"},
		"header":          {[]string{head, "reply.stop,en,VM-VAXIND-G,1107000000000000001,transactional"}, "line 2: header"},
		"category":        {[]string{head, "reply.stop,en,VAXIND,1107000000000000001,service"}, "line 2: category"},
		"spoilt":          {[]string{head, "reply.stop,en,VAXIND,1.10717E+18,transactional"}, "spreadsheet"},
		"none":            {[]string{head, "reply.stop,en,VAXIND,none,transactional"}, "digits alone"},
		"twice":           {[]string{head, "reply.stop,en,VAXIND,1107000000000000001,transactional", "reply.stop,en,VAXIND,1107000000000000002,transactional"}, "line 3: reply.stop in en is there twice"},
		"rounded":         {[]string{head, "reply.stop,en,VAXIND,1107000000000000000,transactional", "notice.x,en,VAXIND,1107000000000000000,transactional"}, "line 3: template id"},
		"not_closed":      {[]string{head, `reply.stop,en,VAXIND,1107000000000000001,transactional,"Bye`}, "quote"},
		"all_of_the_bad":  {[]string{head, "reply.stop,en,V,1107000000000000001,transactional", "notice.x,xx,VAXIND,1107000000000000001,transactional"}, "line 3"},
		"line_of_the_bad": {[]string{head, "reply.stop,en,V,1107000000000000001,transactional", "notice.x,xx,VAXIND,1107000000000000001,transactional"}, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(c.lines...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v does not say %q", err, c.want)
			}
		})
	}
}

func TestRegistry(t *testing.T) {
	_, read := sheet(t)
	r, err := read("\uFEFF"+head+"\r",
		`notice.x,en,VAXIND,1107000000000000001,service-implicit,"Code #number#`+"\r\n"+`for you"`+"\r",
		"reply.stop,en, VAXIND ,1107000000000000002,service-implicit",
		"reply.stop,hi-Latn,VAXIND,1107000000000000002,service-implicit", // the same words, the same id
		"reply,en,VAXIND,none,service-implicit",
		"reply,hi,VAXIND,,service-implicit")
	if err != nil {
		t.Fatal(err)
	}
	of := func(id string) outbox.Template {
		return outbox.Template{Header: "VAXIND", Entity: "1101000000000000001", ID: id, Category: "service-implicit"}
	}
	for name, c := range map[string]struct {
		id, lang, words string
		want            outbox.Template
		ok              bool
	}{
		"notice":           {"notice.x", "en", "Code 4711\nfor you", of("1107000000000000001"), true},
		"changed_words":    {"notice.x", "en", "Code 4711\nfor her", outbox.Template{}, false},
		"fixed_answer":     {"reply.stop", "en", "Bye", of("1107000000000000002"), true},
		"with_a_lead":      {"reply.stop", "en", "Read as STOP.\nBye", of(""), true},
		"dialogue":         {"book.centre", "en", "Which centre?\n1 PHC", of(""), true},
		"nothing_agreed":   {"book.centre", "hi", "कौन सा केंद्र?", outbox.Template{}, false},
		"unknown_language": {"notice.x", "bn", "Code 4711\nfor you", outbox.Template{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := r.For(c.id, c.lang, c.words); got != c.want || ok != c.ok {
				t.Errorf("%+v, %v", got, ok)
			}
		})
	}
	if f := r.Check(true); strings.Join(f.Missing, "; ") != "reply: hi, bn, hi-Latn, bn-Latn" || f.Differ != nil || f.Unknown != nil {
		t.Errorf("%+v", f)
	}
}

func TestRegistry_Check(t *testing.T) {
	_, read := sheet(t)
	r, err := read(head,
		`notice.x,en,VAXIND,1107000000000000001,service-implicit,"Code #numeric# for you"`,
		"notice.old,en,VAXIND,1107000000000000003,service-implicit,Gone")
	if err != nil {
		t.Fatal(err)
	}
	f := r.Check(true)
	if got := strings.Join(f.Missing, "; "); got != "reply.stop: en, hi-Latn; reply: "+strings.Join(locales.Languages, ", ") {
		t.Errorf("missing %q", got)
	}
	if strings.Join(f.Differ, "; ") != "notice.x: en" || strings.Join(f.Unknown, "; ") != "notice.old: en" {
		t.Errorf("%+v", f)
	}
	if f := r.Check(false); f.Missing != nil {
		t.Errorf("nobody is answered, and missing is %q", f.Missing)
	}
}

// TestForm_Row comes back from a spreadsheet as it was.
func TestForm_Row(t *testing.T) {
	forms, _ := sheet(t)
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write(Columns) //nolint:errcheck // Flush tells
	for _, f := range forms {
		row := f.Row()
		row[2], row[3] = "VAXIND", map[bool]string{true: "1107000000000000001", false: "1107000000000000002"}[f.ID == "notice.x"]
		w.Write(row) //nolint:errcheck
	}
	w.Flush()
	r, err := ReadRegistry(strings.NewReader(b.String()), "1", forms)
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Check(false); f.Missing != nil || f.Differ != nil || f.Unknown != nil {
		t.Errorf("%+v", f)
	}
}
