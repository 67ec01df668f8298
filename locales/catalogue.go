package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.toml */*.toml
var files embed.FS

// ErrNoText is what errors.Is finds when a message is in none of the
// languages it was looked for in.
var ErrNoText = errors.New("no such text")

// A Catalogue holds the words of every language. It never changes once it is
// loaded, so any number of goroutines may use it at once.
type Catalogue struct {
	tongues map[string]*tongue
	forms   parser
}

// A tongue is one language of a Catalogue.
type tongue struct {
	bundle    *i18n.Bundle
	localizer *i18n.Localizer
	messages  map[key]*message
	ids       []string // sorted
}

// A key is how a message is asked for. "ussd.registration.born" is under
// {ussd, registration.born} and, as any id may be asked for whole, under
// {"", ussd.registration.born}; two strings as a key need no concatenation.
type key struct{ medium, id string }

type message struct {
	id           string
	plural       bool
	forms        []*form
	poorer       []*form  // further wordings, each with less than the one before
	placeholders []string // of all forms together, sorted; not of the poorer ones
}

var embedded = sync.OnceValues(func() (*Catalogue, error) { return Load(files) })

// Default returns the catalogue that is built into the program. It is read at
// the first call; later calls return the same one.
func Default() (*Catalogue, error) { return embedded() }

// Load reads the TOML files of each language, named by its tag ("hi-Latn.toml"):
// one in the root of fsys, and one in each directory that has words for a
// medium of its own ("ivr/hi.toml"). A file for English must be in the root.
// Whatever go-i18n would let pass and only show on a citizen's phone is an
// error here: a file under any other name, a template that does not parse, an
// empty text, a plural without its other form, a message that is there twice.
func Load(fsys fs.FS) (*Catalogue, error) {
	root, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, err
	}
	within, err := fs.Glob(fsys, "*/*.toml")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{tongues: map[string]*tongue{}, forms: parser{}}
	for _, name := range append(root, within...) {
		lang := strings.TrimSuffix(path.Base(name), ".toml")
		if !Valid(lang) {
			return nil, fmt.Errorf("%s: a file of words is named after one of %s", name, strings.Join(Languages, ", "))
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := c.read(lang, path.Dir(name), text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if !slices.Contains(root, English+".toml") {
		return nil, errors.New("en.toml is missing: every language falls back to it")
	}
	for _, t := range c.tongues {
		slices.Sort(t.ids)
	}
	return c, nil
}

// read adds a file to a language, whose bundle is its own. With one bundle for
// all, go-i18n answers a message that is missing in hi-Latn from its default
// language, and never looks into hi. A file in a directory has words for that
// medium and no other.
func (c *Catalogue) read(lang, dir string, text []byte) error {
	if err := checkKeys(text); err != nil {
		return err
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return err
	}
	t := c.tongues[lang]
	if t == nil {
		bundle := i18n.NewBundle(tag)
		t = &tongue{bundle: bundle, localizer: i18n.NewLocalizer(bundle, lang), messages: map[key]*message{}}
		c.tongues[lang] = t
	}
	poorer := map[string][]string{}
	list, err := t.bundle.ParseMessageBytes(tag, text, unmarshal(poorer))
	if err != nil {
		return err
	}
	for _, m := range list {
		medium, id, dotted := strings.Cut(m.ID, ".")
		switch {
		case dir != "." && medium != dir:
			return fmt.Errorf("%s: a file in %[2]s has tables of [%[2]s] and no others", m.ID, dir)
		case t.messages[key{"", m.ID}] != nil:
			return fmt.Errorf("%s: it is in another file as well", m.ID)
		}
		entry, err := c.entry(m, poorer[m.ID])
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		t.ids = append(t.ids, m.ID)
		t.messages[key{"", m.ID}] = entry
		if dotted {
			t.messages[key{medium, id}] = entry
		}
	}
	return nil
}

// entry checks one message and parses its forms, once and for all languages.
func (c *Catalogue) entry(m *i18n.Message, poorer []string) (*message, error) {
	e := &message{id: m.ID, plural: m.One != ""}
	if m.Other == "" {
		return nil, errors.New("there is no text, or a plural lacks its other form")
	}
	for _, src := range []string{m.One, m.Other} {
		if src == "" {
			continue
		}
		f, err := c.forms.add(src)
		if err != nil {
			return nil, err
		}
		e.forms = append(e.forms, f)
		e.placeholders = append(e.placeholders, f.placeholders...)
	}
	for _, src := range poorer {
		f, err := c.forms.add(src)
		if err != nil {
			return nil, err
		}
		e.poorer = append(e.poorer, f)
	}
	slices.Sort(e.placeholders)
	e.placeholders = slices.Compact(e.placeholders)
	return e, nil
}

// checkKeys refuses the keys that go-i18n gives a meaning of its own and that
// we never want: an option value called "id" would silently rename a message.
func checkKeys(text []byte) error {
	var all map[string]any
	md, err := toml.Decode(string(text), &all)
	if err != nil {
		if at, ok := errors.AsType[toml.ParseError](err); ok {
			return errors.New(at.ErrorWithPosition())
		}
		return err
	}
	for _, k := range md.Keys() {
		switch last := strings.ToLower(k[len(k)-1]); last {
		case "id", "hash", "leftdelim", "rightdelim", "translation", "zero", "two", "few", "many":
			return fmt.Errorf("%s: %q cannot be a key", k, last)
		}
	}
	return nil
}

// Text returns the words of a message in lang, for a medium (ussd, sms, ivr,
// web, or "" for none). Asked for registration.born on ussd it looks for
// ussd.registration.born, then for registration.born, in each language of the
// Chain. A message with a plural is chosen by the whole number in
// data["Count"]; data's values are put in as values.go says, in the language
// of the words they stand in. With an error the text is always "".
func (c *Catalogue) Text(lang, medium, id string, data map[string]any) (string, error) {
	t, l, m, err := c.find(lang, medium, id)
	if err != nil {
		return "", err
	}
	s, err := c.say(t, m, &filling{c, l, medium, data})
	if err != nil {
		return "", fmt.Errorf("text %s in %s: %w", m.id, l, err)
	}
	return s, nil
}

// find looks for a message in each language of the Chain, for the medium before
// for none, and returns it with the language that has it.
func (c *Catalogue) find(lang, medium, id string) (*tongue, string, *message, error) {
	chain := Chain(lang, medium)
	if chain == nil {
		return nil, "", nil, fmt.Errorf("text %s: %q is not one of our languages", id, lang)
	}
	for _, l := range chain {
		t := c.tongues[l]
		if t == nil {
			continue
		}
		m := t.messages[key{medium, id}]
		if m == nil {
			m = t.messages[key{"", id}]
		}
		if m != nil {
			return t, l, m, nil
		}
	}
	return nil, "", nil, fmt.Errorf("text %s in %s for %q: %w", id, lang, medium, ErrNoText)
}

func (c *Catalogue) say(t *tongue, m *message, f *filling) (string, error) {
	if !m.plural {
		return m.forms[0].say(f)
	}
	n, ok := whole(f.data["Count"])
	if !ok {
		return "", fmt.Errorf("a plural needs a whole number called Count, not %T", f.data["Count"])
	}
	return t.localizer.Localize(&i18n.LocalizeConfig{MessageID: m.id, TemplateData: f, TemplateParser: c.forms, PluralCount: n})
}

// IDs lists the messages that lang has words for itself, sorted, each with its
// medium if it has one.
func (c *Catalogue) IDs(lang string) []string {
	if t := c.tongues[lang]; t != nil {
		return slices.Clone(t.ids)
	}
	return nil
}

// Placeholders lists the values a message of lang asks for, sorted, over both
// forms of a plural. The id is taken whole: no medium is tried, no other
// language. It is nil for a message that is not there.
func (c *Catalogue) Placeholders(lang, id string) []string {
	if m := c.message(lang, id); m != nil {
		return slices.Clone(m.placeholders)
	}
	return nil
}
