package ussd

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// africasTalking is Africa's Talking, whose contract others have copied
// (Hellio, MobileSasa, pewang): https://developers.africastalking.com/docs/ussd
//
//	POST /ussd/africastalking/{secret}
//	Content-Type: application/x-www-form-urlencoded
//
//	phoneNumber=%2B919876543210&serviceCode=%2A384%2A100%23&text=1%2A700091&sessionId=ATUid_01ab&networkCode=99999
//
//	200 text/plain
//	CON Which centre?
//	1 ...
//
// text is all that was keyed so far, joined by *; it is empty on dialling and
// may hold what was dialled behind the code, or the whole of it, *384*100*1#. That a session is over is said
// once, at the Events URL, by another form with status=Success, Incomplete or
// Failed. Nothing is signed.
type africasTalking struct {
	Secret string `name:"africastalking" env:"TIKALINE_AFRICASTALKING_SECRET" help:"Secret in the URL given to Africa's Talking. Empty: it is not served."`
}

// Of a session: 180 s in all, 15 s for our answer, 160 characters.
const africasTalkingSep = "*"

func (africasTalking) Name() string { return "africastalking" }

func (p africasTalking) secret() string { return p.Secret }

func (africasTalking) Decode(c echo.Context) (Event, error) {
	kind := call(c)
	if kind != "POST" && kind != "POST events" {
		return Event{}, echo.ErrNotFound
	}
	v, err := channel.Form(c)
	if err != nil {
		return Event{}, err
	}
	e := Event{Phase: Unclear, Code: v.Get("serviceCode"), Input: v.Get("text"), Sep: africasTalkingSep}
	if kind == "POST events" {
		e.Phase, e.Input, e.Sep = Ended, "", ""
		if v.Get("status") == "Incomplete" {
			e.Phase = Cancel
		}
	}
	if e.SessionKey, err = required("sessionId", v.Get("sessionId")); err != nil {
		return e, err
	}
	e.Number, err = number("phoneNumber", v.Get("phoneNumber"))
	return e, err
}

func (africasTalking) Encode(c echo.Context, e Event, r Reply) error {
	if !e.Phase.asks() {
		return c.NoContent(http.StatusOK)
	}
	return send(c, plainText, []byte(pack(r)))
}
