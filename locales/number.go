package locales

import "strconv"

// FormatNumber writes n with digits 0-9 grouped in lakhs and crores, as all
// five languages do in India: 12,34,567. Pincodes, codes and phone numbers are
// strings and never come here. x/text is no help: it prints Bengali digits for
// bn and groups the Latin languages in thousands.
func FormatNumber(n int64) string { return string(appendGrouped(nil, n)) }

func appendGrouped(out []byte, n int64) []byte {
	var room [20]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	if digits[0] == '-' {
		out, digits = append(out, '-'), digits[1:]
	}
	for i, d := range digits {
		// A comma before the last three, and before every two ahead of those.
		if left := len(digits) - i; i > 0 && left >= 3 && left%2 == 1 {
			out = append(out, ',')
		}
		out = append(out, d)
	}
	return out
}

// FormatKm writes a distance the way it can be relied on: tenths below 10 km,
// whole kilometres above. A pincode's position is not known better than that.
func FormatKm(km float64) string { return string(appendKm(nil, km)) }

func appendKm(out []byte, km float64) []byte {
	if km >= 9.95 {
		return strconv.AppendFloat(out, km, 'f', 0, 64)
	}
	out = strconv.AppendFloat(out, km, 'f', 1, 64)
	if n := len(out); out[n-1] == '0' && out[n-2] == '.' {
		out = out[:n-2]
	}
	return out
}
