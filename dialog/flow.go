package dialog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Flow is one conversation, its steps in the order they are asked. A is its
// answers: ids and values, stored as JSON.
type Flow[A any] struct {
	Name  string
	Was   []string
	Steps []Step[A]

	// Start fills the answers from what is known, when a run begins. The caller
	// hears a Problem at the question before.
	Start func(ctx context.Context, r Reader, in Result, a *A) error

	// Result is what a calling flow gets; nil is nothing.
	Result func(A) Result

	// Done is the last words of a run that nobody called; nil leads home.
	Done func(ctx context.Context, r Reader, a A) (Prompt, error)
}

// A Step is one question. Its Name is stored: to rename a step, move the old
// name to Was; a caller on a name nobody knows starts the flow again.
type Step[A any] struct {
	Name string
	Was  []string
	Gone bool         // asked by an earlier release: nothing leads here any more
	When func(A) bool // ask only if; nil is always

	// Enter gets ready what the question offers and keeps it in the answers,
	// so that "3" means what the caller saw. It runs again when the caller
	// comes Back. A Problem leads to what Refused names, or back to the
	// question before.
	Enter func(ctx context.Context, r Reader, a *A) error

	Ask    func(ctx context.Context, r Reader, a A) (Prompt, error) // reads; may be called any number of times
	Accept func(ctx context.Context, v *Visit, a *A, in string) error
	Next   func(A) string // a step to jump to; nil or "" is the following one

	// Refused names the step to ask instead after a Problem of Enter, Ask or
	// Accept; nil or "" asks this one again.
	Refused func(A, booking.Code) string

	// Kept reports, after an answer, whether what was said is written for good:
	// Back goes to nothing before it. nil is never.
	Kept func(A) bool

	// Go names a flow that takes this one's place; nil or "" is none.
	Go func(A) (flow string, in Result)

	// Call names a flow to go through in place of asking, and Take keeps what
	// it found.
	Call func(A) (flow string, in Result)
	Take func(a *A, r Result)
}

// Done, as a name in Next, ends the flow.
const Done = "done"

// A run is a frame with its answers decoded: what the engine moves through
// without knowing their type.
type run interface {
	// holds reports whether the run is f's, with its answers as f has them: then
	// f need not be decoded again.
	holds(f *Frame) bool
	start(ctx context.Context, r Reader, in Result) error
	// resolve puts a renamed step's new name in the frame; false where no step
	// has or had the name.
	resolve() bool
	// settle moves from the named step ("" is the first) to the first that asks
	// or calls; done where none is left.
	settle(ctx context.Context, r Reader, from string) (call string, in Result, done bool, err error)
	enter(ctx context.Context, r Reader) error
	ask(ctx context.Context, r Reader) (Prompt, error)
	accept(ctx context.Context, v *Visit, in string) error
	after() (next, flow string, in Result)
	refused(c booking.Code) string
	kept() bool
	take(r Result)
	result() Result
	done(ctx context.Context, r Reader) (Prompt, bool, error)
	save() error
}

// A flow without its type.
type flow interface {
	names() (name string, was []string)
	open(f *Frame) (run, error)
	steps() []StepName
}

// A StepName is a step's stored name with its former names.
type StepName struct {
	Name string
	Was  []string
	Asks bool // it asks; otherwise it calls another flow
	Gone bool // nothing leads there any more
}

func (f *Flow[A]) steps() []StepName {
	names := make([]StepName, len(f.Steps))
	for i, s := range f.Steps {
		names[i] = StepName{Name: s.Name, Was: s.Was, Asks: s.Call == nil, Gone: s.Gone}
	}
	return names
}

func (f *Flow[A]) names() (string, []string) { return f.Name, f.Was }

func (f *Flow[A]) open(fr *Frame) (run, error) {
	r := &typedRun[A]{flow: f, frame: fr, name: fr.Flow, id: fr.Run, saved: fr.Answers}
	if len(fr.Answers) > 0 {
		if err := json.Unmarshal(fr.Answers, &r.answers); err != nil {
			return nil, fmt.Errorf("answers of flow %s: %w", f.Name, err)
		}
	}
	return r, nil
}

type typedRun[A any] struct {
	flow    *Flow[A]
	frame   *Frame
	answers A

	// Whose answers these are, and what was read or written last. Where changed
	// is set they are not, or not yet, what is saved.
	name    string
	id      uuid.UUID
	saved   json.RawMessage
	changed bool
}

