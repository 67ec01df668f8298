package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"tikaline/cmd/tikaline/ops"
	"tikaline/locales"
	"tikaline/web/chrometest"
)

// TestPages goes the whole way in a real browser against the running program:
// in each language, with and without script, on a small phone and on a desktop.
// Every page on the way is looked at, and its picture kept in out/screens.
func TestPages(t *testing.T) {
	for i, lang := range []string{"hi", "bn", "en"} {
		for j, look := range []struct {
			name string
			o    chrometest.Options
		}{
			{"320_without_script", chrometest.Options{Width: 320, Height: 640}},
			{"desktop_with_script", chrometest.Options{Width: 1280, Height: 900, Script: true}},
		} {
			if testing.Short() && j > 0 {
				continue
			}
			t.Run(lang+"_"+look.name, func(t *testing.T) {
				t.Parallel()
				s := serving(t, "--log-level=debug")
				w := &walker{
					Tab: chrometest.Open(t, look.o), t: t, s: s, lang: lang, name: lang + "_" + look.name,
					phone: ops.Phone{Base: s.url, Secret: testSecret, Number: fmt.Sprintf("+9198110%02d%02d0", i, j)},
				}
				w.journey()
			})
		}
	}
}

// A walker is somebody with a browser and a phone.
type walker struct {
	*chrometest.Tab
	t     *testing.T
	s     *stage
	phone ops.Phone
	lang  string
	name  string
	steps int
}

// see holds that the page is right, looks at it and keeps its picture.
func (w *walker) see(what, at, id string, values ...any) {
	w.t.Helper()
	if got, _, _ := strings.Cut(w.At(), "?"); !regexp.MustCompile("^" + at + "$").MatchString(got) {
		w.t.Fatalf("%s: at %s, want %s\n%s", what, got, at, w.Text())
	}
	if want := w.say(id, values...); !strings.Contains(w.Text(), want) {
		w.t.Errorf("%s does not say %q:\n%s", what, want, w.Text())
	}
	w.Audit()
	w.steps++
	w.Picture(fmt.Sprintf("%s_%02d_%s", w.name, w.steps, what))
}

