package sms

import (
	"context"

	"tikaline/dialog"
	"tikaline/locales"
)

// hear settles the language where the text does: letters of Hindi and Bengali
// leave no doubt. A name in them is nobody's language, though.
func (v *visit) hear(ctx context.Context, m Message) error {
	_, words := v.prompt.Expect.(dialog.Words)
	native := m.Lang == locales.Hindi || m.Lang == locales.Bengali
	switch {
	case m.Lang == "" || m.Lang == v.s.Lang || m.Command == CommandLanguage, v.open && words && v.isWords(m):
		return nil
	case native, v.s.Lang == "" && m.Lang != locales.English:
		return v.speak(ctx, m.Lang)
	}
	return nil
}

// speak changes the language, and settles the question for it where that is
// what was open.
func (v *visit) speak(ctx context.Context, lang string) error {
	if err := v.core.Speak(ctx, lang); err != nil {
		return err
	}
	v.s.Lang = lang
	if v.in("language") {
		v.s.Frames, v.open, v.prompt = nil, false, dialog.Prompt{}
	}
	return nil
}

// newcomer asks for the language, once. Whoever answers something else is taken to
// go on in the language that they write.
func (v *visit) newcomer(ctx context.Context, m Message, text string) (*said, error) {
	if v.open && v.in("language") {
		if m.Command == CommandChoice {
			return v.reply(ctx, m, text)
		}
		lang := m.Lang
		if lang == "" {
			lang = v.g.defaultLang()
		}
		if err := v.speak(ctx, lang); err != nil {
			return nil, err
		}
		if then := v.m.Then; then != "" && m.Command == CommandAnswer {
			m, text = v.g.Keywords.Parse(then), then
		}
		v.m.Then = ""
		return v.read(ctx, m, text)
	}
	v.m.Then = ""
	switch m.Command {
	case CommandMenu, CommandStart, CommandLanguage, CommandAnswer, CommandChoice, CommandYes, CommandNo:
	default:
		if len(text) <= maxThen {
			v.m.Then = text
		}
	}
	return v.enter(ctx, "language")
}

// language changes it, or asks which.
func (v *visit) language(ctx context.Context, m Message) (*said, error) {
	if m.Speak != "" {
		return v.spoken(ctx, m.Speak)
	}
	p, err := v.own(ctx, askLanguage)
	v.m.Lost = 0
	return v.ask(askLanguage, p), err
}

// spoken goes on in another language: with the open question, or with what a
// newcomer had asked for.
func (v *visit) spoken(ctx context.Context, lang string) (*said, error) {
	if err := v.speak(ctx, lang); err != nil {
		return nil, err
	}
	v.m.Lost = 0
	switch {
	case v.m.Then != "":
		return v.onward(ctx, dialog.Prompt{})
	case len(v.s.Frames) > 0:
		return v.again(ctx)
	}
	return v.notice(textSpeak), nil
}
