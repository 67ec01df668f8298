package dialog

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tikaline/booking"
)

// An Engine knows every flow by name.
type Engine struct {
	flows map[string]flow
	newID func() uuid.UUID
}

// maxHops bounds the steps passed over in one turn, so that flows that lead in
// a circle are an error and not a hang; maxTrail bounds what Back remembers.
const (
	maxHops  = 32
	maxTrail = 24
)

// New returns an engine with all of Tikaline's dialogues. newID makes the request
// ids of what they write.
func New(newID func() uuid.UUID) *Engine {
	e := &Engine{flows: make(map[string]flow), newID: newID}
	for _, f := range dialogues() {
		name, was := f.names()
		for _, n := range append([]string{name}, was...) {
			e.flows[n] = f
		}
	}
	return e
}

// With returns an engine with the same dialogues whose request ids newID makes.
// A channel that can name each of its messages makes them from that name: then
// a message that is worked on twice, at once or after a crash, writes once.
func (e *Engine) With(newID func() uuid.UUID) *Engine { return &Engine{flows: e.flows, newID: newID} }

// A Talk is one turn of a conversation: its State with the core as the caller
// sees it. It changes the State it was given and stores nothing itself.
type Talk struct {
	engine *Engine
	state  *State
	visit  *Visit
	note   *booking.Problem
	moved  bool // Current asked another question than the caller saw
	hops   int
	last   run // what was opened last
}

// Talk begins a turn on a State.
func (e *Engine) Talk(core Core, s *State) *Talk {
	return &Talk{engine: e, state: s, visit: &Visit{Core: core, state: s}}
}

// At returns the flow and step that ask, for metrics and the console.
func (t *Talk) At() (flow, step string) {
	if f := t.state.top(); f != nil {
		return f.Flow, f.Step
	}
	return "", ""
}

// Begin returns the first prompt for somebody who dialled, texted or called: the
// choice of language for a newcomer, "continue or start afresh" for a caller who
// was cut off, else home. A caller who waits for a one-time password hears it
// first: dialling or calling from the number that it proves is as good as an SMS
// to it, and SMS is what fails on a busy day.
func (t *Talk) Begin(ctx context.Context) (Prompt, error) {
	p, err := t.greet(ctx)
	if err != nil {
		return p, err
	}
	// On an error the caller is served all the same: most callers wait for no
	// code.
	if code, ok, err := t.visit.OpenCode(ctx); ok && err == nil {
		p.Note = say("code.tell", "Code", code)
	}
	return p, nil
}

func (t *Talk) greet(ctx context.Context) (Prompt, error) {
	if t.state.Lang == "" {
		h, err := t.visit.Household(ctx)
		if err != nil {
			return Prompt{}, err
		}
		t.state.Lang = h.Language
	}
	t.state.Wrong, t.moved = 0, false
	switch {
	case t.state.Lang == "":
		return t.enter(ctx, "language", Result{})
	case t.unfinished():
		if f, _ := t.At(); f != "resume" {
			t.state.push(Frame{Flow: "resume", Run: t.engine.newID()})
			return t.advance(ctx, "")
		}
		return t.Current(ctx)
	}
	return t.Home(ctx)
}

// unfinished reports whether the caller was in the middle of a flow.
func (t *Talk) unfinished() bool {
	return slices.ContainsFunc(t.state.Frames, func(f Frame) bool {
		return len(f.Trail) > 0 && f.Flow != "home" && f.Flow != "language" && f.Flow != "help"
	})
}

// Home leaves every flow and returns the main menu.
func (t *Talk) Home(ctx context.Context) (Prompt, error) {
	t.moved = false
	return t.enter(ctx, "home", Result{})
}

// Enter leaves every flow and begins another, for a channel on which a caller may
// say at any time what they want.
func (t *Talk) Enter(ctx context.Context, flow string, in Result) (Prompt, error) {
	t.note, t.moved, t.hops = nil, false, 0
	return t.enter(ctx, flow, in)
}

