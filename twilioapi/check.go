package twilioapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/twilio/twilio-go/client"

	"tikaline/channel"
)

// A Check verifies the signatures of Twilio.
type Check struct {
	base       string
	account    string
	validators []client.RequestValidator
}

// NewCheck returns a Check of requests to addresses that begin with public.
// Where account is not "" a request must name it.
func NewCheck(public string, tokens []string, account string) (*Check, error) {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("twilio's public address is no http or https address")
	}
	if strings.Contains(u.Hostname(), "_") {
		return nil, errors.New("twilio: the public host has an underscore, which Twilio does not call")
	}
	c := &Check{base: strings.TrimSuffix(public, "/"), account: account}
	for _, token := range tokens {
		if token == "" {
			return nil, errors.New("twilio: an auth token is empty")
		}
		c.validators = append(c.validators, client.NewRequestValidator(token))
	}
	if len(c.validators) == 0 {
		return nil, errors.New("twilio: the auth token is missing")
	}
	return c, nil
}

// Form reads a form that Twilio signed. Anything but a POST is a 404, as the
// sender is not proved yet; a wrong signature is a 403.
func (k *Check) Form(c echo.Context) (url.Values, error) {
	if c.Request().Method != http.MethodPost {
		return nil, echo.ErrNotFound
	}
	// The body is read before echo reads it: the signature covers these very
	// bytes.
	b, err := channel.Body(c)
	if err != nil {
		return nil, err
	}
	address := k.base + c.Request().URL.RequestURI()
	signature, ok := c.Request().Header.Get("X-Twilio-Signature"), false
	for _, v := range k.validators {
		ok = v.ValidateBody(address, b, signature) || ok
	}
	if !ok {
		return nil, echo.ErrForbidden
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, channel.Malformed
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, echo.ErrForbidden // the second was not signed
		}
	}
	if k.account != "" && form.Get("AccountSid") != k.account {
		return nil, echo.ErrForbidden // signed with our token, and not for us: a sub-account's
	}
	return form, nil
}
