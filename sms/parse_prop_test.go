package sms

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"tikaline/locales"
)

// pieces are what texts are made of here: every word we know, digits of all
// lengths, names, and words with a slip.
func pieces(k *Keywords) []string {
	list := []string{
		"1", "2", "12", "1990", "1958", "110001", "800001", "9876543210", "0", "00", "15", "08", "12345678901234",
		"Asha", "Devi", "Tika", "Madan", "आशा", "देवी", "আশা", "stpo", "sotp", "cancle", "yess", "Regsiter", "BOOKK", "8OOOO1",
	}
	for _, w := range k.terms {
		list = append(list, w.spelling)
	}
	// The map's order is chance, and a failure should be found again.
	slices.Sort(list)
	return list
}

// TestParse_properties says what must hold for any text.
func TestParse_properties(t *testing.T) {
	k := keywords(t)
	words := rapid.SliceOfN(rapid.SampledFrom(pieces(k)), 1, 8)
	same := func(t *rapid.T, a, b string) {
		m, n := k.Parse(a), k.Parse(b)
		for _, p := range []*Message{&m, &n} {
			p.Name, p.Rest = loose(p.Name), loose(p.Rest)
		}
		if m != n {
			t.Fatalf("%q\n%+v\n%q\n%+v", a, m, b, n)
		}
	}
	t.Run("case_is_the_same", rapid.MakeCheck(func(t *rapid.T) {
		s := strings.Join(words.Draw(t, "words"), " ")
		same(t, s, strings.ToLower(s))
		same(t, s, strings.ToUpper(s))
	}))
	t.Run("digits_of_any_script_are_the_same", rapid.MakeCheck(func(t *rapid.T) {
		s := strings.Join(words.Draw(t, "words"), " ")
		zero := rapid.SampledFrom([]rune{'०', '০', '０', '٠', '۰', '੦', '௦'}).Draw(t, "zero")
		same(t, s, strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, s))
	}))
	t.Run("signs_and_spaces_are_the_same", rapid.MakeCheck(func(t *rapid.T) {
		list := words.Draw(t, "words")
		sign := rapid.SampledFrom([]string{"  ", ", ", ".", " - ", "\n", "\t", ":", "\u00a0", " । ", "/", "“", " #", "!!", "<space>", "\u200b "})
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", " ", "\ufeff", "“", "#", "\n"}).Draw(t, "before"))
		for i, w := range list {
			if i > 0 {
				b.WriteString(sign.Draw(t, "between"))
			}
			b.WriteString(w)
		}
		b.WriteString(rapid.SampledFrom([]string{"", " ", ".", "।", "!", "”", "\r\n", " 🙏"}).Draw(t, "after"))
		same(t, strings.Join(list, " "), b.String())
	}))
	t.Run("what_does_harm_is_never_guessed", rapid.MakeCheck(func(t *rapid.T) {
		list := words.Draw(t, "words")
		i := rapid.IntRange(0, len(list)-1).Draw(t, "at")
		list[i] = slip(t, list[i])
		checkGuess(t, k, strings.Join(list, " "))
	}))
	t.Run("one_slip_in_one_word", rapid.MakeCheck(func(t *rapid.T) {
		checkGuess(t, k, slip(t, rapid.SampledFrom(pieces(k)).Draw(t, "word")))
	}))
	t.Run("any_text", rapid.MakeCheck(func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		if why := sane(k, s); why != "" {
			t.Fatal(why)
		}
	}))
}

// loose drops what a name keeps of how it was typed.
func loose(s string) string {
	s = strings.ReplaceAll(foldKey(s), "<SPACE>", " ")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	}), " ")
}

// slip makes one typing error.
func slip(t *rapid.T, w string) string {
	r := []rune(w)
	i := rapid.IntRange(0, len(r)-1).Draw(t, "slip at")
	switch rapid.IntRange(0, 3).Draw(t, "slip") {
	case 0:
		r = append(r[:i:i], r[i+1:]...)
	case 1:
		r = append(r[:i+1:i+1], r[i:]...)
	case 2:
		if i > 0 {
			r[i], r[i-1] = r[i-1], r[i]
		}
	case 3:
		r[i] = rapid.SampledFrom([]rune("AEIOUSTNRका")).Draw(t, "letter")
	}
	return string(r)
}

// checkGuess holds the rule that a guess is never one that does harm, and that
// nothing that does harm is understood of a text without its very word.
func checkGuess(t *rapid.T, k *Keywords, s string) {
	m := k.Parse(s)
	if m.Guessed != "" && m.Command.Guarded() {
		t.Fatalf("%q: guessed %+v", s, m)
	}
	if !m.Command.Guarded() {
		return
	}
	var tk tokens
	tk.scan(s)
	for _, w := range tk.words {
		if have := k.terms[string(tk.key(w))]; have != nil && have.command == m.Command {
			return
		}
	}
	t.Fatalf("%q has no word for %+v", s, m)
}

// sane returns what is wrong with what was understood of a text, "" if nothing.
func sane(k *Keywords, s string) string {
	m := k.Parse(s)
	k.Machine(s)
	known := m.Command == CommandStopAsk || m.Command == CommandChoice || m.Command == CommandAnswer ||
		m.Command == CommandNothing || m.Command == CommandRubbish
	for _, c := range worded {
		known = known || c == m.Command
	}
	switch {
	case !known:
		return "no such command: " + string(m.Command)
	case m.Pincode != "" && (len(m.Pincode) != 6 || m.Pincode[0] == '0' || !allDigits([]byte(m.Pincode))):
		return "pincode " + m.Pincode
	case m.Year != "" && !plausibleYear([]byte(m.Year)):
		return "year " + m.Year
	case m.Lang != "" && !locales.Valid(m.Lang), m.Speak != "" && !locales.Valid(m.Speak):
		return "language " + m.Lang + m.Speak
	case m.Number < 0 || m.Number > 99:
		return "number"
	case m.Name != locales.FoldName(m.Name), m.Rest != locales.FoldName(m.Rest):
		return "not folded: " + m.Name + m.Rest
	case m.Command == CommandStop && len(strings.Fields(locales.Fold(s))) > 1 && stripSigns(s) > 1:
		return "stopped by more than a word"
	}
	return ""
}

// stripSigns counts the words of a text.
func stripSigns(s string) int {
	var t tokens
	t.scan(s)
	return len(t.words)
}

// FuzzParse: no text stops the program, and what is understood makes sense.
func FuzzParse(f *testing.F) {
	for _, cases := range parseCases {
		for in := range cases {
			f.Add(in)
		}
	}
	k := keywords(f)
	f.Fuzz(func(t *testing.T, s string) {
		if why := sane(k, s); why != "" {
			t.Fatal(why)
		}
		if once := foldKey(s); foldKey(once) != once {
			t.Fatalf("folding %q twice", s)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	k := keywords(b)
	for name, s := range map[string]string{
		"pincode": "110001", "keyword": "PIN 110001", "register": "REG 1990 Asha Devi", "hindi": "रजिस्टर १९५८ आशा देवी",
		"bengali": "টিকা ১৯৫৮ আশা দেবী", "guess": "Regsiter 1990 Asha Devi", "unknown": "how are things today",
		"long": strings.Repeat("मुझे केंद्र Asha 110001 ", 60),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.Parse(s)
			}
		})
	}
}

func BenchmarkMachine(b *testing.B) {
	k := keywords(b)
	for b.Loop() {
		k.Machine("रजिस्टर १९५८ आशा देवी, mera naam Asha Devi hai")
	}
}