func (w *walker) say(id string, values ...any) string {
	w.t.Helper()
	words, err := locales.Default()
	if err != nil {
		w.t.Fatal(err)
	}
	m := map[string]any{}
	for i := 0; i < len(values); i += 2 {
		m[values[i].(string)] = values[i+1]
	}
	text, err := words.Text(w.lang, "web", id, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code is the one in the newest text.
func (w *walker) code() string {
	w.t.Helper()
	all, err := w.phone.Await(w.t.Context(), 0, 20*time.Second)
	if err != nil || len(all) == 0 {
		w.t.Fatalf("no text came: %v", err)
	}
	code := sixDigits.FindString(all[len(all)-1].Text)
	if code == "" {
		w.t.Fatalf("no code in %q", all[len(all)-1].Text)
	}
	return code
}

func (w *walker) journey() {
	l := "/" + w.lang
	number := strings.TrimPrefix(w.phone.Number, "+91")

	// Which language, and the number: with a mistake first.
	w.Go(w.s.url + "/")
	w.Audit()
	w.Picture(w.name + "_00_language")
	w.Send(`a.choice[href="` + l + `/"]`)
	w.see("start", l+"/", "start.title")
	w.Type("#number", "12345")
	w.Send("button.main")
	w.see("start_wrong", l+"/", "problem.bad_number")
	w.focused("number")
	w.Type("#number", number)
	w.Press("\r")
	w.see("code", l+"/code", "code.sent", "Tail", number[7:])
	w.focused("code")
	code := w.code()
	w.Type("#code", "12")
	w.Send("button.main")
	w.see("code_wrong", l+"/code", "problem.digits_wanted", "Max", 6)
	w.Type("#code", code)
	w.Send("button.main")
	w.see("nobody", l+"/family", "family.nobody")

	// A person: with nothing filled in first.
	w.Send(`a[href="` + l + `/new"]`)
	w.see("new", l+"/new", "new.consent_text")
	w.Walk()
	w.Send("form[action$='/new'] button.main")
	w.see("new_wrong", l+"/new", "problem.consent_needed")
	w.focused("name")
	w.fillIn()
	w.Send("form[action$='/new'] button.main")
	w.see("registered", l+"/person/[0-9a-f]+", "new.done", "Name", w.asha())

	// A centre, a time, a last look.
	w.Send("a.main")
	w.see("find", l+"/find", "find.title")
	w.Type("#pincode", "12")
	w.Send("form[method=get] button")
	w.see("find_wrong", l+"/find", "problem.bad_pincode")
	w.Type("#pincode", "800001")
	w.Send("form[method=get] button")
	w.see("found", l+"/find", "find.places", "Count", 4)
	w.Send(".cards li:not(.full) a")
	w.see("centre", l+"/centre/[0-9]+", "centre.choose")
	w.Walk()
	w.Send("a.time")
	w.see("confirm", l+"/book", "book.title")
	w.Send("form[action*='/book'] button.main")
	w.see("booked", l+"/person/[0-9a-f]+", "book.done")
	person := w.At()
	secret := chrometest.Ask[string](w.Tab, `document.querySelector(".code").textContent`)
	if got := w.s.stored(fmt.Sprintf(`SELECT count(*) FROM beneficiary b JOIN appointment a USING (cell, reference) WHERE b.msisdn = '%s' AND a.status = 'booked' AND right(b.reference::text, 4) = '%s'`, w.phone.Number, secret)); !strings.HasSuffix(got, "=> 1\n") {
		w.t.Errorf("stored: %s", got)
	}

	// Back, and the same button again: nothing happens twice.
	w.Back()
	w.Send("main form button, main a.second")
	if got := w.s.stored(fmt.Sprintf(`SELECT count(*) FROM appointment a JOIN beneficiary b USING (cell, reference) WHERE b.msisdn = '%s'`, w.phone.Number)); !strings.HasSuffix(got, "=> 1\n") {
		w.t.Errorf("after back: %s", got)
	}

	// The slip, then another time, then none.
	w.Go(w.s.url + person)
	w.Send(`a[href*="/slip/"]`)
	if w.Status() != 200 {
		w.t.Errorf("slip: %d", w.Status())
	}
	w.Picture(w.name + "_slip")
	w.Go(w.s.url + person)
	w.Send(`a[href*="/centre/"]`)
	w.Send("li:last-child > a.time")
	w.see("move", l+"/book", "book.move_title")
	w.Send("form[action*='/book'] button.main")
	w.see("moved", l+"/person/[0-9a-f]+", "book.moved")
	w.Send(`a[href*="/cancel/"]`)
	w.see("cancel", l+"/cancel/[0-9a-f]+", "cancel.title")
	w.Send("button.danger")
	w.see("cancelled", l+"/person/[0-9a-f]+", "cancel.done")

	// To be told, another language, help, and out.
	w.Send("a.main")
	if at := w.At(); !strings.Contains(at, "/find") {
		w.t.Fatalf("at %s", at)
	}
	w.Type("#pincode", "800001")
	w.Send("form[method=get] button")
	w.Send("form.tell button")
	w.see("told", l+"/family", "tell.done", "Name", w.asha(), "Pincode", "800001")
	w.Send(`footer a[href$="/help"]`)
	w.see("help", l+"/help", "help.title")
	other := map[string]string{"hi": "bn", "bn": "en", "en": "hi"}[w.lang]
	w.Send(`.langs button[lang="` + other + `"]`)
	if w.At() != "/"+other+"/help" {
		w.t.Errorf("in another language at %s", w.At())
	}
	if got := w.s.stored(fmt.Sprintf(`SELECT language FROM household WHERE msisdn = '%s'`, w.phone.Number)); !strings.HasSuffix(got, "=> "+other+"\n") {
		w.t.Errorf("remembered: %s", got)
	}
	w.Send(`.langs button[lang="` + w.lang + `"]`)
	w.Send(`form[action$="/out"] button`)
	w.see("out", l+"/", "start.left")
	w.Back()
	w.Back()
	if strings.Contains(w.Text(), w.asha()) {
		w.t.Errorf("logged out, and back shows the family: %s", w.At())
	}
	w.Go(w.s.url + l + "/nowhere")
	w.see("no_page", l+"/nowhere", "sorry.no_page")

	// Nothing of all that was said is in the log.
	w.s.stop()
	for _, said := range []string{number, w.asha(), code, secret, "4567", "1958", "800001"} {
		if logged(w.s, said) {
			w.t.Errorf("the log has %q in it:\n%s", said, w.s.logs.String())
		}
	}
}

// asha is who is registered, in letters of the language: a name may be in any,
// but then no voice reads it out.
func (w *walker) asha() string {
	return map[string]string{"hi": "आशा देवी", "bn": "আশা দেবী", "en": "Asha Devi"}[w.lang]
}

// fillIn fills the form of a person, as somebody does: with digits of their own.
func (w *walker) fillIn() {
	w.t.Helper()
	year := map[string]string{"hi": "१९५८", "bn": "১৯৫৮", "en": "1958"}[w.lang]
	w.Type("#name", w.asha())
	w.Type("#year", year)
	w.Click(`label:has(input[value="female"])`)
	w.Choose("#photo_id", 2) // voter ID
	w.Type("#id_last4", "ABC1234567")
	w.Click(`label:has(#consent)`)
}

// focused holds that a field has the focus.
func (w *walker) focused(id string) {
	w.t.Helper()
	if got := chrometest.Ask[string](w.Tab, `document.activeElement.id`); got != id {
		w.t.Errorf("at %s the focus is on %q, not on %s", w.At(), got, id)
	}
}

// TestPages_weight: the first page with all that belongs to it, and the pages
// people see most, heads included.
func TestPages_weight(t *testing.T) {
	t.Parallel()
	s := serving(t)
	tab := chrometest.Open(t, chrometest.Options{})
	for _, path := range []string{"/", "/hi/", "/hi/find?pincode=800001", "/bn/help"} {
		tab.Weight()
		tab.Go(s.url + path)
		total := 0
		for address, n := range tab.Weight() {
			total += n
			t.Logf("%6d %s", n, strings.TrimPrefix(address, s.url))
		}
		if total == 0 || total > 30_000 {
			t.Errorf("%s weighs %d bytes", path, total)
		}
	}
}

// TestPages_codes: who waits for a text dials, and is told.
func TestPages_tell_a_code_to_who_dials(t *testing.T) {
	t.Parallel()
	s := serving(t, "--dial=*384*100#")
	tab := chrometest.Open(t, chrometest.Options{})
	p := ops.Phone{Base: s.url, Secret: testSecret, Number: "+919811000990"}
	tab.Go(s.url + "/en/")
	tab.Type("#number", "98110 00990")
	tab.Send("button.main")
	if !strings.Contains(tab.Text(), "*384*100#") {
		t.Errorf("it does not say what to dial:\n%s", tab.Text())
	}
	sc, err := p.Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	code := sixDigits.FindString(sc.Text)
	tab.Type("#code", code)
	tab.Send("button.main")
	if tab.At() != "/en/family" {
		t.Errorf("told %q, and at %s:\n%s", sc.Text, tab.At(), tab.Text())
	}
}
