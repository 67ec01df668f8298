package ussd

import (
	"log/slog"
	"strings"
	"time"

	"tikaline/channel"

	"tikaline/booking"
	"tikaline/locales"
)

// A Phase says what a provider's call is about.
type Phase string

// The phases of a session. With Unclear the provider does not say whether a
// session begins or goes on: one that is not known begins. Cancel, Timeout and
// Ended tell that a session is over and are answered without a screen; Probe
// asks whether we are there.
const (
	Begin   Phase = "begin"
	Input   Phase = "input"
	Unclear Phase = "unclear"
	Cancel  Phase = "cancel"
	Timeout Phase = "timeout"
	Ended   Phase = "ended"
	Probe   Phase = "probe"
)

// asks reports whether the caller waits for a screen.
func (p Phase) asks() bool { return p == Begin || p == Input || p == Unclear }

// valid reports whether p is one of the phases: a configuration may name them.
func (p Phase) valid() bool {
	switch p {
	case Begin, Input, Unclear, Cancel, Timeout, Ended, Probe:
		return true
	}
	return false
}

// An Event is one call of a provider, whatever its wire looks like.
type Event struct {
	Provider   string
	SessionKey string         // the provider's session, or the number where there is none
	ByNumber   bool           // the provider names no session
	TTL        time.Duration  // how long a silent session is believed in; 0 is SessionTTL
	Number     booking.MSISDN // whose call it is; never proof of who holds the phone
	Code       string         // the service code, where the provider names it
	Phase      Phase
	Input      string // what was keyed: the last of it, or with Sep all of it
	Sep        string // what joins Input where the provider sends all that was keyed so far
	MessageID  string // the provider's own id of this message within the session, if it has one
	LangHint   string // a language to ask the first question in

	// Echo is values of the request that the reply repeats.
	Echo map[string]string

	// What Register fills in from the provider's Settings.
	Path    []string // what was dialled after the code: *384*100*1*800001# is 1, 800001
	Lang    string   // the language that the code dialled stands for
	NoIndic bool     // the operator passes Latin letters only
	Budget  locales.Budget
}

// LogValue returns what of an Event may be logged: neither the number nor what was
// keyed.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", e.Provider), slog.String("phase", string(e.Phase)), slog.String("number", e.Number.Tail()))
}

// String returns what LogValue shows, so that printing an Event gives nobody away.
func (e Event) String() string {
	return e.Provider + " " + string(e.Phase) + " …" + e.Number.Tail()
}

// A Reply is a screen. End closes the session; the answer to a call that waits
// for no screen has no Text.
type Reply struct {
	Text string
	End  bool
}

// required returns the value of a field that must be there.
func required(field, value string) (string, error) {
	if value == "" {
		return "", channel.Bad(field, "is required")
	}
	return value, nil
}

// number reads the caller's number, which some write as a tel: address.
func number(field, raw string) (booking.MSISDN, error) {
	return channel.Number(field, strings.TrimPrefix(locales.Fold(raw), "tel:"))
}
