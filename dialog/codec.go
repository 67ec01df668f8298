package dialog

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// A State is read and written at every step, and most of it is passed on
// untouched. encoding/json looks at each byte of that four times; what is here
// does once, and hands answers and channels' parts on as they are. It writes
// what json.Marshal would, and reads nothing else: whatever else is stored is
// left to json.Unmarshal. A test holds the two against each other.

// encode returns a State as it is stored.
func encode(s *State) ([]byte, error) {
	w := writers.Get().(*writer)
	defer writers.Put(w)
	w.out, w.err = w.out[:0], nil
	w.byte('{')
	w.text("lang", s.Lang)
	if len(s.Frames) > 0 {
		w.key("frames")
		for i := range s.Frames {
			w.next('[', i)
			w.frame(&s.Frames[i])
		}
		w.byte(']')
	}
	w.text("note", s.Note)
	if s.Wrong != 0 {
		w.key("wrong")
		w.out = strconv.AppendInt(w.out, int64(s.Wrong), 10)
	}
	if len(s.Channel) > 0 {
		w.key("channel")
		w.byte('{')
		for _, name := range slices.Sorted(maps.Keys(s.Channel)) {
			w.key(name)
			w.raw(s.Channel[name])
		}
		w.byte('}')
	}
	w.text("last", s.Last)
	w.byte('}')
	return bytes.Clone(w.out), w.err
}

// A writer appends JSON.
type writer struct {
	out []byte
	err error
}

// writers are used again, so that each State is stored in as much as it needs.
var writers = sync.Pool{New: func() any { return new(writer) }}

func (w *writer) byte(b byte) { w.out = append(w.out, b) }

// next is what comes before an array's i-th element.
func (w *writer) next(open byte, i int) {
	if i > 0 {
		open = ','
	}
	w.byte(open)
}

// key begins a field.
func (w *writer) key(name string) {
	if w.out[len(w.out)-1] != '{' {
		w.byte(',')
	}
	w.quote(name)
	w.byte(':')
}

// text is a field that is left out where it is empty.
func (w *writer) text(name, s string) {
	if s != "" {
		w.key(name)
		w.quote(s)
	}
}

func (w *writer) quote(s string) {
	if !plain(s) {
		b, err := json.Marshal(s)
		w.out, w.err = append(w.out, b...), err
		return
	}
	w.out = append(append(append(w.out, '"'), s...), '"')
}

func (w *writer) raw(b json.RawMessage) {
	if b == nil {
		b = json.RawMessage("null")
	}
	w.out = append(w.out, b...)
}

func (w *writer) frame(f *Frame) {
	w.byte('{')
	w.key("flow")
	w.quote(f.Flow)
	w.key("step")
	w.quote(f.Step)
	w.key("run")
	w.quote(f.Run.String())
	if len(f.Trail) > 0 {
		w.key("trail")
		for i, m := range f.Trail {
			w.next('[', i)
			w.byte('{')
			w.key("step")
			w.quote(m.Step)
			if m.Sub != nil {
				w.key("sub")
				w.frame(m.Sub)
			}
			w.byte('}')
		}
		w.byte(']')
	}
	if len(f.Answers) > 0 {
		w.key("answers")
		w.raw(f.Answers)
	}
	w.byte('}')
}

// plain reports whether JSON has s as it is, between quotation marks.
func plain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// unmarshal reads a stored State. What it does not touch keeps pointing to b.
func unmarshal(b []byte, s *State) error {
	r := reader{b: b, s: string(b)}
	fast := r.state()
	if !r.odd && r.at == len(b) {
		*s = fast
		return nil
	}
	return json.Unmarshal(b, s)
}

// A reader reads what a writer wrote, fields in the order of the structs. At
// anything else it is odd, and what it has read is nothing.
type reader struct {
	b   []byte
	s   string // the same
	at  int
	odd bool
}

