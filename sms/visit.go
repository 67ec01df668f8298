package sms

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// mostLost is after how many texts in a row that led nowhere nothing is
// answered any more: two have been told to send CALL, and a machine goes on for
// ever.
const mostLost = 6

// A visit is one Event's way through the conversation.
type visit struct {
	line    Waitlist // nil: there is no waiting list
	g       *Gateway
	e       Event
	s       *dialog.State
	core    dialog.Core
	talk    *dialog.Talk
	m       memory
	now     time.Time
	stopped bool

	open   bool          // the last question was put here and waits for an answer
	prompt dialog.Prompt // it

	heard string // the language that the text speaks for, where none is settled

	opt   dialog.Opt
	said  *said // nil is silence
	waits bool  // for other parts
}

// A said is what is answered.
type said struct {
	lead     []dialog.Text
	prompt   dialog.Prompt
	dialogue bool // the prompt is the dialogues', and not only a word of ours
}

func (g *Gateway) visit(e Event, s *dialog.State, stopped bool) *visit {
	n := 0
	engine := g.Engine.With(func() uuid.UUID {
		n++
		return e.name("run " + strconv.Itoa(n))
	})
	core := g.Desk(e.From)
	v := &visit{g: g, e: e, s: s, core: core, talk: engine.Talk(core, s), m: recall(s), now: g.Now(), stopped: stopped}
	if g.Line != nil {
		v.line = g.Line(e.From)
	}
	return v
}

// answer takes the conversation one message on, and leaves in the State where
// it stands.
func (v *visit) answer(ctx context.Context, late bool) (dialog.Reply, error) {
	texts, waits := v.m.gather(v.e, late, v.now, orDefault(v.g.Gather, DefaultGather))
	v.waits = waits
	for _, text := range texts {
		got, err := v.admitted(ctx, text)
		if err != nil {
			return dialog.Reply{}, err
		}
		if got != nil { // of two texts at once the last is answered: it was read after the other
			v.said = got
			v.m.Count++
			if got.dialogue {
				v.s.Last, v.m.Asked = medium, v.now
			}
		}
	}
	if err := v.m.save(v.s); err != nil {
		return dialog.Reply{}, fmt.Errorf("keep memory: %w", err)
	}
	r := dialog.Reply{Opt: v.opt}
	if v.said == nil {
		return r, nil
	}
	lang := v.lang()
	text, err := Text(v.g.Words, lang, v.said.prompt, v.said.lead...)
	if err != nil {
		return dialog.Reply{}, err
	}
	r.Notices = []booking.Notice{{
		ID: v.e.name("reply"), To: v.e.From, Key: "reply:" + v.e.Provider + "/" + v.e.ID, Kind: booking.NoticeReply,
		Medium: "sms", Priority: booking.PriorityReply, Due: v.now,
		Data: booking.NoticeData{Text: text, Lang: lang, Says: v.said.prompt.Say.ID},
	}}
	return r, nil
}

// lang returns the language to write in: the household's, or that of the very text,
// where its letters or its keyword are of one language alone. English keywords
// are everybody's.
func (v *visit) lang() string {
	switch {
	case locales.Valid(v.s.Lang):
		return v.s.Lang
	case v.heard != "":
		return v.heard
	}
	return v.g.defaultLang()
}

// admitted reads a text from whoever may be answered.
func (v *visit) admitted(ctx context.Context, text string) (*said, error) {
	if v.g.Keywords.Machine(text) {
		return nil, nil
	}
	m := v.g.Keywords.Parse(text)
	if err := v.known(ctx); err != nil {
		return nil, err
	}
	if m.Lang != locales.English {
		v.heard = m.Lang
	}
	switch {
	case m.Command == CommandStop:
		return v.stop(), v.leaveWaitlist(ctx)
	case m.Command == CommandStart && v.stopped:
		v.stopped, v.opt, v.m.Lost = false, dialog.OptIn, 0
		return v.notice(textStart), nil
	case v.stopped && m.Command == CommandHelp:
		return v.notice(textStopped), nil
	case v.stopped:
		return nil, nil
	}
	most := v.g.PerHour
	if most <= 0 {
		most = DefaultPerHour
	}
	switch n := v.m.replied(v.now); {
	case n == most-1:
		return v.notice(textWait), nil
	case n >= most:
		return nil, nil // and nothing is done in the dark
	}
	if err := v.look(ctx); err != nil {
		return nil, err
	}
	got, err := v.read(ctx, m, text)
	if got != nil && m.Guessed != "" {
		got.lead = append(got.lead, dialog.Text{ID: textGuessed, Data: map[string]any{"Word": m.Guessed}})
	}
	return got, err
}

// known finds the language that the household has, whichever channel it was
// chosen on. While the question for it is open nobody looks: what is found may
// be what this very text did before a crash, and it would be taken for the
// answer to another question.
func (v *visit) known(ctx context.Context) error {
	if v.s.Lang != "" || v.in("language") {
		return nil
	}
	h, err := v.core.Household(ctx)
	v.s.Lang = h.Language
	return err
}

