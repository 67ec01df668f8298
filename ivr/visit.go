package ivr

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"

	"tikaline/channel"
)

// The keys that mean the same at every choice.
const (
	keyAgent    = "0"
	keyBack     = "7"
	keyMore     = "8"
	keyAgain    = "9"
	keyLanguage = "*"
	keyEnd      = "#" // pressed from habit
)

// How long is waited: for the first key, while a number is keyed, and for a
// name to be said.
const (
	keyWait    = 8
	recordSecs = 12
)

// strikes is how often in a row silence, or a wrong answer, is only asked
// again.
const strikes = 3

// A visit is one Event's way through the conversation.
type visit struct {
	g       *Gateway
	e       Event
	s       *dialog.State
	t       *dialog.Talk
	m       memory
	again   bool // the question was heard before
	outcome channel.Outcome
}

// maxStamps is how many keys pressed are remembered so.
const maxStamps = 8

func (g *Gateway) visit(e Event, s *dialog.State) *visit {
	engine := g.Engine
	if next := e.runs(); next != nil {
		engine = engine.With(next)
	}
	return &visit{g: g, e: e, s: s, t: engine.Talk(g.Desk(e.Number), s), m: recall(s), outcome: Continued}
}

// answer takes the conversation one Event on, and leaves in the State where it
// stands.
func (v *visit) answer(ctx context.Context) ([]Verb, error) {
	verbs, err := v.next(ctx)
	if err != nil {
		return nil, err
	}
	v.s.Last = medium
	return verbs, v.m.save(v.s)
}

func (v *visit) next(ctx context.Context) ([]Verb, error) {
	call := v.e.mark()
	known := v.m.Call == call
	if v.e.Present && known {
		if v.m.Closed {
			return []Verb{{Do: Hangup}}, nil
		}
		if at := v.e.stamp(); at != "" {
			if slices.Contains(v.m.Stamps, at) {
				return nil, errStale
			}
			v.m.Stamps = append(v.m.Stamps[max(0, len(v.m.Stamps)-maxStamps+1):], at)
		}
		v.e.Turn = v.m.Turn
	}
	switch {
	case v.e.Turn == 0 && known, known && v.e.Turn < v.m.Turn:
		return nil, errStale
	case v.e.Turn == 0:
		v.m = memory{Call: call}
		p, err := v.t.Begin(ctx)
		if err != nil {
			return nil, err
		}
		verbs, err := v.put(ctx, p)
		switch {
		case err != nil:
		case v.e.Out:
			verbs = append(v.g.spoken(v.s.Lang, say(textGreet)), verbs...)
		case v.s.Lang != "":
			verbs = append(v.g.spoken(v.speaker().lang, say(textWelcome)), verbs...)
		}
		return verbs, err
	case !known, v.s.Last != medium, v.e.Turn > v.m.Turn:
		// Asked elsewhere meanwhile, or by another call from this number: what
		// was pressed is no answer to what would be asked now.
		v.m = memory{Call: call, Step: v.m.Step}
		if v.e.Keys == keyAgent { // but for this one, which means the same everywhere
			return v.agent(ctx, Asked)
		}
		return v.current(ctx)
	}
	if err := v.reached(ctx); err != nil {
		return nil, err
	}
	switch {
	case v.m.Ask == askLanguage:
		return v.language(ctx)
	case v.m.Ask == askAgent:
		return v.agentNow(ctx)
	case len(v.m.Words) > 0:
		return v.over(ctx)
	}
	p, err := v.t.Current(ctx)
	if err != nil {
		return nil, err
	}
	return v.heard(ctx, p)
}

// reached notes that somebody is there whom we called back.
func (v *visit) reached(ctx context.Context) error {
	if !v.e.Out || v.m.Reached || v.e.Keys == "" && v.e.Recording.Secs == 0 {
		return nil
	}
	v.m.Reached = true
	return v.g.Calls.Reached(ctx, v.e.Number)
}

// current puts the present question, which the caller may have heard.
func (v *visit) current(ctx context.Context) ([]Verb, error) {
	v.m.Ask, v.m.Typed, v.m.Words = "", "", nil
	var p dialog.Prompt
	var err error
	if v.s.Lang == "" && len(v.s.Frames) == 0 {
		p, err = v.t.Begin(ctx)
	} else {
		p, err = v.t.Current(ctx)
	}
	if err != nil {
		return nil, err
	}
	return v.put(ctx, p)
}

// heard takes what was pressed or said as an answer to p.
func (v *visit) heard(ctx context.Context, p dialog.Prompt) ([]Verb, error) {
	if v.silent(p) {
		return v.silence(ctx, func() ([]Verb, error) { return v.put(ctx, p) })
	}
	v.m.Silences = 0
	switch x := p.Expect.(type) {
	case dialog.Choice:
		return v.choose(ctx, p)
	case dialog.Digits:
		return v.digits(ctx, p, x)
	case dialog.Words:
		if x.Voice {
			return v.said(ctx, p)
		}
		return v.digits(ctx, p, x.Keys)
	}
	return v.current(ctx)
}

// silent reports whether there was no answer. A name that took no time was not
// said.
func (v *visit) silent(p dialog.Prompt) bool {
	return v.e.Keys == "" && (!voiced(p.Expect) || v.e.Recording.ID == "" || v.e.Recording.Secs == 0)
}

func voiced(x dialog.Expect) bool {
	w, ok := x.(dialog.Words)
	return ok && w.Voice
}

