package walk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tikaline/booking"
	"tikaline/dialog"
)

// An At is where a prompt was met: after which flow and step, and for whom.
// The last words of a flow are at dialog.Done.
type At struct{ Flow, Step, Variant string }

func (a At) String() string { return a.Flow + "/" + a.Step + " (" + a.Variant + ")" }

// most bounds a walk; as it is, it ends long before.
const most = 200_000

// Every goes through every dialogue as each of the Variants and shows each
// prompt that differs from those before. It is an error if some step was not
// come to, if a step leads nowhere, or if show says so.
func Every(ctx context.Context, e *dialog.Engine, show func(At, dialog.Prompt) error) error {
	seen := make(map[string]bool) // flow/step
	for _, v := range Variants() {
		w := walker{engine: e, variant: v, show: show, steps: seen, met: make(map[string]bool)}
		if err := w.walk(ctx, v.Core()); err != nil {
			return err
		}
	}
	var missed []string
	for flow, steps := range e.Steps() {
		for _, s := range steps {
			if name := flow + "/" + s.Name; !seen[name] && !s.Gone {
				missed = append(missed, name)
			}
		}
	}
	if len(missed) > 0 {
		slices.Sort(missed)
		return fmt.Errorf("the walk did not come to %s", strings.Join(missed, ", "))
	}
	return nil
}

// A node is a place in a conversation: all that another machine would know.
type node struct {
	core   *Core
	state  []byte
	prompt dialog.Prompt
	at     At
	wrong  int
}

type walker struct {
	engine  *dialog.Engine
	variant Variant
	show    func(At, dialog.Prompt) error
	steps   map[string]bool
	met     map[string]bool
	queue   []node
}

func (w *walker) walk(ctx context.Context, c *Core) error {
	begin := func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Begin(ctx) }
	if err := w.turn(ctx, node{core: c, state: []byte("{}")}, "dial", begin); err != nil {
		return err
	}
	for steps := 0; len(w.queue) > 0; steps++ {
		if steps > most {
			return fmt.Errorf("the walk as %s does not end", w.variant.Name)
		}
		n := w.queue[0]
		w.queue = w.queue[1:]
		answers := inputs(w.variant.Script, n.prompt.Expect)
		if n.wrong > 0 { // good ones lead where they did before
			answers = answers[len(answers)-1:]
		}
		for _, in := range answers {
			if err := w.turn(ctx, n, in, n.answer(in)); err != nil {
				return err
			}
		}
		if n.wrong > 0 {
			continue
		}
		if err := w.refused(ctx, n, answers[0]); err != nil {
			return err
		}
		back := func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Back(ctx) }
		if err := w.turn(ctx, n, "back", back); err != nil {
			return err
		}
		if err := w.turn(ctx, n, "dial", begin); err != nil {
			return err
		}
		if err := w.meanwhile(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// answer is the turn that takes an answer to the node's prompt.
func (n node) answer(in string) func(context.Context, *dialog.Talk) (dialog.Prompt, error) {
	return func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Answer(ctx, n.prompt, in) }
}

// refusals are why the core may not do what a step's first answer asks for:
// the reasons that no caller above meets, or that come between two inputs.
var refusals = []struct {
	flow, step string
	act        Act
	codes      []booking.Code
}{
	{"register", "confirm", Register, []booking.Code{
		booking.SamePerson, booking.SameID, booking.BadID, booking.BadYear, booking.TooYoung, booking.NotForYou,
		booking.CertificateNeeded, booking.HouseholdFull,
	}},
	{"book", "offer", Book, []booking.Code{
		booking.SlotFull, booking.SlotGone, booking.TooLateToBook, booking.AlreadyBooked, booking.NotForYou, booking.DoseNotDue,
	}},
	{"mine", "offer", Move, []booking.Code{
		booking.SlotFull, booking.SlotGone, booking.TooLateToBook, booking.TooLateChange, booking.NoAppointment, booking.DoseNotDue,
	}},
	{"mine", "cancel", Cancel, []booking.Code{booking.TooLateChange, booking.NoAppointment}},
	{"mine", "remove", Remove, []booking.Code{booking.Vaccinated, booking.HasBooking, booking.NobodyYet}},
	{"help", "pick", CallBack, []booking.Code{booking.Busy}},
	{"book", "wait", JoinWaitlist, []booking.Code{booking.AlreadyBooked, booking.Busy}},
	{"find", "pincode", Near, []booking.Code{booking.Busy}},
	{"language", "pick", Speak, []booking.Code{booking.Busy}},
}

