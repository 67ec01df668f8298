package sms

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/exotelapi"
	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/outbox/ask"
)

// exotel is Exotel: https://developer.exotel.com/api/sms. A text comes in by a
// Passthru applet (its documents do not agree on the method; both are read):
//
//	GET /sms/exotel/SECRET?SmsSid=0b6c…&From=09876543210&To=09513886363&Date=2021-06-07+10%3A00%3A00&Body=PIN+110001
//
//	200 text/plain, empty
//
// where what we answer would be sent to the phone. Before it takes an address it
// asks by HEAD whether somebody is there. A report is
//
//	POST /sms/exotel/SECRET/status?t=…
//
//	SmsSid=0b6c…&To=09876543210&Status=sent&DetailedStatus=DELIVERED_TO_HANDSET&DetailedStatusCode=20005&SmsUnits=1
//
// retried twice, 15 s apart. Nothing is signed. We send by
//
//	POST /v1/Accounts/{sid}/Sms/send
//	Authorization: Basic …
//
//	From=VAXIND&To=%2B919876543210&Body=…&EncodingType=unicode&DltEntityId=…&DltTemplateId=…&StatusCallback=…
//
//	200
//	<TwilioResponse><SMSMessage><Sid>0b6c…</Sid><Status>queued</Status>…
//
// Of a refusal only the status counts, says Exotel: its message may change.
type exotel struct{ ExotelSettings }

// ExotelSettings is how Exotel reaches us and we reach it.
type ExotelSettings struct {
	exotelapi.Account `kong:"-"`

	From    string        `kong:"-"` // the sender of a text whose template names no header
	Timeout time.Duration `kong:"-"` // 0 is ten seconds
}

func (*ExotelSettings) name() string { return exotelName }

func (*ExotelSettings) secret(w With) string { return channel.SecretOf(w.Exotel.Secret, w.Demo) }

func (x *ExotelSettings) uses(w With) (in, out bool) { return x.secret(w) != "", w.Exotel.SID != "" }

// of fills in the account.
func (x *ExotelSettings) of(w With) ExotelSettings {
	s := *x
	s.Account, s.From = w.Exotel, w.Sender
	s.Secret = x.secret(w)
	return s
}

func (x *ExotelSettings) inbound(w With) (Adapter, error) { return NewExotel(x.of(w)) }

func (x *ExotelSettings) outbound(w With) (outbox.Provider, error) { return NewExotelSender(x.of(w)) }

const exotelName = "exotel"

// NewExotel returns the inbound side.
func NewExotel(s ExotelSettings) (Adapter, error) {
	if s.Secret == "" {
		return nil, errors.New("exotel: the secret is missing")
	}
	return exotel{s}, nil
}

func (exotel) Name() string { return exotelName }

func (x exotel) fields(c echo.Context) (url.Values, error) {
	if err := checkSecret(c, x.Secret); err != nil {
		return nil, err
	}
	switch c.Request().Method {
	case http.MethodGet:
		return fieldsOf(c, false)
	case http.MethodPost:
		return fieldsOf(c, true)
	case http.MethodHead:
		return nil, errLooked
	}
	return nil, echo.ErrMethodNotAllowed
}

func (x exotel) Inbound(c echo.Context) (Event, error) {
	v, err := x.fields(c)
	if err != nil {
		return Event{}, err
	}
	e := Event{Provider: exotelName, To: word(v.Get("To"))}
	if e.ID, err = need("SmsSid", v.Get("SmsSid")); err != nil {
		return e, err
	}
	if e.From, err = sender("From", v.Get("From")); err != nil {
		return e, err
	}
	if at, err := time.ParseInLocation(time.DateTime, v.Get("Date"), booking.India); err == nil {
		e.At = at.UTC()
	}
	e.Text, err = typed(v, "Body")
	return e, err
}

// Answer is empty, and plain text: anything else would be sent as a text.
func (exotel) Answer(c echo.Context, _ Event) error {
	return c.Blob(http.StatusOK, echo.MIMETextPlain, nil)
}

