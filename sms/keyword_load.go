package sms

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"tikaline/locales"
)

//go:embed keywords/*.toml
var keywordFiles embed.FS

// Keywords is every word we understand in a text. It never changes and may be
// used by any number of goroutines.
type Keywords struct {
	terms    map[string]*term
	byLength [fuzzyMax + 1][]candidate
	sure     []string // of a machine: one is enough
	signs    []string // of a machine: it takes three
}

// A term is what one word means.
type term struct {
	spelling string // as in the table
	command  Command
	lang     string
	speak    string // the language it names
	roles    role
}

// A role is what a word does in a text apart from asking for something.
type role uint8

const (
	weak    role = 1 << iota // gives way to other commands, may be a name
	polite                   // passed over
	gap                      // the word "space", copied from a poster
	small                    // passed over, but not in a name
	label                    // says what follows
	month                    // part of a date
	letters                  // asks for Latin letters
)

func (t *term) is(r role) bool { return t != nil && t.roles&r != 0 }

// A wordList is the words under one heading. English has words; Hindi and
// Bengali have native and roman.
type wordList struct {
	Words, Native, Roman, Weak []string
}

// A wordTable is one language's file.
type wordTable struct {
	Register, Pin, Book, Status, Change, Cancel, Language, Help, Call, Tell wordList
	Stop, Start, Yes, No, Menu                                              wordList
	Speak                                                                   map[string]wordList
	Polite, Gap, Small, Label, Month, Letters                               wordList
	Machine                                                                 struct{ Sure, Signs []string }
}

func (t *wordTable) commands() map[Command]wordList {
	return map[Command]wordList{
		CommandRegister: t.Register, CommandPin: t.Pin, CommandBook: t.Book, CommandStatus: t.Status,
		CommandChange: t.Change, CommandCancel: t.Cancel, CommandLanguage: t.Language, CommandHelp: t.Help,
		CommandCall: t.Call, CommandTell: t.Tell, CommandStop: t.Stop, CommandStart: t.Start,
		CommandYes: t.Yes, CommandNo: t.No, CommandMenu: t.Menu,
	}
}

// LoadKeywords reads and checks the words that are built into the program. The
// error names every word that is wrong and why. own is what we send ourselves:
// texts by which Machine knows one of ours that comes back.
func LoadKeywords(own ...string) (*Keywords, error) {
	k, err := loadKeywords(keywordFiles)
	if err == nil {
		k.knowOwn(own)
	}
	return k, err
}

func loadKeywords(files fs.FS) (*Keywords, error) {
	k := &Keywords{terms: make(map[string]*term)}
	var wrong []error
	for _, lang := range []string{locales.English, locales.Hindi, locales.Bengali} {
		name := "keywords/" + lang + ".toml"
		var table wordTable
		meta, err := toml.DecodeFS(files, name, &table)
		if err != nil {
			return nil, fmt.Errorf("sms: %s: %w", name, err)
		}
		for _, key := range meta.Undecoded() {
			wrong = append(wrong, fmt.Errorf("[%s] is not a heading or list that we know", key))
		}
		wrong = append(wrong, k.add(lang, &table)...)
		if len(wrong) > 0 {
			return nil, fmt.Errorf("sms: %s: %w", name, errors.Join(wrong...))
		}
	}
	if err := k.index(); err != nil {
		return nil, fmt.Errorf("sms: keywords: %w", err)
	}
	return k, nil
}

// add takes a language's table in and returns what is wrong with it.
func (k *Keywords) add(lang string, table *wordTable) (wrong []error) {
	fail := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	commands := table.commands()
	for _, c := range worded {
		fail(k.list(lang, string(c), commands[c], true, term{command: c}))
	}
	for _, speak := range locales.Languages {
		needed := speak == locales.Native(speak)
		fail(k.list(lang, "speak."+speak, table.Speak[speak], needed, term{command: CommandLanguage, speak: speak}))
	}
	for speak := range table.Speak {
		if !locales.Valid(speak) {
			fail(fmt.Errorf("[speak.%s]: there is no such language", speak))
		}
	}
	fail(k.list(lang, "polite", table.Polite, true, term{roles: polite}))
	fail(k.list(lang, "gap", table.Gap, false, term{roles: gap}))
	fail(k.list(lang, "small", table.Small, true, term{roles: small}))
	fail(k.list(lang, "label", table.Label, true, term{roles: label}))
	fail(k.list(lang, "month", table.Month, true, term{roles: month}))
	fail(k.list(lang, "letters", table.Letters, true, term{roles: letters}))
	k.sure = append(k.sure, spacedAll(table.Machine.Sure)...)
	k.signs = append(k.signs, spacedAll(table.Machine.Signs)...)
	if len(table.Machine.Sure) == 0 {
		fail(errors.New("[machine] sure is empty"))
	}
	return wrong
}

