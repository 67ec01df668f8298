package ussd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"tikaline/dialog"
	"tikaline/locales"
)

// How long a session that says nothing is believed to be the same one. An
// operator closes it after three minutes; one that has a name of its own may
// be believed for longer.
const (
	SessionTTL  = 10 * time.Minute
	NumberTTL   = 3 * time.Minute
	maxSeen     = 8  // message ids remembered
	maxPath     = 16 // answers taken from one message
	sumLen      = 12 // bytes kept of a hash
	sumLenShort = 4
)

// A memory is the channel's own part of a State: what tells a new message from
// one that was handled, and where in its pages a screen stands.
type memory struct {
	Session string    `json:"session"`
	At      time.Time `json:"at"`
	Open    bool      `json:"open,omitempty"` // the last screen waits for an answer

	// Where the provider sends all that was keyed so far: how much of it was
	// handled. The text itself is nobody's business.
	Len int    `json:"len,omitempty"`
	Sum string `json:"sum,omitempty"`

	Seen  []string `json:"seen,omitempty"`  // ids of the last messages
	Page  int      `json:"page,omitempty"`  // shown of Pages
	Pages int      `json:"pages,omitempty"` // 0 where there is one
	Notes []string `json:"notes,omitempty"` // the reason on the first of Pages, in its wordings
	Bare  bool     `json:"bare,omitempty"`  // it only says that the key was wrong
	Shown uint64   `json:"shown,omitempty"` // options shown since the question was put: bit n for number n
	Nine  bool     `json:"nine,omitempty"`  // 9 was offered meanwhile
	Rest  []string `json:"rest,omitempty"`  // pages of last words still to be shown
	Path  []string `json:"path,omitempty"`  // dialled ahead, until a newcomer has chosen a language
	Latin bool     `json:"latin,omitempty"` // letters look wrong, said before a language was chosen
}

// recall reads the memory; none is a new one. Where another channel has asked
// since, no screen of ours waits for an answer any more.
func recall(s *dialog.State) memory {
	var m memory
	if json.Unmarshal(s.Channel[medium], &m) != nil {
		return memory{}
	}
	if s.Last != "" && s.Last != medium {
		m.Open, m.Page, m.Pages, m.Notes, m.Rest, m.Shown, m.Nine = false, 0, 0, nil, nil, 0, false
	}
	return m
}

func (m memory) save(s *dialog.State) {
	part, _ := json.Marshal(m) // strings, numbers and a time: it cannot fail
	s.Keep(medium, part)
}

// hashOf returns a hash of a few strings, long enough that nobody makes two alike.
func hashOf(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:sumLen])
}

// wholeID is what may be a whole Aadhaar number, in digits of any script.
var wholeID = regexp.MustCompile(`\pN(?:[ -]?\pN){11,}`)

// keyed returns what was keyed as it may be hashed: of a short text a hash tells
// the text, and a whole Aadhaar number is not kept in any form.
func keyed(in string) string { return wholeID.ReplaceAllString(in, "#") }

// session names the provider's session among all.
func (e Event) session() string { return hashOf(e.Provider, e.SessionKey) }

// budget returns how much a screen holds.
func (e Event) budget() locales.Budget {
	if e.Budget == (locales.Budget{}) {
		return DefaultBudget
	}
	return e.Budget
}

func (e Event) ttl() time.Duration {
	switch {
	case e.TTL > 0:
		return e.TTL
	case e.ByNumber:
		return NumberTTL
	}
	return SessionTTL
}

// begins reports whether an Event surely begins a session.
func (e Event) begins() bool {
	return e.Phase == Begin || e.Sep != "" && e.Input == ""
}

