package ussd

import (
	"encoding/xml"
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// truRoute is TruTeq's TruRoute, as sms.com.na documents it and
// https://github.com/saulchelewani/ussd-adapter speaks it:
//
//	POST /ussd/truroute/{secret}
//	<ussd><msisdn>919876543210</msisdn><sessionid>1412</sessionid><type>1</type><msg>*120*100#</msg></ussd>
//
//	<ussd><type>2</type><msg>Which centre?</msg><premium><cost>0</cost><ref>NULL</ref></premium></ussd>
//
// In a request type is 1 dialled (msg is the dial string), 2 an answer, 3 the
// caller gave up, 4 a timeout, 10 a charge that failed; in a reply 2 keeps the
// session open and 3 closes it.
type truRoute struct {
	Secret string `name:"truroute" env:"TIKALINE_TRUROUTE_SECRET" help:"The same, given to TruRoute."`
}

// Types of a reply.
const (
	truRouteOpen  = 2
	truRouteClose = 3
)

func (truRoute) Name() string { return "truroute" }

func (p truRoute) secret() string { return p.Secret }

type truRouteRequest struct {
	XMLName xml.Name `xml:"ussd"`
	MSISDN  trimmed  `xml:"msisdn"`
	Session trimmed  `xml:"sessionid"`
	Type    trimmed  `xml:"type"`
	Msg     trimmed  `xml:"msg"`
}

type truRouteReply struct {
	XMLName xml.Name `xml:"ussd"`
	Type    int      `xml:"type"`
	Msg     string   `xml:"msg"`
	Cost    int      `xml:"premium>cost"`
	Ref     string   `xml:"premium>ref"`
}

func (truRoute) Decode(c echo.Context) (Event, error) {
	if call(c) != http.MethodPost {
		return Event{}, echo.ErrNotFound
	}
	var q truRouteRequest
	if err := readXML(c, &q); err != nil {
		return Event{}, err
	}
	e := Event{Input: string(q.Msg)}
	switch q.Type {
	case "1":
		e.Phase = Begin
	case "2":
		e.Phase = Input
	case "3":
		e.Phase = Cancel
	case "4":
		e.Phase = Timeout
	case "10":
		e.Phase = Ended
	case "":
		return e, channel.Bad("type", "is required")
	default:
		return e, channel.Bad("type", "is none that we answer")
	}
	var err error
	if e.SessionKey, err = required("sessionid", string(q.Session)); err != nil {
		return e, err
	}
	e.Number, err = number("msisdn", string(q.MSISDN))
	return e, err
}

func (truRoute) Encode(c echo.Context, _ Event, r Reply) error {
	answer := truRouteReply{Type: truRouteOpen, Msg: r.Text, Ref: "NULL"}
	if r.End {
		answer.Type = truRouteClose
	}
	return sendXML(c, answer)
}
