package ussd

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// The keys that mean the same on every screen.
const (
	keyBack  = "0"
	keyHome  = "00"
	keyMore  = "98"
	keyLatin = "9"
)

// A visit is one Event's way through the conversation.
type visit struct {
	g   *Gateway
	e   Event
	s   *dialog.State
	t   *dialog.Talk
	m   memory
	now time.Time

	page   int      // to show
	turned bool     // the page was: the question stays
	notes  []string // in words, where the page was turned
}

func (g *Gateway) visit(e Event, s *dialog.State) *visit {
	return &visit{g: g, e: e, s: s, t: g.Engine.Talk(g.Desk(e.Number), s), m: recall(s), now: g.Now()}
}

// answer takes the conversation one message on, and leaves in the State where
// it stands.
func (v *visit) answer(ctx context.Context) (Reply, error) {
	keys, path, begins, err := v.read()
	if err != nil {
		return Reply{}, err
	}
	v.m.Session, v.m.At = v.e.session(), v.now
	r, reading := Reply{}, false
	if !begins && len(v.m.Rest) > 0 {
		r, reading = v.readOn(keys)
	}
	if !reading {
		p, err := v.next(ctx, keys, path, begins)
		if err != nil {
			return Reply{}, err
		}
		if r, err = v.show(p); err != nil {
			return Reply{}, err
		}
	}
	v.m.Open = !r.End
	v.m.save(v.s)
	v.s.Last = medium
	return r, nil
}

// readOn returns the next page of last words. Any key but Back and Home turns it:
// nothing else is left to do, and nobody shall miss when their appointment is.
func (v *visit) readOn(keys []string) (Reply, bool) {
	if len(keys) > 0 && (tidy(keys[0]) == keyBack || tidy(keys[0]) == keyHome) {
		return Reply{}, false
	}
	page := v.m.Rest[0]
	v.m.Rest = v.m.Rest[1:]
	return Reply{Text: page, End: len(v.m.Rest) == 0}, true
}

// next returns what to put to the caller.
func (v *visit) next(ctx context.Context, keys, path []string, begins bool) (dialog.Prompt, error) {
	if begins || v.s.Lang == "" && len(v.s.Frames) == 0 {
		return v.begin(ctx, path)
	}
	p, err := v.t.Current(ctx)
	if err != nil {
		return p, err
	}
	if p, err = v.walk(ctx, p, keys, true); err != nil || len(v.m.Path) == 0 || v.s.Lang == "" {
		return p, err
	}
	if flow, _ := v.t.At(); flow == "language" {
		return p, nil
	}
	// The newcomer has chosen a language: on with what they had dialled.
	path, v.m.Path = v.m.Path, nil
	if p, err = v.t.Home(ctx); err != nil {
		return p, err
	}
	return v.walk(ctx, p, path, false)
}

// begin opens a session. What was dialled ahead starts at home, without asking
// about what was left unfinished: the string is known by heart.
func (v *visit) begin(ctx context.Context, path []string) (dialog.Prompt, error) {
	v.m.Path, v.m.Latin = nil, false
	p, err := v.t.Begin(ctx)
	if err != nil {
		return p, err
	}
	if chosen := v.e.Lang; chosen != "" && chosen != locales.Native(v.s.Lang) {
		newcomer := v.s.Lang == ""
		if p, err = v.t.Speak(ctx, chosen); err != nil {
			return p, err
		}
		if newcomer { // the question which language is answered
			if p, err = v.t.Home(ctx); err != nil {
				return p, err
			}
		}
	}
	switch {
	case len(path) == 0:
		return p, nil
	case v.s.Lang == "":
		v.m.Path = path
		return p, nil
	}
	if p, err = v.t.Home(ctx); err != nil {
		return p, err
	}
	return v.walk(ctx, p, path, false)
}

// walk gives answers one after the other, up to the first that is refused. seen
// says that the caller has p before them; the questions behind it they answer
// unseen, and there the walk stops before anything is agreed to.
func (v *visit) walk(ctx context.Context, p dialog.Prompt, keys []string, seen bool) (dialog.Prompt, error) {
	for _, k := range keys {
		if !seen && v.agrees(p, k) {
			break
		}
		var err error
		if p, err = v.press(ctx, p, k, seen); err != nil {
			return p, err
		}
		seen = false
		if v.m.Latin && v.s.Lang != "" {
			v.m.Latin = false
			if l := locales.Latin(v.s.Lang); l != v.s.Lang {
				if p, err = v.t.Speak(ctx, l); err != nil {
					return p, err
				}
			}
		}
		if p.Note.ID != "" || p.Expect == nil || v.turned {
			break
		}
	}
	return p, nil
}

// agrees reports whether a key is the option that writes something.
func (v *visit) agrees(p dialog.Prompt, in string) bool {
	c, ok := p.Expect.(dialog.Choice)
	n, err := strconv.Atoi(tidy(in))
	return ok && err == nil && n >= 1 && n <= len(c.Options) && p.Agree != "" && c.Options[n-1].Key == p.Agree
}

