package sms

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/outbox"

	"tikaline/channel"
)

// A GenericConfig describes the wire of a provider that has no file here. It
// is read from JSON. This one sends as Gupshup's enterprise gateway wants it,
// https://docs.gupshup.io, and is told what an aggregator may tell:
//
//	{
//	  "name": "gupshup",
//	  "inbound": {"body": "query", "fields": {"id": "id", "from": "msisdn", "to": "phonecode", "text": "content", "at": "timestamp"}, "time": "unix"},
//	  "report": {"body": "form", "fields": {"provider_id": "externalId", "status": "status", "code": "errCode"},
//	             "statuses": {"SENT": "sent", "DELIVERED": "delivered", "FAILED": "failed", "*": ""}},
//	  "send": {
//	    "url": "https://gateway.example/GatewayAPI/rest", "body": "form",
//	    "fields": {"userid": "2000", "password": "…", "method": "SendMessage", "v": "1.1", "auth_scheme": "plain",
//	               "send_to": "{to_digits}", "msg": "{text}", "mask": "{header}", "msg_type": "{type}",
//	               "principalEntityId": "{entity}", "dltTemplateId": "{template}"},
//	    "types": {"gsm": "TEXT", "unicode": "UNICODE_TEXT"},
//	    "success": {"match": "^success"}, "id": {"match": "\\| *([0-9-]+)\\s*$"},
//	    "rules": [{"match": "^error \\| 10[2-6]", "policy": "elsewhere"}, {"match": "^error", "policy": "give_up"}]
//	  }
//	}
//
// What is missing of inbound, report and send the provider does not do. There
// may be passwords in it, so it is never printed.
type GenericConfig struct {
	Name    string          `json:"name"` // of the provider, in its address and in the store; "" is generic
	Inbound *GenericInbound `json:"inbound"`
	Report  *GenericReport  `json:"report"`
	Send    *GenericSend    `json:"send"`
}

// GenericRequest is what a provider's requests to us have in common. The
// fields of JSON are named by their path, "messages.0.from".
type GenericRequest struct {
	Method  string            `json:"method"`       // GET or POST; "" is both
	Body    string            `json:"body"`         // where the fields are: query, form or json (with both the query counts, too)
	Auth    map[string]string `json:"auth"`         // fields that each request must have, with their values,
	Headers map[string]string `json:"auth_headers"` // and headers
}

// A GenericInbound describes a text to us.
type GenericInbound struct {
	GenericRequest
	Fields struct {
		ID    string `json:"id"` // without one, what identifies a text is all the rest of it, and so At is needed
		From  string `json:"from"`
		To    string `json:"to"`
		Text  string `json:"text"`
		At    string `json:"at"`
		Ref   string `json:"ref"` // of a part of a longer text: what its parts have in common,
		Part  string `json:"part"`
		Parts string `json:"parts"`
	} `json:"fields"`
	Time   string `json:"time"` // of At: unix, unix_ms or a layout of Go's package time; "" is 2006-01-02 15:04:05
	Zone   string `json:"zone"` // of such a layout; "" is Asia/Kolkata
	Answer struct {
		Type string `json:"type"`
		Body string `json:"body"`
	} `json:"answer"` // "" is an empty text
}

// A GenericReport describes a report on a message of ours. Which one is said by
// the token in the address that {callback} was, or, where a provider has one
// address for all reports, by the field Ref with what {ref} was in the message.
type GenericReport struct {
	GenericRequest
	Fields struct {
		Ref        string `json:"ref"`
		ProviderID string `json:"provider_id"`
		Status     string `json:"status"`
		Code       string `json:"code"`
	} `json:"fields"`
	Statuses map[string]ReportStatus `json:"statuses"` // in any case; "*" is any other, "" is no news
}

// ParseGeneric reads a configuration. A name that nobody knows is an error, as
// it is a typing mistake.
func ParseGeneric(r io.Reader) (GenericConfig, error) {
	var c GenericConfig
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("generic provider: %w", err)
	}
	return c, c.check()
}

// String shows nothing of a configuration but its name.
func (c GenericConfig) String() string { return c.name() }

// GoString is String.
func (c GenericConfig) GoString() string { return c.name() }

func (c GenericConfig) name() string {
	if c.Name == "" {
		return "generic"
	}
	return c.Name
}

