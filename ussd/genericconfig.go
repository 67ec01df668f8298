package ussd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"tikaline/channel"
)

// A GenericConfig describes a provider's wire, for all those that answer
// within the request and have no file here. It is read from JSON:
//
//	{
//	  "method": "POST", "body": "json",
//	  "fields": {"session": "sessionID", "number": "msisdn", "input": "userData", "type": "newSession"},
//	  "phases": {"true": "begin", "false": "input"},
//	  "reply": {
//	    "type": "application/json",
//	    "continue": {"body": {"sessionID": "{in.sessionID}", "message": "{text}", "continueSession": true}},
//	    "end": {"body": {"sessionID": "{in.sessionID}", "message": "{text}", "continueSession": false}}
//	  }
//	}
type GenericConfig struct {
	Method string `json:"method"` // GET or POST; "" is both
	Body   string `json:"body"`   // where the fields are: query, form (the query counts, too), json or xml

	Fields GenericFields `json:"fields"`

	// Mode is what the input field holds: "last" (the default) the last
	// answer, "accumulated" all answers joined by Sep, "dial" the same with
	// the service code in front, *384*100*1*2#.
	Mode string `json:"mode"`
	Sep  string `json:"sep"` // "" is *

	// Phases says what the values of the type field mean, in any case; "*" is
	// any other and "" none. Without it a session that is not known begins.
	Phases map[string]Phase `json:"phases"`
	Abort  string           `json:"abort"` // an input that matches says that the caller gave up

	Reply GenericReply `json:"reply"`

	Seconds int `json:"session_seconds"` // how long a silent session is believed in

	// What comes with each request to prove who sent it, beside the secret in
	// the address: fields with their values, headers with theirs, networks.
	Auth    map[string]string `json:"auth"`
	Headers map[string]string `json:"auth_headers"`
	Allow   channel.Networks  `json:"allow"`

	// Notify describes what is sent to …/events; nil is nothing.
	Notify *GenericNotice `json:"notify"`
}

// GenericFields names the fields of a request; those of JSON and XML by their
// path without the root, "payload.response". Number is required. Without
// Session the number is the session.
type GenericFields struct {
	Session  string `json:"session"`
	Number   string `json:"number"`
	Code     string `json:"code"`
	Input    string `json:"input"`
	Type     string `json:"type"`
	Message  string `json:"message"` // an id of this message within the session
	Network  string `json:"network"`
	Language string `json:"language"`
}

// A GenericReply is what is sent back. Type is the content type and says how
// values are escaped; Headers come with every answer.
type GenericReply struct {
	Type     string            `json:"type"` // text/plain, application/json or text/xml
	Headers  map[string]string `json:"headers"`
	Continue GenericAnswer     `json:"continue"`
	End      GenericAnswer     `json:"end"`
	Noted    GenericAnswer     `json:"noted"` // to what waits for no screen; nothing is an empty 200
}

// A GenericAnswer is a body with its headers: a JSON string for text and XML,
// any JSON value for JSON. In it {text}, {session}, {number} and {code} are
// replaced, and {in.<field>} by a field of the request; "{in.<field>}" alone
// in quotes keeps the type it came with.
type GenericAnswer struct {
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// A GenericNotice is what tells of a session's end. A value of the type field
// that Phases does not have is Ended.
type GenericNotice struct {
	Body   string           `json:"body"` // as in GenericConfig; "" is the same
	Fields GenericFields    `json:"fields"`
	Phases map[string]Phase `json:"phases"`
}

// ParseGeneric reads a GenericConfig and says what is wrong with it.
func ParseGeneric(r io.Reader) (GenericConfig, error) {
	var c GenericConfig
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("generic ussd configuration: %w", err)
	}
	if _, err := compile(c); err != nil {
		return c, fmt.Errorf("generic ussd configuration: %w", err)
	}
	return c, nil
}

