package sms

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// medium is how the catalogue is asked for the words of a text message, and
// the name of our part of a State.
const medium = "sms"

// Words is the catalogue: *locales.Catalogue.
type Words interface {
	Text(lang, medium, id string, data map[string]any) (string, error)
}

// Messages that say how to answer, and those that are no dialogue's.
const (
	textChoice  = "answer.choice" // Count
	textPair    = "answer.pair"
	textPincode = "answer.pincode" // Count
	textChange  = "answer.change"
	textYesNo   = "answer.yes_no"
	textWaiting = "answer.wait"
	textHelp    = "reply.help"
	textUnknown = "reply.unknown"
	textLost    = "reply.lost"
	textWait    = "reply.wait"
	textGuessed = "reply.guessed" // Word
	textSpeak   = "reply.language"
	textWhat    = "reply.cancel"
	textStop    = "reply.stop"
	textStopped = "reply.stopped"
	textStart   = "reply.start"
	textTell    = "reply.tell"
	textCalling = "help.call"

	textTellWhere = "reply.tell_where"
	textTold      = "reply.told" // Pincode
	textHeld      = "reply.held" // Centre, When, Minutes
	textTaken     = "reply.taken"
	textGivenBack = "reply.given_back"
	hintCall      = "hint.call"
)

// Prompts returns what the channel says by itself, for those who read over every
// text there is.
func Prompts() []dialog.Prompt {
	list := []dialog.Prompt{{Say: dialog.Text{ID: textGuessed, Data: map[string]any{"Word": "REGISTRATION"}}}, askWhat()}
	for _, id := range []string{
		textHelp, textUnknown, textLost, textWait, textSpeak, textStop, textStopped, textStart, textTell, textCalling,
		textTellWhere, textTaken, textGivenBack,
	} {
		list = append(list, say(id))
	}
	return append(list,
		dialog.Prompt{Say: dialog.Text{ID: textTold, Data: map[string]any{"Pincode": "800001"}}},
		dialog.Prompt{Say: dialog.Text{ID: textHeld, Data: map[string]any{
			"Centre": booking.Names{"en": "Rajendra Nagar Govt Hospital 2", "hi": "राजेन्द्र नगर राजकीय अस्पताल 2", "bn": "রাজেন্দ্রনগর সরকারি হাসপাতাল 2"},
			"When":   locales.Brief{Day: booking.NewDate(2021, 10, 26), Window: booking.Window{From: 690, To: 750}}, "Minutes": "120",
		}}})
}

// OwnTexts returns what the channel says by itself, in every language: what
// LoadKeywords takes to know our own words when they come back.
func OwnTexts(w Words) ([]string, error) {
	var all []string
	for _, lang := range locales.Languages {
		for _, p := range Prompts() {
			text, err := Text(w, lang, p)
			if err != nil {
				return nil, err
			}
			all = append(all, text)
		}
	}
	return all, nil
}

// say returns a text that leaves the conversation where it is.
func say(id string) dialog.Prompt { return dialog.Prompt{Say: dialog.Text{ID: id}} }

// Text returns a Prompt as one text message: what was understood, why it is asked
// again, the question, all of its options, and how to answer.
func Text(w Words, lang string, p dialog.Prompt, lead ...dialog.Text) (string, error) {
	var lines []string
	add := func(number string, t dialog.Text) error {
		if t.ID == "" {
			return nil
		}
		words, err := w.Text(lang, medium, t.ID, t.Data)
		if err != nil {
			return err
		}
		if words = strings.TrimSpace(words); words != "" {
			lines = append(lines, number+words)
		}
		return nil
	}
	for _, t := range append(lead[:len(lead):len(lead)], p.Note, p.Hint, p.Say) {
		if err := add("", t); err != nil {
			return "", err
		}
	}
	if c, ok := p.Expect.(dialog.Choice); ok {
		for i, o := range c.Options {
			if byWord(p, c) {
				break
			}
			if err := add(strconv.Itoa(i+1)+" ", o.Label); err != nil {
				return "", err
			}
		}
		if err := add("", how(p, c)); err != nil {
			return "", err
		}
	}
	if len(lines) == 0 {
		return "", fmt.Errorf("nothing to say for %q in %s", p.Say.ID, lang)
	}
	return strings.Join(lines, "\n"), nil
}

// byWord reports whether an answer is asked for by its word, without a list: what
// writes something is agreed to by YES, which nobody sends by mistake.
func byWord(p dialog.Prompt, c dialog.Choice) bool { return p.Agree != "" && len(c.Options) == 2 }

// how says how to answer a choice. A question for digits or words says so
// itself, also where it is put in place of a choice, and the choice of language in
// every language.
func how(p dialog.Prompt, c dialog.Choice) dialog.Text {
	count := map[string]any{"Count": len(c.Options)}
	or, _ := c.Or.(dialog.Digits)
	switch {
	case p.Say.ID == "language.pick":
		return dialog.Text{}
	case byWord(p, c):
		switch other := c.Options[1]; {
		case other.Key == "elsewhere":
			return dialog.Text{ID: textWaiting}
		case other.Key == "no" && p.Say.ID != "register.confirm":
			return dialog.Text{ID: textYesNo}
		}
		return dialog.Text{ID: textChange}
	case or.Max == pincodeLength && p.Say.ID != "home.pick":
		return dialog.Text{ID: textPincode, Data: count}
	case or.Max > 0 && len(c.Options) == 1:
		return dialog.Text{}
	case len(c.Options) == 2:
		return dialog.Text{ID: textPair}
	}
	return dialog.Text{ID: textChoice, Data: count}
}

// called finds the option that a text names in words: by all of its label, by
// its beginning, or by a part that no other has. exact is all of it.
func called(w Words, langs []string, c dialog.Choice, text string) (key string, exact, ok bool) {
	said := plainWords(text)
	if utf8.RuneCountInString(said) < 2 {
		return "", false, false
	}
	var begins, holds []string
	for _, lang := range langs {
		begins, holds = nil, nil
		for _, o := range c.Options {
			words, err := w.Text(lang, medium, o.Label.ID, o.Label.Data)
			if err != nil {
				continue
			}
			label := plainWords(words)
			switch {
			case label == said:
				return o.Key, true, true
			case strings.HasPrefix(label, said+" "):
				begins = append(begins, o.Key)
			case strings.Contains(label+" ", " "+said+" "):
				holds = append(holds, o.Key)
			}
		}
		if utf8.RuneCountInString(said) < 3 {
			continue // "9" and "no" are in too many
		}
		if len(begins) == 1 {
			return begins[0], false, true
		}
		if len(begins) == 0 && len(holds) == 1 {
			return holds[0], false, true
		}
	}
	return "", false, false
}

// plainWords returns a text as its words are compared: folded, without signs.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(foldKey(s), func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.N)
	}), " ")
}
