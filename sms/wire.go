package sms

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/nyaruka/phonenumbers"

	"tikaline/booking"
	"tikaline/locales"
)

// maxBody is how much of a request is read: the longest text is 255 parts, and
// nobody types that on a keypad.
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

// marked is the outbox's token in the address that a report came to. Only the
// outbox can tell whether it is one of its own.
func marked(c echo.Context) (string, error) {
	return need(TokenField, c.QueryParam(TokenField))
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
