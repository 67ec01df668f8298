package ivr

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

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tikaline/booking"
	"tikaline/outbox"
)

// Calls by Twilio: https://www.twilio.com/docs/voice/api/call-resource. It has no
// numbers in India: what it shows there is a foreign one, which few take.
//
//	POST /2010-04-01/Accounts/AC…/Calls.json
//	Authorization: Basic …
//
//	To=%2B919876543210&From=%2B15005550006&Url=https%3A%2F%2Fvax.example.in%2Fivr%2Ftwilio%2Foutbound%3Fnotice%3D…
//	&StatusCallback=…%2Fivr%2Ftwilio%2Fstatus%3Fnotice%3D…&StatusCallbackEvent=completed&Timeout=25&TimeLimit=3600
//
//	201 {"sid":"CA0123…","status":"queued"}
//
// When it is taken the call asks at Url, as one that came in does; when it is
// over, or was not taken, StatusCallback is told ("completed" there is every end).

// TwilioCallSettings is how we ask Twilio for calls.
type TwilioCallSettings struct {
	PublicURL      string // what our addresses begin with for Twilio
	AccountSID     string
	Key, KeySecret string // an API key, or the account and its token
	From           string // our number, of Twilio's
	BaseURL        string // "" is https://api.twilio.com
	Machines       bool   // asks Twilio to tell machines from people: dearer, and the line is silent meanwhile
	Timeout        time.Duration
}

// twilioAPI is Twilio's address unless another is set.
const twilioAPI = "https://api.twilio.com"

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// NewTwilioCaller makes calls by Twilio.
func NewTwilioCaller(s TwilioCallSettings) (outbox.Provider, error) {
	if s.BaseURL == "" {
		s.BaseURL = twilioAPI
	}
	for what, address := range map[string]string{"twilio's address": s.BaseURL, "twilio's public address": s.PublicURL} {
		if err := absolute(what, address); err != nil {
			return nil, err
		}
	}
	for what, value := range map[string]string{"account": s.AccountSID, "key": s.Key, "key's secret": s.KeySecret} {
		if !alphanumeric.MatchString(value) {
			return nil, fmt.Errorf("twilio: the %s is missing, or not of letters and digits", what)
		}
	}
	if s.From == "" {
		return nil, errors.New("twilio: the number to call from is missing")
	}
	if s.Timeout <= 0 {
		s.Timeout = callTimeout
	}
	base, err := url.Parse(s.BaseURL)
	if err != nil {
		return nil, err
	}
	return &twilioCaller{settings: s, base: base, transport: newClient(s.Timeout).Transport}, nil
}

type twilioCaller struct {
	settings  TwilioCallSettings
	base      *url.URL
	transport http.RoundTripper
}

// Name is not that of the texts': the outbox knows each by its own.
func (*twilioCaller) Name() string { return "twilio-voice" }

func (t *twilioCaller) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, t.settings.Timeout)
	defer cancel()
	// The SDK knows neither a context nor a base address, and shows no header
	// of a refusal: one round tripper a call does.
	one := &oneRequest{base: t.base, next: t.transport}
	one.ctx, one.sent = tracked(ctx)
	sdk := &client.Client{
		Credentials: client.NewCredentials(t.settings.Key, t.settings.KeySecret),
		HTTPClient: &http.Client{
			Transport:     one,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	sdk.SetAccountSid(t.settings.AccountSID)
	got, err := openapi.NewApiServiceWithClient(sdk).CreateCall(t.params(m))
	if f := one.failure(got, err); f != nil {
		return outbox.Receipt{}, f
	}
	return outbox.Receipt{ProviderID: *got.Sid}, nil
}

func (t *twilioCaller) params(m outbox.Message) *openapi.CreateCallParams {
	p := (&openapi.CreateCallParams{}).SetTo(string(m.To)).SetFrom(t.settings.From)
	p.SetUrl(callAddress(t.settings.PublicURL, "/ivr/twilio/outbound", m.ID)).SetMethod(http.MethodPost)
	p.SetFallbackUrl(strings.TrimSuffix(t.settings.PublicURL, "/") + "/ivr/twilio/fallback").SetFallbackMethod(http.MethodPost)
	p.SetStatusCallback(callAddress(t.settings.PublicURL, "/ivr/twilio/status", m.ID)).SetStatusCallbackMethod(http.MethodPost)
	p.SetStatusCallbackEvent([]string{"completed"})
	p.SetTimeout(int(ringing / time.Second)).SetTimeLimit(int(booking.CallLimit / time.Second))
	if t.settings.Machines {
		p.SetMachineDetection("Enable")
	}
	return p
}

// A oneRequest takes one request of the SDK where it belongs, and keeps what the
// SDK does not tell.
type oneRequest struct {
	ctx    context.Context
	sent   *bool
	base   *url.URL
	next   http.RoundTripper
	status int
	header http.Header
}

func (o *oneRequest) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(o.ctx)
	req.URL.Scheme, req.URL.Host, req.Host = o.base.Scheme, o.base.Host, o.base.Host
	req.URL.Path = strings.TrimSuffix(o.base.Path, "/") + req.URL.Path
	res, err := o.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	o.status, o.header = res.StatusCode, res.Header
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, callAnswer), res.Body}
	return res, nil
}

// failure tells what to do after an answer; nil if the call is being made.
func (o *oneRequest) failure(got *openapi.ApiV2010Call, err error) *outbox.Failure {
	if o.status == 0 {
		return unanswered(err, *o.sent)
	}
	if o.status >= 200 && o.status < 300 {
		if err == nil && got != nil && got.Sid != nil && *got.Sid != "" {
			return nil
		}
		return &outbox.Failure{Policy: outbox.Ambiguous, Code: strconv.Itoa(o.status) + " unreadable"}
	}
	// Its message repeats the number, so only its code goes on.
	number := 0
	if rest, ok := errors.AsType[*client.TwilioRestError](err); ok {
		number = rest.Code
	}
	f, ok := refused(o.status, o.header)
	if !ok {
		f = &outbox.Failure{Policy: twilioRefusal(number), Code: strconv.Itoa(o.status)}
	}
	if number != 0 {
		f.Code += " " + strconv.Itoa(number)
	}
	return f
}

// twilioRefusal is what to do about an error code,
// https://www.twilio.com/docs/api/errors.
func twilioRefusal(number int) outbox.Policy {
	switch number {
	case 13223, 13224, 21211, 21214, 21217: // the number is none, or cannot be called
		return outbox.GiveUp
	}
	return outbox.Elsewhere // our account, our number, a country that is shut: another may
}
