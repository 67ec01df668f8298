package ivr

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// medium is how the catalogue is asked for what is heard, and the channel's
// name in a State.
const medium = "ivr"

// How much is said at once. The ear keeps no more of a list than that. Where a
// question with one choice, or with the two that stay together, takes longer,
// neither part does, and there is a pause between.
const (
	MaxChoices = 3
	MaxSpeech  = 12 * time.Second
)

// The time that a played recording of a name takes, and a choice without words.
const nameSpeech = 2 * time.Second

// Languages are those that are spoken: the forms in Latin letters are for the
// eye only.
var Languages = []string{locales.Hindi, locales.Bengali, locales.English}

// Words is the catalogue: *locales.Catalogue.
type Words interface {
	Text(lang, medium, id string, data map[string]any) (string, error)
}

// A Voice has recordings of messages, each whole: URL is the path of the one of
// a message without values, and a choice is one message for each key it may have.
type Voice interface {
	URL(lang, id string) (path string, ok bool)
}

// gap stands in a text for the recording that is played there.
const gap = "\uFFFC"

// A speech is what is said before an answer is waited for.
type speech struct {
	verbs []Verb
	took  time.Duration // as estimated
}

func (s *speech) add(t speech) {
	s.verbs = append(s.verbs, t.verbs...)
	s.took += t.took
}

// A speaker words what is heard.
type speaker struct {
	words     Words
	voice     Voice
	recording func(id string) (url string, ok bool)
	lang      string
	slow      bool
}

// text returns a message as it is heard; no id is silence.
func (s speaker) text(t dialog.Text) (speech, error) {
	if t.ID == "" {
		return speech{}, nil
	}
	if s.voice != nil { // values that the words do not use are no hindrance
		if path, ok := s.voice.URL(s.lang, t.ID); ok {
			words, err := s.words.Text(s.lang, medium, t.ID, t.Data)
			return speech{[]Verb{{Do: Play, URL: path}}, locales.Spoken(s.lang, words)}, err
		}
	}
	data, url := s.played(t.Data)
	words, err := s.words.Text(s.lang, medium, t.ID, data)
	if err != nil {
		return speech{}, err
	}
	return s.say(words, url), nil
}

// choice returns "for X, press N".
func (s speaker) choice(t dialog.Text, key int) (speech, error) {
	data, url := s.played(t.Data)
	label, err := s.words.Text(s.lang, medium, t.ID, data)
	if err != nil {
		return speech{}, err
	}
	label = strings.TrimRight(strings.TrimSpace(label), ".।")
	words, err := s.words.Text(s.lang, medium, textChoice, map[string]any{"Option": label, "Key": strconv.Itoa(key)})
	if err != nil {
		return speech{}, err
	}
	if s.voice != nil {
		if path, ok := s.voice.URL(s.lang, fmt.Sprintf("%s.press.%d", t.ID, key)); ok {
			return speech{[]Verb{{Do: Play, URL: path}}, locales.Spoken(s.lang, words)}, nil
		}
	}
	return s.say(words, url), nil
}

// played takes a name that was only spoken out of a message's values: where it
// stands its recording is played. Without one it is left to its words.
func (s speaker) played(data map[string]any) (map[string]any, string) {
	var with map[string]any
	played := ""
	for name, v := range data {
		r, ok := v.(dialog.Recorded)
		if !ok || s.recording == nil || r.Recording == "" {
			continue
		}
		url, ok := s.recording(r.Recording)
		if !ok {
			continue
		}
		if with == nil { // a message speaks of one person, by one name or another
			with = maps.Clone(data)
		}
		with[name], played = gap, url
	}
	if with == nil {
		return data, ""
	}
	return with, played
}

// say returns words, each in a voice that reads them, with a recording where the gap
// is.
func (s speaker) say(words, url string) speech {
	var out speech
	for i, part := range strings.Split(words, gap) {
		if i > 0 {
			out.verbs = append(out.verbs, Verb{Do: Play, URL: url})
			out.took += nameSpeech
			part = strings.TrimLeft(part, " ,;:")
		}
		for lang, run := range s.runs(part) {
			if run = strings.TrimSpace(run); strings.Trim(run, ".।") != "" {
				out.verbs = append(out.verbs, Verb{Do: Say, Lang: lang, Text: run, Slow: s.slow})
				out.took += locales.Spoken(lang, run)
			}
		}
	}
	return out
}

// runs returns a text in pieces, each with the language whose voice reads it: a voice
// passes over other letters without a word, and a name may have been typed in any.
// Signs and spaces stay with what is before them.
func (s speaker) runs(text string) iter.Seq2[string, string] {
	return func(yield func(lang, run string) bool) {
		lang, from := "", 0
		for i, r := range text {
			reads := s.reads(r)
			if reads == "" || reads == lang {
				continue
			}
			if lang != "" {
				if !yield(lang, text[from:i]) {
					return
				}
				from = i
			}
			lang = reads
		}
		yield(cmp.Or(lang, s.lang), text[from:])
	}
}

