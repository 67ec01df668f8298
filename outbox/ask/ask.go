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

// Timeout is how long a provider may take, where nothing else is set.
const Timeout = 10 * time.Second

// MaxAnswer is how much of a provider's answer is read.
const MaxAnswer = 64 << 10

// NewClient asks providers; a timeout of 0 is Timeout.
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

// NewTransport keeps as many connections to the one host as an outbox sends by
// at once, and none for so long that the other side may be closing it: a
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

// An Answer is what a provider said to a message. It is never logged: many
// repeat the text and the number in it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send asks and reads the answer. Where there is none, the Failure says
// whether the message may have been sent all the same.
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
	// What is missing of an answer is judged by what there is of it.
	b, _ := io.ReadAll(io.LimitReader(res.Body, MaxAnswer))
	return Answer{res.StatusCode, res.Header, b}, nil
}

// Basic is an Authorization header.
func Basic(user, password string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header
}

// Address checks an address in the settings.
func Address(what, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New(what + " is no http or https address") // not shown: there may be a secret in it
	}
	return u, nil
}

// Tracked notes whether a request got as far as a connection. From there on
// nobody knows how much of it arrived.
func Tracked(ctx context.Context) (context.Context, *bool) {
	sent := new(bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { *sent = true },
	}), sent
}

// Bare is an error without the address that net/http repeats in it, and in that
// a password, a number or a text.
func Bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// Unanswered is what to do when a provider did not answer.
func Unanswered(err error, sent bool) *outbox.Failure {
	f := &outbox.Failure{Policy: outbox.Retry, Code: "unreachable", Err: Bare(err)}
	if sent {
		f.Policy, f.Code = outbox.Ambiguous, "no answer"
	}
	return f
}

// RetryAfter is how long a provider asks us to wait; 0 if it does not say.
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

// Refused is what to do after an HTTP status that means the same with nearly
// every provider; ok is false for those that each file has to tell apart.
func Refused(status int, h http.Header) (f *outbox.Failure, ok bool) {
	f = &outbox.Failure{Code: strconv.Itoa(status)}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		f.Policy, f.After = outbox.Retry, RetryAfter(h)
	case status == http.StatusGatewayTimeout, status == http.StatusRequestTimeout:
		f.Policy = outbox.Ambiguous // whoever stands between us gave up waiting
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
