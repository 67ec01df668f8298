package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/outbox/ask"
)

// A GenericSend describes how a message is handed to a provider. In the values
// of Fields stand
//
//	{to} +919876543210   {to_digits} 919876543210   {to_national} 9876543210
//	{text}   {header}   {entity}   {template}   {category}
//	{type}   of Types, by what the text costs
//	{id}     our id of the message     {minutes} for how long the message is of use
//	{callback}  where to report to, with the token that says on what
//	{ref}    the token alone, 48 letters, digits, - and _, for reports that all go to one address
//
// A field that comes out empty is left out. Fields of JSON may be nested, and
// hold numbers and bools.
type GenericSend struct {
	Method  string            `json:"method"` // "" is POST
	URL     string            `json:"url"`
	Body    string            `json:"body"` // where the fields go: query, form or json
	Fields  map[string]any    `json:"fields"`
	Headers map[string]string `json:"headers"`
	Types   struct {
		GSM     string `json:"gsm"`
		Unicode string `json:"unicode"`
	} `json:"types"`

	// Success is an answer by which a message was taken, Rules what to do about
	// others: the first that fits. Rules go first, as some answer 200 to all.
	// Without any of them the status says it: 2xx is taken.
	Success GenericSuccess `json:"success"`
	ID      GenericFind    `json:"id"` // the provider's id in such an answer
	Rules   []GenericRule  `json:"rules"`

	success, id *regexp.Regexp
}

// GenericSuccess is an answer by which a message was taken.
type GenericSuccess struct {
	Status []int  `json:"status"` // none is 200 to 299
	Match  string `json:"match"`  // a regular expression in the body; "" is any
}

// GenericFind is where in an answer something stands.
type GenericFind struct {
	JSON  string `json:"json"`  // its path, "messages.0.messageId"
	Match string `json:"match"` // or a regular expression with one group
}

// GenericRule says what to do about an answer.
type GenericRule struct {
	Status []int         `json:"status"` // none is any
	Match  string        `json:"match"`  // a regular expression in the body; "" is any
	Policy outbox.Policy `json:"policy"` // retry, elsewhere, give_up, stopped or ambiguous
	After  string        `json:"after"`  // with retry: not before, "10m"
	Code   GenericFind   `json:"code"`   // the provider's code, for the operator

	match, code *regexp.Regexp
	after       time.Duration
}