// message returns what identifies an Event. Of a provider that sends neither an id
// nor all that was keyed, the same key twice is two messages unless they come
// at once.
func (e Event) message() dialog.Message {
	m := dialog.Message{Number: e.Number}
	what := ""
	switch {
	case e.MessageID != "":
		what = "id " + e.MessageID
	case e.Sep != "":
		what = "all " + keyed(e.Input)
	case e.Phase == Begin:
		what, m.NoDedupeKey = "begin", e.ByNumber
	default:
		what, m.NoDedupeKey = string(e.Phase)+" "+keyed(e.Input), true
	}
	m.ID = "ussd/" + e.Provider + "/" + hashOf(e.SessionKey, what)
	return m
}

// read finds out what a message brings: answers, or that a session begins with
// what was dialled ahead. errStale is one that was handled before.
func (v *visit) read() (keys, path []string, begins bool, err error) {
	e, m := v.e, &v.m
	age := v.now.Sub(m.At)
	known := m.Session == e.session() && age < e.ttl()
	// Some gateways change the session's id half-way.
	recent := m.Session != "" && age < NumberTTL
	if e.Sep != "" {
		return v.readAll(known, recent)
	}
	id := v.e.message()
	if known && !id.NoDedupeKey && slices.Contains(m.Seen, suffix(id.ID)) && (m.Open || e.Phase != Begin) {
		return nil, nil, false, errStale
	}
	if !id.NoDedupeKey {
		m.remember(suffix(id.ID), known)
	}
	switch {
	case e.Phase == Begin:
		return nil, e.Path, true, nil
	case m.Open && known, m.Open && recent && e.Phase == Input:
		return []string{e.Input}, nil, false, nil
	case e.Phase == Input && len(v.s.Frames) > 0 && v.s.Lang != "":
		// Begun elsewhere, or too long ago: the caller has not seen the
		// question that this would answer.
		return nil, nil, false, nil
	case e.Phase == Unclear:
		return nil, e.Path, true, nil
	}
	return nil, nil, true, nil
}

// readAll is read where the provider sends all that was keyed since dialling.
// What is new is what follows the text handled last: walking the whole of it
// each time would do everything again.
func (v *visit) readAll(known, recent bool) (keys, path []string, begins bool, err error) {
	e, m := v.e, &v.m
	all := e.Input
	if known && len(all) <= m.Len && (m.Open || all != "") {
		return nil, nil, false, errStale
	}
	added, extends := m.addedSince(all, e.Sep)
	switch {
	case m.Open && extends && (known || recent && m.Len > 0):
		keys = strings.Split(added, e.Sep)
	case m.Open && known: // not what came before and more: its last answer
		keys = []string{all[strings.LastIndex(all, e.Sep)+len(e.Sep):]}
	case known: // we had closed this session
		begins = true
	default:
		begins = true
		path = append(slices.Clone(e.Path), split(all, e.Sep)...)
	}
	m.Len, m.Sum = len(all), hashOf(keyed(all))
	return keys[:min(len(keys), maxPath)], path, begins, nil
}

// addedSince returns what follows in all on the text handled last.
func (m memory) addedSince(all, sep string) (string, bool) {
	switch {
	case m.Len == 0: // an empty first answer leaves a separator in front
		return strings.TrimPrefix(all, sep), true
	case len(all) <= m.Len || hashOf(keyed(all[:m.Len])) != m.Sum:
		return "", false
	}
	return strings.CutPrefix(all[m.Len:], sep)
}

// remember keeps a message's id among the last few of its session.
func (m *memory) remember(id string, known bool) {
	if !known {
		m.Seen = nil
	}
	if len(m.Seen) >= maxSeen {
		m.Seen = m.Seen[1:]
	}
	m.Seen = append(m.Seen, id)
}

// suffix returns as much of a message's id as tells it from a few others.
func suffix(id string) string { return id[len(id)-2*sumLenShort:] }

// split returns the answers dialled ahead.
func split(dialled, sep string) []string {
	var path []string
	for _, s := range strings.Split(dialled, sep) {
		if s != "" && len(path) < maxPath {
			path = append(path, s)
		}
	}
	return path
}
