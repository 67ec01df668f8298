package ussd

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/locales"
)

// An Adapter speaks one provider's wire. Decode reads and checks a request;
// the path behind the secret is in call(c). Encode writes the answer to e; r
// has no Text if e waits for no screen.
type Adapter interface {
	Name() string
	Decode(c echo.Context) (Event, error)
	Encode(c echo.Context, e Event, r Reply) error
}

// Settings is how one provider reaches us.
type Settings struct {
	Secret  string            // in the URL given to the provider; "" is not served
	Allow   channel.Networks  // it may call from
	Codes   map[string]string // service codes served, "*384*100#", each with the language it stands for or ""; none is any
	Budget  locales.Budget    // of a screen; zero is DefaultBudget
	NoIndic bool              // the operator passes Latin letters only
	TTL     time.Duration     // how long a silent session is believed in; 0 is the default

	// Provider has what only this one is told; nil is the one of that name in
	// Providers, with nothing set.
	Provider Provider
}

// A route is a provider that is served.
type route struct {
	adapter  Adapter
	settings Settings
	guard    channel.Guard
	codes    map[string]string // normalised
}

// Register serves every provider that has a secret, at
// /ussd/{provider}/{secret}. Whatever else is asked for under /ussd gets the
// same 404, so that nobody learns which providers there are.
func Register(e *echo.Echo, gw *Gateway, providers map[string]Settings, m ...echo.MiddlewareFunc) error {
	routes := map[string]*route{}
	for name, s := range providers {
		if s.Secret == "" {
			continue
		}
		r, err := newRoute(name, s)
		if err != nil {
			return fmt.Errorf("ussd provider %s: %w", name, err)
		}
		routes[name] = r
	}
	h := func(c echo.Context) error { return serve(c, gw, routes) }
	for _, path := range []string{"/ussd/:provider/:secret", "/ussd/:provider/:secret/*"} {
		channel.Guarded("the secret in the path, the provider's networks; 64 KiB", e.Any(path, h, m...)...)
	}
	return nil
}

func newRoute(name string, s Settings) (*route, error) {
	a := s.Provider
	if a == nil {
		a = new(Providers).byName()[name]
	}
	if a == nil {
		return nil, fmt.Errorf("it is none of %s and has no generic configuration", strings.Join(names(), ", "))
	}
	if p, ok := a.(preparer); ok {
		if err := p.prepare(); err != nil {
			return nil, err
		}
	}
	r := &route{adapter: a, settings: s, guard: channel.Guard{Secret: channel.NewSecret(s.Secret), Networks: s.Allow}, codes: map[string]string{}}
	for code, lang := range s.Codes {
		if lang != "" && !locales.Valid(lang) {
			return nil, fmt.Errorf("code %s: %q is none of %s", code, lang, strings.Join(locales.Languages, ", "))
		}
		if bare(code) == "" {
			return nil, fmt.Errorf("%q is no service code", code)
		}
		r.codes[bare(code)] = lang
	}
	return r, nil
}

// serve answers one request.
func serve(c echo.Context, gw *Gateway, routes map[string]*route) error {
	name := c.Param("provider")
	r := routes[name]
	var guard *channel.Guard
	if r != nil {
		guard = &r.guard
	}
	if err := guard.Check(c, c.Param("secret")); err != nil {
		return err
	}
	start := gw.Now()
	e, err := r.adapter.Decode(c)
	hidden := errors.Is(err, channel.ErrNotMobile)
	if err == nil || hidden {
		e.Provider = name
		if known := r.complete(&e); known != nil {
			err, hidden = known, false
		}
	}
	if err != nil {
		channel.Count(gw.Observer, medium, name, Rejected, gw.Now().Sub(start))
		if hidden { // somebody waits for a screen all the same
			return r.adapter.Encode(c, e, gw.NotMobile(e))
		}
		return err
	}
	reply, err := gw.Reply(c.Request().Context(), e)
	if err != nil {
		return unanswered(gw, r.adapter, e, err)
	}
	return r.adapter.Encode(c, e, reply)
}

// unanswered returns an error of ours for which the caller still needs an apology. It is
// answered 200 with an apology in the caller's language and the provider's form:
// from an operator's error page nobody learns anything.
func unanswered(gw *Gateway, a Adapter, e Event, err error) *channel.Unanswered {
	return &channel.Unanswered{Err: err, Event: e, Say: func(c echo.Context, ref string) error {
		return a.Encode(c, e, gw.Sorry(e, languageOf(err), ref))
	}}
}