func (c GenericConfig) check() error {
	err := func() error {
		if c.Inbound != nil {
			if err := c.Inbound.check(); err != nil {
				return fmt.Errorf("inbound: %w", err)
			}
		}
		if c.Report != nil {
			if err := c.Report.check(); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
		if c.Send != nil {
			if err := c.Send.compile(); err != nil {
				return fmt.Errorf("send: %w", err)
			}
		}
		return nil
	}()
	if err != nil {
		return fmt.Errorf("provider %s: %w", c.name(), err)
	}
	return nil
}

func (r GenericRequest) check() error {
	if r.Body != "query" && r.Body != "form" && r.Body != "json" {
		return errors.New("body is none of query, form and json")
	}
	if r.Method != "" && r.Method != http.MethodGet && r.Method != http.MethodPost {
		return errors.New("method is neither GET nor POST")
	}
	return nil
}

func (g GenericInbound) check() error {
	f := g.Fields
	switch {
	case f.From == "" || f.Text == "":
		return errors.New("the fields from and text are needed")
	case f.ID == "" && f.At == "":
		return errors.New("one of the fields id and at is needed: a text that is delivered again must be known")
	case (f.Part == "") != (f.Parts == "") || (f.Part == "") != (f.Ref == ""):
		return errors.New("ref, part and parts belong together")
	}
	if _, err := time.LoadLocation(g.Zone); err != nil {
		return errors.New("there is no such zone")
	}
	return g.GenericRequest.check()
}

func (g GenericReport) check() error {
	if g.Fields.Status == "" || len(g.Statuses) == 0 {
		return errors.New("the field status and statuses are needed")
	}
	for said, s := range g.Statuses {
		switch s {
		case "", Sent, Delivered, Failed, Stopped:
		default:
			return fmt.Errorf("statuses: %q is %q, which is none of sent, delivered, failed and stopped", said, s)
		}
	}
	return g.GenericRequest.check()
}

// GenericSettings is how a provider with a GenericConfig reaches us.
type GenericSettings struct {
	Secret string `name:"text-generic" env:"TIKALINE_SMS_GENERIC_SECRET" help:"Secret in the addresses given to the provider that TIKALINE_SMS_GENERIC_FILE describes."`
	File   string `name:"text-generic-file" env:"TIKALINE_SMS_GENERIC_FILE" type:"existingfile" help:"JSON description of another provider of SMS, both ways."`

	Config  GenericConfig `kong:"-"`
	From    string        `kong:"-"` // {header} of a text whose template names none
	Timeout time.Duration `kong:"-"` // 0 is ten seconds
}

func (*GenericSettings) name() string { return "generic" }

func (g *GenericSettings) secret(With) string { return g.Secret } // the demo describes none

func (g *GenericSettings) uses(With) (in, out bool) {
	return g.File != "" && g.Secret != "", g.File != ""
}

// read reads the description.
func (g *GenericSettings) read(w With) (GenericSettings, error) {
	s := *g
	s.From = w.Sender
	f, err := os.Open(g.File)
	if err != nil {
		return s, fmt.Errorf("TIKALINE_SMS_GENERIC_FILE: %w", err)
	}
	defer f.Close()
	if s.Config, err = ParseGeneric(f); err != nil {
		return s, fmt.Errorf("TIKALINE_SMS_GENERIC_FILE %s: %w", g.File, err)
	}
	return s, nil
}

func (g *GenericSettings) inbound(w With) (Adapter, error) {
	s, err := g.read(w)
	if err != nil {
		return nil, err
	}
	return NewGeneric(s)
}

func (g *GenericSettings) outbound(w With) (outbox.Provider, error) {
	s, err := g.read(w)
	if err != nil {
		return nil, err
	}
	return NewGenericSender(s)
}

type generic struct {
	GenericSettings
	zone *time.Location
}

// NewGeneric returns the inbound side.
func NewGeneric(s GenericSettings) (Adapter, error) {
	if err := s.Config.check(); err != nil {
		return nil, err
	}
	if s.Secret == "" {
		return nil, fmt.Errorf("%s: the secret is missing", s.Config.name())
	}
	g := generic{s, booking.India}
	if s.Config.Inbound != nil && s.Config.Inbound.Zone != "" {
		g.zone, _ = time.LoadLocation(s.Config.Inbound.Zone) // check has tried it
	}
	return g, nil
}

func (g generic) Name() string { return g.Config.name() }

// read checks a request and collects its fields.
func (g generic) read(c echo.Context, r GenericRequest) (url.Values, error) {
	method := c.Request().Method
	if (method != http.MethodGet && method != http.MethodPost) || (r.Method != "" && method != r.Method) {
		return nil, echo.ErrMethodNotAllowed
	}
	v, err := fieldsOf(c, r.Body == "form" && method == http.MethodPost)
	if err != nil {
		return nil, err
	}
	if r.Body == "json" {
		b, err := channel.Body(c)
		if err != nil {
			return nil, err
		}
		if flatten(v, b) != nil {
			return nil, channel.Malformed
		}
	}
	ok := true
	for name, want := range r.Auth {
		ok = subtle.ConstantTimeCompare([]byte(v.Get(name)), []byte(want)) == 1 && ok
	}
	for name, want := range r.Headers {
		ok = subtle.ConstantTimeCompare([]byte(c.Request().Header.Get(name)), []byte(want)) == 1 && ok
	}
	if !ok {
		return nil, echo.ErrNotFound
	}
	return v, nil
}

func (g generic) Inbound(c echo.Context) (Event, error) {
	if err := checkSecret(c, g.Secret); err != nil {
		return Event{}, err
	}
	in := g.Config.Inbound
	if in == nil {
		return Event{}, echo.ErrNotFound
	}
	v, err := g.read(c, in.GenericRequest)
	if err != nil {
		return Event{}, err
	}
	e := Event{Provider: g.Name(), To: word(v.Get(in.Fields.To)), At: in.time(v.Get(in.Fields.At), g.zone)}
	if in.Fields.ID != "" {
		if e.ID, err = need(in.Fields.ID, v.Get(in.Fields.ID)); err != nil {
			return e, err
		}
	} else if _, err = need(in.Fields.At, v.Get(in.Fields.At)); err != nil {
		return e, err
	}
	if e.From, err = sender(in.Fields.From, v.Get(in.Fields.From)); err != nil {
		return e, err
	}
	if e.Text, err = typed(v, in.Fields.Text); err != nil {
		return e, err
	}
	if in.Fields.Part != "" {
		e.Ref, e.Part, e.Parts = parts(v.Get(in.Fields.Ref), v.Get(in.Fields.Part), v.Get(in.Fields.Parts))
	}
	if in.Fields.ID == "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %d", e.From, e.To, v.Get(in.Fields.At), e.Text, e.Part))
		e.ID = "sha256-" + hex.EncodeToString(sum[:16])
	}
	return e, nil
}

