package channel

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// MaxBody is how many bytes of a request's body are read. A USSD string has 182
// characters, and the longest text is 255 parts.
const MaxBody = 64 << 10

// Malformed is a request that cannot be read. What is wrong with it is not said,
// as that would show what is in it.
var Malformed = echo.NewHTTPError(http.StatusBadRequest, "the request is malformed")

// Bad returns the answer to a request that we cannot use, naming the field and
// never showing what was in it.
func Bad(field, why string) error {
	return echo.NewHTTPError(http.StatusBadRequest, field+" "+why)
}

// Body reads a request's body and puts it back, for whoever reads it next. Beyond
// MaxBody it returns echo.ErrStatusRequestEntityTooLarge.
func Body(c echo.Context) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, MaxBody))
	if err != nil {
		return nil, Unreadable(err)
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(b))
	return b, nil
}

// Unreadable returns the answer to a body that could not be read: too large, or
// Malformed.
func Unreadable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return echo.ErrStatusRequestEntityTooLarge
	}
	return Malformed
}

// Query reads the parameters of the address.
func Query(c echo.Context) (url.Values, error) {
	v, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, Malformed
	}
	return v, nil
}

// Form reads a form in the body.
func Form(c echo.Context) (url.Values, error) {
	b, err := Body(c)
	if err != nil {
		return nil, err
	}
	v, err := url.ParseQuery(string(bytes.TrimSpace(b)))
	if err != nil {
		return nil, Malformed
	}
	return v, nil
}

// Merge adds more values to v. A name that comes twice is Malformed: one of the
// two would be believed without having been checked.
func Merge(v, more url.Values) (url.Values, error) {
	for name, values := range more {
		v[name] = append(v[name], values...)
	}
	for _, values := range v {
		if len(values) > 1 {
			return nil, Malformed
		}
	}
	return v, nil
}
