package channel

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"

	"github.com/labstack/echo/v4"
)

// DemoSecret is the secret of every provider in the demo.
const DemoSecret = "demo"

// MinSecret is the length of the shortest secret taken outside the demo, in
// characters.
const MinSecret = 16

// SecretOf returns the secret that was set, or the demo's where there is none
// and demo is true.
func SecretOf(set string, demo bool) string {
	if demo {
		return cmp.Or(set, DemoSecret)
	}
	return set
}

// CheckLength returns an error that says how to make a better secret where a
// provider's is shorter than MinSecret.
func CheckLength(provider, secret string) error {
	if len(secret) < MinSecret {
		return fmt.Errorf("the secret of %s is shorter than %d characters: make one with  openssl rand -hex 24", provider, MinSecret)
	}
	return nil
}

// A Secret is what proves a provider's request. The zero Secret matches nothing.
type Secret struct {
	hash [sha256.Size]byte
	set  bool
}

// NewSecret returns the Secret with this text; "" matches nothing.
func NewSecret(s string) Secret { return Secret{sha256.Sum256([]byte(s)), s != ""} }

// Matches reports in constant time whether a request brought the secret.
func (s Secret) Matches(got string) bool {
	hash := sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(hash[:], s.hash[:]) == 1 && s.set
}

// CheckSecret returns echo.ErrNotFound unless got is the secret: a wrong one
// looks as if nothing was there.
func CheckSecret(got, secret string) error {
	if !NewSecret(secret).Matches(got) {
		return echo.ErrNotFound
	}
	return nil
}

// Proves reports in constant time whether got is what a provider was told to
// send, such as its password; an empty want is not checked.
func Proves(got, want string) bool { return NewSecret(want).Matches(got) || want == "" }

// A Guard is what a request from one provider has to bring.
type Guard struct {
	Secret   Secret
	Networks Networks
}

// Check returns echo.ErrNotFound unless a request comes from a network of the
// provider with its secret. A nil Guard, of no provider, takes as long.
func (g *Guard) Check(c echo.Context, secret string) error {
	known := g
	if known == nil {
		known = &Guard{}
	}
	if !known.Secret.Matches(secret) || !known.Networks.Allow(c) {
		return echo.ErrNotFound
	}
	return nil
}
