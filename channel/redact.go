package channel

import (
	"net/url"
	"strings"
)

// Redact returns what of a request's address may be logged, for a channel whose
// addresses are /{channel}/{provider}/…: neither the secret in its path nor what
// is in its query. It is "" for any other address.
func Redact(channel string, u *url.URL) string {
	rest, ok := strings.CutPrefix(u.Path, "/"+channel+"/")
	provider, _, _ := strings.Cut(rest, "/")
	if !ok || provider == "" {
		return ""
	}
	return "/" + channel + "/" + provider + "/…"
}
