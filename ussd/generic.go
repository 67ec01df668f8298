package ussd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"

	"tikaline/locales"
)

// generic is a provider described by a GenericConfig.
type generic struct {
	Secret string `name:"generic" env:"TIKALINE_GENERIC_SECRET" help:"The same, given to the provider that TIKALINE_GENERIC_FILE describes."`
	File   string `name:"generic-file" env:"TIKALINE_GENERIC_FILE" type:"existingfile" help:"JSON description of another provider's requests and replies. Empty: the form described in docs/providers.md."`

	Config    *GenericConfig `kong:"-"` // in place of a File; nil without one is DemoConfig
	*compiled `kong:"-"`
}

// prepare reads the description, once.
func (g *generic) prepare() error {
	if g.compiled != nil {
		return nil
	}
	config := DemoConfig()
	switch {
	case g.Config != nil:
		config = *g.Config
	case g.File != "":
		f, err := os.Open(g.File)
		if err != nil {
			return fmt.Errorf("TIKALINE_GENERIC_FILE: %w", err)
		}
		defer f.Close()
		if config, err = ParseGeneric(f); err != nil {
			return fmt.Errorf("TIKALINE_GENERIC_FILE %s: %w", g.File, err)
		}
	}
	var err error
	g.compiled, err = compile(config)
	return err
}

func (*generic) Name() string { return "generic" }

func (g *generic) secret() string { return g.Secret }

// A value is a field of a request: its text, and how it came where that was
// JSON.
type value struct {
	text string
	raw  json.RawMessage
}

func (g *generic) Decode(c echo.Context) (Event, error) {
	if !g.Allow.Allow(c) {
		return Event{}, echo.ErrNotFound
	}
	method, path, _ := strings.Cut(call(c), " ")
	switch {
	case path == "events" && g.Notify != nil && method == http.MethodPost:
		return g.decodeNotice(c)
	case path != "", method != http.MethodGet && method != http.MethodPost, g.Method != "" && method != g.Method:
		return Event{}, echo.ErrNotFound
	}
	in, err := fields(c, g.Body)
	if err != nil {
		return Event{}, err
	}
	if !g.trusts(c, in) {
		return Event{}, echo.ErrNotFound
	}
	e, err := g.common(in, g.Fields)
	if err != nil {
		return e, err
	}
	if e.Phase, err = phase(in, g.Fields.Type, g.Phases, Unclear); err != nil {
		return e, err
	}
	e.Input = in[g.Fields.Input].text
	if g.abort != nil && g.abort.MatchString(e.Input) {
		e.Phase, e.Input = Cancel, ""
	}
	switch g.Mode {
	case "accumulated":
		e.Sep = g.Sep
	case "dial":
		e.Sep = g.Sep
		_, path, ok := dialled(e.Input, map[string]string{bare(e.Code): ""})
		if !ok {
			return e, channel.Bad(g.Fields.Input, "does not begin with the service code")
		}
		e.Input = strings.Join(path, g.Sep)
	}
	return e.from(in, g.Fields)
}

func (g *generic) decodeNotice(c echo.Context) (Event, error) {
	in, err := fields(c, g.Notify.Body)
	if err != nil {
		return Event{}, err
	}
	if !g.trusts(c, in) {
		return Event{}, echo.ErrNotFound
	}
	e, err := g.common(in, g.Notify.Fields)
	if err != nil {
		return e, err
	}
	e.Phase, err = phase(in, g.Notify.Fields.Type, g.Notify.Phases, Ended)
	if err != nil {
		e.Phase = Ended
	}
	return e.from(in, g.Notify.Fields)
}

// common reads what requests and notices have in common.
func (g *generic) common(in map[string]value, f GenericFields) (Event, error) {
	e := Event{TTL: g.ttl, Code: in[f.Code].text, MessageID: in[f.Message].text, Echo: map[string]string{}}
	if l := in[f.Language].text; locales.Valid(l) {
		e.LangHint = l
	}
	for name, v := range in {
		e.Echo[name] = v.text
		if v.raw != nil {
			e.Echo["json "+name] = string(v.raw)
		}
	}
	var err error
	if f.Session != "" {
		e.SessionKey, err = required(f.Session, in[f.Session].text)
	}
	return e, err
}

// from reads whose call it is, last of all: the rest of an Event tells whether
// somebody waits for a screen where the number is none that we can serve.
func (e Event) from(in map[string]value, f GenericFields) (Event, error) {
	var err error
	e.Number, err = number(f.Number, in[f.Number].text)
	if f.Session == "" {
		e.SessionKey, e.ByNumber = string(e.Number), true
	}
	return e, err
}

// trusts checks what each request proves itself with.
func (g *generic) trusts(c echo.Context, in map[string]value) bool {
	ok := true
	for name, want := range g.Auth {
		ok = channel.Proves(in[name].text, want) && ok
	}
	for name, want := range g.Headers {
		ok = channel.Proves(c.Request().Header.Get(name), want) && ok
	}
	return ok
}

// phase returns what the type field says.
func phase(in map[string]value, field string, phases map[string]Phase, none Phase) (Phase, error) {
	if field == "" || len(phases) == 0 {
		return none, nil
	}
	if p, ok := phases[strings.ToLower(in[field].text)]; ok {
		return p, nil
	}
	if p, ok := phases["*"]; ok {
		return p, nil
	}
	if in[field].text == "" {
		return none, channel.Bad(field, "is required")
	}
	return none, channel.Bad(field, "is none that we answer")
}

