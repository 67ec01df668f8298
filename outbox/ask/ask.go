package ask

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tikaline/outbox"
)

// Timeout is how long a provider may take by default.
const Timeout = 10 * time.Second

// MaxAnswer is how many bytes of a provider's answer are read.
const MaxAnswer = 64 << 10

// NewClient returns an HTTP client for providers; a timeout of 0 is Timeout.
func NewClient(timeout time.Duration) *http.Client {
	if timeout <= 0 {
		timeout = Timeout
	}
	return &http.Client{
		Transport: NewTransport(),
		Timeout:   timeout,
		// A redirect would take the password, and the message, elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// NewTransport returns a transport that keeps enough connections to one host for an
// outbox, and none for so long that the other side may be closing it: a
// message that goes into a closing connection is Ambiguous.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     20 * time.Second,
	}
}

// A Caller asks a provider over HTTP.
type Caller struct{ client *http.Client }

// NewCaller makes a Caller; a timeout of 0 is Timeout.
func NewCaller(timeout time.Duration) Caller { return Caller{NewClient(timeout)} }

// An Answer is a provider's HTTP response to a message. It is never logged: many
// repeat the text and the number in it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send makes a request and reads the answer. Without an answer the Failure is Retry
// where nothing was sent, and Ambiguous where the message may have been.
func (k Caller) Send(ctx context.Context, method, address, contentType, body string, header http.Header) (Answer, *outbox.Failure) {
	ctx, sent := Tracked(ctx)
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return Answer{}, &outbox.Failure{Policy: outbox.Elsewhere, Code: "address", Err: errors.New("the provider's address is wrong")}
	}
	for name, v := range header {
		req.Header[name] = v
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if method == http.MethodGet {
		// net/http sends a GET again by itself when a kept connection breaks:
		// that would be a second message.
		req.Close = true
	}
	res, err := k.client.Do(req)
	if err != nil {
		return Answer{}, Unanswered(err, *sent)
	}
	defer res.Body.Close()
	// An answer that breaks off is judged by the part that arrived.
	b, _ := io.ReadAll(io.LimitReader(res.Body, MaxAnswer))
	return Answer{res.StatusCode, res.Header, b}, nil
}

// Basic returns an Authorization header.
func Basic(user, password string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header
}

// Address parses an address in the settings; what names it in the error.
func Address(what, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New(what + " is no http or https address") // not shown: there may be a secret in it
	}
	return u, nil
}

// Tracked returns a ctx for a request, and whether that request has got a
// connection: from then on it may have arrived.
func Tracked(ctx context.Context) (context.Context, *bool) {
	sent := new(bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { *sent = true },
	}), sent
}

// Bare returns an error without the address that net/http repeats in it: that may
// have a password, a number or a text in it.
func Bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// Unanswered returns the Failure of a request without an answer: Ambiguous if it may
// have been sent, else Retry.
func Unanswered(err error, sent bool) *outbox.Failure {
	f := &outbox.Failure{Policy: outbox.Retry, Code: "unreachable", Err: Bare(err)}
	if sent {
		f.Policy, f.Code = outbox.Ambiguous, "no answer"
	}
	return f
}

// RetryAfter returns how long a provider asks us to wait, at most a day; 0 if it does
// not.
func RetryAfter(h http.Header) time.Duration {
	const most = 24 * time.Hour
	v := h.Get("Retry-After")
	var d time.Duration
	if seconds, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
		d = time.Duration(min(seconds, int(most/time.Second))) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		// By the provider's clock: ours may be another.
		if now, err := http.ParseTime(h.Get("Date")); err == nil {
			d = at.Sub(now)
		}
	}
	return min(max(d, 0), most)
}

// Refused returns the Failure of an HTTP status that means the same with nearly every
// provider; ok is false for those that each adapter has to tell apart.
func Refused(status int, h http.Header) (f *outbox.Failure, ok bool) {
	f = &outbox.Failure{Code: strconv.Itoa(status)}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		f.Policy, f.After = outbox.Retry, RetryAfter(h)
	case status == http.StatusGatewayTimeout, status == http.StatusRequestTimeout:
		f.Policy = outbox.Ambiguous // a proxy between us gave up waiting
	case status >= 500:
		f.Policy, f.After = outbox.Retry, RetryAfter(h)
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden,
		status == http.StatusNotFound, status == http.StatusMethodNotAllowed,
		status >= 300 && status < 400, status < 200:
		f.Policy = outbox.Elsewhere // our account or settings: no message passes until somebody looks
	default:
		return nil, false
	}
	return f, true
}
