package ussd

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"

	"tikaline/locales"
)

// infobip is Infobip's USSD gateway to a third party over HTTP and JSON, as
// vumi's transport speaks it:
// https://github.com/praekeltfoundation/vumi/tree/develop/vumi/transports/infobip
//
//	POST /ussd/infobip/{secret}/session/{sessionId}/start      and …/response
//	{"msisdn":"919876543210","imsi":"…","shortCode":"*123#1#","text":"1","optional":"","ussdGwId":"11","language":null}
//
//	{"ussdMenu":"Which centre?","shouldClose":false,"responseExitCode":200,"responseMessage":""}
//
//	PUT …/session/{sessionId}/end     {"reason":"ok","exitCode":0}
//	{"responseExitCode":200,"responseMessage":""}
//
//	GET or POST …/session/{sessionId}/status
//	{"sessionActive":true,"responseExitCode":200,"responseMessage":""}
//
// shortCode may be missing. A timeout is an end whose exitCode is not 0.
// Nothing is signed, and no message has an id.
type infobip struct {
	Secret string `name:"infobip" env:"TIKALINE_INFOBIP_SECRET" help:"The same, given to Infobip."`
}

func (infobip) Name() string { return "infobip" }

func (p infobip) secret() string { return p.Secret }

type infobipRequest struct {
	MSISDN    loose `json:"msisdn"`
	ShortCode loose `json:"shortCode"`
	Text      loose `json:"text"`
	Language  loose `json:"language"`
	ExitCode  loose `json:"exitCode"`
}

func (infobip) Decode(c echo.Context) (Event, error) {
	method, path, _ := strings.Cut(call(c), " ")
	parts := strings.Split(path, "/")
	if len(parts) != 3 || parts[0] != "session" {
		return Event{}, echo.ErrNotFound
	}
	id, err := url.PathUnescape(parts[1])
	if err != nil {
		return Event{}, channel.Malformed
	}
	e := Event{SessionKey: id}
	switch method + " " + parts[2] {
	case "POST start":
		e.Phase = Begin
	case "POST response":
		e.Phase = Input
	case "PUT end", "POST end":
		e.Phase = Ended
	case "GET status", "POST status":
		e.Phase = Probe
		return e, nil
	default:
		return e, echo.ErrNotFound
	}
	if _, err := required("session id", id); err != nil {
		return e, err
	}
	var q infobipRequest
	if err := readJSON(c, &q); err != nil {
		return e, err
	}
	if e.Phase == Ended { // it does not say whose session it was
		if q.ExitCode != "0" && q.ExitCode != "" {
			e.Phase = Timeout
		}
		return e, nil
	}
	e.Code, e.Input = string(q.ShortCode), string(q.Text)
	if l := string(q.Language); locales.Valid(l) {
		e.LangHint = l
	}
	e.Number, err = number("msisdn", string(q.MSISDN))
	return e, err
}

type infobipReply struct {
	Menu    *string `json:"ussdMenu,omitempty"`
	Close   *bool   `json:"shouldClose,omitempty"`
	Active  *bool   `json:"sessionActive,omitempty"`
	Code    int     `json:"responseExitCode"`
	Message string  `json:"responseMessage"`
}

func (infobip) Encode(c echo.Context, e Event, r Reply) error {
	answer := infobipReply{Code: http.StatusOK}
	switch {
	case e.Phase == Probe:
		active := true
		answer.Active = &active
	case e.Phase.asks():
		answer.Menu, answer.Close = &r.Text, &r.End
	}
	return sendJSON(c, answer)
}
