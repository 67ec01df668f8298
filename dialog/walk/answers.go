package walk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tikaline/dialog"
)

// Answers are what callers of the tests answer, by flow and step:
// "register/name". A step that is not in it gets what Usual has, or else the
// first of its options: so a new step that offers a choice needs no line.
type Answers map[string]string

// Usual registers somebody and books a place for them. A new step whose answer
// is typed has its line here, and the tests of all channels answer it.
var Usual = Answers{
	"register/name":     "Asha Devi",
	"register/year":     "1958",
	"register/aadhaar":  "1234",
	"register/id_last4": "1234",
	"find/pincode":      Pincode,
	"book/pincode":      Pincode,
	"mine/pincode":      Pincode,
}

// With returns a copy that has other answers for some steps, given in pairs:
// "register/year", "1961".
func (a Answers) With(pairs ...string) Answers {
	b := maps.Clone(a)
	if b == nil {
		b = Answers{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		b[pairs[i]] = pairs[i+1]
	}
	return b
}

// To returns the answer to the question that a step puts: an option's key,
// digits or words. To what expects no answer it is "".
func (a Answers) To(at string, e dialog.Expect) string {
	for _, of := range []Answers{a, Usual} {
		if in, ok := of[at]; ok {
			return in
		}
	}
	if good := inputs(Scripts[0], e); len(good) > 0 {
		return good[0]
	}
	return ""
}

// Asked returns where a stored conversation stands, as in Answers, and what it
// asks there; "" where nothing is asked. state is what a dialog.Record holds.
func Asked(ctx context.Context, e *dialog.Engine, core dialog.Core, state []byte) (at string, p dialog.Prompt, err error) {
	s := new(dialog.State)
	if len(state) > 0 {
		if err := json.Unmarshal(state, s); err != nil {
			return "", p, err
		}
	}
	if len(s.Frames) == 0 {
		return "", p, nil
	}
	t := e.Talk(core, s)
	p, err = t.Current(ctx)
	return StandsAt(s), p, err
}

// StandsAt returns the flow and step that ask in a State, as in Answers; "" where
// there is none.
func StandsAt(s *dialog.State) string {
	if len(s.Frames) == 0 {
		return ""
	}
	top := s.Frames[len(s.Frames)-1]
	return top.Flow + "/" + top.Step
}

// Typed returns what is typed or pressed for an answer where options are
// numbered by their place in the whole list.
func Typed(e dialog.Expect, answer string) string {
	if c, ok := e.(dialog.Choice); ok {
		if i := slices.IndexFunc(c.Options, func(o dialog.Option) bool { return o.Key == answer }); i >= 0 {
			return strconv.Itoa(i + 1)
		}
	}
	return answer
}

// maxAnswers is how many answers Until gives: twice what the longest way needs.
const maxAnswers = 40

// Until answers one question after the other until the conversation stands at a
// step, which it leaves open; "" is its end. asked returns what is asked now,
// and say gives the answer. It is an error if the conversation ends before, or
// does not come there.
func (a Answers) Until(to string, asked func() (at string, p dialog.Prompt, err error), say func(at string, p dialog.Prompt, answer string) error) error {
	var way []string
	for range maxAnswers {
		at, p, err := asked()
		switch {
		case err != nil:
			return fmt.Errorf("after %s: %w", strings.Join(way, ", "), err)
		case at == to:
			return nil
		case at == "":
			return fmt.Errorf("the conversation ended before %s, after %s", to, strings.Join(way, ", "))
		}
		in := a.To(at, p.Expect)
		way = append(way, fmt.Sprintf("%s %q", at, in))
		if err := say(at, p, in); err != nil {
			return fmt.Errorf("after %s: %w", strings.Join(way, ", "), err)
		}
	}
	return fmt.Errorf("the conversation did not come to %s, but to %s", to, strings.Join(way, ", "))
}

// Texts returns what a script of texts comes to, and says each on the way. A line
// "... register/then" answers what is asked until that step, "... end" until the
// end; one that begins with a step, as "register/gender Female", is the answer to
// that from then on; any other is a text as it is.
func Texts(script []string, say func(text string), until func(to string, pairs ...string) (texts []string)) []string {
	var all, pairs []string
	for _, line := range script {
		first, rest, _ := strings.Cut(line, " ")
		switch {
		case first == "...":
			all = append(all, until(strings.TrimPrefix(rest, "end"), pairs...)...)
		case strings.Contains(first, "/"):
			pairs = append(pairs, first, rest)
		default:
			say(line)
			all = append(all, line)
		}
	}
	return all
}
