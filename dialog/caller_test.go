package dialog_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// calls.Desk is what dialogues really talk to.
var _ dialog.Core = (*calls.Desk)(nil)

// monday is a day on which everybody of age may book, in the morning.
func monday() time.Time { return time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India) }

// A caller talks with the engine. All that is between two inputs is a State
// written as JSON, and each input asks for the present prompt first, as a
// channel does.
type caller struct {
	t      *testing.T
	engine *dialog.Engine
	core   *walk.Core
	stored []byte
	prompt dialog.Prompt
	inputs int
}

func newCaller(t *testing.T, core *walk.Core) *caller {
	return &caller{t: t, engine: dialog.New(uuid.New), core: core, stored: []byte("{}")}
}

// variant is a fresh caller of that name.
func variant(t *testing.T, name string) *caller {
	t.Helper()
	for _, v := range walk.Variants() {
		if v.Name == name {
			return newCaller(t, v.Core())
		}
	}
	t.Fatalf("there is no variant %q", name)
	return nil
}

// refuses makes the core refuse an act from now on.
func (c *caller) refuses(a walk.Act, code booking.Code) *caller {
	c.core.Refuse = map[walk.Act]*booking.Problem{a: booking.Refuse(code)}
	return c
}

func (c *caller) turn(do func(context.Context, *dialog.Talk) (dialog.Prompt, error)) *caller {
	c.t.Helper()
	s := c.state()
	p, err := do(context.Background(), c.engine.Talk(c.core, s))
	if err != nil {
		c.t.Fatal(err)
	}
	c.prompt = p
	c.store(s)
	return c
}

func (c *caller) state() *dialog.State {
	c.t.Helper()
	s := new(dialog.State)
	if err := json.Unmarshal(c.stored, s); err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *caller) store(s *dialog.State) {
	c.t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		c.t.Fatal(err)
	}
	c.stored = b
}

func (c *caller) dial() *caller {
	c.t.Helper()
	return c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Begin(ctx) })
}

func (c *caller) back() *caller {
	c.t.Helper()
	return c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Back(ctx) })
}

func (c *caller) home() *caller {
	c.t.Helper()
	return c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Home(ctx) })
}

func (c *caller) say(answers ...string) *caller {
	c.t.Helper()
	for _, in := range answers {
		c.inputs++
		c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) {
			p, err := t.Current(ctx)
			if err != nil {
				return p, err
			}
			return t.Answer(ctx, p, in)
		})
	}
	return c
}

// ahead gives answers in one turn, as somebody does who dials *code*1*2#, until
// a step is asked; "" is the end. answers are asked for each step's.
func (c *caller) ahead(to string, answers func(at string, e dialog.Expect) string) *caller {
	c.t.Helper()
	return c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) {
		p, err := t.Current(ctx)
		for n := 0; err == nil && n < 200; n++ {
			flow, step := t.At()
			at := flow + "/" + step
			if at == to || p.Expect == nil {
				return p, nil
			}
			p, err = t.Answer(ctx, p, answers(at, p.Expect))
		}
		return p, err
	})
}

// until answers what is asked, as walk.Usual has it but for the pairs of a step
// and its answer, until a step is asked; "" is the end.
func (c *caller) until(to string, pairs ...string) *caller {
	c.t.Helper()
	err := walk.Answers{}.With(pairs...).Until(to, c.asked, func(_ string, _ dialog.Prompt, in string) error {
		c.say(in)
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return c
}

// asked is where the caller stands, and the prompt.
func (c *caller) asked() (at string, p dialog.Prompt, err error) {
	c.t.Helper()
	return walk.StandsAt(c.state()), c.prompt, nil
}

// first answers with the first option.
func (c *caller) first() *caller {
	c.t.Helper()
	return c.say(c.options()[0])
}

func (c *caller) options() []string {
	c.t.Helper()
	choice, ok := c.prompt.Expect.(dialog.Choice)
	if !ok {
		c.t.Fatalf("%s is no choice", c.prompt.Say.ID)
	}
	if len(choice.Options) == 0 {
		c.t.Fatalf("%s offers nothing", c.prompt.Say.ID)
	}
	keys := make([]string, len(choice.Options))
	for i, o := range choice.Options {
		keys[i] = o.Key
	}
	return keys
}

// hears fails unless the prompt says that message, for that reason.
func (c *caller) hears(say string, note booking.Code) *caller {
	c.t.Helper()
	want := ""
	if note != "" {
		want = "problem." + string(note)
	}
	if c.prompt.Say.ID != say || c.prompt.Note.ID != want {
		c.t.Fatalf("heard %q %q, want %q %q", c.prompt.Note.ID, c.prompt.Say.ID, want, say)
	}
	return c
}

// registers answers the questions about a person.
func (c *caller) registers(name string) *caller {
	c.t.Helper()
	return c.hears("register.name", "").until("register/confirm", "register/name", name).say("yes")
}

// slot is the place that is offered.
func (c *caller) slot() booking.SlotID {
	c.t.Helper()
	frames := c.state().Frames
	var offered struct{ Centre, Slot int64 }
	if err := json.Unmarshal(frames[len(frames)-1].Answers, &offered); err != nil {
		c.t.Fatal(err)
	}
	return booking.SlotID{Centre: offered.Centre, Slot: offered.Slot}
}

// fills leaves no room in those slots, as others do who are quicker.
func (c *caller) fills(slots ...booking.SlotID) *caller {
	for _, p := range c.core.Places {
		for _, s := range p.Sessions {
			for i := range s.Slots {
				if slices.Contains(slots, booking.SlotID{Centre: p.ID, Slot: s.Slots[i].ID}) {
					s.Slots[i].Capacity = 0
				}
			}
		}
	}
	return c
}

// closes leaves no room at those centres.
func (c *caller) closes(centres ...int64) *caller {
	for _, p := range c.core.Places {
		for _, s := range p.Sessions {
			for i := range s.Slots {
				if slices.Contains(centres, p.ID) {
					s.Slots[i].Capacity = 0
				}
			}
		}
	}
	return c
}
