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

// Headers says what a browser may do with a page: policy is what it may load and
// where its forms go, to which is added that no site may frame it. secure is
// for pages that are reached by https alone.
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

// Forever says that what is served never changes under its address.
func Forever(h http.Header) { h.Set("Cache-Control", "public, max-age=31536000, immutable") }

// Later says when to come back: in whole seconds, and never too early.
func Later(h http.Header, wait time.Duration) {
	h.Set("Retry-After", strconv.FormatInt(int64(max(wait, 0)/time.Second)+1, 10))
}

// Forms tells forms of ours from those of other sites. origin is our public
// address, https://tika.example.in, which a proxy may hide from us; "" where
// there is none.
func Forms(origin string) (*http.CrossOriginProtection, error) {
	forms := http.NewCrossOriginProtection()
	if origin == "" {
		return forms, nil
	}
	return forms, forms.AddTrustedOrigin(origin)
}

// Name is a file's name with its content in it: another content has another
// address, so that it may be kept for ever.
func Name(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}
