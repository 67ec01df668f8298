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

// A Mark names one attempt to send one notice. It leads a delivery report to
// its row without a search: the cell is in it.
type Mark struct {
	Cell    int16
	ID      uuid.UUID
	Attempt int
}

// ErrToken is a token that we did not make.
var ErrToken = errors.New("not a token of ours")

// The parts of a token, in bytes. Half of the MAC is plenty for what can only
// be tried over the network.
const (
	markSize = 2 + 16 + 2
	macSize  = 16
)

// Token is a Mark for the address that a provider reports to, signed so that
// nobody can report on what they were not given: letters, digits, - and _.
func Token(key []byte, m Mark) string {
	b := make([]byte, 0, markSize+macSize)
	b = binary.BigEndian.AppendUint16(b, uint16(m.Cell))
	b = append(b, m.ID[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(m.Attempt))
	return base64.RawURLEncoding.EncodeToString(append(b, mac(key, b)...))
}

// ParseToken reads a Token made with the same key; anything else is ErrToken.
func ParseToken(key []byte, token string) (Mark, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != markSize+macSize || !hmac.Equal(b[markSize:], mac(key, b[:markSize])) {
		return Mark{}, ErrToken
	}
	m := Mark{
		Cell: int16(binary.BigEndian.Uint16(b)), ID: uuid.UUID(b[2:18]),
		Attempt: int(binary.BigEndian.Uint16(b[18:])),
	}
	if m.Cell < 0 || m.Cell >= booking.Cells {
		return Mark{}, ErrToken
	}
	return m, nil
}

func mac(key, b []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("tikaline delivery report\x00")) // a key signs nothing else by chance
	h.Write(b)
	return h.Sum(nil)[:macSize]
}
