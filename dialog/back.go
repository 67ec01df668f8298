package dialog

import (
	"context"
	"errors"

	"tikaline/booking"
)

// Back asks the previous question, also one of a called flow that is finished. A
// question that has nothing left to offer is passed over, with the reason; where
// it names another in its place, that one is asked.
func (t *Talk) Back(ctx context.Context) (Prompt, error) {
	t.state.Wrong, t.moved = 0, false
	from := t.state.place()
	for f := t.state.top(); f != nil; f = t.state.top() {
		n := len(f.Trail)
		if n == 0 {
			t.state.pop()
			continue
		}
		m := f.Trail[n-1]
		f.Trail = f.Trail[:n-1]
		f.Step = m.Step
		if m.Sub != nil {
			t.state.push(*m.Sub)
			continue
		}
		r, err := t.open()
		if err != nil {
			return Prompt{}, err
		}
		if !r.resolve() {
			return t.restart(ctx)
		}
		if err := r.enter(ctx, t.visit); err != nil {
			if to, ok := errors.AsType[instead](err); ok {
				if from == (place{len(t.state.Frames), f.Flow, string(to)}) {
					continue // there they are
				}
				if err := r.save(); err != nil {
					return Prompt{}, err
				}
				return t.advance(ctx, string(to))
			}
			p, ok := booking.AsProblem(err)
			if !ok {
				return Prompt{}, err
			}
			t.note = p
			continue
		}
		if err := r.save(); err != nil {
			return Prompt{}, err
		}
		return t.ask(ctx, r)
	}
	return t.Home(ctx)
}

// Refuse asks the present question again with the Problem as the reason. An err
// that is no Problem is returned.
func (t *Talk) Refuse(ctx context.Context, err error) (Prompt, error) {
	p, ok := booking.AsProblem(err)
	if !ok {
		return Prompt{}, err
	}
	if t.moved {
		return t.Current(ctx)
	}
	t.state.Wrong++
	t.note = p
	return t.Current(ctx)
}

// refused follows an answer that the flow or the core did not take.
func (t *Talk) refused(ctx context.Context, r run, err error) (Prompt, error) {
	p, ok := booking.AsProblem(err)
	if !ok {
		return Prompt{}, err
	}
	to := t.instead(r, p)
	if to == "" {
		return t.Refuse(ctx, p)
	}
	return t.advance(ctx, to)
}

// instead, returned by Enter or Ask, names the step to ask in place of the present
// one, without a word about why: that step says so, or a release took this one
// away.
type instead string

func (i instead) Error() string { return "ask " + string(i) + " instead" }

// instead returns the step that the run asks in place of the present one after a
// Problem; "" where it names none.
func (t *Talk) instead(r run, err error) string {
	if to, ok := errors.AsType[instead](err); ok {
		t.note = nil
		return string(to)
	}
	p, ok := booking.AsProblem(err)
	if !ok {
		return ""
	}
	to := r.refused(p.Code)
	if to != "" {
		t.note = p
	}
	return to
}

// retreat takes the caller back to the previous question, with the reason why they
// could not continue.
func (t *Talk) retreat(ctx context.Context, err error) (Prompt, error) {
	p, ok := booking.AsProblem(err)
	if !ok {
		return Prompt{}, err
	}
	t.note = p
	return t.Back(ctx)
}

// restart begins the outermost flow again, where a release removed the step that
// was asked or changed its answers so that they cannot be decoded.
func (t *Talk) restart(ctx context.Context) (Prompt, error) {
	return t.enter(ctx, t.state.Frames[0].Flow, Result{})
}
