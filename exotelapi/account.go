package exotelapi

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// BaseURL is the API of Exotel's cluster in Mumbai.
const BaseURL = "https://api.in.exotel.com"

// An Account is how Exotel reaches us and we reach it. The tags name and explain
// its settings.
type Account struct {
	Secret  string `name:"exotel" env:"TIKALINE_EXOTEL_SECRET" help:"Secret in the addresses given to Exotel."`
	SID     string `name:"exotel-account" env:"TIKALINE_EXOTEL_ACCOUNT" help:"Exotel's account SID. Empty: nothing is sent by it."`
	Key     string `name:"exotel-key" env:"TIKALINE_EXOTEL_KEY" help:"Exotel's API key."`
	Token   string `name:"exotel-token" env:"TIKALINE_EXOTEL_TOKEN" help:"Exotel's API token."`
	BaseURL string `name:"exotel-url" env:"TIKALINE_EXOTEL_URL" help:"Exotel's API. Empty: its own."`
}

// API returns the address of the API: what is set, or BaseURL.
func (a Account) API() string { return cmp.Or(a.BaseURL, BaseURL) }

// Check returns an error where we cannot ask as this account.
func (a Account) Check() error {
	if a.SID == "" || a.Key == "" || a.Token == "" {
		return errors.New("exotel: account, key and token are needed")
	}
	return nil
}

// Endpoint returns the address of a resource of the account, such as Sms/send.
func (a Account) Endpoint(resource string) string {
	return strings.TrimSuffix(a.API(), "/") + "/v1/Accounts/" + url.PathEscape(a.SID) + "/" + resource
}

// sid is the id in an answer, which is XML or, from some accounts, JSON.
var sid = regexp.MustCompile(`(?:<Sid>|"Sid"\s*:\s*")([0-9A-Za-z]{1,64})`)

// ID returns the id of what was made from the body of an answer; ok is false
// where there is none.
func ID(body []byte) (id string, ok bool) {
	m := sid.FindSubmatch(body)
	if m == nil {
		return "", false
	}
	return string(m[1]), true
}

// Refused reports whether an answer says that nothing was made. Only the status
// counts, says Exotel: its message may change.
func Refused(status int, body []byte) bool {
	return status >= 300 || strings.Contains(string(body), "RestException")
}
