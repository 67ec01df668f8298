package booking

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"github.com/google/uuid"
)

// NewID returns a time-ordered id, made with randomness from random; nil is
// crypto/rand. Without randomness it is the zero id, which a write refuses.
func NewID(random io.Reader) uuid.UUID {
	if random == nil {
		random = rand.Reader
	}
	id, err := uuid.NewV7FromReader(random)
	if err != nil {
		return uuid.UUID{}
	}
	return id
}

// NewReference returns a new reference id for a number: its cell plus 1000,
// nine random digits, and a check digit. The cell in front makes ids unique
// without asking any other cell, and finds the household from the id alone.
func NewReference(number MSISDN, random io.Reader) string {
	n, err := rand.Int(random, big.NewInt(1_000_000_000))
	if err != nil {
		n = new(big.Int)
	}
	body := fmt.Sprintf("%04d%09d", 1000+int(number.Cell()), n)
	return body + string(checkDigit(body))
}

// CellOfReference returns the cell that a reference id is stored in; false
// where the id is malformed or mistyped.
func CellOfReference(ref string) (int16, bool) {
	if len(ref) != 14 {
		return 0, false
	}
	for i := range len(ref) { // before checkDigit, which takes digits only
		if ref[i] < '0' || ref[i] > '9' {
			return 0, false
		}
	}
	cell := 0
	for i := range 4 {
		cell = cell*10 + int(ref[i]-'0')
	}
	cell -= 1000
	if cell < 0 || cell >= Cells || checkDigit(ref[:13]) != ref[13] {
		return 0, false
	}
	return int16(cell), true
}

// checkDigit returns Damm's check digit: it finds every single wrong digit and
// every swap of neighbours. The quasigroup is the one of Damm's thesis (2004),
// p. 111.
func checkDigit(digits string) byte {
	table := [10]string{
		"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
		"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
	}
	state := byte('0')
	for i := range len(digits) {
		state = table[state-'0'][digits[i]-'0']
	}
	return state
}
