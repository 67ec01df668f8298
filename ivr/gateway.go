package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/locales"
)

// How long things may take. Providers wait 15 s for an answer; a caller hears
// nothing meanwhile, and after two seconds believes that the line is dead.
const (
	DefaultDeadline = 8 * time.Second
	DefaultWait     = 10 * time.Minute
	noteDeadline    = 2 * time.Second // for noting a number when all else failed
)

// A Gateway answers Events: it finds the conversation, takes it one step on and
// says what happens on the line. It keeps nothing between two Events; any
// number may be answered at once.
type Gateway struct {
	Conversations *dialog.Conversations
	Engine        *dialog.Engine
	Desk          func(booking.MSISDN) dialog.Core
	Calls         Calls
	Words         Words
	Voice         Voice // nil: everything is text-to-speech
	Now           func() time.Time
	DefaultLang   string        // for a caller whose language is not known; "" is Hindi
	Deadline      time.Duration // 0 is DefaultDeadline

	Hours Hours         // when there are agents; zero is never
	Wait  time.Duration // most that a caller waits for one; 0 is DefaultWait
	Music string        // path of what is played while one waits; "" is silence

	// Recording is where a kept recording can be played from; false where it
	// cannot. nil: nowhere.
	Recording func(id string) (url string, ok bool)

	// Admit lets an Event in, before any work is done, and gives the way out;
	// nil lets all in. begins says that nothing is lost yet if it does not.
	Admit func(begins bool) (leave func(), ok bool)

	// Observer is told what happened; nil is nobody.
	Observer Observer
}

// An Observer counts what happens on the line, too.
type Observer interface {
	channel.Observer

	// Unanswered counts a question that got silence, or a wrong key.
	Unanswered(flow, step string, why Why)
}

// The outcomes, as Observer counts them.
const (
	Continued channel.Outcome = "continue"  // a question that waits for an answer
	Closed    channel.Outcome = "end"       // last words
	Queued    channel.Outcome = "agent"     // put through to an agent, or waiting for one
	Promised  channel.Outcome = "call_back" // told that we call back
	Missing   channel.Outcome = "missed"    // a missed call, to be called back
	Noted     channel.Outcome = "notice"    // nobody waits for an answer
	Stranger  channel.Outcome = "stranger"  // without a number that we can serve
	Repeated                  = channel.Repeated
	Busied                    = channel.Busied // told to call again later
	Rejected                  = channel.Rejected
	Failed                    = channel.Failed
)

// Outcomes lists every outcome, so that each series can exist from the start.
var Outcomes = []channel.Outcome{Continued, Closed, Repeated, Queued, Promised, Missing, Noted, Busied, Stranger, Rejected, Failed}

// errStale is a turn's way to say that its Event was answered earlier and
// others since.
var errStale = errors.New("an answer to a question from before the last one")

// Messages that the gateway says by itself.
const (
	textChoice   = "call.choice"   // Option, Key
	textMore     = "call.more"     // 8
	textTail     = "call.tail"     // 9, 0
	textKeys     = "call.keys"     // 7, *
	textOver     = "call.over"     // after last words
	textBye      = "call.bye"      // nobody answers any more
	textWelcome  = "call.welcome"  // who is there
	textGreet    = "call.greet"    // of a call of ours
	textCode     = "code.tell"     // the dialogues' own: a one-time password
	textAgent    = "call.agent"    // being put through
	textNow      = "call.now"      // an agent now, or be called back?
	textPosition = "call.position" // in the queue; Position
	textWait     = "call.wait"     // 1: be called back
	textCallBack = "call.callback" // we call you back
	textLater    = "call.later"    // we call you, but not soon
	textClosed   = "call.closed"   // nobody can be called back: when agents are there
	textNumber   = "call.number"   // which numbers we serve
	textSorry    = "sorry.text"    // Reference
	textBusy     = "problem." + string(booking.Busy)
	textNoted    = "call.noted"    // busy, and called back
	textFallback = "call.fallback" // we do not answer at all
)

// own lists them, for Check.
var own = []string{
	textMore, textTail, textKeys, textOver, textBye, textWelcome, textGreet, textAgent, textNow, textWait, textCallBack, textLater,
	textClosed, textNumber, textBusy, textNoted, textFallback,
}