// refused gives an answer that the core refuses, for each reason that it may
// have.
func (w *walker) refused(ctx context.Context, n node, in string) error {
	for _, r := range refusals {
		if n.at.Flow != r.flow || n.at.Step != r.step {
			continue
		}
		for _, c := range r.codes {
			p := problem(c)
			no := n
			no.core = n.core.Clone()
			no.core.Refuse = map[Act]*booking.Problem{r.act: &p}
			if err := w.turn(ctx, no, in, n.answer(in)); err != nil {
				return err
			}
		}
	}
	return nil
}

// meanwhile asks the same question again after what it offers is gone.
func (w *walker) meanwhile(ctx context.Context, n node) error {
	again := func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Current(ctx) }
	n.core = n.core.Clone()
	n.core.Gone = true
	if err := w.turn(ctx, n, "sessions called off", again); err != nil {
		return err
	}
	n.core.Gone, n.core.House.People = false, nil
	return w.turn(ctx, n, "people taken off", again)
}

// turn takes one turn from a node, shows what comes of it and keeps where it
// leads, if that is new.
func (w *walker) turn(ctx context.Context, from node, in string, do func(context.Context, *dialog.Talk) (dialog.Prompt, error)) error {
	s := new(dialog.State)
	if err := json.Unmarshal(from.state, s); err != nil {
		return err
	}
	before := *s
	core := from.core.Clone()
	defer func() { core.Refuse = nil }() // it was for this turn
	talk := w.engine.Talk(core, s)
	p, err := do(ctx, talk)
	if err != nil {
		return fmt.Errorf("%q at %s: %w", in, w.at(before), err)
	}
	here := w.at(*s)
	if p.Expect == nil {
		if len(s.Frames) > 0 {
			return fmt.Errorf("%q at %s: last words, but more to ask", in, w.at(before))
		}
		here.Flow, here.Step = before.Frames[0].Flow, dialog.Done
	}
	stack := ""
	for _, f := range s.Frames {
		w.steps[f.Flow+"/"+f.Step] = true
		stack += f.Flow + "/" + f.Step + ">"
	}
	says := here.Flow + "/" + here.Step + "|" + fingerprint(p)
	if !w.met[says] {
		w.met[says] = true
		if err := w.show(here, p); err != nil {
			return fmt.Errorf("%s: %w", here, err)
		}
	}
	place := fmt.Sprint(stack, s.Lang != "", s.Wrong, says)
	if w.met[place] || p.Expect == nil || s.Wrong > 3 {
		return nil
	}
	w.met[place] = true
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	w.queue = append(w.queue, node{core: core, state: b, prompt: p, at: here, wrong: s.Wrong})
	return nil
}

// at is the step that asks.
func (w *walker) at(s dialog.State) At {
	here := At{Variant: w.variant.Name}
	if n := len(s.Frames); n > 0 {
		here.Flow, here.Step = s.Frames[n-1].Flow, s.Frames[n-1].Step
	}
	return here
}

// fingerprint is what makes a prompt another one: the messages it says and
// offers.
func fingerprint(p dialog.Prompt) string {
	var b strings.Builder
	for _, t := range []dialog.Text{p.Note, p.Hint, p.Say} {
		text(&b, t)
	}
	if choice, ok := p.Expect.(dialog.Choice); ok {
		for _, o := range choice.Options {
			text(&b, o.Label)
		}
	}
	return b.String()
}

// text writes a message's id and those of the messages among its values.
func text(b *strings.Builder, t dialog.Text) {
	b.WriteString(t.ID)
	for _, k := range slices.Sorted(maps.Keys(t.Data)) {
		switch v := t.Data[k].(type) {
		case dialog.Word:
			b.WriteString("," + string(v))
		case dialog.Recorded:
			b.WriteString(",recorded")
		}
	}
	b.WriteByte('|')
}

// inputs are answers, good ones first, and at the end one that is refused.
func inputs(s Script, e dialog.Expect) []string {
	switch e := e.(type) {
	case dialog.Choice:
		list := make([]string, 0, len(e.Options)+1)
		for _, o := range e.Options {
			list = append(list, o.Key)
		}
		return append(append(list, inputs(s, e.Or)...), "no such key")
	case dialog.Digits:
		if e.Max == 6 {
			return []string{Pincode, NearPincode, EmptyPincode, BadPincode, "12"}
		}
		return []string{"1958", "63", "1971", "1999", "2010", "18", "17", "12", "1850", "1", "abcd"}
	case dialog.Words:
		return []string{Name(s, 0), "1", Pincode, "W123", "ABCDE1234F", "x", "", strings.Repeat("क", booking.NameMax+1)}
	}
	return nil
}
