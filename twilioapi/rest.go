package twilioapi

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

	"tikaline/outbox"
	"tikaline/outbox/ask"
)

// BaseURL is Twilio's address unless another is set.
const BaseURL = "https://api.twilio.com"

// An Account is the credentials of our requests.
type Account struct {
	SID            string
	Key, KeySecret string        // an API key, or the account and its token
	BaseURL        string        // "" is BaseURL
	Timeout        time.Duration // 0 is ask.Timeout
}

// Settings is the account as the program reads it; the tags name and explain it.
type Settings struct {
	AccountSID string   `name:"twilio-account" env:"TIKALINE_TWILIO_ACCOUNT" help:"Twilio's account SID. Empty: Twilio is not used."`
	AuthTokens []string `name:"twilio-tokens" env:"TIKALINE_TWILIO_TOKENS" help:"Twilio's auth token; two while one takes the other's place."`
	BaseURL    string   `name:"twilio-url" env:"TIKALINE_TWILIO_URL" help:"Twilio's API. Empty: its own."`
}

// A REST makes requests to Twilio.
type REST struct {
	account   Account
	base      *url.URL
	transport http.RoundTripper
}

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// NewREST returns a REST for an account. Its error names the setting that is
// wrong.
func NewREST(a Account) (*REST, error) {
	if a.BaseURL == "" {
		a.BaseURL = BaseURL
	}
	base, err := ask.Address("twilio's address", a.BaseURL)
	if err != nil {
		return nil, err
	}
	if base.User != nil {
		return nil, errors.New("twilio's address has a password in it")
	}
	for what, value := range map[string]string{"account": a.SID, "key": a.Key, "key's secret": a.KeySecret} {
		if !alphanumeric.MatchString(value) {
			return nil, fmt.Errorf("twilio: the %s is missing, or not of letters and digits", what)
		}
	}
	if a.Timeout <= 0 {
		a.Timeout = ask.Timeout
	}
	return &REST{account: a, base: base, transport: ask.NewTransport()}, nil
}

// Ask makes one request, by do, which returns the id of what was made. policy
// returns the failure for an error code of Twilio's
// (https://www.twilio.com/docs/api/errors; 0 is none) where the status of the
// answer does not decide it. The error is an *outbox.Failure.
func (r *REST) Ask(ctx context.Context, do func(*openapi.ApiService) (sid *string, err error), policy func(code int) *outbox.Failure) (outbox.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, r.account.Timeout)
	defer cancel()
	one := &request{base: r.base, next: r.transport}
	one.ctx, one.sent = ask.Tracked(ctx)
	sdk := &client.Client{
		Credentials: client.NewCredentials(r.account.Key, r.account.KeySecret),
		HTTPClient: &http.Client{
			Transport:     one,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	sdk.SetAccountSid(r.account.SID)
	sid, err := do(openapi.NewApiServiceWithClient(sdk))
	if f := one.failure(sid, err, policy); f != nil {
		return outbox.Receipt{}, f
	}
	return outbox.Receipt{ProviderID: *sid}, nil
}

// A request sends one request of the SDK to the right address, and keeps the
// parts of the answer that the SDK drops.
type request struct {
	ctx    context.Context
	sent   *bool
	base   *url.URL
	next   http.RoundTripper
	status int
	header http.Header
}

func (q *request) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(q.ctx)
	req.URL.Scheme, req.URL.Host, req.Host = q.base.Scheme, q.base.Host, q.base.Host
	req.URL.Path = strings.TrimSuffix(q.base.Path, "/") + req.URL.Path
	res, err := q.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	q.status, q.header = res.StatusCode, res.Header
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, ask.MaxAnswer), res.Body}
	return res, nil
}

// failure returns the failure of an answer; nil if Twilio did what we asked.
func (q *request) failure(sid *string, err error, policy func(int) *outbox.Failure) *outbox.Failure {
	switch {
	case q.status == 0:
		return ask.Unanswered(err, *q.sent)
	case q.status >= 200 && q.status < 300:
		if err == nil && sid != nil && *sid != "" {
			return nil
		}
		return &outbox.Failure{Policy: outbox.Ambiguous, Code: strconv.Itoa(q.status) + " unreadable"}
	}
	// Its message repeats the number, so only its code goes on.
	code := 0
	if rest, ok := errors.AsType[*client.TwilioRestError](err); ok {
		code = rest.Code
	}
	f, ok := ask.Refused(q.status, q.header)
	if !ok {
		f = policy(code)
		f.Code = strconv.Itoa(q.status)
	}
	if code != 0 {
		f.Code += " " + strconv.Itoa(code)
	}
	return f
}
