package sms

import (
	"context"
	"encoding/binary"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/outbox/ask"

	"tikaline/channel"
)

// kannel is the Kannel gateway, 1.4.5, between us and an operator's SMPP:
// https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html
//
// A text comes in by the get-url of a sms-service,
//
//	group = sms-service
//	keyword = default
//	get-url = "https://host/sms/kannel/SECRET?id=%I&from=%q&to=%Q&at=%T&coding=%c&charset=%C&udh=%u&text=%b"
//	omit-empty = true
//	max-messages = 0
//
//	GET /sms/kannel/SECRET?id=95f6b2d0-…&from=%2B919876543210&to=56161&at=1623048000&coding=2&charset=UTF-8&udh=&text=%E0%A4%AE%E0%A4%A6%E0%A4%A6
//
//	200, empty
//
// or by a post-url with id=%I in its query, the text in the body and the rest
// in X-Kannel headers. With mo-recode in the group smsbox a text in UCS-2 comes
// in UTF-8, without it in UTF-16; both are read. max-messages = 0 keeps what
// Kannel says when it cannot reach us from being sent to the phone.
//
// We send by
//
//	POST /cgi-bin/sendsms
//	Content-Type: text/plain; charset=UTF-8
//	X-Kannel-Username: …
//	X-Kannel-Password: …
//	X-Kannel-From: VAXIND
//	X-Kannel-To: +919876543210
//	X-Kannel-Coding: 2
//	X-Kannel-DLR-Mask: 27
//	X-Kannel-DLR-Url: https://host/sms/kannel/SECRET/status?t=…&type=%d&fid=%F&answer=%A
//	X-Kannel-Meta-Data: ?smpp?dlt_template_id=1107…
//
//	मदद
//
//	202
//	0: Accepted for delivery
//
// and not by the GET that most examples show, as an address gets into the log
// of everyone it passes; a form Kannel does not read.
//
// An answer carries no id; what a report is on is told by the token in dlr-url. Nothing is signed: the
// secret is in the address, and Kannel belongs next to us or behind mTLS.
type kannel struct{ KannelSettings }

// KannelSettings is how Kannel reaches us and we reach it.
type KannelSettings struct {
	Secret   string `name:"kannel" env:"TIKALINE_KANNEL_SECRET" help:"Secret in the addresses given to Kannel. Empty: texts from it are not served; the same for the next."`
	URL      string `name:"kannel-url" env:"TIKALINE_KANNEL_URL" help:"Kannel's sendsms: http://127.0.0.1:13013/cgi-bin/sendsms. Empty: nothing is sent by it."`
	User     string `name:"kannel-user" env:"TIKALINE_KANNEL_USER" help:"User of sendsms."`
	Password string `name:"kannel-password" env:"TIKALINE_KANNEL_PASSWORD" help:"Password of sendsms."`

	SMSC        string `name:"kannel-smsc" env:"TIKALINE_KANNEL_SMSC" help:"Kannel's connection (smsc-id) to send by. Empty: Kannel chooses."`
	TemplateTLV string `name:"kannel-template-tlv" env:"TIKALINE_KANNEL_TEMPLATE_TLV" default:"dlt_template_id" help:"What Kannel's group smpp-tlv calls the DLT template id."`
	EntityTLV   string `name:"kannel-entity-tlv" env:"TIKALINE_KANNEL_ENTITY_TLV" help:"What it calls the DLT entity id. Empty: a const= there says it."`

	From    string        `kong:"-"` // the sender of a text whose template names no header
	Timeout time.Duration `kong:"-"` // 0 is ten seconds
}

func (*KannelSettings) name() string { return kannelName }

func (k *KannelSettings) secret(w With) string { return channel.SecretOf(k.Secret, w.Demo) }

func (k *KannelSettings) uses(w With) (in, out bool) { return k.secret(w) != "", k.URL != "" }

func (k *KannelSettings) inbound(w With) (Adapter, error) {
	return NewKannel(KannelSettings{Secret: k.secret(w)})
}

func (k *KannelSettings) outbound(w With) (outbox.Provider, error) {
	s := *k
	s.Secret, s.From = k.secret(w), w.Sender
	return NewKannelSender(s)
}

const (
	kannelName = "kannel"

	// Delivered, undeliverable, accepted and refused by the centre: all that
	// Kannel can tell but "buffered", which is no news.
	kannelMask = "27"
)

// NewKannel returns the inbound side.
func NewKannel(s KannelSettings) (Adapter, error) {
	if s.Secret == "" {
		return nil, errors.New("kannel: the secret is missing")
	}
	return kannel{s}, nil
}

func (kannel) Name() string { return kannelName }

