package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Mark names one attempt to send one notice. The cell in it leads a delivery
// report to its row without a search.
type Mark struct {
	Cell     int16
	ID       uuid.UUID
	Attempt  int
	Provider string // signed but not in the token: the address tells which provider reports
}

// ErrToken is a token that we did not make.
var ErrToken = errors.New("not a token of ours")

// The parts of a token, in bytes. Half of the MAC is plenty for what can only
// be tried over the network.
const (
	markSize = 2 + 16 + 2
	macSize  = 16
)

// Token returns a signed Mark for the address of delivery reports, so that nobody
// can report on what they were not given. It is 48 letters, digits, - and _ long:
// some providers take no more than 50 for a reference of ours.
func Token(key []byte, m Mark) string {
	b := make([]byte, 0, markSize+macSize)
	b = binary.BigEndian.AppendUint16(b, uint16(m.Cell))
	b = append(b, m.ID[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(m.Attempt))
	return base64.RawURLEncoding.EncodeToString(append(b, mac(key, m.Provider, b)...))
}

// ParseToken reads a Token made with the same key for this provider. The error is
// ErrToken for anything else, and without a key for everything.
func ParseToken(key []byte, provider, token string) (Mark, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(key) == 0 || len(b) != markSize+macSize || !hmac.Equal(b[markSize:], mac(key, provider, b[:markSize])) {
		return Mark{}, ErrToken
	}
	m := Mark{
		Cell: int16(binary.BigEndian.Uint16(b)), ID: uuid.UUID(b[2:18]),
		Attempt: int(binary.BigEndian.Uint16(b[18:])), Provider: provider,
	}
	if m.Cell < 0 || m.Cell >= booking.Cells {
		return Mark{}, ErrToken
	}
	return m, nil
}

func mac(key []byte, provider string, b []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("tikaline delivery report\x00")) // so that it is no MAC of anything else under the same key
	h.Write(b)                                      // of fixed length: what follows cannot be taken for a part of it
	h.Write([]byte(provider))
	return h.Sum(nil)[:macSize]
}
