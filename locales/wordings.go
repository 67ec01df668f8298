package locales

import (
	"fmt"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"
)

// A message may have several wordings, richest first, for a medium with little
// room: in the file an array of texts in place of one. Text says the first;
// Wordings returns all.

// unmarshal reads a file of words for go-i18n, which knows one wording of a
// message: it gets the first, and poorer gets the others by their message's id.
func unmarshal(poorer map[string][]string) func([]byte, any) error {
	return func(text []byte, v any) error {
		var file map[string]any
		if err := toml.Unmarshal(text, &file); err != nil {
			return err
		}
		if err := takeWordings(file, "", poorer); err != nil {
			return err
		}
		*v.(*any) = file
		return nil
	}
}

// takeWordings puts the first wording in the place of each array of them.
func takeWordings(table map[string]any, prefix string, poorer map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		id := prefix + name
		switch v := table[name].(type) {
		case map[string]any:
			if err := takeWordings(v, id+".", poorer); err != nil {
				return err
			}
		case []any:
			list := make([]string, len(v))
			for i, w := range v {
				s, ok := w.(string)
				if !ok || s == "" {
					return fmt.Errorf("%s: a wording is a text, not %v", id, w)
				}
				list[i] = s
			}
			if len(list) < 2 {
				return fmt.Errorf("%s: one wording needs no list", id)
			}
			table[name], poorer[id] = list[0], list[1:]
		}
	}
	return nil
}

// Wordings returns the wordings of a message, richest first, each as Text
// returns the first.
func (c *Catalogue) Wordings(lang, medium, id string, data map[string]any) ([]string, error) {
	t, l, m, err := c.find(lang, medium, id)
	if err != nil {
		return nil, err
	}
	f := &filling{c, l, medium, data}
	first, err := c.say(t, m, f)
	if err != nil {
		return nil, fmt.Errorf("text %s in %s: %w", m.id, l, err)
	}
	all := append(make([]string, 0, 1+len(m.poorer)), first)
	for _, form := range m.poorer {
		s, err := form.say(f)
		if err != nil {
			return nil, fmt.Errorf("text %s in %s: %w", m.id, l, err)
		}
		all = append(all, s)
	}
	return all, nil
}
