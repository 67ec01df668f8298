package sms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/nyaruka/phonenumbers"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/outbox"
)

// maxBody is how much of a request, or of a provider's answer, is read: the
// longest text is 255 parts, and nobody types that on a keypad.
const maxBody = 64 << 10

// malformed is a request that cannot be read. What is wrong with it is not
// said, as that would show what is in it.
var malformed = echo.NewHTTPError(http.StatusBadRequest, "the request is malformed")

// bad is the answer to a request that we cannot use, naming the field and
// never showing what was in it.
func bad(field, why string) error {
	return echo.NewHTTPError(http.StatusBadRequest, field+" "+why)
}

// rawBody reads a request's body and puts it back, for whoever reads it next.
func rawBody(c echo.Context) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, echo.ErrStatusRequestEntityTooLarge
	}
	if err != nil {
		return nil, malformed
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(b))
	return b, nil
}

// fieldsOf reads the parameters of the address and, unless the body is
// something else, of a form in the body. A name that comes twice is refused:
// one of the two would be believed without having been checked.
func fieldsOf(c echo.Context, withForm bool) (url.Values, error) {
	v, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, malformed
	}
	if withForm {
		b, err := rawBody(c)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(bytes.TrimSpace(b)))
		if err != nil {
			return nil, malformed
		}
		for name, values := range form {
			v[name] = append(v[name], values...)
		}
	}
	for _, values := range v {
		if len(values) > 1 {
			return nil, malformed
		}
	}
	return v, nil
}

// need is the value of a field that must be there and say something: an id or
// one word, so what cannot be one or be stored is refused.
func need(field, value string) (string, error) {
	if value == "" {
		return "", bad(field, "is required")
	}
	if word(value) != value {
		return "", bad(field, "is malformed")
	}
	return value, nil
}

// word is as much of a value as can be stored.
func word(s string) string {
	const most = 200
	s = clean(s)
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

// typed is the text in a field that must be there, if only to be empty: an
// empty text is one, a field that was forgotten in a provider's console is not.
func typed(v url.Values, field string) (string, error) {
	if !v.Has(field) {
		return "", bad(field, "is required")
	}
	return clean(v.Get(field)), nil
}

// clean makes valid UTF-8 of a text. What cannot be read is a question to ask
// again, not a request to refuse: the provider would only send it once more.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// sender reads a citizen's number. Providers write it in every way there is;
// only an Indian mobile number can be named in a booking and answered.
func sender(field, raw string) (booking.MSISDN, error) {
	raw = strings.TrimSpace(locales.Fold(raw))
	if raw == "" {
		return "", bad(field, "is required")
	}
	m, err := booking.ParseMSISDN(raw)
	if err != nil || abroad(raw) {
		return "", bad(field, "is not an Indian mobile number")
	}
	return m, nil
}

// abroad tells whether a number that reads like ours is another country's:
// +98 76 5432 10 has ten digits too.
func abroad(raw string) bool {
	if digits := strings.TrimPrefix(raw, "+"); len(digits) == 12 && strings.HasPrefix(digits, "91") {
		return false // as nearly all are; parsing costs ten microseconds
	}
	n, err := phonenumbers.Parse(raw, "IN")
	return err != nil || n.GetCountryCode() != 91
}

// knock checks the secret in a request's path. A wrong one looks as if there
// was nothing here.
func knock(c echo.Context, secret string) error {
	got, want := sha256.Sum256([]byte(c.Param("secret"))), sha256.Sum256([]byte(secret))
	if secret == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return echo.ErrNotFound
	}
	return nil
}

// absolute checks an address in the settings.
func absolute(what, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New(what + " is no http or https address") // not shown: there may be a secret in it
	}
	return nil
}

// marked is the outbox's token in the address that a report came to. Only the
// outbox can tell whether it is one of its own.
func marked(c echo.Context) (string, error) {
	return need(TokenField, c.QueryParam(TokenField))
}