// Current asks the present question again. Where that is no longer possible it
// asks another, and Answer then does not take the caller's input as its answer.
func (t *Talk) Current(ctx context.Context) (Prompt, error) {
	t.moved = true
	if t.state.top() == nil {
		return t.enter(ctx, "home", Result{})
	}
	r, err := t.open()
	if err != nil {
		return Prompt{}, err
	}
	if !r.resolve() {
		return t.restart(ctx)
	}
	here := t.state.place()
	t.moved = false
	p, err := t.ask(ctx, r)
	t.moved = t.moved || t.state.place() != here
	return p, err
}

// Answer takes an answer to p, the present prompt: an option's key, digits or
// words, already folded. What is refused is asked again with the reason.
func (t *Talk) Answer(ctx context.Context, p Prompt, in string) (Prompt, error) {
	if t.moved {
		return t.Current(ctx)
	}
	t.note, t.hops = nil, 0
	if t.state.top() == nil || p.Expect == nil {
		return t.Home(ctx)
	}
	r, err := t.open()
	if err != nil {
		return Prompt{}, err
	}
	if !r.resolve() {
		return t.restart(ctx)
	}
	if err := check(p.Expect, in); err != nil {
		return t.Refuse(ctx, err)
	}
	t.visit.Run = t.state.top().Run
	if err := r.accept(ctx, t.visit, in); err != nil {
		return t.refused(ctx, r, err)
	}
	if err := r.save(); err != nil {
		return Prompt{}, err
	}
	t.state.Wrong = 0
	if t.state.top().Flow == "resume" {
		return t.resume(ctx, in)
	}
	if r.kept() {
		t.state.top().Trail = nil
	} else {
		t.mark(Mark{Step: t.state.top().Step})
	}
	next, flow, in2 := r.after()
	if flow != "" {
		return t.enter(ctx, flow, in2)
	}
	return t.advance(ctx, next)
}

// AnswerRecording takes a recording for an answer to p, which must be Words that
// a Voice may say. recording names it where the channel keeps it.
func (t *Talk) AnswerRecording(ctx context.Context, p Prompt, recording string) (Prompt, error) {
	if w, ok := p.Expect.(Words); !ok || !w.Voice || recording == "" {
		return t.Refuse(ctx, booking.Refuse(booking.WordsWanted))
	}
	t.visit.Recording = recording
	defer func() { t.visit.Recording = "" }()
	return t.Answer(ctx, p, recording)
}

// Speak changes the language and asks again in it.
func (t *Talk) Speak(ctx context.Context, language string) (Prompt, error) {
	if err := t.visit.Speak(ctx, language); err != nil {
		return Prompt{}, err
	}
	return t.Current(ctx)
}

// resume continues where the caller stopped, or leaves that for home.
func (t *Talk) resume(ctx context.Context, in string) (Prompt, error) {
	if in == "new" {
		return t.Home(ctx)
	}
	t.state.pop()
	return t.Current(ctx)
}

// enter leaves everything and begins a flow.
func (t *Talk) enter(ctx context.Context, name string, in Result) (Prompt, error) {
	t.state.Frames, t.state.Wrong = nil, 0
	return t.begin(ctx, name, in)
}

// begin puts a run of a flow on top. Where its Start refuses, the caller hears
// why at the question before.
func (t *Talk) begin(ctx context.Context, name string, in Result) (Prompt, error) {
	f, ok := t.engine.flows[name]
	if !ok {
		if name == "home" || len(t.state.Frames) > 0 {
			return Prompt{}, fmt.Errorf("there is no flow %q", name)
		}
		return t.Home(ctx) // a release dropped the flow
	}
	name, _ = f.names()
	t.state.push(Frame{Flow: name, Run: t.engine.newID()})
	r, err := t.open()
	if err != nil {
		return Prompt{}, err
	}
	if err := r.start(ctx, t.visit, in); err != nil {
		return t.retreat(ctx, err)
	}
	if err := r.save(); err != nil {
		return Prompt{}, err
	}
	return t.advance(ctx, "")
}

