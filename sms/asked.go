package sms

import (
	"context"

	"tikaline/dialog"
)

// asked reads the answer to a question of our own; done is false where it is
// none, and the question is dropped.
func (v *visit) asked(ctx context.Context, m Message, text string) (got *said, done bool, err error) {
	ask := v.m.Ask
	v.m.Ask = ""
	p, err := v.own(ctx, ask)
	if err != nil {
		return nil, false, err
	}
	c, _ := p.Expect.(dialog.Choice)
	key, _, ok := called(v.g.Words, v.tongues(), c, text)
	if n := m.Number; m.Command == CommandChoice && n >= 1 && n <= len(c.Options) {
		key, ok = c.Options[n-1].Key, true
	} else if m.Command != CommandAnswer && m.Command != CommandLanguage {
		ok = false
	}
	switch {
	case !ok && m.Command == CommandChoice:
		v.m.Lost++
		return v.ask(ask, p), true, nil
	case !ok:
		return nil, false, nil
	case ask == askLanguage:
		got, err = v.spoken(ctx, key)
	case key == "messages":
		got, err = v.stop(), v.leaveWaitlist(ctx)
	default:
		got, err = v.mine(ctx, "cancel")
	}
	return got, true, err
}

// ask puts a question of our own. What the dialogues asked stays open behind
// it.
func (v *visit) ask(what string, p dialog.Prompt) *said {
	v.m.Ask = what
	if v.m.Lost > mostLost {
		return nil
	}
	return &said{prompt: p}
}

// own returns the question of our own by its name.
func (v *visit) own(ctx context.Context, what string) (dialog.Prompt, error) {
	if what == askCancel {
		return askWhat(), nil
	}
	// The dialogues' own question, put beside the conversation and not in it.
	return v.g.Engine.Talk(v.core, new(dialog.State)).Enter(ctx, "language", dialog.Result{})
}

// askWhat asks what CANCEL is about: many take it for the word that stops all
// messages.
func askWhat() dialog.Prompt {
	option := func(key string) dialog.Option {
		return dialog.Option{Key: key, Label: dialog.Text{ID: "option.what." + key}}
	}
	return dialog.Prompt{Say: dialog.Text{ID: textWhat}, Expect: dialog.Choice{Options: []dialog.Option{option("booking"), option("messages")}}}
}

// stop opts out: one word that says so, and then silence. Who has is not told
// again.
func (v *visit) stop() *said {
	v.m.Ask = ""
	if v.stopped {
		return nil
	}
	v.stopped, v.opt = true, dialog.OptOut
	return v.notice(textStop)
}
