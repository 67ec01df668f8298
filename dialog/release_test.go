package dialog_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
)

type colour struct {
	First  string `json:"first,omitempty"`
	Second string `json:"second,omitempty"`
}

// paint is a flow as an earlier release had it, and as a later one has it.
func paint(name string, was []string, first string, firstWas ...string) *dialog.Flow[colour] {
	ask := func(id string) func(context.Context, dialog.Reader, colour) (dialog.Prompt, error) {
		return func(context.Context, dialog.Reader, colour) (dialog.Prompt, error) {
			return dialog.Ask(id, "red", "blue"), nil
		}
	}
	return &dialog.Flow[colour]{
		Name: name, Was: was,
		Steps: []dialog.Step[colour]{{
			Name: first, Was: firstWas, Ask: ask("paint.first"),
			Accept: func(_ context.Context, _ *dialog.Visit, a *colour, in string) error { a.First = in; return nil },
		}, {
			Name: "second", Ask: ask("paint.second"),
			Accept: func(_ context.Context, _ *dialog.Visit, a *colour, in string) error { a.Second = in; return nil },
		}},
		Done: func(_ context.Context, _ dialog.Reader, a colour) (dialog.Prompt, error) {
			return dialog.Last("paint.done." + a.First + "." + a.Second), nil
		},
	}
}

// in puts a caller at a step of the earlier release.
func in(t *testing.T, frames ...dialog.Frame) *caller {
	c := variant(t, "one person/hi")
	c.store(&dialog.State{Lang: "en", Frames: frames})
	return c
}

func TestRelease(t *testing.T) {
	t.Run("renamed step goes on", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "paint", Step: "inside"})
		c.engine = dialog.NewOf(uuid.New, paint("paint", nil, "indoors", "inside"))
		c.say("red").hears("paint.second", "").say("blue").hears("paint.done.red.blue", "")
	})
	t.Run("renamed flow goes on", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "colour", Step: "second", Answers: json.RawMessage(`{"first":"red"}`)})
		c.engine = dialog.NewOf(uuid.New, paint("paint", []string{"colour"}, "first"))
		c.say("blue").hears("paint.done.red.blue", "")
	})
	t.Run("dropped step starts the flow again and takes no answer", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "paint", Step: "inside", Answers: json.RawMessage(`{"first":"red"}`)})
		c.engine = dialog.NewOf(uuid.New, paint("paint", nil, "first"))
		c.say("red").hears("paint.first", "")
		if holds(c.stored, "red") {
			t.Errorf("stored %s", c.stored)
		}
		c.say("blue", "red").hears("paint.done.blue.red", "")
	})
	t.Run("dropped step of a called flow starts the outer one again", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "help", Step: "place"}, dialog.Frame{Flow: "find", Step: "gone"})
		if c.say("1").hears("help.pick", ""); c.state().Frames[0].Flow != "help" {
			t.Errorf("stored %s", c.stored)
		}
	})
	t.Run("dropped step that called starts the outer flow again", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "help", Step: "gone", Answers: json.RawMessage(`{"pick":"spot"}`)},
			dialog.Frame{Flow: "find", Step: "centre", Answers: json.RawMessage(`{"called":true,"pincode":"700091","offers":[{"c":1234500}]}`)})
		c.say("c1234500").hears("help.pick", "")
		if n := len(c.state().Frames); n != 1 {
			t.Errorf("stored %s", c.stored)
		}
	})
	t.Run("dropped flow leads home and takes no answer", func(t *testing.T) {
		for _, do := range []func(*caller){
			func(c *caller) { c.say("1") }, func(c *caller) { c.back() }, func(c *caller) { c.dial() }, func(c *caller) { c.home() },
		} {
			c := in(t, dialog.Frame{Flow: "gone", Step: "gone"})
			do(c)
			c.hears("home.pick", "").say("help").hears("help.pick", "")
		}
	})
	t.Run("dropped flow that was gone back to leads home", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "book", Step: "slot", Trail: []dialog.Mark{{Step: "place", Sub: &dialog.Frame{Flow: "gone", Trail: []dialog.Mark{{Step: "x"}}}}}})
		c.back().hears("home.pick", "")
	})
	t.Run("dropped step that was gone back to starts the flow again", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "register", Step: "gender", Trail: []dialog.Mark{{Step: "gone"}}})
		c.back().hears("register.name", "")
	})
	t.Run("answers that cannot be read start the flow again", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "register", Step: "gender", Answers: json.RawMessage(`{"year":"1958"}`)})
		c.say("female").hears("register.name", "")
	})
	t.Run("unfinished answers that cannot be read can still be left", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "register", Step: "gender", Answers: json.RawMessage(`[]`), Trail: []dialog.Mark{{Step: "name"}}})
		c.dial().hears("resume.pick", "").say("go").hears("register.name", "")
	})
	t.Run("key that is no option of a dropped question is not held against the next", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "paint", Step: "inside"})
		c.turn(func(ctx context.Context, talk *dialog.Talk) (dialog.Prompt, error) {
			if _, err := talk.Current(ctx); err != nil {
				return dialog.Prompt{}, err
			}
			return talk.Refuse(ctx, booking.Refuse(booking.NotAnOption))
		}).hears("home.pick", "")
		if c.state().Wrong != 0 {
			t.Errorf("counts %d wrong answers", c.state().Wrong)
		}
	})
	t.Run("answers dialled ahead from home are taken after a question was dropped", func(t *testing.T) {
		for name, home := range map[string]func(*dialog.Talk, context.Context) (dialog.Prompt, error){
			"home": (*dialog.Talk).Home, "back": (*dialog.Talk).Back, "dial": (*dialog.Talk).Begin,
		} {
			c := in(t, dialog.Frame{Flow: "paint", Step: "inside"})
			c.turn(func(ctx context.Context, talk *dialog.Talk) (dialog.Prompt, error) {
				if _, err := talk.Current(ctx); err != nil {
					return dialog.Prompt{}, err
				}
				p, err := home(talk, ctx)
				if err != nil {
					return p, err
				}
				return talk.Answer(ctx, p, "help")
			})
			if c.prompt.Say.ID != "help.pick" {
				t.Errorf("%s: heard %q", name, c.prompt.Say.ID)
			}
		}
	})
	t.Run("finished conversation begins at home and takes no answer", func(t *testing.T) {
		c := in(t)
		if c.say("book").hears("home.pick", ""); len(c.state().Frames) != 1 {
			t.Errorf("stored %s", c.stored)
		}
	})
}

