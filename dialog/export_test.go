package dialog

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"tikaline/booking"

	"github.com/google/uuid"
)

// A Conversation is a Flow of any answers, for engines made by tests.
type Conversation = flow

// NewOf is an engine with other dialogues beside, or in place of, its own.
func NewOf(newID func() uuid.UUID, more ...Conversation) *Engine {
	e := New(newID)
	for _, f := range more {
		name, was := f.names()
		for _, n := range append([]string{name}, was...) {
			e.flows[n] = f
		}
	}
	return e
}

// Without forgets a flow, as a release does that drops it.
func (e *Engine) Without(name string) *Engine {
	delete(e.flows, name)
	return e
}

// Ask finishes a question for the flows of tests.
func Ask(id string, keys ...string) Prompt { return say(id).oneOf("test", keys...) }

// Last finishes last words.
func Last(id string) Prompt { return say(id).end() }

// Check holds an answer against a shape.
var Check = check

// Encode is what is stored of a conversation.
var Encode = encode

// Unmarshal reads what Encode wrote or could have written, and reports whether it
// did so itself.
func Unmarshal(b []byte, s *State) (itself bool, err error) {
	r := reader{b: b, s: string(b)}
	r.state()
	return !r.odd && r.at == len(b), unmarshal(b, s)
}

// Decode reads what is stored of a conversation.
func Decode(state []byte, age time.Duration) (*State, error) {
	now := time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India)
	return decode(Record{State: state, UpdatedAt: now.Add(-age)}, now)
}

// Names lists the names that are stored of an engine's dialogues: flows and
// steps with those they had, and the fields of their answers.
func (e *Engine) Names() []string {
	var list []string
	for name, f := range e.flows { // a flow is there under each of its names
		list = append(list, "flow "+name)
		for _, s := range f.steps() {
			for _, n := range append([]string{s.Name}, s.Was...) {
				list = append(list, "step "+name+" "+n)
			}
		}
		for _, field := range f.(interface{ fields() []string }).fields() {
			list = append(list, "field "+name+" "+field)
		}
	}
	return list
}

func (f *Flow[A]) fields() []string { return fields(reflect.TypeFor[A](), "") }

// fields is the JSON names of a struct's fields, with those of structs in it.
func fields(t reflect.Type, prefix string) []string {
	var list []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			list = append(list, fields(f.Type, prefix)...)
			continue
		}
		if name == "" {
			name = f.Name // what encoding/json does; the golden shows it
		}
		list = append(list, prefix+name)
		in := f.Type
		for in.Kind() == reflect.Slice {
			in = in.Elem()
		}
		if in.Kind() == reflect.Struct {
			list = append(list, fields(in, prefix+name+".")...)
		}
	}
	return list
}

// Jumps records where the dialogues went that name a step or a flow.
type Jumps struct {
	Have map[string]bool // "book/confirm Next": it has a function that names one
	Went map[string]map[string]bool
}

// Spied is an engine whose dialogues record their jumps.
func Spied(newID func() uuid.UUID) (*Engine, *Jumps) {
	j := &Jumps{Have: make(map[string]bool), Went: make(map[string]map[string]bool)}
	e := New(newID)
	for name, f := range e.flows {
		e.flows[name] = f.(interface{ spied(*Jumps) flow }).spied(j)
	}
	return e, j
}

func (j *Jumps) went(from, to string) {
	if to == "" {
		return
	}
	if j.Went[from] == nil {
		j.Went[from] = make(map[string]bool)
	}
	j.Went[from][to] = true
}

// List is what was recorded, in order.
func (j *Jumps) List() []string { return slices.Sorted(maps.Keys(j.Have)) }

func (f *Flow[A]) spied(j *Jumps) flow {
	c := *f
	c.Steps = slices.Clone(f.Steps)
	for i := range c.Steps {
		s := &c.Steps[i]
		at := f.Name + "/" + s.Name
		if next := s.Next; next != nil {
			j.Have[at+" Next"] = true
			s.Next = func(a A) string { to := next(a); j.went(at+" Next", to); return to }
		}
		if refused := s.Refused; refused != nil {
			j.Have[at+" Refused"] = true
			s.Refused = func(a A, c booking.Code) string { to := refused(a, c); j.went(at+" Refused", to); return to }
		}
		if g := s.Go; g != nil {
			j.Have[at+" Go"] = true
			s.Go = func(a A) (string, Result) { to, in := g(a); j.went(at+" Go", to); return to, in }
		}
		if call := s.Call; call != nil {
			j.Have[at+" Call"] = true
			s.Call = func(a A) (string, Result) { to, in := call(a); j.went(at+" Call", to); return to, in }
		}
	}
	return &c
}
