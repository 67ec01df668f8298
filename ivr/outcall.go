package ivr

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
)

// How long a call of ours rings, and how long a provider may take to be asked
// for it. The network's own voice box answers after half a minute.
const (
	ringing     = 25 * time.Second
	callTimeout = 10 * time.Second
	callAnswer  = 64 << 10 // as much of an answer as is read
)

// A Dialler makes the outbox's calls by a provider, and notes each as it begins:
// a line is in use from then on, whoever asks.
type Dialler struct {
	outbox.Provider
	Wire  string // what the provider's events go by
	Began func(context.Context, booking.Call) (booking.Call, error)
	Log   *slog.Logger
}

// Send makes a call. Where it cannot be noted it is made all the same: the
// provider's first request for it notes it.
func (d Dialler) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	r, err := d.Provider.Send(ctx, m)
	if err != nil {
		return r, err
	}
	key := booking.CallKey{Number: m.To, Provider: d.Wire, ProviderID: r.ProviderID}
	if _, err := d.Began(ctx, booking.Call{CallKey: key, Direction: booking.CallOut, Language: m.Lang, Notice: m.ID}); err != nil {
		d.Log.Error("noting a call that was made failed", "err", err, "provider", d.Wire, "to", m.To.Tail())
	}
	return r, nil
}

// callAddress is an address of ours that a provider asks about a call that a
// notice is owed for.
func callAddress(base, path string, notice uuid.UUID) string {
	return strings.TrimSuffix(base, "/") + path + "?" + url.Values{"notice": {notice.String()}}.Encode()
}

// absolute checks an address in the settings.
func absolute(what, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New(what + " is no http or https address") // not shown: there may be a secret in it
	}
	return nil
}

// newClient asks providers. A redirect would take the password elsewhere.
func newClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 8,
			IdleConnTimeout:     20 * time.Second, // so that none is used that the other side is closing
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// tracked notes whether a request got as far as a connection: from there on
// nobody knows how much of it arrived.
func tracked(ctx context.Context) (context.Context, *bool) {
	sent := new(bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { *sent = true }}), sent
}

// unanswered is what to do when a provider did not answer.
func unanswered(err error, sent bool) *outbox.Failure {
	// *url.Error repeats the address.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if sent {
		return &outbox.Failure{Policy: outbox.Ambiguous, Code: "no answer", Err: err}
	}
	return &outbox.Failure{Policy: outbox.Retry, Code: "unreachable", Err: err}
}

// refused is what to do after a status that means the same with every provider;
// false for those that each file has to tell apart.
func refused(status int, h http.Header) (*outbox.Failure, bool) {
	f := &outbox.Failure{Code: strconv.Itoa(status)}
	switch {
	case status == http.StatusGatewayTimeout, status == http.StatusRequestTimeout:
		f.Policy = outbox.Ambiguous // whoever stands between us gave up waiting
	case status == http.StatusTooManyRequests, status >= 500:
		f.Policy, f.After = outbox.Retry, retryAfter(h)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity, status >= 200 && status < 300:
		return nil, false
	default: // our account or settings: no call is made until somebody looks
		f.Policy = outbox.Elsewhere
	}
	return f, true
}

// retryAfter is how long a provider asks us to wait; 0 if it does not say.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<20))*time.Second, time.Hour)
}
