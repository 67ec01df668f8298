package sms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tikaline/outbox"
	"tikaline/twiliosign"
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
// What the signature covers, and what it does not, is in twiliosign. It has no
// date: a captured request is good for ever and MessageSid has to be unique. A
// retry comes 15 s later by default; the address in Twilio's console may ask for
// more, #rc=3&rp=all.
type twilio struct{ check *twiliosign.Check }

// TwilioSettings is how Twilio reaches us and we reach it.
type TwilioSettings struct {
	PublicURL  string   // what our addresses begin with for Twilio: https://vax.example.in
	AuthTokens []string // the account's; two while one takes the other's place

	AccountSID       string
	Key, KeySecret   string        // an API key to send with; "" is the account and its first token
	From             string        // the sender of a text whose template names no header
	MessagingService string        // or a service that has senders
	BaseURL          string        // "" is https://api.twilio.com
	Timeout          time.Duration // 0 is ten seconds
}

const (
	twilioName        = "twilio"
	twilioEmpty       = `<?xml version="1.0" encoding="UTF-8"?><Response/>`
	twilioMaxValidity = 10 * time.Hour
	twilioStopped     = 21610 // the person has texted STOP to this sender
)

// NewTwilio is the inbound side.
func NewTwilio(s TwilioSettings) (Adapter, error) {
	check, err := twiliosign.New(s.PublicURL, s.AuthTokens, s.AccountSID)
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

// Answer is an empty TwiML: an answer in it would have no id, and be lost with
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

// NewTwilioSender is the outbound side.
func NewTwilioSender(s TwilioSettings) (outbox.Provider, error) {
	if s.Key == "" && len(s.AuthTokens) > 0 {
		s.Key, s.KeySecret = s.AccountSID, s.AuthTokens[0]
	}
	if s.BaseURL == "" {
		s.BaseURL = "https://api.twilio.com"
	}
	if err := absolute("twilio's address", s.BaseURL); err != nil {
		return nil, err
	}
	for what, value := range map[string]string{"account": s.AccountSID, "key": s.Key, "key's secret": s.KeySecret} {
		if !alphanumeric.MatchString(value) {
			return nil, fmt.Errorf("twilio: the %s is missing, or not of letters and digits", what)
		}
	}
	if s.From == "" && s.MessagingService == "" {
		return nil, errors.New("twilio: neither a sender nor a messaging service")
	}
	if s.Timeout <= 0 {
		s.Timeout = sendTimeout
	}
	base, err := url.Parse(s.BaseURL)
	if err != nil {
		return nil, err
	}
	return &twilioSender{settings: s, base: base, transport: newTransport()}, nil
}

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

type twilioSender struct {
	settings  TwilioSettings
	base      *url.URL
	transport http.RoundTripper
}

func (*twilioSender) Name() string { return twilioName }

func (t *twilioSender) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, t.settings.Timeout)
	defer cancel()
	// The SDK knows neither a context nor a base address, and shows no header
	// of a refusal: one round tripper a message does.
	call := &twilioCall{base: t.base, next: t.transport}
	call.ctx, call.sent = tracked(ctx)
	sdk := &client.Client{
		Credentials: client.NewCredentials(t.settings.Key, t.settings.KeySecret),
		HTTPClient: &http.Client{
			Transport:     call,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	sdk.SetAccountSid(t.settings.AccountSID)
	got, err := openapi.NewApiServiceWithClient(sdk).CreateMessage(t.params(m))
	if f := call.failure(got, err); f != nil {
		return outbox.Receipt{}, f
	}
	return outbox.Receipt{ProviderID: *got.Sid}, nil
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

// A twilioCall takes one request of the SDK where it belongs, and keeps what
// the SDK does not tell.
type twilioCall struct {
	ctx  context.Context
	sent *bool
	base *url.URL
	next http.RoundTripper
	answer
}

func (c *twilioCall) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(c.ctx)
	req.URL.Scheme, req.URL.Host, req.Host = c.base.Scheme, c.base.Host, c.base.Host
	req.URL.Path = strings.TrimSuffix(c.base.Path, "/") + req.URL.Path
	res, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	c.status, c.header = res.StatusCode, res.Header
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxBody), res.Body}
	return res, nil
}

// failure tells what to do after an answer; nil if the text was taken.
func (c *twilioCall) failure(got *openapi.ApiV2010Message, err error) *outbox.Failure {
	if c.status == 0 {
		return unanswered(err, *c.sent)
	}
	if c.status >= 200 && c.status < 300 {
		if err == nil && got != nil && got.Sid != nil && *got.Sid != "" {
			return nil
		}
		return &outbox.Failure{Policy: outbox.Ambiguous, Code: strconv.Itoa(c.status) + " unreadable"}
	}
	// Its message repeats the number, so only its code goes on.
	said, number := "", 0
	if rest, ok := errors.AsType[*client.TwilioRestError](err); ok && rest.Code != 0 {
		number, said = rest.Code, " "+strconv.Itoa(rest.Code)
	}
	f, ok := refused(c.answer)
	if !ok {
		f = twilioPolicy(number)
		f.Code = strconv.Itoa(c.status)
	}
	f.Code += said
	return f
}

// twilioPolicy is what to do about an error code,
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