func (x exotel) Report(c echo.Context) (Report, error) {
	v, err := x.fields(c)
	if err != nil {
		return Report{}, err
	}
	r := Report{Provider: exotelName, Code: code(v.Get("DetailedStatusCode"))}
	if r.Token, err = marked(c); err != nil {
		return r, err
	}
	if r.ProviderID, err = need("SmsSid", v.Get("SmsSid")); err != nil {
		return r, err
	}
	status, err := need("Status", v.Get("Status"))
	if err != nil {
		return r, err
	}
	r.Status = exotelStatus(status, v.Get("DetailedStatus"))
	return r, nil
}

// exotelStatus returns what a status means. By the older pages sent is the end, by
// the newer ones delivered is; only the details show whether the phone has it.
func exotelStatus(status, detail string) ReportStatus {
	switch strings.ToLower(status) {
	case "delivered":
		return Delivered
	case "submitted", "sent":
		if strings.EqualFold(detail, "DELIVERED_TO_HANDSET") {
			return Delivered
		}
		return Sent
	// Not wanting advertisements (DND) is not a STOP to us.
	case "failed", "failed_dnd", "failed-dnd", "undelivered", "expired":
		return Failed
	}
	return "" // queued, sending and what comes next year: no news
}

// NewExotelSender returns the outbound side.
func NewExotelSender(s ExotelSettings) (outbox.Provider, error) {
	if _, err := ask.Address("exotel's address", s.API()); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return exotelSender{s, ask.NewCaller(s.Timeout)}, nil
}

type exotelSender struct {
	ExotelSettings
	caller ask.Caller
}

func (exotelSender) Name() string { return exotelName }

func (x exotelSender) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	a, f := x.caller.Send(ctx, http.MethodPost, x.Endpoint("Sms/send"), echo.MIMEApplicationForm, x.form(m).Encode(), ask.Basic(x.Key, x.Token))
	if f == nil {
		f = exotelRefused(a)
	}
	if f != nil {
		return outbox.Receipt{}, f
	}
	id, _ := exotelapi.ID(a.Body)
	return outbox.Receipt{ProviderID: id}, nil
}

func (x exotelSender) form(m outbox.Message) url.Values {
	v := url.Values{
		"To": {string(m.To)}, "Body": {m.Text}, "EncodingType": {"plain"},
		"CustomField": {m.ID.String()}, // shown in Exotel's dashboard
	}
	if _, gsm := locales.Cost(m.Text); !gsm {
		v.Set("EncodingType", "unicode")
	}
	from := m.Template.Header
	if from == "" {
		from = x.From
	}
	for name, s := range map[string]string{
		"From": from, "DltEntityId": m.Template.Entity, "DltTemplateId": m.Template.ID,
		"SmsType": exotelType(m.Template.Category), "StatusCallback": m.Report,
	} {
		if s != "" {
			v.Set(name, s)
		}
	}
	return v
}

// exotelType returns Exotel's word for a category of the registry.
func exotelType(category string) string {
	switch category {
	// What a government body sends goes to everybody, as what somebody asked for
	// does; Exotel has no word of its own for it, and without one it would choose.
	case "transactional", "service-implicit", "government":
		return "transactional"
	case "service-explicit":
		return "transactional_opt_in"
	case "promotional":
		return "promotional"
	}
	return ""
}

// exotelRefused tells what to do after an answer; nil if the text was taken.
func exotelRefused(a ask.Answer) *outbox.Failure {
	if f, ok := ask.Refused(a.Status, a.Header); ok {
		return f
	}
	f := &outbox.Failure{Code: strconv.Itoa(a.Status)}
	switch {
	case exotelapi.Refused(a.Status, a.Body):
		// A number that is none, or more likely a sender or template that
		// Exotel does not know: another provider may.
		f.Policy = outbox.Elsewhere
	default:
		return nil
	}
	return f
}