// press takes one answer to p.
func (v *visit) press(ctx context.Context, p dialog.Prompt, in string, seen bool) (dialog.Prompt, error) {
	v.page, v.turned, v.notes = 0, false, nil
	switch k := tidy(in); {
	case k == keyBack && v.mayGoBack():
		return v.t.Back(ctx)
	case k == keyHome && v.s.Lang != "":
		return v.t.Home(ctx)
	case k == keyMore && (v.m.Pages > 0 || !takesDigits(p.Expect, len(k))):
		if v.m.Pages > 0 {
			v.turn((v.m.Page + 1) % v.m.Pages)
		}
		return p, nil
	case k == keyLatin && v.m.Nine && v.offersLatin(p):
		if v.s.Lang == "" {
			v.m.Latin = true
			return p, nil
		}
		return v.t.Speak(ctx, locales.Latin(v.s.Lang))
	}
	switch x := p.Expect.(type) {
	case dialog.Choice:
		n, err := strconv.Atoi(tidy(in))
		if other := typed(in); x.Or != nil && (err != nil || n > len(x.Options)) && (len(x.Options) == 1 || locales.Digits(other) == other) {
			return v.t.Answer(ctx, p, other)
		}
		if err != nil || n < 1 || n > len(x.Options) {
			return v.t.Refuse(ctx, booking.Refuse(booking.NotAnOption, "Count", len(x.Options)))
		}
		if seen && v.m.Shown&(1<<n) == 0 {
			return p, v.turnTo(p, n)
		}
		return v.t.Answer(ctx, p, x.Options[n-1].Key)
	case dialog.Words:
		return v.t.Answer(ctx, p, locales.FoldName(strings.TrimRight(in, "# ")))
	}
	return v.t.Answer(ctx, p, typed(in))
}

// turn shows another page of the same question.
func (v *visit) turn(page int) { v.page, v.turned, v.notes = page, true, v.m.Notes }

// turnTo turns to the page that shows an option: a key counts only where it was
// read what it stands for.
func (v *visit) turnTo(p dialog.Prompt, n int) error {
	flow, _ := v.t.At()
	s, err := v.layout(flow, p, v.m.Notes, v.m.Bare)
	if err != nil {
		return err
	}
	for i, page := range s.pages(v.e.budget()) {
		if slices.Contains(page.options, n) {
			v.turn(i)
		}
	}
	return nil
}

// typed returns a number as it was meant: 80 00-01 is 800001.
func typed(in string) string {
	if d := locales.Digits(tidy(in)); d != "" {
		return d
	}
	return tidy(in)
}

// takesDigits reports whether n digits would be an answer.
func takesDigits(x dialog.Expect, n int) bool {
	d, ok := x.(dialog.Digits)
	return ok && d.Min <= n && n <= d.Max
}

// tidy returns what was keyed, as it is compared: digits of any script, without the
// # that ends a dial string or the dot that somebody copied from a list.
func tidy(in string) string { return strings.Trim(locales.Fold(in), "#*.) ") }

// frame returns what is asking.
func (v *visit) frame() (dialog.Frame, bool) {
	if n := len(v.s.Frames); n > 0 {
		return v.s.Frames[n-1], true
	}
	return dialog.Frame{}, false
}

// mayGoBack reports whether there is a question before. A newcomer has to choose
// a language first: behind that question lies nothing.
func (v *visit) mayGoBack() bool {
	f, ok := v.frame()
	return v.s.Lang != "" || ok && len(f.Trail) > 0
}

// offersLatin reports whether 9 says that the letters look wrong.
func (v *visit) offersLatin(p dialog.Prompt) bool {
	return offersLatin(v.lang(), p)
}

// lang returns the language to show.
func (v *visit) lang() string {
	l := v.s.Lang
	if !locales.Valid(l) {
		l = v.e.LangHint
	}
	if !locales.Valid(l) {
		l = v.g.defaultLang()
	}
	if v.e.NoIndic || v.m.Latin {
		return locales.Latin(l)
	}
	return l
}

// layout words a Prompt, below a note that is in words already where the page is
// turned.
func (v *visit) layout(flow string, p dialog.Prompt, notes []string, bare bool) (screen, error) {
	s, err := layout(v.g.Words, v.lang(), flow, p, notes, offer{
		back: v.mayGoBack(), home: v.s.Lang != "", latin: v.offersLatin(p),
	})
	s.bare = s.bare || bare
	return s, err
}

// show words a Prompt and picks its page.
func (v *visit) show(p dialog.Prompt) (Reply, error) {
	flow, _ := v.t.At()
	s, err := v.layout(flow, p, v.notes, v.turned && v.m.Bare)
	if err != nil {
		return Reply{}, err
	}
	all := s.pages(v.e.budget())
	v.m.Page, v.m.Pages, v.m.Notes, v.m.Bare, v.m.Rest = 0, 0, nil, false, nil
	if !v.turned {
		v.m.Shown, v.m.Nine = 0, false
	}
	if p.Expect == nil {
		for _, page := range all[1:] {
			v.m.Rest = append(v.m.Rest, page.text)
		}
		return Reply{Text: all[0].text, End: len(all) == 1}, nil
	}
	if len(all) > 1 {
		// A list may have become shorter since the page was shown.
		v.m.Page, v.m.Pages, v.m.Notes, v.m.Bare = v.page%len(all), len(all), s.notes, s.bare
		// A one-time password is stored nowhere: coming round to the first
		// page again, it is not shown once more.
		if code, ok := p.Note.Data["Code"].(string); ok {
			v.m.Notes = slices.Clone(s.notes)
			for i, n := range v.m.Notes {
				v.m.Notes[i] = strings.ReplaceAll(n, code, strings.Repeat("*", len(code)))
			}
		}
	}
	shown := all[v.m.Page]
	v.m.Nine = v.m.Nine || shown.latin
	for _, n := range shown.options {
		v.m.Shown |= 1 << n
	}
	return Reply{Text: shown.text}, nil
}