// TestMistakes are those of who writes a dialogue: an error names them, and
// nobody is left hanging.
func TestMistakes(t *testing.T) {
	p := func(context.Context, dialog.Reader, colour) (dialog.Prompt, error) {
		return dialog.Ask("x", "red"), nil
	}
	ok := func(context.Context, *dialog.Visit, *colour, string) error { return nil }
	tests := map[string]struct {
		step dialog.Step[colour]
		want string
	}{
		"jump to no step": {dialog.Step[colour]{Name: "a", Ask: p, Accept: ok, Next: func(colour) string { return "nowhere" }}, `no step "nowhere"`},
		"jump from a refusal to no step": {dialog.Step[colour]{Name: "a", Ask: p,
			Accept:  func(context.Context, *dialog.Visit, *colour, string) error { return booking.Refuse(booking.NoSlot) },
			Refused: func(colour, booking.Code) string { return "nowhere" }}, `no step "nowhere"`},
		"step that always leads to itself": {dialog.Step[colour]{Name: "a", Ask: p, Accept: ok,
			Enter:   func(context.Context, dialog.Reader, *colour) error { return booking.Refuse(booking.NoSlot) },
			Refused: func(colour, booking.Code) string { return "a" }}, "circle"},
		"step that cannot ask and names itself": {dialog.Step[colour]{Name: "a", Accept: ok,
			Ask: func(context.Context, dialog.Reader, colour) (dialog.Prompt, error) {
				return dialog.Prompt{}, booking.Refuse(booking.NoSlot)
			},
			Refused: func(colour, booking.Code) string { return "a" }}, "circle"},
		"call of no flow": {dialog.Step[colour]{Name: "a", Call: func(colour) (string, dialog.Result) { return "nowhere", dialog.Result{} }}, `no flow "nowhere"`},
	}
	for name, tt := range tests {
		t.Run(name+" is an error", func(t *testing.T) {
			e := dialog.NewOf(uuid.New, &dialog.Flow[colour]{Name: "book", Steps: []dialog.Step[colour]{tt.step}})
			c := variant(t, "one person/hi").dial()
			talk := e.Talk(c.core, c.state())
			ctx := context.Background()
			p, err := talk.Current(ctx)
			if err == nil {
				p, err = talk.Answer(ctx, p, "book")
			}
			if err == nil {
				_, err = talk.Answer(ctx, p, "red")
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %s", err, tt.want)
			}
		})
	}
	t.Run("error of ours is none of the caller's", func(t *testing.T) {
		c := variant(t, "one person/hi").dial()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s := c.state()
		talk := c.engine.Talk(broken{c.core}, s)
		if _, err := talk.Answer(ctx, c.prompt, "mine"); err == nil {
			t.Error("no error")
		} else if _, ok := booking.AsProblem(err); ok {
			t.Errorf("refused: %v", err)
		}
	})
}

// broken is a core whose store is away.
type broken struct{ dialog.Core }

func (broken) Household(context.Context) (booking.Household, error) {
	return booking.Household{}, context.DeadlineExceeded
}

func TestDecode(t *testing.T) {
	state := `{"lang":"hi","frames":[{"flow":"register","step":"year","run":"00000000-0000-0000-0000-000000000000"}]}`
	for name, tt := range map[string]struct {
		state  string
		age    time.Duration
		lang   string
		frames int
	}{
		"nothing starts afresh":                     {"", 0, "", 0},
		"kept within a day":                         {state, dialog.TTL, "hi", 1},
		"language only is kept after a day":         {state, dialog.TTL + time.Second, "hi", 0},
		"what is not JSON starts afresh":            {`{"lang":"hi"`, 0, "", 0},
		"what has other types starts afresh":        {`{"lang":"hi","frames":"register"}`, 0, "", 0},
		"fields of another release are passed over": {`{"lang":"hi","mood":"good"}`, 0, "hi", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := dialog.Decode([]byte(tt.state), tt.age)
			if err != nil {
				t.Fatal(err)
			}
			if s.Lang != tt.lang || len(s.Frames) != tt.frames {
				t.Errorf("is %+v", s)
			}
		})
	}
}
