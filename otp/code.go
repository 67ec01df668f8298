package otp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// codes is the number of codes: six digits.
const codes = 1_000_000

// digits returns the code that a key makes of a seed for a number. Only the seed is
// stored, with the notice that carries the code; without the key it is worth
// nothing.
func digits(k Key, number booking.MSISDN, seed uuid.UUID) string {
	secret := k.For("otp code")
	// A number below the greatest multiple, or another one: no code is likelier
	// than another. It hardly ever takes a second round.
	const below = 1<<32 - 1<<32%codes
	for round := 0; ; round++ {
		sum := mac(secret, string(number), string(seed[:]), string(rune('0'+round%10)))
		for i := 0; i < len(sum); i += 4 {
			if n := binary.BigEndian.Uint32(sum[i:]); uint64(n) < below {
				return fmt.Sprintf("%06d", n%codes)
			}
		}
	}
}

// Hash returns what travels in place of a code: its SHA-256 in lower-case hex. What
// somebody typed into a page is hashed by the server that the page is of.
func Hash(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// keyedHash returns what is stored of a code: without the key nobody can find the
// code by trying all of them.
func keyedHash(k Key, number booking.MSISDN, hash string) []byte {
	return mac(k.For("otp hash"), string(number), hash)
}

// match returns the index of the hash that the claim has under any of the keys;
// -1 is none. All of them are compared, whatever is found.
func (k Keys) match(number booking.MSISDN, claim string, hashes [][]byte) int {
	found := -1
	for _, key := range k.list {
		want := keyedHash(key, number, claim)
		for i, h := range hashes {
			if hmac.Equal(h, want) {
				found = i
			}
		}
	}
	return found
}

// isHash reports whether a string has the form of a Hash. A plain code does not.
func isHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

// A seed in a notice: which key, of what it makes the code, and until when the
// code is good.
func notation(k Key, seed uuid.UUID, until time.Time) string {
	return k.ID + "." + seed.String() + "." + strconv.FormatInt(until.Unix(), 10)
}

func (k Keys) read(notation string) (key Key, seed uuid.UUID, until time.Time, err error) {
	parts := strings.Split(notation, ".")
	if len(parts) != 3 {
		return key, seed, until, errors.New("no seed of ours")
	}
	key, ok := k.ByID(parts[0])
	if !ok {
		return key, seed, until, errors.New("made with a key that is no longer ours")
	}
	if seed, err = uuid.Parse(parts[1]); err != nil {
		return key, seed, until, errors.New("no seed of ours")
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return key, seed, until, errors.New("no seed of ours")
	}
	return key, seed, time.Unix(seconds, 0), nil
}

// newTxn returns the id of a request: random, but for the cell of its number, so that
// it leads to its row. Version 8 is uuids made by a rule of one's own.
func newTxn(cell int16, random [16]byte) uuid.UUID {
	u := uuid.UUID(random)
	u[0], u[1] = byte(cell>>2), byte(cell<<6)|u[1]&0x3f
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return u
}

// cellOf returns the cell in a Txn; false is an id that we never made.
func cellOf(u uuid.UUID) (int16, bool) {
	return int16(u[0])<<2 | int16(u[1]>>6), u.Version() == 8 && u.Variant() == uuid.RFC4122
}
