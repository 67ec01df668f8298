package ussd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/locales"
)

// DefaultDeadline is how long an answer may take. Operators drop a session
// after five seconds or a little more; a caller who hears that we are busy
// dials again, one who hears nothing gives up.
const DefaultDeadline = 4 * time.Second

// A Gateway answers Events: it finds the conversation, takes it one step on
// and words the screen. It keeps nothing between two Events; any number may be
// answered at once.
type Gateway struct {
	Conversations *dialog.Conversations
	Engine        *dialog.Engine
	Desk          func(booking.MSISDN) dialog.Core
	Words         Words
	Now           func() time.Time
	DefaultLang   string        // for a caller whose language is not known; "" is Hindi
	Deadline      time.Duration // 0 is DefaultDeadline

	// Admit lets an Event in, before any work is done, and gives the way out;
	// nil lets all in. begins says that nothing is lost yet if it does not.
	Admit func(begins bool) (leave func(), ok bool)

	// Observer is told what happened; nil is nobody.
	Observer channel.Observer
}

// The outcomes, as Observer counts them.
const (
	Continued channel.Outcome = "continue" // a screen that waits for an answer
	Closed    channel.Outcome = "end"      // a screen that closes the session
	Repeated                  = channel.Repeated
	Noted     channel.Outcome = "notice" // the provider said that a session is over: nothing to show
	Busied                    = channel.Busied
	Rejected                  = channel.Rejected
	Failed                    = channel.Failed
)

// Outcomes lists every outcome, so that each series can exist from the start.
var Outcomes = []channel.Outcome{Continued, Closed, Repeated, Noted, Busied, Rejected, Failed}

// errStale is a turn's way to say that its message was answered earlier and
// others since.
var errStale = errors.New("a message from before the last one")

// A failure is an internal error with the language to say sorry in, where it
// was known before things went wrong.
type failure struct {
	lang string
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// languageOf returns the language that an error of Reply is to be worded in; "" is
// unknown.
func languageOf(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.lang
	}
	return ""
}

// Check reports whether the gateway can word what it says by itself: the keys,
// that we are busy, that we are sorry.
func (g *Gateway) Check() error {
	if g.DefaultLang != "" && !locales.Valid(g.DefaultLang) {
		return fmt.Errorf("default language %q is none of %s", g.DefaultLang, strings.Join(locales.Languages, ", "))
	}
	for _, lang := range locales.Languages {
		for _, id := range []string{textBack, textMore, textHome, textLatin, textBusy, textNotMobile} {
			if _, err := g.Words.Text(lang, medium, id, nil); err != nil {
				return err
			}
		}
		if _, err := g.Words.Text(lang, medium, textSorry, reference("0")); err != nil {
			return err
		}
	}
	return nil
}

// Messages that the gateway says by itself.
const (
	textBack  = "footer.back"
	textMore  = "footer.more"
	textHome  = "footer.home"
	textLatin = "footer.latin"
	textSorry = "sorry.text" // Reference
	textBusy  = "problem." + string(booking.Busy)

	textNotMobile = "problem." + string(booking.BadNumber)
)

func reference(ref string) map[string]any { return map[string]any{"Reference": ref} }

// Reply answers an Event: one message, one effect, however often it comes. A
// Problem is worded, and so is that it took too long; any other error is ours
// and to be answered with Sorry.
func (g *Gateway) Reply(ctx context.Context, e Event) (Reply, error) {
	return channel.Observe(g.Observer, g.Now, medium, e.Provider, func() (Reply, channel.Outcome, error) { return g.reply(ctx, e) })
}

func (g *Gateway) reply(ctx context.Context, e Event) (Reply, channel.Outcome, error) {
	if !e.Phase.asks() {
		if err := g.over(ctx, e); err != nil {
			return Reply{}, Failed, err
		}
		return Reply{End: true}, Noted, nil
	}
	if g.Admit != nil {
		leave, ok := g.Admit(e.begins())
		if !ok {
			return g.Busy(e, ""), Busied, nil
		}
		defer leave()
	}
	limited, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
	defer cancel()

	var v *visit // the last one: a turn that came too late is taken again
	stored, err := g.Conversations.Answer(limited, e.message(), func(ctx context.Context, s *dialog.State) (string, error) {
		v = g.visit(e, s)
		r, err := v.answer(ctx)
		if err != nil {
			return "", err
		}
		return pack(r), nil
	})
	if errors.Is(err, errStale) {
		var rec dialog.Record
		rec, err = g.Conversations.Store.Load(limited, e.Number)
		v, stored = nil, rec.LastReply
	}
	if err != nil {
		return g.refuse(ctx, limited, e, v, err)
	}
	r, ok := unpack(stored)
	switch {
	case !ok:
		// another channel answered between our two looks
		return g.Busy(e, ""), Busied, nil
	case v == nil:
		return r, Repeated, nil
	}
	if g.Observer != nil {
		g.Observer.Asked(v.t.At())
	}
	if r.End {
		return r, Closed, nil
	}
	return r, Continued, nil
}

