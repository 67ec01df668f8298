package cowin

import "strings"

// aadhaarNumber reports whether a number may stand for an Aadhaar card: the
// whole number, with its check digit right, or its last four digits with or
// without characters that hide the others. It is checked here and kept nowhere.
func aadhaarNumber(number, last4 string) bool {
	if strings.Trim(last4, "0123456789") != "" {
		return false
	}
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '/' {
			return -1
		}
		return r
	}, number)
	if strings.Trim(digits, "0123456789") != "" {
		digits = strings.TrimLeft(digits, "Xx")
		return len(digits) == 4
	}
	switch len(digits) {
	case 4:
		return true
	case 12:
		return digits[0] >= '2' && verhoeff(digits)
	}
	return false
}

// verhoeff reports whether a number ends in the right check digit of Verhoeff:
// multiplication in the dihedral group of order ten, over digits that a
// permutation shuffles more with each position.
func verhoeff(digits string) bool {
	shuffle := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		for range i % 8 {
			d = shuffle[d]
		}
		sum = dihedral(sum, d)
	}
	return sum == 0
}

// dihedral multiplies in the group of a pentagon's five rotations (0 to 4) and
// their mirror images (5 to 9).
func dihedral(a, b int) int {
	turn, mirror := a%5, a >= 5
	switch {
	case !mirror && b < 5:
		return (turn + b) % 5
	case !mirror:
		return 5 + (turn+b)%5
	case b < 5:
		return 5 + (turn-b+5)%5
	}
	return (turn - b%5 + 5) % 5
}
