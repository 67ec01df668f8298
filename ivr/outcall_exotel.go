package ivr

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tikaline/calls"
	"tikaline/exotelapi"
	"tikaline/outbox"
	"tikaline/outbox/ask"
)

// Calls by Exotel: https://developer.exotel.com/api/make-a-call-api. It calls the
// person (From!) from our number and then goes through a flow of its own, that
// one which asks us at /ivr/exotel/{secret}; what it costs to be of India.
//
//	POST /v1/Accounts/{sid}/Calls/connect
//	Authorization: Basic …
//
//	From=%2B919876543210&CallerId=08012345678&Url=http%3A%2F%2Fmy.exotel.com%2F{sid}%2Fexoml%2Fstart_voice%2F{app}
//	&CallType=trans&TimeLimit=3600&TimeOut=25&StatusCallback=…&StatusCallbackEvents%5B0%5D=terminal&CustomField=…
//
//	200 <TwilioResponse><Call><Sid>80bf…</Sid><Status>in-progress</Status>…</Call></TwilioResponse>
//
// Without an event asked for, the StatusCallback names neither From nor To. It
// comes as multipart/form-data, once, and twice more if we do not answer. Not
// tried with an account.

// ExotelCallSettings is how we ask Exotel for calls.
type ExotelCallSettings struct {
	exotelapi.Account

	PublicURL string // what our addresses begin with
	CallerID  string // our number, of Exotel's
	App       string // id of the flow that asks us
	AppURL    string // where flows begin; "" is http://my.exotel.com
	Timeout   time.Duration
}

// NewExotelCaller makes calls by Exotel.
func NewExotelCaller(s ExotelCallSettings) (outbox.Provider, error) {
	if s.AppURL == "" {
		s.AppURL = "http://my.exotel.com"
	}
	for what, address := range map[string]string{
		"exotel's address": s.API(), "the address of exotel's flows": s.AppURL, "exotel's public address": s.PublicURL,
	} {
		if err := absolute(what, address); err != nil {
			return nil, err
		}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	switch {
	case s.CallerID == "" || s.Secret == "":
		return nil, errors.New("exotel: the number to call from, or the secret in our addresses, is missing")
	case !alphanumeric.MatchString(s.App):
		return nil, errors.New("exotel: the id of the flow is missing, or not of letters and digits")
	}
	return exotelCaller{s, ask.NewCaller(s.Timeout)}, nil
}

type exotelCaller struct {
	ExotelCallSettings
	caller ask.Caller
}

// Name is not that of the texts': the outbox knows each by its own.
func (exotelCaller) Name() string { return "exotel-voice" }

func (x exotelCaller) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	a, f := x.caller.Send(ctx, http.MethodPost, x.Endpoint("Calls/connect"), "application/x-www-form-urlencoded", x.form(m).Encode(), ask.Basic(x.Key, x.Token))
	if f != nil {
		return outbox.Receipt{}, f
	}
	if f, ok := ask.Refused(a.Status, a.Header); ok {
		return outbox.Receipt{}, f
	}
	id, ok := exotelapi.ID(a.Body)
	switch {
	case exotelapi.Refused(a.Status, a.Body):
		// A number that is none, or a flow or number of ours that Exotel does
		// not know: another provider may.
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Elsewhere, Code: strconv.Itoa(a.Status)}
	case !ok:
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Ambiguous, Code: strconv.Itoa(a.Status) + " unreadable"}
	}
	return outbox.Receipt{ProviderID: id}, nil
}

func (x exotelCaller) form(m outbox.Message) url.Values {
	return url.Values{
		"From": {string(m.To)}, "CallerId": {x.CallerID}, "CallType": {"trans"},
		"Url":                     {strings.TrimSuffix(x.AppURL, "/") + "/" + url.PathEscape(x.SID) + "/exoml/start_voice/" + x.App},
		"TimeOut":                 {strconv.Itoa(int(ringing / time.Second))},
		"TimeLimit":               {strconv.Itoa(int(calls.LongestOut / time.Second))},
		"StatusCallback":          {callAddress(x.PublicURL, "/ivr/exotel/"+url.PathEscape(x.Secret)+"/status", m.ID)},
		"StatusCallbackEvents[0]": {"terminal"},
		"CustomField":             {m.ID.String()}, // comes back with every request of the flow
	}
}
