package ussd

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// hubtel is Hubtel's Programmable Services:
// https://developers.hubtel.com/documentations/programmable-services
//
//	POST /ussd/hubtel/{secret}
//	{"SessionId":"3c79","Type":"Initiation","Message":"*713*100#","ServiceCode":"713","Operator":"airtel",
//	 "Mobile":"919876543210","Sequence":1,"ClientState":"","Platform":"USSD"}
//
//	{"SessionId":"3c79","Type":"response","Message":"Which centre?","ClientState":"","Label":"Tikaline",
//	 "DataType":"input","FieldType":"text"}
//
// Names and Type come in any case, Sequence as a number or a string. Message
// is the dial string on Initiation and then the last answer. Release and
// Timeout tell that the session is over; what is answered is not read.
// Callbacks are not signed.
type hubtel struct {
	Secret string `name:"hubtel" env:"TIKALINE_HUBTEL_SECRET" help:"The same, given to Hubtel."`
}

const hubtelLabel = "Tikaline"

func (hubtel) Name() string { return "hubtel" }

func (p hubtel) secret() string { return p.Secret }

type hubtelRequest struct {
	SessionID   loose `json:"SessionId"`
	Type        loose
	Message     loose
	ServiceCode loose
	Mobile      loose
	Sequence    loose
	ClientState loose
}

type hubtelReply struct {
	SessionID   string `json:"SessionId"`
	Type        string
	Message     string
	ClientState string
	Label       string
	DataType    string
	FieldType   string
}

func (hubtel) Decode(c echo.Context) (Event, error) {
	if call(c) != http.MethodPost {
		return Event{}, echo.ErrNotFound
	}
	var q hubtelRequest
	if err := readJSON(c, &q); err != nil {
		return Event{}, err
	}
	e := Event{
		Code: string(q.ServiceCode), Input: string(q.Message), MessageID: string(q.Sequence),
		Echo: map[string]string{"ClientState": string(q.ClientState)},
	}
	switch kind := strings.ToLower(string(q.Type)); kind {
	case "initiation":
		e.Phase = Begin
	case "response":
		e.Phase = Input
	case "release":
		e.Phase = Cancel
	case "timeout":
		e.Phase = Timeout
	case "":
		return e, channel.Bad("Type", "is required")
	default: // AddToCart, Query, Favorite belong to its shop
		return e, channel.Bad("Type", "is none that we answer")
	}
	var err error
	if e.SessionKey, err = required("SessionId", string(q.SessionID)); err != nil {
		return e, err
	}
	e.Number, err = number("Mobile", string(q.Mobile))
	return e, err
}

func (hubtel) Encode(c echo.Context, e Event, r Reply) error {
	answer := hubtelReply{
		SessionID: e.SessionKey, Type: "response", Message: r.Text, ClientState: e.Echo["ClientState"],
		Label: hubtelLabel, DataType: "input", FieldType: "text",
	}
	if r.End {
		answer.Type, answer.DataType = "release", "display"
	}
	return sendJSON(c, answer)
}
