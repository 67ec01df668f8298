package dialog_test

import (
	"context"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

func TestAnswerRecording(t *testing.T) {
	speak := func(c *caller, recording string) *caller {
		c.inputs++
		return c.turn(func(ctx context.Context, tk *dialog.Talk) (dialog.Prompt, error) {
			p, err := tk.Current(ctx)
			if err != nil {
				return p, err
			}
			return tk.AnswerRecording(ctx, p, recording)
		})
	}
	newcomer := func() *caller { return newCaller(t, walk.New(monday)).dial().say("hi", "register") }

	t.Run("a_name", func(t *testing.T) {
		c := speak(newcomer(), "RE1").until("register/confirm")
		if got := c.prompt.Say.Data["Name"]; got != (dialog.Recorded{Recording: "RE1", BirthYear: 1958}) {
			t.Errorf("read back as %#v", got)
		}
		c.say("yes")
		people := c.core.House.People
		if len(people) != 1 || people[0].Name != "" || people[0].Recording != "RE1" {
			t.Errorf("registered %+v", people)
		}
	})
	t.Run("then_a_typed_name", func(t *testing.T) {
		c := speak(newcomer(), "RE1").back().until("register/confirm").say("yes")
		if p := c.core.House.People; len(p) != 1 || p[0].Name != "Asha Devi" || p[0].Recording != "" {
			t.Errorf("registered %+v", p)
		}
	})
	t.Run("no_typing_of_a_recording", func(t *testing.T) {
		c := newcomer().say("RE1")
		if c.prompt.Note.ID != "problem."+string(booking.NameNotWords) {
			t.Errorf("a typed name with a digit was taken: %+v", c.prompt)
		}
	})
	t.Run("not_where_words_are_not_asked", func(t *testing.T) {
		c := speak(speak(newcomer(), "RE1"), "RE2")
		if c.prompt.Note.ID != "problem."+string(booking.WordsWanted) || c.prompt.Say.ID != "register.year" {
			t.Errorf("a year was spoken: %+v", c.prompt)
		}
	})
}

// TestWritten_names: where the programme wants names written, none can be said.
func TestWritten_names(t *testing.T) {
	core := walk.New(monday)
	rules := *core.Rules
	rules.WrittenNames = true
	core.Rules = &rules
	c := newCaller(t, core).dial().say("hi", "register")
	if w, ok := c.prompt.Expect.(dialog.Words); !ok || w.Voice {
		t.Errorf("asks %+v", c.prompt)
	}
	c.say("Asha Devi")
	if c.prompt.Say.ID != "register.year" {
		t.Errorf("a written name leads to %+v", c.prompt)
	}
}