func (k kannel) Inbound(c echo.Context) (Event, error) {
	if err := checkSecret(c, k.Secret); err != nil {
		return Event{}, err
	}
	v, err := fieldsOf(c, false)
	if err != nil {
		return Event{}, err
	}
	switch c.Request().Method {
	case http.MethodGet:
	case http.MethodPost:
		if v, err = kannelPost(c, v); err != nil {
			return Event{}, err
		}
	default:
		return Event{}, echo.ErrMethodNotAllowed
	}
	e := Event{Provider: kannelName, To: word(strings.TrimSpace(v.Get("to"))), At: kannelTime(v.Get("at"))}
	if e.ID, err = need("id", v.Get("id")); err != nil {
		return e, err
	}
	if e.From, err = sender("from", v.Get("from")); err != nil {
		return e, err
	}
	if !v.Has("text") {
		return e, channel.Bad("text", "is required")
	}
	e.Text = kannelText(v.Get("text"), v.Get("coding"), v.Get("charset"))
	e.Ref, e.Part, e.Parts = concatenated(v.Get("udh"))
	return e, nil
}

// kannelPost reads what post-url sends, into the names of our get-url.
func kannelPost(c echo.Context, v url.Values) (url.Values, error) {
	b, err := channel.Body(c)
	if err != nil {
		return nil, err
	}
	h := c.Request().Header
	v.Set("text", string(b))
	for name, header := range map[string]string{"from": "From", "to": "To", "at": "Time", "coding": "Coding"} {
		if s := h.Get("X-Kannel-" + header); s != "" {
			v.Set(name, s)
		}
	}
	if udh, err := url.QueryUnescape(h.Get("X-Kannel-UDH")); err == nil && udh != "" {
		v.Set("udh", udh)
	}
	if _, params, err := mime.ParseMediaType(h.Get(echo.HeaderContentType)); err == nil && params["charset"] != "" {
		v.Set("charset", params["charset"])
	}
	return v, nil
}

// kannelText returns a text in UTF-8: what mo-recode leaves to do, and all of it
// where that is not on.
func kannelText(s, coding, charset string) string {
	switch charset = strings.ToUpper(charset); {
	case strings.HasPrefix(charset, "UTF-16"), strings.HasPrefix(charset, "ISO-10646"), charset == "" && coding == "2":
		order := binary.ByteOrder(binary.BigEndian)
		if charset == "UTF-16LE" {
			order = binary.LittleEndian
		}
		units := make([]uint16, 0, len(s)/2)
		for b := []byte(s); len(b) >= 2; b = b[2:] {
			units = append(units, order.Uint16(b))
		}
		s = string(utf16.Decode(units))
	case (charset == "ISO-8859-1" || charset == "WINDOWS-1252") && !utf8.ValidString(s):
		runes := make([]rune, 0, len(s))
		for _, b := range []byte(s) {
			runes = append(runes, rune(b))
		}
		s = string(runes)
	}
	return clean(s)
}

// kannelTime reads %T, or %t and X-Kannel-Time, which are in UTC.
func kannelTime(s string) time.Time {
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil && sec > 0 && sec < 1<<35 {
		return time.Unix(sec, 0).UTC()
	}
	t, err := time.Parse("2006-01-02 15:04:05", strings.Replace(s, "+", " ", 1))
	if err != nil {
		return time.Time{}
	}
	return t
}

// concatenated reads which part of a longer text a user data header says that
// this is: 3GPP TS 23.040, 9.2.3.24.1 and .8. Kannel puts parts together
// itself, and hands them on singly when one of them does not come in time.
func concatenated(udh string) (ref, part, parts int) {
	if len(udh) < 2 {
		return 0, 0, 0
	}
	for b := []byte(udh[1:]); len(b) >= 2 && len(b) >= 2+int(b[1]); b = b[2+int(b[1]):] {
		switch v := b[2 : 2+int(b[1])]; {
		case b[0] == 0x00 && len(v) == 3:
			ref, parts, part = int(v[0]), int(v[1]), int(v[2])
		case b[0] == 0x08 && len(v) == 4:
			ref, parts, part = int(v[0])<<8|int(v[1]), int(v[2]), int(v[3])
		}
	}
	if parts < 2 || part < 1 || part > parts {
		return 0, 0, 0
	}
	return ref, part, parts
}

// Answer sends an empty text: with omit-empty that is nothing to send.
func (kannel) Answer(c echo.Context, _ Event) error {
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, nil)
}

func (k kannel) Report(c echo.Context) (Report, error) {
	if err := checkSecret(c, k.Secret); err != nil {
		return Report{}, err
	}
	v, err := fieldsOf(c, false)
	if err != nil {
		return Report{}, err
	}
	r := Report{Provider: kannelName, ProviderID: word(v.Get("fid")), Code: kannelCode(v.Get("answer"))}
	if r.Token, err = marked(c); err != nil {
		return r, err
	}
	switch v.Get("type") {
	case "":
		return r, channel.Bad("type", "is required")
	case "1":
		r.Status = Delivered
	case "2", "16":
		r.Status = Failed
	case "8":
		r.Status = Sent // and may come after Delivered
	case "4": // buffered: no news
	default:
		return r, channel.Bad("type", "is none that we know")
	}
	return r, nil
}

