package ivr

import (
	"log/slog"
	"strings"

	"github.com/google/uuid"
	"github.com/nyaruka/phonenumbers"

	"tikaline/booking"
	"tikaline/locales"
)

// An Event is one call of a provider's while a citizen's call lasts, whatever
// its wire looks like.
type Event struct {
	Provider string
	Call     string         // the provider's id of the call
	Number   booking.MSISDN // whose call it is, never proof of who holds the phone; "" is none that we could call back
	To       string         // our number, as the provider writes it
	Out      bool           // we called
	Notice   uuid.UUID      // of a call of ours: the one that it was made for
	Machine  bool           // a machine took our call
	Missed   bool           // to a number that takes only missed calls
	Agents   bool           // this provider can put a caller through to an agent

	Turn    int  // of the question that this answers; 0: the call begins
	NoVoice bool // nothing can be recorded on this call

	// Where the provider's addresses have no turn: Present answers the last
	// question, Look only asks what there is to be said, and Stamp tells one key
	// from the next, as far as the provider does.
	Present, Look bool
	Stamp         string

	Keys   string // pressed; "" is silence
	HungUp bool   // there is nobody any more to hear an answer

	Recording Recording // what was said, of a Record
}

// A Recording is what somebody said.
type Recording struct {
	ID   string // as it is kept and asked for
	URL  string // where the provider has it
	Secs int
}

// LogValue returns what of an Event may be logged: neither the number nor what was
// keyed.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", e.Provider), slog.Int("turn", e.Turn), slog.String("number", e.Number.Tail()))
}

// String returns what LogValue shows, so that printing an Event gives nobody away.
func (e Event) String() string { return e.Provider + " …" + e.Number.Tail() }

// GoString is String: %#v gives nobody away either.
func (e Event) GoString() string { return e.String() }

// Mobile reads a caller's number; "" is one that cannot be called back and named
// in a booking: withheld, a landline, or from abroad. Providers write numbers in
// every way there is, and a withheld one as a word.
func Mobile(raw string) booking.MSISDN {
	raw = strings.TrimSpace(locales.Fold(raw))
	m, err := booking.ParseMSISDN(raw)
	if err != nil {
		return ""
	}
	// A landline may look the same: 0612 222 3333 has ten digits too.
	n, err := phonenumbers.Parse(string(m), "IN")
	if err != nil || phonenumbers.GetNumberType(n) == phonenumbers.FIXED_LINE {
		return ""
	}
	return m
}
