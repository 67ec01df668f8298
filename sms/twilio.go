package sms

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tikaline/outbox"
	"tikaline/twilioapi"
)

// twilio is Twilio: https://www.twilio.com/docs/messaging/guides/webhook-request
// and https://www.twilio.com/docs/usage/security#validating-requests. It has no
// numbers for texts to us in India; there it only sends.
//
//	POST /sms/twilio
//	X-Twilio-Signature: kFHowTlIOPykl2YLFK+zphUIASY=
//	Content-Type: application/x-www-form-urlencoded
//
//	MessageSid=SM0123…&AccountSid=AC…&From=%2B919876543210&To=%2B15005550006&Body=PIN+110001&NumMedia=0
//
//	200 text/xml
//	<?xml version="1.0" encoding="UTF-8"?><Response/>
//
// The same signature comes with reports:
//
//	POST /sms/twilio/status?t=…
//
//	MessageSid=SM0123…&MessageStatus=undelivered&ErrorCode=30005&To=…
//
// What the signature covers, and what it does not, is in twilioapi. It has no
// date: a captured request is good for ever and MessageSid has to be unique. A
// retry comes 15 s later by default; the address in Twilio's console may ask for
// more, #rc=3&rp=all.
type twilio struct{ check *twilioapi.Check }

// TwilioSettings is how Twilio reaches us and we reach it.
type TwilioSettings struct {
	From string `name:"twilio-from" env:"TIKALINE_TWILIO_FROM" help:"Sender with Twilio."` // of a text whose template names no header

	PublicURL  string   `kong:"-"` // what our addresses begin with for Twilio: https://vax.example.in
	AuthTokens []string `kong:"-"` // the account's; two while one takes the other's place

	AccountSID       string        `kong:"-"`
	Key              string        `kong:"-"` // an API key to send with; "" is the account and its first token
	KeySecret        string        `kong:"-"`
	MessagingService string        `kong:"-"` // in place of From: a service that has senders
	BaseURL          string        `kong:"-"` // "" is https://api.twilio.com
	Timeout          time.Duration `kong:"-"` // 0 is ten seconds
}

func (*TwilioSettings) name() string { return twilioName }

func (*TwilioSettings) secret(With) string { return "" }

func (*TwilioSettings) uses(w With) (in, out bool) {
	set := w.Twilio.AccountSID != ""
	return set, set
}

// of fills in the account.
func (t *TwilioSettings) of(w With) TwilioSettings {
	s := *t
	s.PublicURL, s.AuthTokens, s.AccountSID, s.BaseURL = w.PublicURL, w.Twilio.AuthTokens, w.Twilio.AccountSID, w.Twilio.BaseURL
	return s
}

func (t *TwilioSettings) inbound(w With) (Adapter, error) { return NewTwilio(t.of(w)) }

func (t *TwilioSettings) outbound(w With) (outbox.Provider, error) { return NewTwilioSender(t.of(w)) }

const (
	twilioName        = "twilio"
	twilioEmpty       = `<?xml version="1.0" encoding="UTF-8"?><Response/>`
	twilioMaxValidity = 10 * time.Hour
	twilioStopped     = 21610 // the person has texted STOP to this sender
)

// NewTwilio returns the inbound side.
func NewTwilio(s TwilioSettings) (Adapter, error) {
	check, err := twilioapi.NewCheck(s.PublicURL, s.AuthTokens, s.AccountSID)
	if err != nil {
		return nil, err
	}
	return twilio{check}, nil
}

func (twilio) Name() string { return twilioName }

func (t twilio) Inbound(c echo.Context) (Event, error) {
	v, err := t.check.Form(c)
	if err != nil {
		return Event{}, err
	}
	e := Event{Provider: twilioName}
	if e.ID, err = need("MessageSid", v.Get("MessageSid")); err != nil {
		return e, err
	}
	if e.From, err = sender("From", v.Get("From")); err != nil {
		return e, err
	}
	if e.To, err = need("To", v.Get("To")); err != nil {
		return e, err
	}
	e.Text, err = typed(v, "Body")
	return e, err
}