// list takes in the words under one heading.
func (k *Keywords) list(lang, heading string, l wordList, needed bool, t term) error {
	var wrong []error
	weakWords := make(map[string]bool)
	for _, w := range l.Weak {
		weakWords[foldKey(w)] = true
	}
	// Two spellings that fold alike (हाँ, हां) may both be listed.
	typed, folded := make(map[string]bool), make(map[string]bool)
	take := func(words []string, tag, script string) {
		for _, w := range words {
			one := t
			one.spelling, one.lang = w, tag
			key := foldKey(w)
			if weakWords[key] {
				one.roles |= weak
			}
			err := writtenIn(w, key, script)
			if err == nil && typed[w] {
				err = errors.New("stands here twice")
			}
			if err == nil {
				typed[w], folded[key] = true, true
				err = k.learn(key, one)
			}
			if err != nil {
				wrong = append(wrong, fmt.Errorf("[%s] %s: %w", heading, w, err))
			}
		}
	}
	take(l.Words, lang, "Latn")
	take(l.Native, lang, locales.Script(lang))
	take(l.Roman, locales.Latin(lang), "Latn")
	switch {
	case lang == locales.English && len(l.Native)+len(l.Roman) > 0, lang != locales.English && len(l.Words) > 0:
		wrong = append(wrong, fmt.Errorf("[%s]: English has words, the others native and roman", heading))
	case needed && (lang == locales.English && len(l.Words) == 0 || lang != locales.English && (len(l.Native) == 0 || len(l.Roman) == 0)):
		wrong = append(wrong, fmt.Errorf("[%s] has a list without words", heading))
	}
	for w := range weakWords {
		if !folded[w] {
			wrong = append(wrong, fmt.Errorf("[%s] weak: %s is not one of the words", heading, w))
		}
	}
	return errors.Join(wrong...)
}

// learn adds one word, or what it means in one language more.
func (k *Keywords) learn(key string, t term) error {
	had := k.terms[key]
	if had == nil {
		k.terms[key] = &t
		return nil
	}
	if had.command != "" && t.command != "" && (had.command != t.command || had.speak != t.speak) {
		return fmt.Errorf("also stands under %s %s", had.command, had.speak)
	}
	// JI is yes when it stands alone and politeness otherwise. No other command
	// may be passed over.
	both := had.command != "" && t.command == "" || had.command == "" && t.command != ""
	if both && had.command != CommandYes && t.command != CommandYes {
		return errors.New("asks for something and is passed over as well")
	}
	if had.command == "" {
		had.command, had.speak = t.command, t.speak
	}
	had.roles |= t.roles
	if had.lang != t.lang {
		had.lang = ""
	}
	return nil
}

// writtenIn checks that a word is one word, and in the script of its list.
func writtenIn(w, key, script string) error {
	if w == "" || key == "" || strings.ContainsFunc(key, unicode.IsSpace) {
		return errors.New("is not one word")
	}
	for _, r := range w {
		ok := script == "Latn" && 'A' <= r && r <= 'Z' ||
			script == "Deva" && unicode.Is(unicode.Devanagari, r) ||
			script == "Beng" && unicode.Is(unicode.Bengali, r)
		if !unseen(r) && (!ok || unicode.IsDigit(r)) {
			return errors.New("has a character that its list is not for (Latin words in capitals)")
		}
	}
	return nil
}

// index makes ready what guessing needs and keeps other words away from those
// that are never guessed.
func (k *Keywords) index() error {
	var wrong []error
	for key, t := range k.terms {
		n := utf8.RuneCountInString(key)
		if t.command == "" || n < fuzzyMin || n > fuzzyMax {
			continue
		}
		k.byLength[n] = append(k.byLength[n], candidate{[]rune(key), t})
	}
	all := slices.Concat(k.byLength[:]...)
	for _, g := range all {
		for _, c := range all {
			if g.term.command.Guarded() && c.term.command != g.term.command && oneSlip(g.letters, c.letters) {
				wrong = append(wrong, fmt.Errorf("%s (%s) is one slip from %s (%s), which is never guessed",
					c.term.spelling, c.term.command, g.term.spelling, g.term.command))
			}
		}
	}
	// A map has no order, and which of two spellings is shown should not be chance.
	for _, c := range k.byLength {
		slices.SortFunc(c, func(a, b candidate) int { return slices.Compare(a.letters, b.letters) })
	}
	return errors.Join(wrong...)
}