func (r *reader) state() (s State) {
	r.want("{")
	if r.key("lang") {
		s.Lang = r.text()
	}
	if r.key("frames") {
		s.Frames = make([]Frame, 0, 4) // room for a call or two
		for r.next(len(s.Frames)) {
			s.Frames = append(s.Frames, r.frame())
		}
	}
	if r.key("note") {
		s.Note = r.text()
	}
	if r.key("wrong") {
		s.Wrong = r.number()
	}
	if r.key("channel") {
		s.Channel = make(map[string]json.RawMessage, 1)
		r.want("{")
		for i := 0; !r.odd && !r.has("}"); i++ {
			if i > 0 {
				r.want(",")
			}
			name := r.text()
			r.want(":")
			s.Channel[name] = r.object()
		}
	}
	if r.key("last") {
		s.Last = r.text()
	}
	r.want("}")
	return s
}

func (r *reader) frame() (f Frame) {
	r.want(`{"flow":`)
	f.Flow = r.text()
	r.want(`,"step":`)
	f.Step = r.text()
	r.want(`,"run":`)
	run, err := uuid.Parse(r.text())
	f.Run, r.odd = run, r.odd || err != nil
	if r.key("trail") {
		f.Trail = make([]Mark, 0, 4)
		for r.next(len(f.Trail)) {
			var m Mark
			r.want(`{"step":`)
			m.Step = r.text()
			if r.key("sub") {
				sub := r.frame()
				m.Sub = &sub
			}
			r.want("}")
			f.Trail = append(f.Trail, m)
		}
	}
	if r.key("answers") {
		f.Answers = r.object()
	}
	r.want("}")
	return f
}

// has passes over what is next, if it is that.
func (r *reader) has(token string) bool {
	if r.odd || !strings.HasPrefix(r.s[r.at:], token) {
		return false
	}
	r.at += len(token)
	return true
}

func (r *reader) want(token string) { r.odd = !r.has(token) }

// key begins the field of that name, if it is next.
func (r *reader) key(name string) bool {
	at := r.at
	if r.odd || r.s[at-1] != '{' && !r.has(",") {
		return false
	}
	if r.has(`"`) && r.has(name) && r.has(`":`) {
		return true
	}
	r.at = at
	return false
}

// next goes to an array's i-th element, or past its end.
func (r *reader) next(i int) bool {
	switch {
	case i == 0:
		r.want("[")
		return !r.odd // none at all would have been left out
	case r.has("]"):
		return false
	}
	r.want(",")
	return !r.odd
}

func (r *reader) text() string {
	r.want(`"`)
	if r.odd {
		return ""
	}
	s, _, ok := strings.Cut(r.s[r.at:], `"`)
	if r.odd = !ok || !plain(s); r.odd {
		return ""
	}
	r.at += len(s) + 1
	return s
}

func (r *reader) number() int {
	end := r.at
	for end < len(r.s) && '0' <= r.s[end] && r.s[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(r.s[r.at:end])
	r.odd = r.odd || err != nil || r.s[r.at] == '0'
	r.at = end
	return n
}

// object returns the bytes of an object. Whether they are valid JSON its reader
// finds out.
func (r *reader) object() json.RawMessage {
	if r.odd || !strings.HasPrefix(r.s[r.at:], "{") {
		r.odd = true
		return nil
	}
	from, depth := r.at, 0
	for at := from; at < len(r.b); at++ {
		switch r.b[at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				r.at = at + 1
				return r.b[from:r.at:r.at]
			}
		case '"':
			n := closing(r.b[at+1:])
			if n < 0 {
				r.odd = true
				return nil
			}
			at += n + 1
		}
	}
	r.odd = true
	return nil
}

// closing is where the quotation mark stands that ends a string; -1 nowhere.
func closing(b []byte) int {
	n := bytes.IndexByte(b, '"')
	if n >= 0 && bytes.IndexByte(b[:n], '\\') < 0 {
		return n
	}
	for n = 0; n < len(b); n++ {
		switch b[n] {
		case '\\':
			n++
		case '"':
			return n
		}
	}
	return -1
}
