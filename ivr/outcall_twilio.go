package ivr

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tikaline/calls"
	"tikaline/outbox"
	"tikaline/twilioapi"
)

// Calls by Twilio: https://www.twilio.com/docs/voice/api/call-resource. It has no
// numbers in India: what it shows there is a foreign one, which few take.
//
//	POST /2010-04-01/Accounts/AC…/Calls.json
//	Authorization: Basic …
//
//	To=%2B919876543210&From=%2B15005550006&Url=https%3A%2F%2Fvax.example.in%2Fivr%2Ftwilio%2Foutbound%3Fnotice%3D…
//	&StatusCallback=…%2Fivr%2Ftwilio%2Fstatus%3Fnotice%3D…&StatusCallbackEvent=completed&Timeout=25&TimeLimit=3600
//
//	201 {"sid":"CA0123…","status":"queued"}
//
// When it is taken the call asks at Url, as one that came in does; when it is
// over, or was not taken, StatusCallback is told ("completed" there is every end).

// TwilioCallSettings is how we ask Twilio for calls.
type TwilioCallSettings struct {
	PublicURL      string // what our addresses begin with for Twilio
	AccountSID     string
	Key, KeySecret string // an API key, or the account and its token
	From           string // our number, of Twilio's
	BaseURL        string // "" is https://api.twilio.com
	Machines       bool   // asks Twilio to tell machines from people: dearer, and the line is silent meanwhile
	Timeout        time.Duration
}

// NewTwilioCaller makes calls by Twilio.
func NewTwilioCaller(s TwilioCallSettings) (outbox.Provider, error) {
	if err := absolute("twilio's public address", s.PublicURL); err != nil {
		return nil, err
	}
	rest, err := twilioapi.NewREST(twilioapi.Account{SID: s.AccountSID, Key: s.Key, KeySecret: s.KeySecret, BaseURL: s.BaseURL, Timeout: s.Timeout})
	if err != nil {
		return nil, err
	}
	if s.From == "" {
		return nil, errors.New("twilio: the number to call from is missing")
	}
	return &twilioCaller{s, rest}, nil
}

type twilioCaller struct {
	settings TwilioCallSettings
	rest     *twilioapi.REST
}

// Name is not that of the texts': the outbox knows each by its own.
func (*twilioCaller) Name() string { return "twilio-voice" }

func (t *twilioCaller) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	return t.rest.Ask(ctx, func(api *openapi.ApiService) (*string, error) {
		got, err := api.CreateCall(t.params(m))
		if err != nil {
			return nil, err
		}
		return got.Sid, nil
	}, twilioRefusal)
}

func (t *twilioCaller) params(m outbox.Message) *openapi.CreateCallParams {
	p := (&openapi.CreateCallParams{}).SetTo(string(m.To)).SetFrom(t.settings.From)
	p.SetUrl(callAddress(t.settings.PublicURL, "/ivr/twilio/outbound", m.ID)).SetMethod(http.MethodPost)
	p.SetFallbackUrl(strings.TrimSuffix(t.settings.PublicURL, "/") + "/ivr/twilio/fallback").SetFallbackMethod(http.MethodPost)
	p.SetStatusCallback(callAddress(t.settings.PublicURL, "/ivr/twilio/status", m.ID)).SetStatusCallbackMethod(http.MethodPost)
	p.SetStatusCallbackEvent([]string{"completed"})
	p.SetTimeout(int(ringing / time.Second)).SetTimeLimit(int(calls.LongestOut / time.Second))
	if t.settings.Machines {
		p.SetMachineDetection("Enable")
	}
	return p
}

// twilioRefusal returns what to do about an error code where the status did not say.
func twilioRefusal(code int) *outbox.Failure {
	switch code {
	case 13223, 13224, 21211, 21214, 21217: // the number is none, or cannot be called
		return &outbox.Failure{Policy: outbox.GiveUp}
	}
	return &outbox.Failure{Policy: outbox.Elsewhere} // our account, our number, a country that is shut: another may
}
