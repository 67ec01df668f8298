package pages

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"tikaline/booking"
)

// A sealed text is valid for one purpose alone.
const (
	sealSession = "session"
	sealFlash   = "flash"
	sealForm    = "form"
)

// seals makes a seal of each key.
func seals(keys [][]byte) ([]cipher.AEAD, error) {
	if len(keys) == 0 {
		return nil, errors.New("no key to seal cookies with")
	}
	list := make([]cipher.AEAD, len(keys))
	for i, k := range keys {
		if len(k) != 32 {
			return nil, fmt.Errorf("key %d has %d bytes, not 32", i+1, len(k))
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, err
		}
		if list[i], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// seal encrypts a text so that only we can read or make it. It looks different
// each time, so its length is all that a compressed page gives away.
func (p *Pages) seal(text, purpose string) string {
	aead := p.seals[0]
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+8+len(text)+aead.Overhead())
	rand.Read(out) // never fails
	plain := binary.BigEndian.AppendUint64(nil, uint64(p.Core.Now().Unix()))
	out = aead.Seal(out, out, append(plain, text...), []byte(purpose))
	return base64.RawURLEncoding.EncodeToString(out)
}

// opens returns the text that was sealed for the purpose, not before since; ""
// where we sealed no such text.
func (p *Pages) opens(sealed, purpose string, since time.Time) string {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return ""
	}
	for _, aead := range p.seals {
		n := aead.NonceSize()
		if len(raw) < n {
			return ""
		}
		plain, err := aead.Open(nil, raw[:n], raw[n:], []byte(purpose))
		if err != nil || len(plain) < 8 {
			continue
		}
		if int64(binary.BigEndian.Uint64(plain)) < since.Unix() {
			return ""
		}
		return string(plain[8:])
	}
	return ""
}

// handle names a person in an address: of a reference id, which proves
// something at a centre, nothing must be left in a browser's history.
func handle(key []byte, number booking.MSISDN, reference string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("person " + string(number) + " " + reference))
	return hex.EncodeToString(m.Sum(nil)[:6])
}

// handle returns a person's handle under the first key.
func (p *Pages) handle(b booking.Beneficiary) string {
	return handle(p.Keys[0], b.Household, b.Reference)
}

// named returns the person of the household whose handle it is, by any key.
func (p *Pages) named(h booking.Household, name string) (booking.Beneficiary, bool) {
	for _, b := range h.People {
		for _, k := range p.Keys {
			if hmac.Equal([]byte(handle(k, h.Number, b.Reference)), []byte(name)) {
				return b, true
			}
		}
	}
	return booking.Beneficiary{}, false
}