// receipt is what of an SMPP receipt says why: stat:UNDELIV err:001. The rest
// of it has dates, ids and the beginning of the text.
var receipt = regexp.MustCompile(`\bstat:([A-Za-z]{1,10})(?:\s+err:([0-9A-Za-z]{1,5})\b)?`)

// kannelCode returns the centre's word in %A: ACK/, NACK/0x0000000b/Invalid
// Destination Address, or the receipt.
func kannelCode(s string) string {
	if m := receipt.FindStringSubmatch(s); m != nil {
		return code(strings.TrimSuffix(m[1]+"/"+m[2], "/"))
	}
	kind, rest, _ := strings.Cut(s, "/")
	if kind != "ACK" && kind != "NACK" {
		return ""
	}
	reason, _, _ := strings.Cut(rest, "/")
	if reason == "" {
		return kind
	}
	// The number is eight hexadecimal digits; code takes longer ones for a phone's.
	return code(kind + "/" + strings.ReplaceAll(reason, " ", "_"))
}

// NewKannelSender returns the outbound side.
func NewKannelSender(s KannelSettings) (outbox.Provider, error) {
	if _, err := ask.Address("kannel's address", s.URL); err != nil {
		return nil, err
	}
	if s.User == "" || s.Password == "" {
		return nil, errors.New("kannel: user and password are missing")
	}
	if s.TemplateTLV == "" {
		s.TemplateTLV = "dlt_template_id"
	}
	return kannelSender{s, ask.NewCaller(s.Timeout)}, nil
}

type kannelSender struct {
	KannelSettings
	caller ask.Caller
}

func (kannelSender) Name() string { return kannelName }

func (k kannelSender) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	a, f := k.caller.Send(ctx, http.MethodPost, k.URL, "text/plain; charset=UTF-8", m.Text, k.headers(m))
	if f == nil {
		f = kannelRefused(a)
	}
	if f != nil {
		return outbox.Receipt{}, f
	}
	return outbox.Receipt{}, nil
}

func (k kannelSender) headers(m outbox.Message) http.Header {
	from := m.Template.Header
	if from == "" {
		from = k.From
	}
	coding := "0"
	if _, gsm := locales.Cost(m.Text); !gsm {
		coding = "2" // without it Kannel sends ?????? and says that all is well
	}
	h := http.Header{}
	put := func(name, value string) {
		if value != "" {
			h.Set("X-Kannel-"+name, value)
		}
	}
	put("Username", k.User)
	put("Password", k.Password)
	put("From", from)
	put("To", string(m.To))
	put("Coding", coding)
	put("SMSC", k.SMSC)
	put("Meta-Data", k.metadata(m.Template))
	if m.Validity > 0 {
		put("Validity", strconv.FormatInt(int64((m.Validity+time.Minute-1)/time.Minute), 10))
	}
	if m.Report != "" {
		put("DLR-Mask", kannelMask)
		more := "?"
		if strings.Contains(m.Report, "?") {
			more = "&"
		}
		// Kannel reads % as the beginning of an escape code.
		put("DLR-Url", strings.ReplaceAll(m.Report, "%", "%%")+more+"type=%d&fid=%F&answer=%A")
	}
	return h
}

// metadata carries what India's registry wants to know as optional parameters
// of SMPP: ?smpp?dlt_template_id=1107…, with values escaped once more.
func (k kannelSender) metadata(t outbox.Template) string {
	tlv := url.Values{}
	if t.ID != "" {
		tlv.Set(k.TemplateTLV, t.ID)
	}
	if t.Entity != "" && k.EntityTLV != "" {
		tlv.Set(k.EntityTLV, t.Entity)
	}
	if len(tlv) == 0 {
		return ""
	}
	return "?smpp?" + tlv.Encode()
}

// kannelRefused tells what to do after an answer; nil if the text was taken.
func kannelRefused(a ask.Answer) *outbox.Failure {
	body := strings.TrimSpace(string(a.Body))
	if a.Status == http.StatusAccepted && (strings.HasPrefix(body, "0:") || strings.HasPrefix(body, "3:")) {
		return nil // 3: the centre is away, and Kannel keeps it
	}
	if f, ok := ask.Refused(a.Status, a.Header); ok {
		return f
	}
	f := &outbox.Failure{Policy: outbox.Ambiguous, Code: strconv.Itoa(a.Status)}
	if a.Status < 400 {
		return f // taken, it seems, but not in words of Kannel
	}
	f.Policy = outbox.GiveUp
	switch {
	case strings.HasPrefix(body, "Sender missing"):
		f.Policy, f.Code = outbox.Elsewhere, f.Code+" sender"
	case strings.Contains(body, "receiver"):
		f.Code += " receiver"
	case strings.Contains(body, "denied by white- and/or black-lists"):
		f.Code += " denied" // listed there, or a character that sendsms-chars has not
	}
	return f
}
