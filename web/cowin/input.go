package cowin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// maxBody is the most that a request may send.
const maxBody = 64 << 10

// A text takes a JSON string, number or boolean: clients send each for the
// other.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[':
		return errShape
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.TrimSpace(s))
	case string(b) != "null":
		*t = text(b)
	}
	return nil
}

var errShape = errors.New("a text or a number is wanted")

// texts takes a list, or its only member without the list.
type texts []text

func (l *texts) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '[' {
		var one text
		if err := one.UnmarshalJSON(b); err != nil {
			return err
		}
		*l = nil
		if one != "" {
			*l = texts{one}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]text)(l))
}

// strings returns the list without empty and repeated members.
func (l texts) strings() []string {
	var list []string
	seen := make(map[text]bool, len(l))
	for _, t := range l {
		if t != "" && !seen[t] {
			seen[t] = true
			list = append(list, string(t))
		}
	}
	return list
}

// decode reads a body as JSON, whatever its Content-Type. An empty body is {}.
func decode(c echo.Context, into any) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return refuse(http.StatusRequestEntityTooLarge, "TIKA_BODY", "The body is too large")
		}
		return refuse(http.StatusBadRequest, "TIKA_BODY", "The body could not be read")
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(body) == 0 || string(body) == "null" {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(http.StatusBadRequest, "TIKA_BODY", "The body is not the JSON that is wanted")
	}
	return nil
}

// param returns the first of the query parameters of these names that is set.
func param(c echo.Context, names ...string) (string, error) {
	q := c.QueryParams()
	for _, n := range names {
		if v := strings.TrimSpace(q.Get(n)); v != "" {
			return v, nil
		}
	}
	return "", missing
}

// number returns a query parameter as a whole number.
func number(c echo.Context, names ...string) (int64, error) {
	v, err := param(c, names...)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, refuse(http.StatusBadRequest, "TIKA_"+strings.ToUpper(names[0]), "Invalid "+names[0])
	}
	return n, nil
}

// date returns the query parameter date.
func date(c echo.Context) (booking.Date, error) {
	v, err := param(c, "date")
	if err != nil {
		return 0, err
	}
	d, ok := parseDate(v)
	if !ok {
		return 0, refuse(http.StatusBadRequest, missing.Code, "Invalid date: DD-MM-YYYY is wanted")
	}
	return d, nil
}

// parseDate takes the first three groups of digits for day, month and year,
// whatever stands between and behind them, as clients send many forms. A first
// group of four digits is the year.
func parseDate(s string) (booking.Date, bool) {
	var group [3]string
	for i := range group {
		start := strings.IndexFunc(s, isDigit)
		if start < 0 {
			return 0, false
		}
		s = s[start:]
		end := strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) })
		if end < 0 {
			end = len(s)
		}
		group[i], s = s[:end], s[end:]
	}
	if len(group[0]) == 4 {
		group[0], group[2] = group[2], group[0]
	}
	if len(group[0]) > 2 || len(group[1]) > 2 || len(group[2]) != 4 && len(group[2]) != 2 {
		return 0, false
	}
	d, _ := strconv.Atoi(group[0])
	m, _ := strconv.Atoi(group[1])
	y, _ := strconv.Atoi(group[2])
	if len(group[2]) == 2 {
		y += 2000
	}
	day := booking.NewDate(y, time.Month(m), d)
	if yy, mm, dd := day.Civil(); yy != y || int(mm) != m || dd != d { // it rolled over: there is no such day
		return 0, false
	}
	return day, true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// pincode returns the query parameter pincode.
func pincode(c echo.Context) (string, error) {
	v, err := param(c, "pincode")
	if err != nil {
		return "", err
	}
	if len(v) != 6 || v[0] == '0' || strings.IndexFunc(v, func(r rune) bool { return !isDigit(r) }) >= 0 {
		return "", booking.Refuse(booking.BadPincode)
	}
	return v, nil
}

// The languages of translated names. "" is none.
const (
	untold  = ""
	english = "en"
	hindi   = "hi"
	bengali = "bn"
)

// language returns the language in which names are wanted besides English:
// Accept-Language, as the original's clients write it (hi_IN) or as browsers
// do, in the header or the query.
func language(c echo.Context) string {
	v := c.Request().Header.Get("Accept-Language")
	if v == "" {
		v = c.QueryParam("Accept-Language")
	}
	first, _, _ := strings.Cut(v, ",")
	first, _, _ = strings.Cut(first, ";")
	first = strings.ToLower(strings.TrimSpace(first))
	switch lang, _, _ := strings.Cut(strings.ReplaceAll(first, "_", "-"), "-"); {
	case lang == hindi, lang == bengali:
		return lang
	case lang == english && strings.Contains(first, "_"):
		return english
	}
	return untold
}
