package booking_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tikaline/booking"
)

// references draws a number and a reference id of it.
func references(t *rapid.T) (booking.MSISDN, string) {
	number := booking.MSISDN("+91" + rapid.StringMatching(`[6-9][0-9]{9}`).Draw(t, "number"))
	seed := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "random")
	return number, booking.NewReference(number, bytes.NewReader(seed))
}

func TestReference(t *testing.T) {
	t.Run("has 14 digits and leads back to its cell", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			number, ref := references(t)
			if len(ref) != 14 || strings.Trim(ref, "0123456789") != "" || ref[0] == '0' {
				t.Fatalf("is %q", ref)
			}
			if cell, ok := booking.CellOfReference(ref); !ok || cell != number.Cell() {
				t.Fatalf("%s is of cell %d, %v; want %d", ref, cell, ok, number.Cell())
			}
		})
	})
	t.Run("any wrong digit is found", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			_, ref := references(t)
			for i := range ref {
				for d := byte('0'); d <= '9'; d++ {
					typed := []byte(ref)
					typed[i] = d
					if _, ok := booking.CellOfReference(string(typed)); ok && d != ref[i] {
						t.Fatalf("%s passes for %s", typed, ref)
					}
				}
			}
		})
	})
	t.Run("any swap of neighbours is found", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			_, ref := references(t)
			for i := range len(ref) - 1 {
				typed := []byte(ref)
				typed[i], typed[i+1] = typed[i+1], typed[i]
				if _, ok := booking.CellOfReference(string(typed)); ok && string(typed) != ref {
					t.Fatalf("%s passes for %s", typed, ref)
				}
			}
		})
	})
	t.Run("malformed is refused", func(t *testing.T) {
		good := booking.NewReference("+919876543210", rand.Reader)
		for _, ref := range []string{
			"", good[:13], good + "0", " " + good[1:], "1000abcdefghix", strings.Repeat("x", 14), "१०००००००००००००",
			"0999000000000" + string(booking.CheckDigit("0999000000000")), "2024000000000" + string(booking.CheckDigit("2024000000000")),
		} {
			if cell, ok := booking.CellOfReference(ref); ok {
				t.Errorf("%q is of cell %d", ref, cell)
			}
		}
	})
	t.Run("first and last cell are taken", func(t *testing.T) {
		for body, want := range map[string]int16{"1000000000000": 0, "2023999999999": booking.Cells - 1} {
			if cell, ok := booking.CellOfReference(body + string(booking.CheckDigit(body))); !ok || cell != want {
				t.Errorf("%s is of cell %d, %v", body, cell, ok)
			}
		}
	})
	t.Run("hardly ever comes twice", func(t *testing.T) {
		seen := make(map[string]bool)
		for range 5000 {
			ref := booking.NewReference("+919876543210", rand.Reader)
			if seen[ref] {
				t.Fatalf("%s came twice in %d", ref, len(seen))
			}
			seen[ref] = true
		}
	})
	t.Run("machine without randomness still gives a whole one", func(t *testing.T) {
		ref := booking.NewReference("+919876543210", failing{})
		if _, ok := booking.CellOfReference(ref); !ok {
			t.Errorf("is %q", ref)
		}
	})
	t.Run("secret code is its last four digits", func(t *testing.T) {
		for ref, want := range map[string]string{"16061234567890": "7890", "789": "", "": ""} {
			if got := booking.SecretCode(ref); got != want {
				t.Errorf("of %q is %q, want %q", ref, got, want)
			}
		}
		if got := (booking.Beneficiary{Reference: "16061234567890"}).SecretCode(); got != "7890" {
			t.Errorf("is %q", got)
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

// TestCheckDigit proves of the table what the reference ids rely on: it is a
// quasigroup, so that every single error shows; totally anti-symmetric, so
// that every swap does; and has nought on its diagonal, so that the check
// digit of a number with its check digit is 0.
func TestCheckDigit(t *testing.T) {
	// after(s, d) is the state after digit d in state s: any state can be
	// reached, as the state is the check digit of what was read.
	reach := make(map[byte]string)
	for i := byte('0'); i <= '9'; i++ {
		reach[booking.CheckDigit(string(i))] = string(i)
	}
	if len(reach) != 10 {
		t.Fatalf("only %d states can be reached by one digit", len(reach))
	}
	after := func(s, d byte) byte { return booking.CheckDigit(reach[s] + string(d)) }
	for a := byte('0'); a <= '9'; a++ {
		row, column := make(map[byte]bool), make(map[byte]bool)
		for b := byte('0'); b <= '9'; b++ {
			row[after(a, b)], column[after(b, a)] = true, true
			if a != b && booking.CheckDigit(string(a)+string(b)) == booking.CheckDigit(string(b)+string(a)) {
				t.Errorf("%c%c and %c%c have the same check digit", a, b, b, a)
			}
			for c := byte('0'); c <= '9'; c++ {
				if a != b && after(after(c, a), b) == after(after(c, b), a) {
					t.Errorf("in state %c, %c%c and %c%c lead to the same", c, a, b, b, a)
				}
			}
		}
		if len(row) != 10 || len(column) != 10 {
			t.Errorf("row %c has %d states, column %d: want 10", a, len(row), len(column))
		}
		if after(a, a) != '0' {
			t.Errorf("%c after %c leads to %c, want 0", a, a, after(a, a))
		}
	}
	t.Run("of Damm's own example", func(t *testing.T) {
		if got := booking.CheckDigit("572"); got != '4' {
			t.Errorf("is %c, want 4", got)
		}
	})
}