// DemoConfig returns the wire of the demo: easy to speak by hand.
//
//	curl 'localhost:8080/ussd/generic/demo?session=1&msisdn=9876543210&new=1'
//	curl 'localhost:8080/ussd/generic/demo?session=1&msisdn=9876543210&input=1'
//
// id, where it is given, tells a repeated delivery from the same key again.
func DemoConfig() GenericConfig {
	return GenericConfig{
		Body:   "form",
		Fields: GenericFields{Session: "session", Number: "msisdn", Code: "code", Input: "input", Type: "new", Message: "id", Language: "lang"},
		Phases: map[string]Phase{"1": Begin, "true": Begin, "*": Input},
		Reply: GenericReply{
			Type:     "text/plain",
			Continue: GenericAnswer{Body: json.RawMessage(`"CON {text}"`)},
			End:      GenericAnswer{Body: json.RawMessage(`"END {text}"`)},
		},
		Notify: &GenericNotice{Fields: GenericFields{Session: "session", Number: "msisdn", Type: "status"}},
	}
}

// compiled is a GenericConfig made ready.
type compiled struct {
	GenericConfig
	abort *regexp.Regexp
	ttl   time.Duration
}

var (
	bodies = []string{"query", "form", "json", "xml"}
	modes  = []string{"", "last", "accumulated", "dial"}
)

func compile(c GenericConfig) (*compiled, error) {
	g := &compiled{GenericConfig: c, ttl: time.Duration(c.Seconds) * time.Second}
	if g.Sep == "" {
		g.Sep = "*"
	}
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if c.Method != "" && c.Method != "GET" && c.Method != "POST" {
		say("method %q is neither GET nor POST", c.Method)
	}
	if !slices.Contains(bodies, c.Body) {
		say("body %q is none of %s", c.Body, strings.Join(bodies, ", "))
	}
	if !slices.Contains(modes, c.Mode) {
		say("mode %q is none of last, accumulated, dial", c.Mode)
	}
	if c.Fields.Number == "" || c.Fields.Input == "" {
		say("fields: number and input are required")
	}
	if c.Fields.Type == "" && len(c.Phases) > 0 {
		say("phases have no fields.type to be read from")
	}
	for v, p := range c.Phases {
		if !p.valid() {
			say("phases: %q is %q, which is no phase", v, p)
		}
	}
	if n := c.Notify; n != nil {
		if n.Body == "" {
			g.Notify = &GenericNotice{Body: c.Body, Fields: n.Fields, Phases: n.Phases}
		}
		for v, p := range n.Phases {
			if !p.valid() || p.asks() {
				say("notify.phases: %q is %q, which is no end of a session", v, p)
			}
		}
		if !slices.Contains(bodies, g.Notify.Body) || n.Fields.Number == "" {
			say("notify: body is none of %s, or fields.number is missing", strings.Join(bodies, ", "))
		}
	}
	for _, proofs := range []map[string]string{c.Auth, c.Headers} {
		for name, want := range proofs {
			if want == "" {
				say("auth: %s has no value to be checked", name)
			}
		}
	}
	if c.Abort != "" {
		var err error
		if g.abort, err = regexp.Compile(c.Abort); err != nil {
			say("abort: %v", err)
		}
	}
	g.Reply.Continue.check("reply.continue", c.Reply, true, say)
	g.Reply.End.check("reply.end", c.Reply, true, say)
	g.Reply.Noted.check("reply.noted", c.Reply, false, say)
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, "; "))
	}
	g.Phases = lower(c.Phases)
	if g.Notify != nil {
		g.Notify.Phases = lower(g.Notify.Phases)
	}
	return g, nil
}

// check says what is wrong with an answer; one that shows a screen must hold it.
func (a GenericAnswer) check(name string, r GenericReply, screen bool, say func(string, ...any)) {
	if len(a.Body) == 0 {
		if screen {
			say("%s.body is missing", name)
		}
		return
	}
	if _, isText := a.template(); !isText && !r.json() {
		say("%s.body must be a string unless reply.type is application/json", name)
	}
	if screen && !bytes.Contains(a.Body, []byte("{text}")) {
		say("%s.body does not show {text}", name)
	}
}

// template returns the body where it is a string.
func (a GenericAnswer) template() (string, bool) {
	var s string
	err := json.Unmarshal(a.Body, &s)
	return s, err == nil
}

func (r GenericReply) json() bool { return strings.HasPrefix(r.Type, "application/json") }

func lower(phases map[string]Phase) map[string]Phase {
	low := make(map[string]Phase, len(phases))
	for _, v := range slices.Sorted(maps.Keys(phases)) {
		low[strings.ToLower(v)] = phases[v]
	}
	return low
}
