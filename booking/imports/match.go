package imports

import (
	"strings"

	"tikaline/booking"
)

// A Matcher finds a district's id by the names that directories and states'
// files give it. Names differ everywhere (MALDAH, Malda; Baleswar, Balasore),
// so it compares how they sound, within one state, after a table of the names
// that do not even sound alike. It never looks in another state, except between
// states that were one: there is a Balrampur in two states, an Aurangabad in
// two more.
type Matcher struct {
	states  map[string]int            // sound -> state
	sounds  map[int]map[string]int    // state, sound -> district
	aliases map[int]map[string]string // state, letters of an alias -> the Co-WIN name
	also    map[int][]int             // state -> its siblings
}

// NewMatcher makes a Matcher for districts, usually Districts().
func NewMatcher(districts []booking.District) *Matcher {
	m := &Matcher{
		states: make(map[string]int), sounds: make(map[int]map[string]int),
		aliases: make(map[int]map[string]string), also: make(map[int][]int),
	}
	for _, d := range districts {
		m.states[sound(d.State["en"])] = d.StateID
		of := m.sounds[d.StateID]
		if of == nil {
			of = make(map[string]int)
			m.sounds[d.StateID] = of
		}
		// Cooch Behar is listed twice, Jaipur in two halves: the lower id is
		// the older one.
		key := sound(d.Name["en"])
		if id, taken := of[key]; !taken || d.ID < id {
			of[key] = d.ID
		}
	}
	for also, name := range stateAliases {
		if id, ok := m.states[sound(name)]; ok {
			m.states[sound(also)] = id
		}
	}
	for name, others := range siblings {
		for _, other := range others {
			if id, ok := m.states[sound(name)]; ok {
				m.also[id] = append(m.also[id], m.states[sound(other)])
			}
		}
	}
	for state, line := range districtAliases {
		id, ok := m.states[sound(state)]
		if !ok {
			continue
		}
		m.aliases[id] = make(map[string]string)
		for pair := range strings.SplitSeq(line, ";") {
			also, name, _ := strings.Cut(pair, "=")
			m.aliases[id][letters(also)] = name
		}
	}
	return m
}

// State returns the id of the state of that name.
func (m *Matcher) State(name string) (int, bool) {
	id, ok := m.states[sound(name)]
	return id, ok
}

// Match returns the district of that name in that state; false where it is not
// known.
func (m *Matcher) Match(state, district string) (int, bool) {
	id, ok := m.State(state)
	if !ok {
		return 0, false
	}
	if d, ok := m.in(id, district); ok {
		return d, true
	}
	for _, sibling := range m.also[id] {
		if d, ok := m.in(sibling, district); ok {
			return d, true
		}
	}
	return 0, false
}

func (m *Matcher) in(state int, district string) (int, bool) {
	for _, try := range parts(district) {
		if name, ok := m.aliases[state][letters(try)]; ok {
			try = name
		}
		key := sound(try)
		if d, ok := m.sounds[state][key]; ok && key != "" {
			return d, true
		}
	}
	return 0, false
}

// parts returns a name as it is, without the part in brackets, and that part
// alone: "Khargone (West Nimar)" has two names, "Aurangabad (BR)" one.
func parts(name string) [3]string {
	before, rest, _ := strings.Cut(name, "(")
	within, _, _ := strings.Cut(rest, ")")
	if len(within) <= 3 {
		within = ""
	}
	return [3]string{name, before, within}
}

// letters returns a name's letters and digits in lower case, without words such
// as district that only tell what it is a name of.
func letters(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}) {
		switch word {
		case "district", "dist", "and", "of":
		default:
			b.WriteString(word)
		}
	}
	return b.String()
}

// sameSound replaces the spellings that Indian names exchange freely by one of
// them.
var sameSound = strings.NewReplacer(
	"chh", "c", "ch", "c", "ph", "f", "th", "t", "dh", "d", "bh", "b", "gh", "g", "kh", "k", "sh", "s", "jh", "j",
	"ee", "i", "oo", "u", "aa", "a", "ou", "u", "au", "u", "w", "v", "z", "j", "q", "k", "y", "i", "ck", "k",
)

// sound returns a rough form of how a name sounds: exchanged letters become
// one, doubles single, and a final a or h is dropped.
func sound(name string) string {
	var b []byte
	for _, c := range []byte(sameSound.Replace(letters(name))) {
		if len(b) == 0 || b[len(b)-1] != c {
			b = append(b, c)
		}
	}
	for len(b) > 3 && (b[len(b)-1] == 'a' || b[len(b)-1] == 'h') {
		b = b[:len(b)-1]
	}
	return string(b)
}
