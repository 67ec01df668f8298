package access

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/otp"
)

// bodyMost is how much of a request's body is read, in bytes.
const bodyMost = 64 << 10

// Passwords are one-time passwords as the endpoints need them: an otp.Service.
type Passwords interface {
	Ask(ctx context.Context, number booking.MSISDN, purpose otp.Purpose, from netip.Addr) (uuid.UUID, error)
	Check(ctx context.Context, txn uuid.UUID, hash string) (booking.MSISDN, error)
}

// Auth serves the endpoints by which programs log in.
type Auth struct {
	Passwords Passwords
	Tokens    *Tokens
	Limits    *Limits
	Household func(context.Context, booking.MSISDN) (booking.Household, error)
}

// Register adds the endpoints to g, which is /api/v2/auth. Their spelling is
// the original's, as clients depend on it.
func (a *Auth) Register(g *echo.Group) {
	const asking, checking = "so many from an address and for a number; 64 KiB", "so many wrong ones from an address, and of a password; 64 KiB"
	channel.Guarded(asking,
		g.POST("/public/generateOTP", a.generate(otp.ForPublic)),
		g.POST("/generateOTP", a.generate(otp.ForPartner)),
		g.POST("/generateMobileOTP", a.generate(otp.ForPortal)))
	channel.Guarded(checking,
		g.POST("/public/confirmOTP", a.confirm(Public)),
		g.POST("/confirmOTP", a.confirm(Partner)),
		g.POST("/validateMobileOtp", a.confirm(Portal)))
}

// A fault is the body of a refusal, as the original words it.
type fault struct {
	Code  string `json:"errorCode,omitempty"`
	Words string `json:"error"`
}

var (
	mobileRequired = fault{"USRAUT0010", "Mobile is Required"}
	otpRequired    = fault{"USRAUT0012", "OTP is Required"}
	txnRequired    = fault{"USRAUT0013", "txnId is Required"}
	invalidOTP     = fault{"USRAUT0014", "Invalid OTP"}
	notRegistered  = fault{"USRAUT0024", "Beneficiary Not Registered"}
	alreadySent    = fault{"", "OTP Already Sent"}
	generateFailed = fault{"", "Generate OTP failed"}
)

// generate requests a one-time password. The answer is the same whether the
// number is registered or not.
func (a *Auth) generate(purpose otp.Purpose) echo.HandlerFunc {
	return func(c echo.Context) error {
		var body struct {
			Mobile text `json:"mobile"`
		}
		decode(c, &body)
		number, err := booking.ParseMSISDN(string(body.Mobile))
		if err != nil {
			return c.JSON(http.StatusBadRequest, mobileRequired)
		}
		txn, err := a.Passwords.Ask(c.Request().Context(), number, purpose, Address(c))
		if r, ok := otp.AsRefusal(err); ok {
			return notAsked(c, r)
		}
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, map[string]string{"txnId": txn.String()})
	}
}

func notAsked(c echo.Context, r *otp.Refusal) error {
	switch r.Reason {
	case otp.AlreadySent:
		return refuse(c, http.StatusBadRequest, asJSON(alreadySent), r.After)
	case otp.NumberBlocked:
		return refuse(c, http.StatusTooManyRequests, asJSON(generateFailed), r.After)
	}
	return refuse(c, http.StatusForbidden, forbidden, r.After)
}

// confirm checks a one-time password and answers with a token.
func (a *Auth) confirm(family Family) echo.HandlerFunc {
	return func(c echo.Context) error {
		var body struct {
			OTP   text `json:"otp"`
			TxnID text `json:"txnId"`
		}
		decode(c, &body)
		switch {
		case body.OTP == "":
			return c.JSON(http.StatusBadRequest, otpRequired)
		case body.TxnID == "":
			return c.JSON(http.StatusBadRequest, txnRequired)
		}
		txn, err := uuid.Parse(string(body.TxnID))
		if err != nil {
			return c.JSON(http.StatusBadRequest, invalidOTP)
		}
		done, wait, ok := a.Limits.Checking(Address(c))
		if !ok {
			return refuse(c, http.StatusForbidden, forbidden, wait)
		}
		number, err := a.Passwords.Check(c.Request().Context(), txn, string(body.OTP))
		if _, refused := otp.AsRefusal(err); refused {
			done(true)
			return c.JSON(http.StatusBadRequest, invalidOTP)
		}
		if err != nil {
			return err
		}
		return a.welcome(c, number, family, txn)
	}
}

// welcome answers a client that has proved its number, with a token.
func (a *Auth) welcome(c echo.Context, number booking.MSISDN, family Family, txn uuid.UUID) error {
	h, err := a.Household(c.Request().Context(), number)
	if err != nil {
		return err
	}
	last := ""
	var at time.Time
	for _, p := range h.People {
		if last == "" || !p.RegisteredAt.Before(at) {
			last, at = p.Reference, p.RegisteredAt
		}
	}
	if family == Public && last == "" {
		return c.JSON(http.StatusBadRequest, notRegistered)
	}
	token, err := a.Tokens.issue(number, family, c.Request().UserAgent(), last, txn)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	answer := map[string]string{"token": token}
	if family != Public {
		answer["isNewAccount"] = "N"
		if last == "" {
			answer["isNewAccount"] = "Y"
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// decode reads a body as JSON, whatever its header says. A body that is no
// JSON, or too long, counts as empty: the refusal then names the missing field.
func decode(c echo.Context, into any) {
	b, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, bodyMost))
	if err != nil {
		return
	}
	json.Unmarshal(b, into) // nolint:errcheck // the refusal names the missing field
}

// text is a JSON string, or a number as it is written; anything else is "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(strings.TrimSpace(s))
		return nil
	}
	var n json.Number
	if json.Unmarshal(b, &n) == nil {
		*t = text(n)
	}
	return nil
}

func asJSON(f fault) string {
	b, err := json.Marshal(f)
	if err != nil {
		return "{}"
	}
	return string(b)
}