// parts reads which part of how many a text is.
func parts(ref, part, of string) (int, int, int) {
	r, errRef := strconv.Atoi(ref)
	p, errPart := strconv.Atoi(part)
	n, errOf := strconv.Atoi(of)
	if errRef != nil || errPart != nil || errOf != nil || n < 2 || n > 255 || p < 1 || p > n {
		return 0, 0, 0
	}
	return r & 0x7fffffff, p, n // as wide as a column
}

func (g GenericInbound) time(s string, zone *time.Location) time.Time {
	var t time.Time
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case g.Time == "unix" && err == nil && n > 0 && n < 1<<35:
		t = time.Unix(n, 0)
	case g.Time == "unix_ms" && err == nil && n > 0 && n < 1<<45:
		t = time.UnixMilli(n)
	case g.Time == "unix", g.Time == "unix_ms":
	default:
		layout := g.Time
		if layout == "" {
			layout = time.DateTime
		}
		if t, err = time.ParseInLocation(layout, s, zone); err != nil {
			return time.Time{}
		}
	}
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// Answer sends what the configuration says, nothing by default.
func (g generic) Answer(c echo.Context, _ Event) error {
	contentType, body := echo.MIMETextPlainCharsetUTF8, ""
	if in := g.Config.Inbound; in != nil {
		body = in.Answer.Body
		if in.Answer.Type != "" {
			contentType = in.Answer.Type
		}
	}
	return c.Blob(http.StatusOK, contentType, []byte(body))
}

func (g generic) Report(c echo.Context) (Report, error) {
	if err := checkSecret(c, g.Secret); err != nil {
		return Report{}, err
	}
	in := g.Config.Report
	if in == nil {
		return Report{}, echo.ErrNotFound
	}
	v, err := g.read(c, in.GenericRequest)
	if err != nil {
		return Report{}, err
	}
	r := Report{Provider: g.Name(), ProviderID: word(v.Get(in.Fields.ProviderID)), Code: code(v.Get(in.Fields.Code))}
	if r.Token, err = g.marked(c, v); err != nil {
		return r, err
	}
	status, err := need(in.Fields.Status, v.Get(in.Fields.Status))
	if err != nil {
		return r, err
	}
	for said, s := range in.Statuses {
		if strings.EqualFold(said, status) {
			r.Status = s
			return r, nil
		}
	}
	r.Status = in.Statuses["*"]
	return r, nil
}

// marked returns the token of the message a report is on.
func (g generic) marked(c echo.Context, v url.Values) (string, error) {
	if field := g.Config.Report.Fields.Ref; field != "" {
		return need(field, v.Get(field))
	}
	return marked(c)
}