// compile checks a GenericSend and reads its expressions.
func (g *GenericSend) compile() error {
	if g.Method == "" {
		g.Method = http.MethodPost
	}
	if _, err := ask.Address("url", g.URL); err != nil {
		return err
	}
	if err := (GenericRequest{Body: g.Body, Method: g.Method}).check(); err != nil {
		return err
	}
	if g.Method == http.MethodGet && g.Body != "query" {
		return errors.New("a GET has its fields in the query")
	}
	for name, v := range g.Fields {
		if _, flat := v.(string); !flat && g.Body != "json" {
			return fmt.Errorf("the field %s is no text", name)
		}
		for _, p := range placeholder.FindAllString(fmt.Sprint(v), -1) {
			if !slices.Contains(placeholders, p[1:len(p)-1]) {
				return fmt.Errorf("the field %s has %s, which is none of %s", name, p, strings.Join(placeholders, ", "))
			}
		}
	}
	var err error
	if g.success, err = expression(g.Success.Match); err != nil {
		return fmt.Errorf("success: %w", err)
	}
	if g.id, err = g.ID.expression(); err != nil {
		return fmt.Errorf("id: %w", err)
	}
	for i := range g.Rules {
		if err := g.Rules[i].compile(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

func (r *GenericRule) compile() (err error) {
	switch r.Policy {
	case outbox.Retry, outbox.Elsewhere, outbox.GiveUp, outbox.Stopped, outbox.Ambiguous:
	default:
		return fmt.Errorf("the policy %q is none of retry, elsewhere, give_up, stopped and ambiguous", r.Policy)
	}
	if len(r.Status) == 0 && r.Match == "" {
		return errors.New("it says neither status nor match")
	}
	if r.After != "" {
		if r.after, err = time.ParseDuration(r.After); err != nil || r.after < 0 || r.Policy != outbox.Retry {
			return errors.New("after is a time like 10m, and only with retry")
		}
	}
	if r.match, err = expression(r.Match); err != nil {
		return err
	}
	r.code, err = r.Code.expression()
	return err
}

// expression compiles a regular expression; none is nil.
func expression(s string) (*regexp.Regexp, error) {
	if s == "" {
		return nil, nil
	}
	return regexp.Compile(s)
}

func (f GenericFind) expression() (*regexp.Regexp, error) {
	re, err := expression(f.Match)
	if err == nil && re != nil && re.NumSubexp() != 1 {
		return nil, errors.New("the expression has not one group")
	}
	return re, err
}

// in finds what f looks for.
func (f GenericFind) in(body []byte, re *regexp.Regexp) string {
	if re != nil {
		if m := re.FindSubmatch(body); m != nil {
			return string(m[1])
		}
	}
	if f.JSON != "" {
		v := url.Values{}
		if flatten(v, body) == nil {
			return v.Get(f.JSON)
		}
	}
	return ""
}

// NewGenericSender returns the outbound side.
func NewGenericSender(s GenericSettings) (outbox.Provider, error) {
	if s.Config.Send == nil {
		return nil, fmt.Errorf("provider %s: it has no send", s.Config.name())
	}
	// A copy, as checking compiles: two senders may share a configuration.
	send := *s.Config.Send
	send.Rules = slices.Clone(send.Rules)
	s.Config.Send = &send
	if err := s.Config.check(); err != nil {
		return nil, err
	}
	return genericSender{s, ask.NewCaller(s.Timeout)}, nil
}

type genericSender struct {
	GenericSettings
	caller ask.Caller
}

func (g genericSender) Name() string { return g.Config.name() }

func (g genericSender) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	to := g.Config.Send
	address, contentType, body, err := g.request(m)
	if err != nil {
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Elsewhere, Code: "configuration", Err: err}
	}
	h := http.Header{}
	for name, v := range to.Headers {
		h.Set(name, v)
	}
	a, f := g.caller.Send(ctx, to.Method, address, contentType, body, h)
	if f == nil {
		f = to.refused(a)
	}
	if f != nil {
		return outbox.Receipt{}, f
	}
	return outbox.Receipt{ProviderID: word(to.ID.in(a.Body, to.id))}, nil
}

func (g genericSender) request(m outbox.Message) (address, contentType, body string, err error) {
	to, values := g.Config.Send, g.values(m)
	if to.Body == "json" {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		filled, _ := fill(to.Fields, values)
		err := enc.Encode(filled)
		return to.URL, echo.MIMEApplicationJSON, b.String(), err
	}
	v := url.Values{}
	for name, template := range to.Fields {
		if s, ok := fill(template, values); ok {
			v.Set(name, fmt.Sprint(s))
		}
	}
	if to.Body == "form" {
		return to.URL, echo.MIMEApplicationForm, v.Encode(), nil
	}
	u, err := url.Parse(to.URL)
	if err != nil {
		return "", "", "", errors.New("the address is wrong")
	}
	q := u.Query()
	maps.Copy(q, v)
	u.RawQuery = q.Encode()
	return u.String(), "", "", nil
}

var (
	placeholder  = regexp.MustCompile(`\{[a-z_]+\}`)
	placeholders = []string{"to", "to_digits", "to_national", "text", "header", "entity", "template", "category", "type", "id", "ref", "callback", "minutes"}
)

// values returns what stands for the placeholders.
func (g genericSender) values(m outbox.Message) map[string]string {
	to := g.Config.Send
	digits := strings.TrimPrefix(string(m.To), "+")
	v := map[string]string{
		"to": string(m.To), "to_digits": digits, "to_national": strings.TrimPrefix(digits, "91"),
		"text": m.Text, "header": m.Template.Header,
		"entity": m.Template.Entity, "template": m.Template.ID, "category": m.Template.Category,
		"type": to.Types.GSM, "id": m.ID.String(),
		"callback": m.Report,
	}
	if u, err := url.Parse(m.Report); err == nil {
		v["ref"] = u.Query().Get(TokenField)
	}
	if v["header"] == "" {
		v["header"] = g.From
	}
	if _, gsm := locales.Cost(m.Text); !gsm {
		v["type"] = to.Types.Unicode
	}
	if m.Validity > 0 {
		v["minutes"] = strconv.FormatInt(int64((m.Validity+time.Minute-1)/time.Minute), 10)
	}
	return v
}

// fill puts the values into a template; ok is false for a text that was one
// and came out empty.
func fill(template any, values map[string]string) (filled any, ok bool) {
	switch t := template.(type) {
	case string:
		s := placeholder.ReplaceAllStringFunc(t, func(p string) string { return values[p[1:len(p)-1]] })
		return s, s != "" || t == ""
	case map[string]any:
		object := map[string]any{}
		for name, inner := range t {
			if v, ok := fill(inner, values); ok {
				object[name] = v
			}
		}
		return object, true
	case []any:
		list := []any{}
		for _, inner := range t {
			if v, ok := fill(inner, values); ok {
				list = append(list, v)
			}
		}
		return list, true
	}
	return template, true
}

// refused tells what to do after an answer; nil if the message was taken.
func (g *GenericSend) refused(a ask.Answer) *outbox.Failure {
	for _, r := range g.Rules {
		if (len(r.Status) == 0 || slices.Contains(r.Status, a.Status)) && (r.match == nil || r.match.Match(a.Body)) {
			f := &outbox.Failure{Policy: r.Policy, After: r.after, Code: strconv.Itoa(a.Status)}
			if said := code(r.Code.in(a.Body, r.code)); said != "" {
				f.Code += " " + said
			}
			if f.Policy == outbox.Retry && f.After == 0 {
				f.After = ask.RetryAfter(a.Header)
			}
			return f
		}
	}
	taken := slices.Contains(g.Success.Status, a.Status)
	if len(g.Success.Status) == 0 {
		taken = a.Status >= 200 && a.Status < 300
	}
	if taken && (g.success == nil || g.success.Match(a.Body)) {
		return nil
	}
	if f, ok := ask.Refused(a.Status, a.Header); ok {
		return f
	}
	f := &outbox.Failure{Policy: outbox.Elsewhere, Code: strconv.Itoa(a.Status)}
	if a.Status < 300 {
		f.Policy = outbox.Ambiguous // neither success nor any rule
	}
	return f
}

// flatten collects the scalars of a JSON object or list by their path.
func flatten(to url.Values, b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber() // an id may have more digits than a float
	var v any
	if err := dec.Decode(&v); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one value")
	}
	return flattenValue(to, "", v, 0)
}

// maxDepth is how deep a field may lie.
const maxDepth = 8

func flattenValue(to url.Values, path string, v any, depth int) error {
	if depth > maxDepth {
		return errors.New("nested too deep")
	}
	below := strings.TrimPrefix(path+".", ".")
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if err := flattenValue(to, below+name, inner, depth+1); err != nil {
				return err
			}
		}
	case []any:
		for i, inner := range v {
			if err := flattenValue(to, below+strconv.Itoa(i), inner, depth+1); err != nil {
				return err
			}
		}
	case nil: // as if it were not there
	default:
		to.Set(path, fmt.Sprint(v))
	}
	return nil
}
