package sms

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"

	"tikaline/channel"
)

// fieldsOf reads the parameters of the address and, unless the body is
// something else, of a form in the body. A name that comes twice is refused:
// one of the two would be believed without having been checked.
func fieldsOf(c echo.Context, withForm bool) (url.Values, error) {
	v, err := channel.Query(c)
	if err != nil {
		return nil, err
	}
	var form url.Values
	if withForm {
		if form, err = channel.Form(c); err != nil {
			return nil, err
		}
	}
	return channel.Merge(v, form)
}

// need returns the value of a field that must be there and say something: an id or
// one word, so what cannot be one or be stored is refused.
func need(field, value string) (string, error) {
	if value == "" {
		return "", channel.Bad(field, "is required")
	}
	if word(value) != value {
		return "", channel.Bad(field, "is malformed")
	}
	return value, nil
}

// word returns as much of a value as can be stored.
func word(s string) string {
	const most = 200
	s = clean(s)
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

// typed returns the text in a field that must be there, if only to be empty: an
// empty text is one, a field that was forgotten in a provider's console is not.
func typed(v url.Values, field string) (string, error) {
	if !v.Has(field) {
		return "", channel.Bad(field, "is required")
	}
	return clean(v.Get(field)), nil
}

// clean makes valid UTF-8 of a text. What cannot be read is a question to ask
// again, not a request to refuse: the provider would only send it once more.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// sender reads a citizen's number, which can be named in a booking and answered.
func sender(field, raw string) (booking.MSISDN, error) {
	return channel.Number(field, locales.Fold(raw))
}

// checkSecret checks the secret in a request's path.
func checkSecret(c echo.Context, secret string) error {
	return channel.CheckSecret(c.Param("secret"), secret)
}

// marked returns the outbox's token in the address that a report came to. Only the
// outbox knows whether it is one of its own.
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