// refuse returns the answer where there is no screen.
func (g *Gateway) refuse(ctx, limited context.Context, e Event, v *visit, err error) (Reply, channel.Outcome, error) {
	lang := ""
	if v != nil {
		lang = v.lang()
	}
	if channel.Late(ctx, limited) || errors.Is(err, dialog.ErrContended) {
		return g.Busy(e, lang), Busied, nil
	}
	if p, ok := booking.AsProblem(err); ok {
		return g.lastWords(e, lang, "problem."+string(p.Code), p.Args), Closed, nil
	}
	return Reply{}, Failed, &failure{lang: lang, err: fmt.Errorf("answer by ussd: %w", err)}
}

// over takes note of a session's end. The conversation is kept: a caller who is
// cut off resumes where they stopped. Only where the provider names no session
// must we know that the next message begins one.
func (g *Gateway) over(ctx context.Context, e Event) error {
	if !e.ByNumber || e.Phase == Probe {
		return nil
	}
	ctx, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
	defer cancel()
	_, err := g.Conversations.Answer(ctx, e.message(), func(_ context.Context, s *dialog.State) (string, error) {
		v := g.visit(e, s)
		v.m.Open = false
		v.m.save(s)
		return pack(Reply{End: true}), nil
	})
	if err != nil {
		return fmt.Errorf("note the end of a ussd session: %w", err)
	}
	return nil
}

func (g *Gateway) defaultLang() string {
	if g.DefaultLang != "" {
		return g.DefaultLang
	}
	return locales.Hindi
}

// Sorry returns a screen for an error of ours, with its reference number. lang is
// "" where it is not known: then it is said in two.
func (g *Gateway) Sorry(e Event, lang, ref string) Reply {
	r := g.lastWords(e, lang, textSorry, reference(ref))
	if r.Text == "" { // Check was not asked; a number is better than nothing
		r.Text = ref
	}
	return r
}

// Busy returns a screen that says to dial again later and what to do meanwhile.
// lang is "" where it is not known.
func (g *Gateway) Busy(e Event, lang string) Reply { return g.lastWords(e, lang, textBusy, nil) }

// NotMobile returns the answer to a caller whom nobody could call back or book for:
// a screen that says why, in the language of the code dialled if it has one.
func (g *Gateway) NotMobile(e Event) Reply {
	if !e.Phase.asks() {
		return Reply{End: true}
	}
	return g.lastWords(e, e.Lang, textNotMobile, nil)
}

// lastWords returns a text on the one screen that ends a session. Nothing is stored
// that a second page could be read from, so of what is worth saying it is the
// first that fits.
func (g *Gateway) lastWords(e Event, lang, id string, data map[string]any) Reply {
	var wanted [][]string
	if !locales.Valid(lang) {
		lang = g.defaultLang()
		if locales.Valid(e.LangHint) {
			lang = e.LangHint
		}
		wanted = [][]string{{lang, locales.English}, {locales.Latin(lang), locales.English}}
	}
	wanted = append(wanted, []string{lang}, []string{locales.Latin(lang)})
	b := e.budget()
	longest := ""
	for _, langs := range wanted {
		text := ""
		for i, l := range langs {
			if e.NoIndic {
				l = locales.Latin(l)
			}
			if i > 0 && l == langs[0] {
				continue
			}
			words, err := g.Words.Text(l, medium, id, data)
			if err != nil {
				words = ""
			}
			text = join(text, words)
		}
		if text != "" && locales.Fits(text, b) {
			return Reply{Text: text, End: true}
		}
		longest = text
	}
	head, _ := locales.Cut(longest, b)
	return Reply{Text: strings.TrimSpace(head), End: true}
}

// pack returns a Reply as it is stored, and unpack reads it.
func pack(r Reply) string {
	if r.End {
		return "END " + r.Text
	}
	return "CON " + r.Text
}

func unpack(s string) (Reply, bool) {
	verb, text, ok := strings.Cut(s, " ")
	return Reply{Text: text, End: verb == "END"}, ok && (verb == "CON" || verb == "END")
}