// reads returns the language whose voice reads a letter. Digits are always read in
// the caller's: they may be what to press. "" is a sign.
func (s speaker) reads(r rune) string {
	switch {
	case unicode.Is(unicode.Devanagari, r):
		return locales.Hindi
	case unicode.Is(unicode.Bengali, r):
		return locales.Bengali
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return s.lang
	}
	return ""
}

// noteKey is the refusal of a key that means nothing.
const noteKey = "problem." + string(booking.NotAnOption)

// A page is as many choices as are offered at once, after what they answer. Why
// it is asked again comes first, and is timed for itself: it is news, and not
// to be kept in mind.
type page struct {
	speech
	note       time.Duration
	asked      time.Duration // of took, until the choices begin
	after      time.Duration // after a pause
	offered    []string      // what 1, 2 and 3 stand for
	from, next int           // of the list; next is 0 where the whole list is here
}

// put returns a Prompt as it is heard, from a place in its list. again says that it
// was heard before: then how to be helped is said as far as there is time.
func (s speaker) put(p dialog.Prompt, from int, again bool) (out page, err error) {
	// No Hint: by then there is a person on the line, or we call. The question
	// is not said again before further choices, or after a wrong key.
	note, err := s.text(p.Note)
	if err != nil {
		return out, err
	}
	if from == 0 && p.Note.ID != noteKey {
		said, err := s.text(p.Say)
		if err != nil {
			return out, err
		}
		out.add(said)
	}
	defer func() { out.verbs, out.note = append(note.verbs, out.verbs...), note.took }()
	choice, ok := p.Expect.(dialog.Choice)
	if !ok {
		if len(out.verbs) == 0 {
			return out, fmt.Errorf("nothing to say for %q in %s", p.Say.ID, s.lang)
		}
		return out, nil
	}
	if from >= len(choice.Options) { // the list has become shorter
		from = 0
	}
	question := len(out.verbs)
	out.asked = out.took
	if err := s.list(&out, choice.Options, from); err != nil {
		return out, err
	}
	if out.took > MaxSpeech && question > 0 {
		// A read-back with long names: the ear gets a rest before the choices.
		out.verbs = slices.Insert(out.verbs, question, Verb{Do: Pause, Secs: 1})
	}
	return out, s.help(&out, again)
}

// help says how to be helped: if there is time, and in any case to who did not
// answer, after a pause where it takes longer.
func (s speaker) help(out *page, again bool) error {
	tail, err := s.text(dialog.Text{ID: textTail})
	if err != nil {
		return err
	}
	switch {
	case out.took+tail.took <= MaxSpeech:
		out.add(tail)
	case again:
		out.verbs = append(out.verbs, Verb{Do: Pause, Secs: 1})
		out.verbs = append(out.verbs, tail.verbs...)
		out.after = tail.took
	}
	if !again {
		return nil
	}
	keys, err := s.text(dialog.Text{ID: textKeys})
	switch {
	case err != nil:
		return err
	case out.after > 0:
		out.verbs, out.after = append(out.verbs, keys.verbs...), out.after+keys.took
	case out.took+keys.took <= MaxSpeech:
		out.add(keys)
	}
	return nil
}

// list adds choices: three at most, and no more than there is time for, but
// one. Two are never taken apart: who has to say yes shall hear how to say no.
func (s speaker) list(out *page, options []dialog.Option, from int) error {
	more, err := s.text(dialog.Text{ID: textMore})
	if err != nil {
		return err
	}
	out.from = from
	at := from
	for at < len(options) && len(out.offered) < MaxChoices {
		said, err := s.choice(options[at].Label, len(out.offered)+1)
		if err != nil {
			return err
		}
		took := out.took + said.took
		if at+1 < len(options) || from > 0 {
			took += more.took
		}
		if took > MaxSpeech && len(out.offered) > 0 && len(options) > 2 {
			break
		}
		out.add(said)
		out.offered = append(out.offered, options[at].Key)
		at++
	}
	if len(out.offered) < len(options) {
		out.next = at % len(options) // behind the last page is the first
		out.add(more)
	}
	return nil
}

// languages returns the choice of language, each in its own.
func (s speaker) languages(options []dialog.Option) (page, error) {
	var out page
	for _, o := range options {
		if locales.Native(o.Key) != o.Key {
			continue
		}
		s.lang = o.Key
		said, err := s.choice(o.Label, len(out.offered)+1)
		if err != nil {
			return out, err
		}
		out.add(said)
		out.offered = append(out.offered, o.Key)
	}
	return out, nil
}
