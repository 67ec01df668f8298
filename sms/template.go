package sms

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"tikaline/dialog"
	"tikaline/locales"
)

// The rules that India's registry (DLT) has for a text, as far as they were
// found out; sources and doubts are in dlt.go.
const (
	VarsMost   = 2  // variables in a text
	VarsReason = 3  // so many are taken with a reason
	VarMost    = 30 // characters in a {#var#}
	TagMost    = 40 // characters in a tagged variable, which is what Form.Holds goes by
)

// tags is what the direction of November 2025 calls each value of ours. What
// is not here is letters and digits. That a day ("5 May (Thu)") and a window
// ("9-11 am") pass for those, and letters of Devanagari and Bengali with them,
// is our reading: ask the operator.
var tags = map[string]string{"Reference": "numeric", "Code": "numeric", "Pincode": "numeric", "Minutes": "numeric"}

// reasons is what an operator registers a text with that has more variables
// than VarsMost, by its id: the same in every language.
var reasons = map[string]string{
	"notice.booked": "Proof of an appointment. The person shows it at the centre's gate: whose it is, where, when, " +
		"the registration number and secret code that staff check, and which identity card must be brought.",
	"notice.moved": "Proof of a changed appointment, in place of the earlier one: whose it is, where, when, and the secret code " +
		"that staff check.",
	"notice.reminder_eve": "Reminder the evening before: up to four people use one phone, so it names the person, " +
		"the centre, the time, and the identity card without which nobody is vaccinated.",
	"notice.reminder_morning": "Reminder on the day, read on the way: the person, the centre, the time, and the secret code " +
		"that is asked for at the gate.",
	"notice.slot_opened": "Offer of a place to somebody who waits, to be answered YES or NO: for whom of up to four people on " +
		"the phone, where, and on which day.",
	"reply.held": "Answer to YES: a place is kept for a short time only. Where, when, and for how many minutes, after which " +
		"it is given to somebody else.",
	"notice.called_off": "The centre cancelled and another place is kept, to be answered YES or NO: for whom of up to four " +
		"people on the phone, where, and when.",
}

// A Form is one text in one language as the registry has it: fixed words with
// variables among them.
type Form struct {
	ID   string // notice.booked, reply.stop
	Lang string

	words    []string // one more than vars
	vars     []string // names of values
	values   []string // the longest likely
	longest  string
	accepted *regexp.Regexp
}

// A mark stands around a variable's name while a text is taken apart; the
// catalogue has no such character.
const markOpen, markClose = "\uE000", "\uE001"

// NewForm takes a text apart. render words it with values, and sample has the
// longest that are likely.
func NewForm(id, lang string, sample map[string]any, render func(map[string]any) (string, error)) (Form, error) {
	f := Form{ID: id, Lang: lang}
	marks := make(map[string]any, len(sample))
	for name := range sample {
		marks[name] = markOpen + name + markClose
	}
	text, err := render(marks)
	if err != nil {
		return f, fmt.Errorf("template of %s in %s: %w", id, lang, err)
	}
	if f.longest, err = render(sample); err != nil {
		return f, fmt.Errorf("template of %s in %s: %w", id, lang, err)
	}
	pattern := "(?s)^"
	for rest := text; ; {
		words, after, more := strings.Cut(rest, markOpen)
		f.words = append(f.words, words)
		pattern += regexp.QuoteMeta(words)
		if !more {
			break
		}
		var name string
		name, rest, _ = strings.Cut(after, markClose)
		one := maps.Clone(marks)
		one[name] = sample[name]
		value, err := render(one)
		if err != nil {
			return f, fmt.Errorf("template of %s in %s: %w", id, lang, err)
		}
		before := text[:len(text)-len(after)-len(markOpen)]
		f.vars = append(f.vars, name)
		f.values = append(f.values, strings.TrimSuffix(strings.TrimPrefix(value, before), rest))
		pattern += map[bool]string{true: `[0-9]`, false: `.`}[tag(name) == "numeric"] + fmt.Sprintf("{1,%d}", TagMost)
	}
	f.accepted, err = regexp.Compile(pattern + "$")
	return f, err
}

// ReplyForms returns what the channel answers in fixed words, in lang: Prompts
// without the lead that only stands before another text.
func ReplyForms(w Words, lang string) ([]Form, error) {
	var all []Form
	for _, p := range Prompts() {
		if p.Say.ID == textGuessed {
			continue
		}
		f, err := NewForm(p.Say.ID, lang, p.Say.Data, func(data map[string]any) (string, error) {
			q := p
			q.Say = dialog.Text{ID: p.Say.ID, Data: data}
			return Text(w, lang, q)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func tag(name string) string {
	if t, ok := tags[name]; ok {
		return t
	}
	return "alphanumeric"
}

// Tagged returns the body with each variable tagged, #numeric# or #alphanumeric#.
func (f Form) Tagged() string {
	return f.body(func(name string) string { return "#" + tag(name) + "#" })
}

// Classic returns the body with every variable as {#var#}.
func (f Form) Classic() string { return f.body(func(string) string { return "{#var#}" }) }

func (f Form) body(variable func(name string) string) string {
	var b strings.Builder
	for i, words := range f.words {
		b.WriteString(words)
		if i < len(f.vars) {
			b.WriteString(variable(f.vars[i]))
		}
	}
	return b.String()
}

// Vars returns the names of its variables, in order.
func (f Form) Vars() []string { return f.vars }

// Longest returns the text with the longest values that are likely.
func (f Form) Longest() string { return f.longest }

// Holds reports whether text is this form with values that the registry allows.
func (f Form) Holds(text string) bool { return f.accepted.MatchString(text) }

// Over returns what about it is over the registry's rules; nil is nothing. Two
// variables are adjacent if there is no letter and no digit between them: a
// comma or the end of a line is no fixed word.
func (f Form) Over() []string {
	var over []string
	switch n := len(f.vars); {
	case n > VarsReason:
		over = append(over, fmt.Sprintf("%d variables: ask for them with a reason", n))
	case n > VarsMost:
		over = append(over, fmt.Sprintf("%d variables: give a reason", n))
	}
	for i := 1; i < len(f.vars); i++ {
		if !strings.ContainsFunc(f.words[i], func(r rune) bool { return unicode.In(r, unicode.L, unicode.N) }) {
			over = append(over, f.vars[i-1]+"-"+f.vars[i]+" adjacent")
		}
	}
	for i, v := range f.values {
		if n := utf8.RuneCountInString(v); n > VarMost {
			over = append(over, fmt.Sprintf("%s has %d characters", f.vars[i], n))
		}
		if tag(f.vars[i]) == "numeric" && strings.Trim(v, "0123456789") != "" {
			over = append(over, f.vars[i]+" is not numeric")
		}
	}
	if link.MatchString(f.longest) {
		over = append(over, "a link")
	}
	return over
}

// Reason returns why it has more than VarsMost variables, to be registered with it;
// "" where it has no more.
func (f Form) Reason() string {
	if len(f.vars) <= VarsMost {
		return ""
	}
	return reasons[f.ID]
}

// link is what operators take for an address, which must be registered apart.
var link = regexp.MustCompile(`(?i)://|\bwww\.|[a-z0-9]\.(?:com|in|org|net|gov|apk|ly|me)\b`)

// Segments returns what the longest likely text is paid for as.
func (f Form) Segments() int { return locales.Segments(f.longest) }
