package otp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// secretMin is the least length of a secret, in bytes.
const secretMin = 32

// Keys are the secrets that codes and tokens are made with. The first one makes
// them, all of them check. They are in no database: whoever can read one can make
// neither a code nor a token.
//
// To take a new key into use, put it in front of the old one on every node, and
// drop the old one a quarter of an hour later. During a roll-out in steps, put
// it second first.
type Keys struct{ list []Key }

// A Key is one secret. Its ID identifies it and gives nothing away.
type Key struct {
	ID     string
	secret []byte
}

// NewKeys makes Keys of secrets, the current one first.
func NewKeys(secrets ...string) (Keys, error) {
	if len(secrets) == 0 {
		return Keys{}, errors.New("no key")
	}
	var k Keys
	for i, s := range secrets {
		if len(s) < secretMin {
			return Keys{}, fmt.Errorf("key %d has fewer than %d characters", i+1, secretMin)
		}
		key := Key{secret: []byte(s)}
		key.ID = hex.EncodeToString(key.For("id")[:4])
		if _, twice := k.ByID(key.ID); twice {
			return Keys{}, fmt.Errorf("key %d is there twice", i+1)
		}
		k.list = append(k.list, key)
	}
	return k, nil
}

// Current returns the key that makes codes and tokens now.
func (k Keys) Current() Key { return k.list[0] }

// All returns every key, the current one first.
func (k Keys) All() []Key { return k.list }

// ByID returns the key with an ID, and false where there is none.
func (k Keys) ByID(id string) (Key, bool) {
	for _, key := range k.list {
		if key.ID == id {
			return key, true
		}
	}
	return Key{}, false
}

// For returns the key for one purpose alone: what is made for one says nothing about
// another.
func (k Key) For(purpose string) []byte {
	return mac(k.secret, "tikaline "+purpose)
}

// mac is HMAC-SHA256 over parts, each with its length before it.
func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		n := len(p)
		h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
