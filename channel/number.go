package channel

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/nyaruka/phonenumbers"

	"tikaline/booking"
)

// ErrNotMobile is what errors.Is finds in the error of a number that is there but
// cannot be served: a fixed line's, a foreign or a hidden one. A person may be
// waiting behind it.
var ErrNotMobile = errors.New("not an Indian mobile number")

// Number reads a caller's number from a field, in which digits of other scripts
// have been folded to 0-9. Providers write it in every way there is; only an
// Indian mobile number can be called back and named in a booking. The error is a
// 400 that names the field.
func Number(field, raw string) (booking.MSISDN, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return "", Bad(field, "is required")
	}
	m, err := booking.ParseMSISDN(raw)
	if err != nil || foreign(raw) {
		return "", echo.NewHTTPError(http.StatusBadRequest, field+" is "+ErrNotMobile.Error()).SetInternal(ErrNotMobile)
	}
	return m, nil
}

// foreign reports whether a number that reads like ours is another country's:
// +98 76 5432 10 has ten digits too.
func foreign(raw string) bool {
	if digits := strings.TrimPrefix(raw, "+"); len(digits) == 12 && strings.HasPrefix(digits, "91") {
		return false // as nearly all are; parsing costs ten microseconds
	}
	n, err := phonenumbers.Parse(raw, "IN")
	return err != nil || n.GetCountryCode() != 91
}