// look finds the question that is open. One that another channel put is not:
// it was not seen here.
func (v *visit) look(ctx context.Context) (err error) {
	v.open, v.prompt = false, dialog.Prompt{}
	n := len(v.s.Frames)
	if n > 0 && v.s.Last != medium && v.s.Frames[n-1].Flow == "resume" {
		// A text carries no "continue?" in front of it: what they were asked last
		// is asked again, and a keyword begins something else.
		v.s.Frames = v.s.Frames[:n-1]
		n--
	}
	if n == 0 || v.s.Last != medium {
		return nil
	}
	v.open = true
	v.prompt, err = v.talk.Current(ctx)
	return err
}

// in reports whether a flow is under way.
func (v *visit) in(flow string) bool {
	for _, f := range v.s.Frames {
		if f.Flow == flow {
			return true
		}
	}
	return false
}

// place returns the question that is asked, as flow/step.
func (v *visit) place() string {
	flow, step := v.talk.At()
	return flow + "/" + step
}

// notice returns a word of ours that leaves the conversation where it is.
func (v *visit) notice(id string) *said { return &said{prompt: say(id)} }

// put returns a Prompt of the dialogues, after whatever was answered ahead.
func (v *visit) put(ctx context.Context, p dialog.Prompt, err error) (*said, error) {
	for range maxAhead {
		if err != nil {
			return nil, err
		}
		if !takes(p.Expect, v.ahead()) {
			break
		}
		in, _ := v.m.take(v.place())
		if p, err = v.talk.Answer(ctx, p, in); err == nil && p.Note.ID != "" {
			break // refused: asked again with the reason, and the rest is kept
		}
	}
	if err != nil {
		return nil, err
	}
	if flow, _ := v.talk.At(); flow == "home" || p.Expect == nil {
		v.m.Ahead = nil // it was for what has come to an end
	}
	v.m.Ask = ""
	if p.Expect == nil && told[p.Say.ID] {
		return nil, nil
	}
	return &said{prompt: p, dialogue: true}, nil
}

// told are the last words that a notice says as well, with all that is to be kept:
// one text is read, of two the second is taken for another booking.
var told = map[string]bool{"book.done": true, "mine.moved": true, "mine.cancelled": true}

// maxAhead bounds the answers that are given ahead.
const maxAhead = 8

// ahead returns the answer given ahead to the present question, "" for none.
func (v *visit) ahead() string {
	for _, g := range v.m.Ahead {
		if g.At == v.place() {
			return g.In
		}
	}
	return ""
}

// give answers the open question.
func (v *visit) give(ctx context.Context, in string) (*said, error) {
	p, err := v.talk.Answer(ctx, v.prompt, in)
	if err != nil {
		return nil, err
	}
	if p.Note.ID != "" && v.s.Wrong > 0 {
		return v.wrong(p), nil
	}
	v.m.Lost = 0
	return v.onward(ctx, p)
}

// onward goes on from an answer. A newcomer who has chosen a language gets what
// they had asked for.
func (v *visit) onward(ctx context.Context, p dialog.Prompt) (*said, error) {
	if v.m.Then != "" && v.s.Lang != "" && !v.in("language") {
		text := v.m.Then
		v.m.Then = ""
		v.open = false
		return v.read(ctx, v.g.Keywords.Parse(text), text)
	}
	return v.put(ctx, p, nil)
}

// refuse asks the open question again. Whoever is refused again and again hears
// how to reach a person, and then nothing more.
func (v *visit) refuse(ctx context.Context, why error) (*said, error) {
	p, err := v.talk.Refuse(ctx, why)
	if err != nil {
		return nil, err
	}
	return v.wrong(p), nil
}

func (v *visit) wrong(p dialog.Prompt) *said {
	v.m.Lost++
	if v.m.Lost >= 2 && p.Hint.ID == "" {
		p.Hint = dialog.Text{ID: hintCall}
	}
	if v.m.Lost > mostLost {
		return nil
	}
	return &said{prompt: p, dialogue: true}
}

// lost returns the answer to what means nothing to us: a help, then the offer to
// call, then silence.
func (v *visit) lost() *said {
	v.m.Lost++
	switch v.m.Lost {
	case 1:
		return v.notice(textUnknown)
	case 2:
		return v.notice(textLost)
	}
	return nil
}

// enter leaves what was begun and begins a flow, with answers to some of its
// questions.
func (v *visit) enter(ctx context.Context, flow string, ahead ...given) (*said, error) {
	v.m.Ahead, v.m.Lost = ahead, 0
	p, err := v.talk.Enter(ctx, flow, dialog.Result{})
	return v.put(ctx, p, err)
}

// again puts the present question, or the menu.
func (v *visit) again(ctx context.Context) (*said, error) {
	v.m.Lost = 0
	p, err := v.talk.Current(ctx)
	return v.put(ctx, p, err)
}

// takes reports whether in would be an answer of the shape that is hoped for.
func takes(x dialog.Expect, in string) bool {
	if in == "" {
		return false
	}
	switch x := x.(type) {
	case dialog.Choice:
		for _, o := range x.Options {
			if o.Key == in {
				return true
			}
		}
		return takes(x.Or, in)
	case dialog.Digits:
		return len(in) >= x.Min && len(in) <= x.Max && locales.Digits(in) == in
	case dialog.Words:
		return true
	}
	return false
}