// fields reads a request's fields by their paths.
func fields(c echo.Context, kind string) (map[string]value, error) {
	in := map[string]value{}
	if kind == "json" || kind == "xml" {
		b, err := channel.Body(c)
		if err != nil {
			return nil, err
		}
		flatten := flattenJSON
		if kind == "xml" {
			flatten = flattenXML
		}
		if flatten(in, b) != nil {
			return nil, channel.Malformed
		}
		return in, nil
	}
	v, err := channel.Query(c)
	if err != nil {
		return nil, err
	}
	add(in, v)
	if kind == "form" {
		if v, err = channel.Form(c); err != nil {
			return nil, err
		}
		add(in, v)
	}
	return in, nil
}

func add(in map[string]value, v url.Values) {
	for name := range v {
		in[name] = value{text: v.Get(name)}
	}
}

// maxDepth is how deep a request's fields may lie.
const maxDepth = 8

var errDeep = errors.New("nested too deep")

// flattenJSON collects the scalars of a JSON object by their path.
func flattenJSON(in map[string]value, b []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	return flattenObject(in, "", object, 0)
}

func flattenObject(in map[string]value, prefix string, object map[string]json.RawMessage, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	for name, raw := range object {
		if s, ok := scalar(raw); ok {
			in[prefix+name] = value{s, raw}
			continue
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			continue // a list: nobody puts a field we need in one
		}
		if err := flattenObject(in, prefix+name+".", inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// flattenXML collects the texts and attributes of an XML document by their
// path below the root: dialog.msisdn, dialog.@type.
func flattenXML(in map[string]value, b []byte) error {
	dec, err := newXMLDecoder(b)
	if err != nil {
		return err
	}
	var path []string
	root := false
	for {
		token, err := dec.Token()
		if err == io.EOF {
			if !root {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if root {
				path = append(path, t.Name.Local)
			}
			root = true
			if len(path) > maxDepth {
				return errDeep
			}
			for _, a := range t.Attr {
				in[strings.Join(append(path, "@"+a.Name.Local), ".")] = value{text: strings.TrimSpace(a.Value)}
			}
		case xml.EndElement:
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" && len(path) > 0 {
				name := strings.Join(path, ".")
				in[name] = value{text: in[name].text + s}
			}
		}
	}
}

func (g *generic) Encode(c echo.Context, e Event, r Reply) error {
	answer := g.Reply.Continue
	switch {
	case !e.Phase.asks():
		answer = g.Reply.Noted
	case r.End:
		answer = g.Reply.End
	}
	h := c.Response().Header()
	for _, headers := range []map[string]string{g.Reply.Headers, answer.Headers} {
		for name, v := range headers {
			h[name] = []string{v} // as it is written: some gateways compare letter for letter
		}
	}
	if len(answer.Body) == 0 {
		return c.NoContent(http.StatusOK)
	}
	contentType := g.Reply.Type
	if contentType == "" {
		contentType = "text/plain"
	}
	if !strings.Contains(contentType, "charset") {
		contentType += "; charset=utf-8"
	}
	return send(c, contentType, []byte(g.fill(answer, e, r)))
}

var (
	placeholder = regexp.MustCompile(`\{(text|session|number|code|in\.[^{}"]+)\}`)
	alone       = regexp.MustCompile(`"\{in\.([^{}"]+)\}"`)
)

// fill puts the values into a template, escaped for where they stand.
func (g *generic) fill(a GenericAnswer, e Event, r Reply) string {
	template, _ := a.template()
	escape := func(s string) string { return s }
	switch {
	case g.Reply.json():
		template, escape = string(a.Body), escapeJSON
	case strings.Contains(g.Reply.Type, "xml"):
		escape = escapeXML
	}
	put := func(match string) string {
		switch name := match[1 : len(match)-1]; name {
		case "text":
			return escape(r.Text)
		case "session":
			return escape(e.SessionKey)
		case "number":
			return escape(string(e.Number))
		case "code":
			return escape(e.Code)
		default:
			return escape(e.Echo[strings.TrimPrefix(name, "in.")])
		}
	}
	if !g.Reply.json() {
		return placeholder.ReplaceAllStringFunc(template, put)
	}
	// Values with their type first; what they bring in is not looked at again.
	var out strings.Builder
	at := 0
	for _, m := range alone.FindAllStringSubmatchIndex(template, -1) {
		out.WriteString(placeholder.ReplaceAllStringFunc(template[at:m[0]], put))
		name := template[m[2]:m[3]]
		if raw := e.Echo["json "+name]; raw != "" {
			out.WriteString(raw)
		} else {
			out.WriteString(`"` + escapeJSON(e.Echo[name]) + `"`)
		}
		at = m[1]
	}
	out.WriteString(placeholder.ReplaceAllStringFunc(template[at:], put))
	return out.String()
}

// escapeJSON returns a text as it stands between the quotes of a JSON string.
func escapeJSON(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return ""
	}
	quoted := strings.TrimSuffix(b.String(), "\n")
	return quoted[1 : len(quoted)-1]
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s)
}