// sendTimeout is how long a provider may take to take a message.
const sendTimeout = 10 * time.Second

// A caller asks a provider over HTTP.
type caller struct{ client *http.Client }

// newCaller makes a caller; a timeout of 0 is sendTimeout.
func newCaller(timeout time.Duration) caller {
	if timeout <= 0 {
		timeout = sendTimeout
	}
	return caller{&http.Client{
		Transport: newTransport(),
		Timeout:   timeout,
		// A redirect would take the password, and the message, elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// newTransport keeps as many connections to the one host as an outbox sends by
// at once, and none for so long that the other side may be closing it: a
// message that goes into a closing connection is Ambiguous.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     20 * time.Second,
	}
}

// An answer is what a provider said to a message. It is never logged: many
// repeat the text and the number in it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send asks and reads the answer. Where there is none, the Failure says
// whether the message may have been sent all the same.
func (k caller) send(ctx context.Context, method, address, contentType, body string, header http.Header) (answer, *outbox.Failure) {
	ctx, sent := tracked(ctx)
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, &outbox.Failure{Policy: outbox.Elsewhere, Code: "address", Err: errors.New("the provider's address is wrong")}
	}
	for name, v := range header {
		req.Header[name] = v
	}
	if contentType != "" {
		req.Header.Set(echo.HeaderContentType, contentType)
	}
	if method == http.MethodGet {
		// net/http sends a GET again by itself when a kept connection breaks:
		// that would be a second message.
		req.Close = true
	}
	res, err := k.client.Do(req)
	if err != nil {
		return answer{}, unanswered(err, *sent)
	}
	defer res.Body.Close()
	// What is missing of an answer is judged by what there is of it.
	b, _ := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return answer{res.StatusCode, res.Header, b}, nil
}

// tracked notes whether a request got as far as a connection. From there on
// nobody knows how much of it arrived.
func tracked(ctx context.Context) (context.Context, *bool) {
	sent := new(bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { *sent = true },
	}), sent
}

// unanswered is what to do when a provider did not answer.
func unanswered(err error, sent bool) *outbox.Failure {
	// *url.Error repeats the address, and in that a password or a text.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	f := &outbox.Failure{Policy: outbox.Retry, Code: "unreachable", Err: err}
	if sent {
		f.Policy, f.Code = outbox.Ambiguous, "no answer"
	}
	return f
}

// retryAfter is how long a provider asks us to wait; 0 if it does not say.
func retryAfter(h http.Header) time.Duration {
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

// refused is what to do after an HTTP status that means the same with nearly
// every provider; ok is false for those that each file has to tell apart.
func refused(a answer) (f *outbox.Failure, ok bool) {
	f = &outbox.Failure{Code: strconv.Itoa(a.status)}
	switch {
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable:
		f.Policy, f.After = outbox.Retry, retryAfter(a.header)
	case a.status == http.StatusGatewayTimeout, a.status == http.StatusRequestTimeout:
		f.Policy = outbox.Ambiguous // whoever stands between us gave up waiting
	case a.status >= 500:
		f.Policy, f.After = outbox.Retry, retryAfter(a.header)
	case a.status == http.StatusUnauthorized, a.status == http.StatusPaymentRequired, a.status == http.StatusForbidden,
		a.status == http.StatusNotFound, a.status == http.StatusMethodNotAllowed,
		a.status >= 300 && a.status < 400, a.status < 200:
		f.Policy = outbox.Elsewhere // our account or settings: no message passes until somebody looks
	default:
		return nil, false
	}
	return f, true
}

// code makes a provider's word for what happened fit to be stored: short, and
// nothing in it that a number or a text could hide in.
func code(s string) string {
	s = strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r
		}
		return -1
	}, s)
	digits := 0
	for i, r := range s {
		if r < '0' || r > '9' {
			digits = 0
		} else if digits++; digits > 8 {
			return code(s[:i-8])
		}
		if i >= 40 {
			return s[:i]
		}
	}
	return s
}
