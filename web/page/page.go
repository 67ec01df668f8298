package page

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Headers sets the security headers of a page: policy is its
// Content-Security-Policy, to which it adds that no site may frame the page.
// secure is for pages that are reached by https alone.
func Headers(h http.Header, policy string, secure bool) {
	h.Set("Content-Security-Policy", policy+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Forever marks an answer as never changing under its address.
func Forever(h http.Header) { h.Set("Cache-Control", "public, max-age=31536000, immutable") }

// Later sets Retry-After: in whole seconds, rounded up, so that nobody comes
// back too early.
func Later(h http.Header, wait time.Duration) {
	h.Set("Retry-After", strconv.FormatInt(int64(max(wait, 0)/time.Second)+1, 10))
}

// Forms returns a check that refuses the forms of other sites. origin is our
// public address, https://tika.example.in, which a proxy may hide from us; ""
// where there is none.
func Forms(origin string) (*http.CrossOriginProtection, error) {
	forms := http.NewCrossOriginProtection()
	if origin == "" {
		return forms, nil
	}
	return forms, forms.AddTrustedOrigin(origin)
}

// Name returns a file's name with a hash of its content in it: changed content
// has another address, so browsers may keep it for ever.
func Name(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}
