package sms

import (
	"context"
	"strconv"
	"strings"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// read does what a text asks for. What is plainly an answer to the open
// question is one; else a keyword goes before; the rest is an answer or is not
// understood.
func (v *visit) read(ctx context.Context, m Message, text string) (*said, error) {
	if v.m.Ask != "" {
		if got, done, err := v.asked(ctx, m, text); done || err != nil {
			return got, err
		}
	}
	if key, ok := v.named(m, text); ok {
		return v.give(ctx, key)
	}
	if err := v.hear(ctx, m); err != nil {
		return nil, err
	}
	if v.s.Lang == "" && v.askedFirst(m) {
		return v.newcomer(ctx, m, text)
	}
	if _, words := v.prompt.Expect.(dialog.Words); v.open && words && v.isWords(m) {
		return v.words(ctx, m, text)
	}
	switch m.Command {
	case CommandRegister:
		return v.register(ctx, m)
	case CommandPin:
		return v.pin(ctx, m)
	case CommandBook:
		return v.book(ctx, m)
	case CommandStatus:
		return v.enter(ctx, "mine")
	case CommandChange:
		return v.change(ctx)
	case CommandCancel:
		return v.cancel(ctx)
	case CommandStopAsk:
		return v.ask(askCancel, askWhat()), nil
	case CommandLanguage:
		return v.language(ctx, m)
	case CommandHelp, CommandRubbish, CommandNothing:
		v.m.Lost = 0
		return v.notice(textHelp), nil
	case CommandCall:
		return v.call(ctx)
	case CommandTell:
		return v.tell(ctx, m)
	case CommandStart, CommandMenu:
		return v.again(ctx)
	case CommandYes:
		return v.yesno(ctx, "yes", "go")
	case CommandNo:
		return v.yesno(ctx, "no", "new", "change")
	}
	return v.reply(ctx, m, text)
}

// askedFirst reports whether a newcomer is asked for the language before anything
// else. Who wants to be called or helped is answered at once, unless that
// question is what is open.
func (v *visit) askedFirst(m Message) bool {
	switch m.Command {
	case CommandCall, CommandHelp:
		return v.open && v.in("language")
	case CommandLanguage:
		return m.Speak == ""
	}
	return true
}

// named returns the option that is named by all of its label. STOP and the like are
// not options, whatever a label says.
func (v *visit) named(m Message, text string) (string, bool) {
	c, ok := v.prompt.Expect.(dialog.Choice)
	if !v.open || !ok || m.Command.Guarded() && m.Command != CommandYes && m.Command != CommandNo {
		return "", false
	}
	key, exact, ok := called(v.g.Words, v.tongues(), c, text)
	return key, ok && exact
}

// tongues returns the languages in which an option may be named, the caller's first.
func (v *visit) tongues() []string { return append([]string{v.lang()}, locales.Languages...) }

// isWords reports whether a text is the answer to an open question for words: a
// name may be a keyword too, and a keyword that stands alone is none.
func (v *visit) isWords(m Message) bool {
	switch m.Command {
	case CommandYes, CommandNo, CommandAnswer, CommandRubbish, CommandNothing, CommandChoice:
		return true
	case CommandPin:
		// six digits alone may be the end of an id
		return !m.Sure || v.place() == "register/id_last4"
	case CommandRegister:
		return !m.Sure && m.Year == ""
	}
	return !m.Sure
}

// words answers a question for words, and the next one with a year beside a
// name.
func (v *visit) words(ctx context.Context, m Message, text string) (*said, error) {
	if v.place() == "register/name" && m.Year != "" && m.Name != "" {
		v.m.Ahead = []given{{"register/year", m.Year}}
		return v.give(ctx, m.Name)
	}
	return v.give(ctx, locales.FoldName(text))
}

// call asks for a call back and leaves the conversation where it is.
func (v *visit) call(ctx context.Context) (*said, error) {
	v.m.Lost = 0
	if err := v.core.CallBack(ctx, v.e.name("call")); err != nil {
		p, ok := booking.AsProblem(err)
		if !ok {
			return nil, err
		}
		return v.problem(p), nil
	}
	return v.notice(textCalling), nil
}

// register registers somebody, with as much as was sent.
func (v *visit) register(ctx context.Context, m Message) (*said, error) {
	var ahead []given
	if m.Name != "" {
		ahead = append(ahead, given{"register/name", locales.FoldName(m.Name)})
	}
	if m.Year != "" {
		ahead = append(ahead, given{"register/year", m.Year})
	}
	// In the middle of it REG begins nothing anew, but somebody else's name and
	// year do.
	here := v.place()
	if !v.in("register") || len(ahead) > 0 && here != "register/name" && (here != "register/year" || m.Name != "") {
		return v.enter(ctx, "register", ahead...)
	}
	v.m.Ahead = ahead
	return v.again(ctx)
}

// pin finds centres near a pincode, unless the open question is for one.
func (v *visit) pin(ctx context.Context, m Message) (*said, error) {
	if v.open && takes(v.prompt.Expect, m.Pincode) {
		return v.give(ctx, m.Pincode)
	}
	return v.enter(ctx, "find", near(m.Pincode)...)
}

// near answers the questions where a pincode may be said.
func near(pincode string) []given {
	if pincode == "" {
		return nil
	}
	return []given{
		{"find/pincode", pincode}, {"find/centre", pincode}, {"book/pincode", pincode}, {"book/offer", pincode}, {"book/wait", pincode},
	}
}

// book books: what is on the list that was sent last, or from the beginning.
func (v *visit) book(ctx context.Context, m Message) (*said, error) {
	flow, step := v.talk.At()
	if c, ok := v.prompt.Expect.(dialog.Choice); v.open && ok {
		if n := m.Number; n >= 1 && n <= len(c.Options) && (flow == "find" || flow == "book" && step == "who") {
			if v.s.Frames[0].Flow == "find" {
				v.m.Ahead = []given{{"find/about", "book"}}
			}
			return v.give(ctx, c.Options[n-1].Key)
		}
		if takes(c, "book") {
			return v.give(ctx, "book")
		}
		if v.place() == "book/offer" && m.Pincode == "" { // the question is whether to
			return v.give(ctx, "yes")
		}
	}
	if v.in("book") && m.Pincode == "" {
		return v.again(ctx)
	}
	return v.enter(ctx, "book", near(m.Pincode)...)
}

// change turns down what is asked, where that can be changed; else it moves a
// booking.
func (v *visit) change(ctx context.Context) (*said, error) {
	switch {
	case v.open && takes(v.prompt.Expect, "change"):
		return v.give(ctx, "change")
	case v.open && v.place() == "register/confirm":
		return v.give(ctx, "no")
	}
	return v.mine(ctx, "move")
}

// mine changes or cancels a booking: the only one there is, or one that is
// chosen.
func (v *visit) mine(ctx context.Context, do string) (*said, error) {
	if v.open && takes(v.prompt.Expect, do) && strings.HasPrefix(v.place(), "mine/") {
		return v.give(ctx, do)
	}
	h, err := v.core.Household(ctx)
	if err != nil {
		return nil, err
	}
	ahead := []given{{"mine/do", do}}
	booked := 0
	for _, b := range h.People {
		if _, ok := b.Live(); ok {
			booked++
			ahead = append(ahead[:1], given{"mine/who", b.Reference})
		}
	}
	if booked != 1 {
		ahead = ahead[:1]
	}
	return v.enter(ctx, "mine", ahead...)
}

// cancel asks what is meant, unless that was said or is being asked.
func (v *visit) cancel(ctx context.Context) (*said, error) {
	v.m.Lost = 0
	switch {
	case v.open && v.place() == "mine/cancel":
		return v.again(ctx)
	case v.open && v.place() == "mine/do" && takes(v.prompt.Expect, "cancel"):
		return v.give(ctx, "cancel")
	}
	return v.ask(askCancel, askWhat()), nil
}

// yesno gives the option that means it; nothing is guessed.
func (v *visit) yesno(ctx context.Context, keys ...string) (*said, error) {
	// A question put hours ago is forgotten once we have told of a place.
	if !v.fresh(keys) {
		if got, done, err := v.offered(ctx, keys[0] == "yes"); done || err != nil {
			return got, err
		}
	}
	if !v.open {
		return v.unasked(ctx)
	}
	if keys[0] == "no" && v.place() == "book/wait" {
		return v.enter(ctx, "home")
	}
	for _, k := range keys {
		if c, ok := v.prompt.Expect.(dialog.Choice); ok && takes(dialog.Choice{Options: c.Options}, k) {
			return v.give(ctx, k)
		}
	}
	return v.refuse(ctx, v.shape())
}

// reply takes a text for an answer to the open question.
func (v *visit) reply(ctx context.Context, m Message, text string) (*said, error) {
	if !v.open {
		return v.unasked(ctx)
	}
	switch x := v.prompt.Expect.(type) {
	case dialog.Choice:
		if n := m.Number; m.Command == CommandChoice && n >= 1 && n <= len(x.Options) {
			return v.give(ctx, x.Options[n-1].Key)
		}
		for _, in := range []string{m.Pincode, locales.Digits(text)} {
			if x.Or != nil && takes(x.Or, in) {
				return v.give(ctx, in)
			}
		}
		if key, _, ok := called(v.g.Words, v.tongues(), x, text); ok && m.Command == CommandAnswer {
			return v.give(ctx, key)
		}
	case dialog.Digits:
		for _, in := range []string{locales.Digits(text), m.Year, m.Pincode, strconv.Itoa(m.Number)} {
			if takes(x, in) {
				return v.give(ctx, in)
			}
		}
	case dialog.Words:
		return v.words(ctx, m, text)
	}
	return v.refuse(ctx, v.shape())
}

// unasked answers what would be an answer if there were a question: with the
// question that another channel put, if there is one.
func (v *visit) unasked(ctx context.Context) (*said, error) {
	if len(v.s.Frames) > 0 {
		return v.again(ctx)
	}
	return v.lost(), nil
}

// shape returns why an answer of another shape is refused.
func (v *visit) shape() *booking.Problem {
	switch x := v.prompt.Expect.(type) {
	case dialog.Choice:
		if d, ok := x.Or.(dialog.Digits); ok && len(x.Options) == 1 {
			return booking.Refuse(booking.DigitsWanted, "Min", d.Min, "Max", d.Max)
		}
		return booking.Refuse(booking.NotAnOption, "Count", len(x.Options))
	case dialog.Digits:
		return booking.Refuse(booking.DigitsWanted, "Min", x.Min, "Max", x.Max)
	}
	return booking.Refuse(booking.WordsWanted)
}