// complete fills in what the settings say of an Event: the path dialled behind
// the code, the code's language, how much a screen holds.
func (r *route) complete(e *Event) error {
	s := r.settings
	e.NoIndic, e.Budget = s.NoIndic, s.Budget
	if s.TTL > 0 {
		e.TTL = s.TTL
	}
	codes, exact := r.codes, true
	if len(codes) > 0 && e.Code != "" {
		code, path, ok := dialled(e.Code, codes)
		if !ok && !root(e.Code, codes) {
			return echo.ErrNotFound // another service's callers
		}
		e.Lang, e.Path = codes[code], path
	} else if len(codes) == 0 && bare(e.Code) != "" {
		codes = map[string]string{bare(e.Code): ""}
		// 167 may be only what our code begins with; *167*7# is it
		exact = strings.ContainsAny(e.Code, "*#")
	}
	if e.Sep != "" {
		e.undial(codes, exact)
		return nil
	}
	if e.Phase == Input {
		return nil
	}
	if e.Phase == Unclear && isDialString(e.Input) {
		e.Phase = Begin // whatever the code is: nobody answers a question so
	}
	// The first message of a session says what was dialled.
	if code, path, ok := dialled(e.Input, codes); ok {
		if exact {
			e.Lang, e.Path = codes[code], path
		}
		// a code without them could be a year or the end of an id
		if e.Phase == Unclear && strings.ContainsAny(e.Input, "*#") {
			e.Phase = Begin
		}
	}
	return nil
}

// undial takes what was dialled off the front of all that was keyed, where the
// provider sends it there: *384*100*1# is the answer 1, and so is *384*100#*1.
// exact says that the codes are whole, so that what follows one is an answer.
func (e *Event) undial(codes map[string]string, exact bool) {
	dial, rest, ended := strings.Cut(e.Input, "#")
	code, ahead, ours := behind(dial, codes)
	ours = ours && exact
	switch {
	case ended && isDialString(dial+"#") && (rest == "" || strings.HasPrefix(rest, e.Sep)):
	case !ended && ours && strings.HasPrefix(dial, "*"+code):
		ahead = strings.TrimPrefix(dial[len("*"+code):], "*") // a name keeps its letters as they came
	default:
		return
	}
	if ours && e.Path == nil {
		e.Lang = codes[code]
	} else { // of another service, or the service code has named it already
		ahead = ""
	}
	e.Input = strings.TrimPrefix(strings.ReplaceAll(ahead, "*", e.Sep)+rest, e.Sep)
}

// isDialString reports whether what was keyed is a service code with its signs,
// *384*100#. *1# is an answer.
func isDialString(s string) bool {
	s = strings.TrimSpace(locales.Fold(s))
	return len(s) > len("*1#") && strings.HasPrefix(s, "*") && strings.HasSuffix(s, "#") && strings.Trim(s, "*#0123456789") == ""
}

// bare returns a service code or dial string without what stands around it.
func bare(code string) string { return strings.Trim(locales.Fold(code), "*# ") }

// dialled finds the service code that a dial string begins with, the longest
// if there are several, and what was dialled behind it.
func dialled(s string, codes map[string]string) (code string, path []string, ok bool) {
	code, ahead, ok := behind(s, codes)
	if ahead == "" {
		return code, nil, ok
	}
	return code, split(ahead, "*"), true
}

// behind is dialled with what is behind the code in one piece.
func behind(s string, codes map[string]string) (code, ahead string, ok bool) {
	s = bare(s)
	for c := range codes {
		if (s == c || strings.HasPrefix(s, c+"*")) && len(c) > len(code) {
			code, ok = c, true
		}
	}
	if !ok || s == code {
		return code, "", ok
	}
	return code, s[len(code)+1:], true
}

// root reports whether a code that the provider names is what one of ours begins
// with: some name *167# where *167*7# was dialled.
func root(s string, codes map[string]string) bool {
	for c := range codes {
		if strings.HasPrefix(c, bare(s)+"*") {
			return true
		}
	}
	return false
}

// call returns which of a provider's calls a request is: its method, and what
// follows the secret in the path.
func call(c echo.Context) string {
	rest := strings.Trim(c.Param("*"), "/")
	return strings.TrimSpace(c.Request().Method + " " + rest)
}