// Answer sends an empty TwiML: an answer in it would have no id, and be lost with
// this response.
func (twilio) Answer(c echo.Context, _ Event) error {
	return c.Blob(http.StatusOK, "text/xml; charset=utf-8", []byte(twilioEmpty))
}

func (t twilio) Report(c echo.Context) (Report, error) {
	v, err := t.check.Form(c)
	if err != nil {
		return Report{}, err
	}
	r := Report{Provider: twilioName, Code: code(v.Get("ErrorCode"))}
	if r.Token, err = marked(c); err != nil {
		return r, err
	}
	if r.ProviderID, err = need("MessageSid", v.Get("MessageSid")); err != nil {
		return r, err
	}
	status, err := need("MessageStatus", v.Get("MessageStatus"))
	if err != nil {
		return r, err
	}
	switch status {
	case "sent", "partially_delivered":
		r.Status = Sent
	case "delivered", "read":
		r.Status = Delivered
	case "undelivered", "failed", "canceled":
		r.Status = Failed
		if r.Code == strconv.Itoa(twilioStopped) {
			r.Status = Stopped
		}
	} // accepted, scheduled, queued, sending and what comes next year: no news
	return r, nil
}

// NewTwilioSender returns the outbound side.
func NewTwilioSender(s TwilioSettings) (outbox.Provider, error) {
	if s.Key == "" && len(s.AuthTokens) > 0 {
		s.Key, s.KeySecret = s.AccountSID, s.AuthTokens[0]
	}
	rest, err := twilioapi.NewREST(twilioapi.Account{SID: s.AccountSID, Key: s.Key, KeySecret: s.KeySecret, BaseURL: s.BaseURL, Timeout: s.Timeout})
	if err != nil {
		return nil, err
	}
	if s.From == "" && s.MessagingService == "" {
		return nil, errors.New("twilio: neither a sender nor a messaging service")
	}
	return &twilioSender{s, rest}, nil
}

type twilioSender struct {
	settings TwilioSettings
	rest     *twilioapi.REST
}

func (*twilioSender) Name() string { return twilioName }

func (t *twilioSender) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	return t.rest.Ask(ctx, func(api *openapi.ApiService) (*string, error) {
		got, err := api.CreateMessage(t.params(m))
		if err != nil {
			return nil, err
		}
		return got.Sid, nil
	}, twilioPolicy)
}

func (t *twilioSender) params(m outbox.Message) *openapi.CreateMessageParams {
	p := (&openapi.CreateMessageParams{}).SetTo(string(m.To)).SetBody(m.Text)
	// The very letters that are registered: no cheaper ones in their place.
	p.SetSmartEncoded(false)
	switch {
	case m.Template.Header != "":
		p.SetFrom(m.Template.Header)
	case t.settings.From != "":
		p.SetFrom(t.settings.From)
	}
	if t.settings.MessagingService != "" {
		p.SetMessagingServiceSid(t.settings.MessagingService)
	}
	if m.Validity > 0 {
		p.SetValidityPeriod(int(max(min(m.Validity, twilioMaxValidity)/time.Second, 1)))
	}
	if m.Report != "" {
		p.SetStatusCallback(m.Report)
	}
	return p
}

// twilioPolicy returns what to do about an error code,
// https://www.twilio.com/docs/api/errors, where the status did not say.
func twilioPolicy(number int) *outbox.Failure {
	f := &outbox.Failure{}
	switch number {
	case twilioStopped:
		f.Policy = outbox.Stopped
	case 21211, 21614, 30004, 30005, 30006, 30014, // the number
		21602, 21604, 21617, 30007, 30019: // the message
		f.Policy = outbox.GiveUp
	case 20003, 20404, 21212, 21606, 21408, 21703, 21705, 30002, 30018, 30024, 30032, // our account
		21612: // from this sender not to this number: another may
		f.Policy = outbox.Elsewhere
	case 30003: // the phone is off, and will not be on in a minute
		f.Policy, f.After = outbox.Retry, 2*time.Hour
	case 21611: // our queue there is ten hours long
		f.Policy, f.After = outbox.Retry, 10*time.Minute
	default:
		// Temporary, or not known: the outbox counts how often.
		f.Policy = outbox.Retry
	}
	return f
}