// advance goes on from a step of the run on top, through called flows and out
// of finished ones, until there is something to ask or to say.
func (t *Talk) advance(ctx context.Context, from string) (Prompt, error) {
	for t.hops < maxHops {
		t.hops++
		r, err := t.open()
		if err != nil {
			return Prompt{}, err
		}
		call, in, done, err := r.settle(ctx, t.visit, from)
		to := t.instead(r, err)
		if err != nil && to == "" {
			return t.retreat(ctx, err)
		}
		if err := r.save(); err != nil {
			return Prompt{}, err
		}
		if to != "" {
			from = to
			continue
		}
		switch {
		case call != "":
			in.Called = true
			return t.begin(ctx, call, in)
		case !done:
			return t.ask(ctx, r)
		case len(t.state.Frames) == 1:
			return t.finish(ctx, r)
		}
		next, ok, err := t.leave(r)
		switch {
		case err != nil:
			return Prompt{}, err
		case !ok:
			return t.restart(ctx)
		}
		from = next
	}
	f, s := t.At()
	return Prompt{}, fmt.Errorf("flow %s leads in a circle at %q", f, s)
}

// leave ends a called run, hands its result to the flow below and returns that
// one's next step; false where a release removed the step that called.
func (t *Talk) leave(r run) (next string, ok bool, err error) {
	found := r.result()
	sub := t.state.pop()
	below, err := t.open()
	if err != nil || !below.resolve() {
		return "", false, err
	}
	below.take(found)
	if err := below.save(); err != nil {
		return "", false, err
	}
	if len(sub.Trail) > 0 { // else what it did is kept: Back passes it over
		t.mark(Mark{Step: t.state.top().Step, Sub: &sub})
	}
	next, _, _ = below.after()
	return next, true, nil
}

// finish returns the last words of the outermost run; a flow without them leads
// home.
func (t *Talk) finish(ctx context.Context, r run) (Prompt, error) {
	p, has, err := r.done(ctx, t.visit)
	if err != nil {
		return t.retreat(ctx, err)
	}
	if !has {
		return t.Home(ctx)
	}
	t.state.Frames, t.state.Note = nil, ""
	return p, nil
}

func (t *Talk) mark(m Mark) {
	f := t.state.top()
	f.Trail = append(f.Trail, m)
	if len(f.Trail) > maxTrail {
		f.Trail = f.Trail[len(f.Trail)-maxTrail:]
	}
}

func (t *Talk) open() (run, error) {
	f := t.state.top()
	if t.last != nil && t.last.holds(f) {
		return t.last, nil
	}
	fl, ok := t.engine.flows[f.Flow]
	if !ok { // a release dropped the flow: go home
		t.state.Frames = []Frame{{Flow: "home", Run: t.engine.newID()}}
		f, fl = t.state.top(), t.engine.flows["home"]
	}
	r, err := fl.open(f)
	if err != nil { // a release reads its answers otherwise: a step that nobody knows starts again
		f.Step, f.Answers = "", nil
		if r, err = fl.open(f); err != nil {
			return nil, err
		}
	}
	t.last = r
	return r, nil
}

// ask returns the run's question, with the reason where it is asked again. Where
// what it speaks of has disappeared meanwhile, the caller hears so at the step to
// ask instead, or at home.
func (t *Talk) ask(ctx context.Context, r run) (Prompt, error) {
	p, err := r.ask(ctx, t.visit)
	if to := t.instead(r, err); to != "" {
		t.moved = true // also where it asks the same step again, for another offer
		return t.advance(ctx, to)
	}
	if problem, ok := booking.AsProblem(err); ok && t.state.top().Flow != "home" {
		t.note = problem
		return t.Home(ctx)
	}
	if err != nil {
		return Prompt{}, err
	}
	t.state.Note = ""
	if t.note != nil {
		t.state.Note = string(t.note.Code)
		p.Note = Text{ID: "problem." + string(t.note.Code), Data: t.note.Args}
	}
	if t.state.Wrong >= 3 {
		p.Hint = Text{ID: "hint.call"}
	}
	return p, nil
}
