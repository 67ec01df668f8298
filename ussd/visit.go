package ussd

import (
	"context"
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

	page int    // to show
	note string // in words, where the page was turned
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
	if p, err = v.walk(ctx, p, keys); err != nil || len(v.m.Path) == 0 || v.s.Lang == "" {
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
	return v.walk(ctx, p, path)
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
	return v.walk(ctx, p, path)
}

// walk gives answers one after the other, up to the first that is refused.
func (v *visit) walk(ctx context.Context, p dialog.Prompt, keys []string) (dialog.Prompt, error) {
	for _, k := range keys {
		var err error
		if p, err = v.press(ctx, p, k); err != nil {
			return p, err
		}
		if v.m.Latin && v.s.Lang != "" {
			v.m.Latin = false
			if l := locales.Latin(v.s.Lang); l != v.s.Lang {
				if p, err = v.t.Speak(ctx, l); err != nil {
					return p, err
				}
			}
		}
		if p.Note.ID != "" || p.Expect == nil {
			break
		}
	}
	return p, nil
}

// press takes one answer to p.
func (v *visit) press(ctx context.Context, p dialog.Prompt, in string) (dialog.Prompt, error) {
	v.page, v.note = 0, ""
	switch k := tidy(in); {
	case k == keyBack && v.mayGoBack():
		return v.t.Back(ctx)
	case k == keyHome && v.s.Lang != "":
		return v.t.Home(ctx)
	case k == keyMore && (v.m.Pages > 0 || !takesDigits(p.Expect, len(k))):
		if v.m.Pages > 0 {
			v.page, v.note = (v.m.Page+1)%v.m.Pages, v.m.Note
		}
		return p, nil
	case k == keyLatin && v.offersLatin(p):
		if v.s.Lang == "" {
			v.m.Latin = true
			return p, nil
		}
		return v.t.Speak(ctx, locales.Latin(v.s.Lang))
	}
	switch x := p.Expect.(type) {
	case dialog.Choice:
		n, err := strconv.Atoi(tidy(in))
		if other := typed(in); x.Or != nil && (err != nil || n > len(x.Options)) && takesDigits(x.Or, len(other)) {
			return v.t.Answer(ctx, p, other)
		}
		if err != nil || n < 1 || n > len(x.Options) {
			return v.t.Refuse(ctx, booking.Refuse(booking.NotAnOption, "Count", len(x.Options)))
		}
		return v.t.Answer(ctx, p, x.Options[n-1].Key)
	case dialog.Words:
		return v.t.Answer(ctx, p, locales.FoldName(strings.TrimRight(in, "# ")))
	}
	return v.t.Answer(ctx, p, typed(in))
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

// show words a Prompt and picks its page.
func (v *visit) show(p dialog.Prompt) (Reply, error) {
	flow, _ := v.t.At()
	s, err := layout(v.g.Words, v.lang(), flow, p, v.note, offer{
		back: v.mayGoBack(), home: v.s.Lang != "", latin: v.offersLatin(p),
	})
	if err != nil {
		return Reply{}, err
	}
	all := s.pages(v.e.budget())
	v.m.Page, v.m.Pages, v.m.Note, v.m.Rest = 0, 0, "", nil
	if p.Expect == nil {
		v.m.Rest = all[1:]
		return Reply{Text: all[0], End: len(all) == 1}, nil
	}
	if len(all) > 1 {
		// A list may have become shorter since the page was shown.
		v.m.Page, v.m.Pages, v.m.Note = v.page%len(all), len(all), v.note
		if p.Note.ID != "" {
			if v.m.Note, err = v.g.Words.Text(v.lang(), medium, p.Note.ID, p.Note.Data); err != nil {
				return Reply{}, err
			}
			// A one-time password is stored nowhere: coming round to the first
			// page again, it is not shown once more.
			if code, ok := p.Note.Data["Code"].(string); ok {
				v.m.Note = strings.ReplaceAll(v.m.Note, code, strings.Repeat("*", len(code)))
			}
		}
	}
	return Reply{Text: all[v.m.Page]}, nil
}