// Check reports whether the gateway can word what it says by itself.
func (g *Gateway) Check() error {
	if g.DefaultLang != "" && !locales.Valid(g.DefaultLang) {
		return fmt.Errorf("default language %q is none of %s", g.DefaultLang, strings.Join(locales.Languages, ", "))
	}
	if g.Conversations == nil || g.Calls == nil {
		return errors.New("conversations and calls are needed")
	}
	for _, lang := range Languages {
		s := speaker{words: g.Words, lang: lang}
		for _, id := range own {
			if _, err := s.text(dialog.Text{ID: id}); err != nil {
				return err
			}
		}
		for _, t := range []dialog.Text{
			{ID: textPosition, Data: map[string]any{"Position": 3}},
			{ID: textSorry, Data: map[string]any{"Reference": "471100"}},
			{ID: textChoice, Data: map[string]any{"Option": "x", "Key": "1"}},
		} {
			if _, err := s.text(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// Answer takes an Event: one Event, one effect, one answer, however often it
// comes. A Problem is worded, and so is that it took too long; any other error
// is ours and to be answered with Sorry.
func (g *Gateway) Answer(ctx context.Context, e Event) ([]Verb, error) {
	return g.observed(e.Provider, func() ([]Verb, channel.Outcome, error) { return g.answer(ctx, e) })
}

// observed counts what is done for a provider. A panic becomes an error: a
// provider that is answered with a status says what it likes, and not every one
// has another address to ask.
func (g *Gateway) observed(provider string, do func() ([]Verb, channel.Outcome, error)) ([]Verb, error) {
	var to channel.Observer
	if g.Observer != nil {
		to = g.Observer
	}
	return channel.Observe(to, g.Now, medium, provider, do)
}

func (g *Gateway) answer(ctx context.Context, e Event) ([]Verb, channel.Outcome, error) {
	limited, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
	defer cancel()
	switch {
	case e.Missed:
		return g.missed(limited, e)
	case e.Number == "":
		return g.stranger(limited, e)
	}
	if e.Recording.ID != "" {
		// Whatever comes of it: the provider has it, and what we do not keep
		// nobody has deleted there.
		if err := g.Calls.KeepRecording(limited, e.kept("")); err != nil {
			return g.trouble(ctx, limited, e, "", fmt.Errorf("keep a recording: %w", err))
		}
	}
	if g.Admit != nil {
		leave, ok := g.Admit(e.Turn == 0)
		if !ok {
			return g.Busy(ctx, e, ""), Busied, nil
		}
		defer leave()
	}
	verbs, o, v, err := g.converse(limited, e)
	if err == nil {
		return verbs, o, nil
	}
	lang := ""
	if v != nil {
		lang = v.s.Lang
	}
	return g.trouble(ctx, limited, e, lang, err)
}

// trouble answers where we could not: nobody is at fault for what took too long,
// within limited.
func (g *Gateway) trouble(ctx, limited context.Context, e Event, lang string, err error) ([]Verb, channel.Outcome, error) {
	if channel.Late(ctx, limited) || errors.Is(err, dialog.ErrContended) || booking.Refused(err, booking.Busy) {
		return g.Busy(ctx, e, lang), Busied, nil
	}
	return nil, Failed, fmt.Errorf("answer a call: %w", err)
}

// converse takes the conversation one step on.
func (g *Gateway) converse(ctx context.Context, e Event) ([]Verb, channel.Outcome, *visit, error) {
	if e.HungUp {
		return nil, Noted, nil, nil
	}
	if e.Turn == 0 && !e.Present {
		if _, err := g.Calls.Began(ctx, e.call(calls.Open)); err != nil {
			return nil, Failed, nil, err
		}
	}
	if e.Machine {
		if err := g.Calls.Ended(ctx, e.call(calls.Machine)); err != nil {
			return nil, Failed, nil, err
		}
		return []Verb{{Do: Hangup}}, Noted, nil, g.Calls.NotReached(ctx, e.Number, e.Notice, string(calls.Machine))
	}
	if e.Look {
		verbs, began, err := g.look(ctx, e)
		if err != nil || began {
			return verbs, Repeated, nil, err
		}
		e.Turn, e.Keys, e.Present = 0, "", false
		if _, err := g.Calls.Began(ctx, e.call(calls.Open)); err != nil {
			return nil, Failed, nil, err
		}
	}
	var v *visit // the last one: a turn that came too late is taken again
	stored, err := g.Conversations.Answer(ctx, e.message(), func(ctx context.Context, s *dialog.State) (string, error) {
		v = g.visit(e, s)
		verbs, err := v.answer(ctx)
		if err != nil {
			return "", err
		}
		return pack(verbs)
	})
	if errors.Is(err, errStale) {
		rec, err := g.Conversations.Store.Load(ctx, e.Number)
		if err != nil {
			return nil, Failed, v, err
		}
		if verbs, ok := unpack(rec.LastReply); ok {
			return verbs, Repeated, v, nil
		}
		// another channel answered since: the question is put here again
		return []Verb{{Do: Go, Turn: v.m.Turn}}, Repeated, v, nil
	}
	if err != nil {
		return nil, Failed, v, err
	}
	verbs, ok := unpack(stored)
	switch {
	case !ok:
		return nil, Failed, v, errors.New("what is stored is no reply to a call")
	case v == nil:
		return verbs, Repeated, nil, nil
	}
	if g.Observer != nil {
		g.Observer.Asked(v.t.At())
	}
	return verbs, v.outcome, v, nil
}

// look returns what there is to be said on a call; false where it has not begun.
func (g *Gateway) look(ctx context.Context, e Event) ([]Verb, bool, error) {
	rec, err := g.Conversations.Store.Load(ctx, e.Number)
	if err != nil || len(rec.State) == 0 {
		return nil, false, err
	}
	var s dialog.State
	if json.Unmarshal(rec.State, &s) != nil || recall(&s).Call != e.mark() {
		return nil, false, nil
	}
	if verbs, ok := unpack(rec.LastReply); ok {
		return verbs, true, nil
	}
	// Another channel answered since: it is asked here again.
	e.Look, e.Present, e.Keys, e.Turn = false, false, "", recall(&s).Turn
	verbs, _, _, err := g.converse(ctx, e)
	return verbs, true, err
}

// missed notes a call to a number that takes only missed calls. Where that
// cannot be noted it is an error, and who calls hears so.
func (g *Gateway) missed(ctx context.Context, e Event) ([]Verb, channel.Outcome, error) {
	reject := []Verb{{Do: Reject}}
	if e.Number == "" {
		return reject, Stranger, nil
	}
	call, err := g.Calls.Began(ctx, e.call(calls.Missed))
	if err == nil {
		err = g.Calls.MissedCall(ctx, e.Number, call.ID)
	}
	if err != nil {
		return nil, Failed, fmt.Errorf("note a missed call: %w", err)
	}
	return reject, Missing, nil
}

func (g *Gateway) defaultLang() string {
	if g.DefaultLang != "" {
		return locales.Native(g.DefaultLang)
	}
	return locales.Hindi
}

// speaker words what is heard in a language; one that is not known is the
// default.
func (g *Gateway) speaker(lang string) speaker {
	lang = locales.Native(lang)
	if !slices.Contains(Languages, lang) {
		lang = g.defaultLang()
	}
	return speaker{words: g.Words, voice: g.Voice, recording: g.Recording, lang: lang}
}

// spoken returns messages in a language, or where it is not known in all three. It
// was checked that they are there; one with an error is left out, as there is
// nobody left to tell.
func (g *Gateway) spoken(lang string, ids ...dialog.Text) []Verb {
	langs := Languages
	if locales.Valid(lang) {
		langs = []string{lang}
	}
	var all []Verb
	for _, l := range langs {
		for _, t := range ids {
			if said, err := g.speaker(l).text(t); err == nil {
				all = append(all, said.verbs...)
			}
		}
	}
	return all
}

func say(id string) dialog.Text { return dialog.Text{ID: id} }

// Sorry is for an error of ours, with its reference number. lang is "" where it
// is not known: then it is said in all three.
func (g *Gateway) Sorry(lang, ref string) []Verb {
	return append(g.spoken(lang, dialog.Text{ID: textSorry, Data: map[string]any{"Reference": ref}}), Verb{Do: Hangup})
}

// Busy says to call again later and what to do meanwhile; or that we call, if
// that could be noted. A call of ours that nobody has pressed a key on may be at
// a network's voice box: asked for anew, it would be made every minute.
func (g *Gateway) Busy(ctx context.Context, e Event, lang string) []Verb {
	id := textBusy
	if heard := !e.Out || e.Keys != "" || e.Recording.Secs > 0; heard && e.Number != "" {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteDeadline)
		defer cancel()
		if g.Calls.CallBack(ctx, e.Number, e.name("busy")) == nil {
			id = textNoted
		}
	}
	return append(g.spoken(lang, say(id)), Verb{Do: Hangup})
}

// Fallback is said where we cannot answer: it needs neither a database nor a
// conversation.
func (g *Gateway) Fallback() []Verb { return append(g.spoken("", say(textFallback)), Verb{Do: Hangup}) }