// silence asks again, slower, and after the third time leads to a person. Never
// is anybody hung up on before.
func (v *visit) silence(ctx context.Context, ask func() ([]Verb, error)) ([]Verb, error) {
	v.count(Silent)
	v.m.Silences++
	v.m.Typed = ""
	switch {
	case v.m.Silences < strikes:
	case v.e.Out && !v.m.Reached:
		// As likely a network's voice box as a person. It needs no agent, nor
		// another call in a minute: the end of this one makes the next attempt.
		verbs := v.hangUp(textBye)
		v.m.Over = false
		v.outcome = Closed
		return verbs, nil
	default:
		return v.agent(ctx, Silent)
	}
	v.again = true
	return ask()
}

func (v *visit) count(why Why) {
	if v.g.Observer != nil {
		flow, step := v.t.At()
		v.g.Observer.Unanswered(flow, step, why)
	}
}

// choose reads the key pressed at a choice.
func (v *visit) choose(ctx context.Context, p dialog.Prompt) ([]Verb, error) {
	flow, _ := v.t.At()
	if number := strings.TrimRight(v.e.Keys, keyEnd); len(number) > 1 && numbered(p) > 0 {
		next, err := v.t.Answer(ctx, p, number)
		return v.follow(ctx, next, err)
	}
	switch k := v.e.Keys[:1]; {
	case k == keyAgent:
		return v.agent(ctx, Asked)
	case k == keyAgain, k == keyEnd:
		v.again = k == keyAgain
		return v.put(ctx, p)
	case k == keyLanguage:
		return v.askLanguage()
	case k == keyMore && v.m.Next != v.m.From:
		v.m.From = v.m.Next
		return v.put(ctx, p)
	case k == keyBack && v.mayGoBack():
		v.m.From = 0
		back, err := v.t.Back(ctx)
		return v.follow(ctx, back, err)
	case k >= "1" && k <= strconv.Itoa(len(v.m.Offered)):
		in := v.m.Offered[k[0]-'1']
		switch now := v.g.Now(); {
		case flow != "help" || in != "call":
		case v.agents():
			return v.askAgent()
		case v.g.Hours.Next(now).After(now):
			return v.agent(ctx, Asked)
		}
		v.m.From = 0
		next, err := v.t.Answer(ctx, p, in)
		return v.follow(ctx, next, err)
	}
	asked, err := v.t.Refuse(ctx, booking.Refuse(booking.NotAnOption, "Count", len(v.m.Offered)))
	if asked.Say.ID != p.Say.ID {
		v.m.From = 0
	}
	return v.follow(ctx, asked, err)
}

// digits reads a number. What follows a star is the number from its beginning;
// what is missing of it is waited for without a word.
func (v *visit) digits(ctx context.Context, p dialog.Prompt, x dialog.Digits) ([]Verb, error) {
	typed := v.m.Typed + strings.TrimRight(v.e.Keys, keyEnd)
	v.m.Typed = ""
	if i := strings.LastIndex(typed, keyLanguage); i >= 0 {
		typed = typed[i+1:]
		if len(typed) < x.Min && typed != "" {
			v.m.Typed = typed
			return v.wait(Verb{Do: Gather, Keys: x.Max - len(typed), Secs: keyWait}), nil
		}
		if typed == "" {
			v.again = true
			return v.put(ctx, p)
		}
	}
	next, err := v.t.Answer(ctx, p, locales.Digits(typed))
	return v.follow(ctx, next, err)
}

// said takes a name that was spoken, or a key that ended it.
func (v *visit) said(ctx context.Context, p dialog.Prompt) ([]Verb, error) {
	switch v.e.Keys {
	case keyAgent:
		return v.agent(ctx, Asked)
	case keyAgain:
		v.again = true
		return v.put(ctx, p)
	case keyLanguage:
		return v.askLanguage()
	case keyBack:
		if v.mayGoBack() {
			back, err := v.t.Back(ctx)
			return v.follow(ctx, back, err)
		}
	}
	if v.e.Recording.ID == "" || v.e.Recording.Secs == 0 { // only a key
		asked, err := v.t.Refuse(ctx, booking.Refuse(booking.WordsWanted))
		return v.follow(ctx, asked, err)
	}
	// It was kept; now it is known in which language it is.
	if err := v.g.Calls.KeepRecording(ctx, v.e.kept(v.speaker().lang)); err != nil {
		return nil, err
	}
	next, err := v.t.AnswerRecording(ctx, p, v.e.Recording.ID)
	return v.follow(ctx, next, err)
}

// follow puts what comes after an answer, and leads to a person whom the core or
// the question refused too often.
func (v *visit) follow(ctx context.Context, p dialog.Prompt, err error) ([]Verb, error) {
	if err != nil {
		return nil, err
	}
	if v.s.Wrong > 0 {
		v.count(Mistaken)
		v.again = true
	}
	if v.s.Wrong >= strikes {
		v.s.Wrong = 0
		return v.agent(ctx, Mistaken)
	}
	return v.put(ctx, p)
}

// mayGoBack reports whether there is a question before.
func (v *visit) mayGoBack() bool {
	n := len(v.s.Frames)
	return n > 1 || n == 1 && (len(v.s.Frames[0].Trail) > 0 || v.s.Lang != "" && v.s.Frames[0].Flow != "home")
}

// speaker words what this caller hears.
func (v *visit) speaker() speaker {
	s := v.g.speaker(v.s.Lang)
	s.slow = v.again && v.m.Silences > 0
	return s
}
