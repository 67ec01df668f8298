package ussd

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// flares is Comviva's Flares gateway, at Airtel and others. Its HTTP pull,
// version 1.5.0, as vumi's airtel transport speaks it:
// https://github.com/praekeltfoundation/vumi/tree/develop/vumi/transports/airtel
//
//	GET /ussd/flares/{secret}?SessionID=13697502734175597&MSISDN=919876543210&MSC=167&input=167*7*1
//
//	200 text/plain, Freeflow: FC (go on) or FB (break), charge: N, amount: 0
//	Which centre?
//
// input is the service code at first, without * and # at its ends, then the
// last answer. That a session is over is said on the same address:
//
//	GET …?SessionID=13697502734175597&msisdn=919876543210&clean=clean-session&error=522
//
// and answered 200 without a body. Parameter names vary between operators, so
// Fields may rename SessionID, MSISDN, MSC, input, userid, password
// and name newRequest, a parameter that is 1 where a session begins.
//
// The XML pull, as https://github.com/mtvbrianking/laravel-ussd tests it:
//
//	POST text/xml
//	<request type="pull"><sessionId>…</sessionId><transactionId>…</transactionId><msisdn>…</msisdn>
//	<newRequest>1</newRequest><flowState>FD</flowState><subscriberInput>167</subscriberInput></request>
//
//	<response><msisdn>…</msisdn><sessionId>…</sessionId><transactionId>…</transactionId>
//	<freeflow><freeflowState>FC</freeflowState></freeflow><applicationResponse>…</applicationResponse></response>
type flares struct {
	Secret   string `name:"flares" env:"TIKALINE_FLARES_SECRET" help:"The same, given to a Comviva Flares gateway (Airtel and others)."`
	User     string `name:"flares-user" env:"TIKALINE_FLARES_USER" help:"User name that Flares sends; empty: not checked."`
	Password string `name:"flares-password" env:"TIKALINE_FLARES_PASSWORD" help:"Password that Flares sends."`

	Fields map[string]string `kong:"-"` // its own names for the parameters, where they vary
}

// What Freeflow says.
const (
	flaresContinue = "FC"
	flaresBreak    = "FB"
	flaresEnd      = "FE"
)

func (flares) Name() string { return "flares" }

func (f flares) secret() string { return f.Secret }

func (f flares) Decode(c echo.Context) (Event, error) {
	switch call(c) {
	case http.MethodGet:
		return f.decodePull(c)
	case http.MethodPost:
		return f.decodeXML(c)
	}
	return Event{}, echo.ErrNotFound
}

// name returns what the operator calls a parameter.
func (f flares) name(ours string) string {
	if theirs := f.Fields[ours]; theirs != "" {
		return theirs
	}
	return ours
}

func (f flares) decodePull(c echo.Context) (Event, error) {
	v, err := channel.Query(c)
	if err != nil {
		return Event{}, err
	}
	if !f.trusts(v) {
		return Event{}, echo.ErrNotFound
	}
	e := Event{Phase: Unclear, Code: v.Get(f.name("MSC")), Input: v.Get(f.name("input"))}
	numberField := f.name("MSISDN")
	if v.Has("clean") {
		e.Phase, e.Input = Ended, ""
		if v.Has("msisdn") {
			numberField = "msisdn"
		}
	} else if f.Fields["newRequest"] != "" {
		e.Phase = Input
		if v.Get(f.Fields["newRequest"]) == "1" {
			e.Phase = Begin
		}
	}
	if e.SessionKey, err = required(f.name("SessionID"), v.Get(f.name("SessionID"))); err != nil {
		return e, err
	}
	if e.Number, err = number(numberField, v.Get(numberField)); err != nil {
		return e, err
	}
	if e.Phase.asks() && !v.Has(f.name("input")) {
		return e, channel.Bad(f.name("input"), "is required")
	}
	return e, nil
}

// trusts checks the user name and password that may come with each request,
// cleanups excepted: vumi saw those without.
func (f flares) trusts(v url.Values) bool {
	if v.Has("clean") && !v.Has(f.name("userid")) {
		return true
	}
	user, password := channel.Proves(v.Get(f.name("userid")), f.User), channel.Proves(v.Get(f.name("password")), f.Password)
	return user && password
}

type flaresRequest struct {
	XMLName       xml.Name `xml:"request"`
	SessionID     trimmed  `xml:"sessionId"`
	TransactionID trimmed  `xml:"transactionId"`
	MSISDN        trimmed  `xml:"msisdn"`
	NewRequest    trimmed  `xml:"newRequest"`
	FlowState     trimmed  `xml:"flowState"`
	Input         trimmed  `xml:"subscriberInput"`
}

type flaresResponse struct {
	XMLName       xml.Name `xml:"response"`
	MSISDN        string   `xml:"msisdn"`
	SessionID     string   `xml:"sessionId"`
	TransactionID string   `xml:"transactionId"`
	State         string   `xml:"freeflow>freeflowState"`
	Text          string   `xml:"applicationResponse"`
}

func (f flares) decodeXML(c echo.Context) (Event, error) {
	var q flaresRequest
	if err := readXML(c, &q); err != nil {
		return Event{}, err
	}
	e := Event{
		Phase: Input, Input: string(q.Input), MessageID: string(q.TransactionID),
		Echo: map[string]string{"xml": "1", "msisdn": string(q.MSISDN), "transactionId": string(q.TransactionID)},
	}
	switch {
	case q.FlowState == flaresEnd:
		e.Phase = Ended
	case q.NewRequest == "1":
		e.Phase = Begin
	}
	var err error
	if e.SessionKey, err = required("sessionId", string(q.SessionID)); err != nil {
		return e, err
	}
	e.Number, err = number("msisdn", string(q.MSISDN))
	return e, err
}

func (f flares) Encode(c echo.Context, e Event, r Reply) error {
	state := flaresContinue
	if r.End {
		state = flaresBreak
	}
	// A screen must not begin with an empty line.
	text := strings.TrimLeft(r.Text, "\r\n")
	if e.Echo["xml"] != "" {
		return sendXML(c, flaresResponse{
			MSISDN: e.Echo["msisdn"], SessionID: e.SessionKey, TransactionID: e.Echo["transactionId"], State: state, Text: text,
		})
	}
	if !e.Phase.asks() {
		return c.NoContent(http.StatusOK)
	}
	h := c.Response().Header()
	h.Set("Freeflow", state)
	h.Set("charge", "N")
	h.Set("amount", "0")
	return send(c, plainText, []byte(text))
}
