package imports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tikaline/booking"
)

func TestDistricts(t *testing.T) {
	list := Districts()
	seen, states := make(map[int]bool), make(map[int]string)
	for _, d := range list {
		if seen[d.ID] {
			t.Errorf("%d is there twice", d.ID)
		}
		seen[d.ID] = true
		states[d.StateID] = d.State["en"]
		for _, names := range []booking.Names{d.Name, d.State} {
			if names["en"] == "" {
				t.Errorf("%d has no English name", d.ID)
			}
			in(t, names["hi"], unicode.Devanagari)
			in(t, names["bn"], unicode.Bengali)
		}
	}
	if len(list) != 756 || len(states) != 37 {
		t.Errorf("%d districts in %d states", len(list), len(states))
	}
	for id, name := range map[int]string{5: "Bihar", 15: "Jharkhand", 36: "West Bengal", 9: "Delhi", 37: "Daman and Diu"} {
		if states[id] != name {
			t.Errorf("state %d is %q", id, states[id])
		}
	}
}

// in checks that a name is in one script, with digits 0-9.
func in(t *testing.T, name string, script *unicode.RangeTable) {
	t.Helper()
	if name == "" || strings.TrimSpace(name) != name || !utf8.ValidString(name) {
		t.Errorf("%q is no name", name)
	}
	for _, r := range name {
		if !unicode.Is(script, r) && !strings.ContainsRune(" -()0123456789I", r) || unicode.IsDigit(r) && r > '9' {
			t.Errorf("%q has %q", name, r)
		}
	}
}

func TestMatch(t *testing.T) {
	m := NewMatcher(Districts())
	cases := []struct {
		name, state, district string
		id                    int
	}{
		{"as it is", "Bihar", "Patna", 97},
		{"capitals", "BIHAR", "PATNA", 97},
		{"state in brackets", "BIHAR", "Aurangabad (BR)", 77},
		{"the other of that name", "MAHARASHTRA", "Aurangabad (MH)", 397},
		{"old name in brackets", "UTTAR PRADESH", "Ayodhya (Faizabad)", 646},
		{"old name", "Uttar Pradesh", "Faizabad", 646},
		{"another spelling", "WEST BENGAL", "MALDAH", 726},
		{"turned round", "West Bengal", "24 PARAGANAS NORTH", 730},
		{"a health district is not its district", "West Bengal", "North 24 Parganas", 730},
		{"south", "West Bengal", "South 24 Parganas", 735},
		{"renamed", "West Bengal", "Purba Bardhaman", 719},
		{"listed twice", "West Bengal", "Cooch Behar", 715},
		{"halves", "Rajasthan", "Jaipur", 505},
		{"only a direction", "DELHI", "NORTH EAST", 147},
		{"old state", "Jammu & Kashmir", "Leh", 310},
		{"word district", "Ladakh", "Leh district", 310},
		{"joined with an ampersand", "DADAR & NAGAR HAVELI", "DADAR & NAGAR HAVELI", 137},
		{"Singhbhum misspelt", "JHARKHAND", "PASHCHIMI SINGHBHUM", 263},
		{"same name in another state", "Punjab", "Patna", 0},
		{"Balrampur of Uttar Pradesh", "Uttar Pradesh", "Balrampur", 633},
		{"Balrampur of Chhattisgarh", "Chhattisgarh", "Balrampur", 112},
		{"unknown state", "Atlantis", "Patna", 0},
		{"nothing", "", "", 0},
		{"no district", "Bihar", "", 0},
		{"brackets only", "Bihar", "()", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if id, ok := m.Match(c.state, c.district); id != c.id || ok != (c.id != 0) {
				t.Errorf("got %d, want %d", id, c.id)
			}
		})
	}
}

// TestEveryDistrictMatchesItself finds names that sound alike within a state.
func TestEveryDistrictMatchesItself(t *testing.T) {
	m := NewMatcher(Districts())
	for _, d := range Districts() {
		id, ok := m.Match(d.State["en"], d.Name["en"])
		switch {
		case d.Name["en"] == "Jaipur II", d.Name["en"] == "COOCHBEHAR": // the other one stands for both
		case !ok || id != d.ID:
			t.Errorf("%s is taken for %d", d.Name["en"], id)
		}
	}
	for state, line := range districtAliases {
		for pair := range strings.SplitSeq(line, ";") {
			also, name, _ := strings.Cut(pair, "=")
			want, known := m.Match(state, name)
			if got, ok := m.Match(state, also); !ok || !known || got != want {
				t.Errorf("%s: %s is no alias of %s", state, also, name)
			}
		}
	}
}
