package booking

import (
	"hash/crc32"
	"strings"
)

// Cells is how many cells the households are spread over. It is part of every
// stored key and every reference id, so it never changes.
const Cells = 1024

// An MSISDN is a mobile number in E.164 form with its plus sign: +919876543210.
// It names a household.
type MSISDN string

// ParseMSISDN reads an Indian mobile number as people and providers write it:
// with or without +91, 91 or a leading 0, with spaces, dots or dashes. Digits
// must have been folded to 0-9 before. Anything else is a Problem BadNumber,
// above all a number from abroad: +65 6123 4567 has ten digits and begins with
// a 6, but is not Indian.
func ParseMSISDN(s string) (MSISDN, error) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '.' || r == '+' || r == '(' || r == ')':
			return -1
		}
		return 'x'
	}, s)
	national := digits
	abroad := strings.LastIndexByte(s, '+')
	if first := strings.IndexAny(s, "0123456789"); abroad > first || (abroad >= 0 && (len(digits) != 12 || !strings.HasPrefix(digits, "91"))) {
		return "", Refuse(BadNumber)
	}
	switch {
	case len(digits) == 12 && strings.HasPrefix(digits, "91"):
		national = digits[2:]
	case len(digits) == 11 && digits[0] == '0':
		national = digits[1:]
	case len(digits) == 13 && strings.HasPrefix(digits, "091"):
		national = digits[3:]
	case len(digits) == 14 && strings.HasPrefix(digits, "0091"):
		national = digits[4:]
	}
	if len(national) != 10 || national[0] < '6' || national[0] > '9' || strings.Contains(national, "x") {
		return "", Refuse(BadNumber)
	}
	return MSISDN("+91" + national), nil
}

// Cell returns the shard key of everything that belongs to the household: crc32
// of the number, modulo Cells.
func (m MSISDN) Cell() int16 {
	return int16(crc32.ChecksumIEEE([]byte(m)) % Cells)
}

// Tail returns all of the number that may be logged: its last three digits.
func (m MSISDN) Tail() string {
	if len(m) < 3 {
		return string(m)
	}
	return string(m[len(m)-3:])
}
