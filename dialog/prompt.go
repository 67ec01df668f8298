package dialog

import (
	"strings"

	"tikaline/booking"
)

// A Prompt is what to put to the caller next. A nil Expect ends the
// conversation.
type Prompt struct {
	Note   Text // why we ask again, if we do
	Hint   Text // a way out, after several wrong answers
	Say    Text
	Short  Text   // Say in fewer words, for the pages that follow its first; may be zero
	Agree  string // key of the option that writes something: only who read the question agrees
	Expect Expect
}

// A Text names a message in the catalogue and the values that fill it: ids,
// numbers, dates, names; never a sentence. The zero Text says nothing.
type Text struct {
	ID   string
	Data map[string]any
}

// A Word is the id of another message among the values of a Text.
type Word string

// Word returns the id of the message to put in its place.
func (w Word) Word() string { return string(w) }

// Km is a distance in kilometres among the values of a Text.
type Km float64

// Km returns the distance in kilometres.
func (k Km) Km() float64 { return float64(k) }

// A Clock is a time of day among the values of a Text, in minutes since
// midnight.
type Clock int

// Clock returns the minutes since midnight.
func (c Clock) Clock() int { return int(c) }

// An Expect is the shape of answer hoped for: Choice, Digits or Words.
type Expect interface{ expect() }

// A Choice is one of a list. Options are numbered by their place, once and for
// good; a channel that shows few at a time pages them. Or, where it is not
// nil, is another shape of answer that does as well: a pincode in place of a
// centre near the last one.
type Choice struct {
	Options []Option
	Or      Expect
}

// An Option is stored by its Key and shown by its Label. A Late one stands behind
// those that are not, where they do not all fit on a page; its number stays.
type Option struct {
	Key   string
	Label Text
	Late  bool
}

// Digits is a number of that many digits.
type Digits struct{ Min, Max int }

// Words is free text of at most Max characters. What a keypad can do in its
// place a channel reads here: where Voice is set, a recording does as well
// (Talk.AnswerRecording); where Keys has digits, those do.
type Words struct {
	Max   int
	Voice bool
	Keys  Digits
}

func (Choice) expect() {}
func (Digits) expect() {}
func (Words) expect()  {}

// say returns a Text with its values given as name, value, name, value.
func say(id string, args ...any) Text {
	t := Text{ID: id}
	for i := 0; i+1 < len(args); i += 2 {
		if t.Data == nil {
			t.Data = make(map[string]any, len(args)/2)
		}
		t.Data[args[i].(string)] = args[i+1]
	}
	return t
}

// digits, oneOf and end finish a Prompt that says t.
func (t Text) digits(min, max int) Prompt { return Prompt{Say: t, Expect: Digits{min, max}} }
func (t Text) end() Prompt                { return Prompt{Say: t} }

// oneOf offers fixed keys, labelled option.<group>.<key>.
func (t Text) oneOf(group string, keys ...string) Prompt {
	options := make([]Option, len(keys))
	for i, k := range keys {
		options[i] = Option{Key: k, Label: Text{ID: "option." + group + "." + k}}
	}
	return t.choice(options)
}

func (t Text) choice(options []Option) Prompt {
	return Prompt{Say: t, Expect: Choice{Options: options}}
}

// or lets another shape of answer do as well as the options.
func (p Prompt) or(e Expect) Prompt {
	p.Expect = Choice{Options: p.Expect.(Choice).Options, Or: e}
	return p
}

// agree marks the option that writes something.
func (p Prompt) agree(key string) Prompt {
	p.Agree = key
	return p
}

// check returns a Problem where an answer has not the shape hoped for.
func check(e Expect, in string) error {
	switch e := e.(type) {
	case Choice:
		for _, o := range e.Options {
			if o.Key == in {
				return nil
			}
		}
		if e.Or != nil {
			err := check(e.Or, in)
			if err == nil || len(e.Options) == 1 || number(in) {
				return err
			}
		}
		return booking.Refuse(booking.NotAnOption, "Count", len(e.Options))
	case Digits:
		if len(in) < e.Min || len(in) > e.Max || strings.Trim(in, digits) != "" {
			return booking.Refuse(booking.DigitsWanted, "Min", e.Min, "Max", e.Max)
		}
	case Words:
		if in == "" {
			return booking.Refuse(booking.WordsWanted)
		}
	}
	return nil
}

const digits = "0123456789"

// number reports whether what was typed was meant as a number and not as a key:
// three digits and more, as no list has so many options.
func number(in string) bool { return len(in) >= 3 && strings.Trim(in, digits) == "" }