func (r *typedRun[A]) holds(f *Frame) bool {
	return !r.changed && r.frame == f && r.name == f.Flow && r.id == f.Run &&
		len(r.saved) == len(f.Answers) && (len(r.saved) == 0 || &r.saved[0] == &f.Answers[0])
}

func (r *typedRun[A]) index(name string) int {
	return slices.IndexFunc(r.flow.Steps, func(s Step[A]) bool {
		return s.Name == name || slices.Contains(s.Was, name)
	})
}

func (r *typedRun[A]) step() *Step[A] { return &r.flow.Steps[r.index(r.frame.Step)] }

func (r *typedRun[A]) start(ctx context.Context, rd Reader, in Result) error {
	if r.flow.Start == nil {
		return nil
	}
	r.changed = true
	return r.flow.Start(ctx, rd, in, &r.answers)
}

func (r *typedRun[A]) resolve() bool {
	i := r.index(r.frame.Step)
	if i < 0 {
		return false
	}
	r.frame.Step = r.flow.Steps[i].Name
	return true
}

func (r *typedRun[A]) settle(ctx context.Context, rd Reader, from string) (string, Result, bool, error) {
	i := 0
	if from == Done {
		return "", Result{}, true, nil
	}
	if from != "" {
		if i = r.index(from); i < 0 {
			return "", Result{}, false, fmt.Errorf("flow %s has no step %q", r.flow.Name, from)
		}
	}
	for ; i < len(r.flow.Steps); i++ {
		s := &r.flow.Steps[i]
		if s.When != nil && !s.When(r.answers) {
			continue
		}
		r.frame.Step = s.Name
		if err := r.enter(ctx, rd); err != nil {
			return "", Result{}, false, err
		}
		if s.Call != nil {
			name, in := s.Call(r.answers)
			return name, in, false, nil
		}
		return "", Result{}, false, nil
	}
	return "", Result{}, true, nil
}

func (r *typedRun[A]) enter(ctx context.Context, rd Reader) error {
	if s := r.step(); s.Enter != nil {
		r.changed = true
		return s.Enter(ctx, rd, &r.answers)
	}
	return nil
}

func (r *typedRun[A]) ask(ctx context.Context, rd Reader) (Prompt, error) {
	return r.step().Ask(ctx, rd, r.answers)
}

func (r *typedRun[A]) accept(ctx context.Context, v *Visit, in string) error {
	r.changed = true
	return r.step().Accept(ctx, v, &r.answers, in)
}

// after returns what follows the answered step: a step, or a flow.
func (r *typedRun[A]) after() (next, flow string, in Result) {
	s := r.step()
	if s.Go != nil {
		if flow, in = s.Go(r.answers); flow != "" {
			return "", flow, in
		}
	}
	if s.Next != nil {
		next = s.Next(r.answers)
	}
	if next == "" {
		next = Done
		if i := r.index(r.frame.Step); i+1 < len(r.flow.Steps) {
			next = r.flow.Steps[i+1].Name
		}
	}
	return next, "", in
}

func (r *typedRun[A]) refused(c booking.Code) string {
	if s := r.step(); s.Refused != nil {
		return s.Refused(r.answers, c)
	}
	return ""
}

func (r *typedRun[A]) kept() bool {
	s := r.step()
	return s.Kept != nil && s.Kept(r.answers)
}

func (r *typedRun[A]) take(res Result) {
	if s := r.step(); s.Take != nil {
		r.changed = true
		s.Take(&r.answers, res)
	}
}

func (r *typedRun[A]) result() Result {
	if r.flow.Result == nil {
		return Result{}
	}
	return r.flow.Result(r.answers)
}

func (r *typedRun[A]) done(ctx context.Context, rd Reader) (Prompt, bool, error) {
	if r.flow.Done == nil {
		return Prompt{}, false, nil
	}
	p, err := r.flow.Done(ctx, rd, r.answers)
	return p, true, err
}

func (r *typedRun[A]) save() error {
	if !r.changed && len(r.frame.Answers) > 0 {
		return nil
	}
	b, err := json.Marshal(r.answers)
	if err != nil {
		return fmt.Errorf("answers of flow %s: %w", r.flow.Name, err)
	}
	r.frame.Answers, r.saved, r.changed = b, b, false
	return nil
}
