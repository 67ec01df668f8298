package ussd

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// imiMobile is IMImobile's gateway in India, as vumi's transport speaks it:
// https://github.com/praekeltfoundation/vumi/tree/develop/vumi/transports/imimobile
//
//	GET /ussd/imimobile/{secret}?msisdn=9876543210&msg=1&code=VZ&tid=8fb1&dcs=no
//
//	200 text/plain, X-USSD-SESSION: 1 (go on) or 0 (end)
//	Which centre?
//
// There is no session id: the number is one, until it has been silent for
// NumberTTL. Nor is it said what was dialled, except that a msg like *384*100#
// begins anew. A caller who gives up is a msg that begins with imiMobileAbort.
type imiMobile struct {
	Secret string `name:"imimobile" env:"TIKALINE_IMIMOBILE_SECRET" help:"The same, given to IMImobile."`
}

const imiMobileAbort = "Map Dialog User Abort User Reason"

func (imiMobile) Name() string { return "imimobile" }

func (p imiMobile) secret() string { return p.Secret }

func (imiMobile) Decode(c echo.Context) (Event, error) {
	if call(c) != http.MethodGet {
		return Event{}, echo.ErrNotFound
	}
	v, err := channel.Query(c)
	if err != nil {
		return Event{}, err
	}
	e := Event{Phase: Unclear, ByNumber: true, Input: v.Get("msg"), MessageID: v.Get("tid")}
	if strings.HasPrefix(e.Input, imiMobileAbort) {
		e.Phase, e.Input = Cancel, ""
	}
	if !v.Has("msg") {
		return e, channel.Bad("msg", "is required")
	}
	if _, err = required("tid", e.MessageID); err != nil {
		return e, err
	}
	e.Number, err = number("msisdn", v.Get("msisdn"))
	e.SessionKey = string(e.Number)
	return e, err
}

func (imiMobile) Encode(c echo.Context, _ Event, r Reply) error {
	session := "1"
	if r.End {
		session = "0"
	}
	c.Response().Header()["X-USSD-SESSION"] = []string{session} // in capitals, as it is documented
	return send(c, plainText, []byte(r.Text))
}
