package booking

import (
	"math"
	"slices"
)

// pinNumber returns a well-formed pincode as a number, for comparing.
// Everywhere else a pincode is text.
func pinNumber(s string) (uint32, bool) {
	if len(s) != 6 || s[0] == '0' {
		return 0, false
	}
	var n uint32
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + uint32(s[i]-'0')
	}
	return n, true
}

// addPincodes keeps the pincodes and, for every first three, four and five
// digits, the pincode in the middle of those that share them. The middle is a
// medoid, never a mean: one wrong position moves a mean into the next state,
// or into a river.
func (s *snapshot) addPincodes(pincodes []Pincode) {
	s.pincodes = make(map[string]Pincode, len(pincodes))
	for _, p := range pincodes {
		if _, ok := pinNumber(p.Code); ok && positioned(p.Lat, p.Lon) {
			s.pincodes[p.Code] = p
		}
	}
	codes := make([]string, 0, len(s.pincodes))
	for code := range s.pincodes {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	s.around = make(map[string]string)
	for digits := 3; digits <= 5; digits++ {
		for from := 0; from < len(codes); {
			to := from + 1
			for to < len(codes) && codes[to][:digits] == codes[from][:digits] {
				to++
			}
			s.around[codes[from][:digits]] = s.middle(codes[from:to])
			from = to
		}
	}
}

// middle returns the pincode with the least sum of distances to the others; the
// lowest of several.
func (s *snapshot) middle(codes []string) string {
	best, least := codes[0], math.Inf(1)
	if len(codes) <= 2 {
		return best
	}
	points := make([]Pincode, len(codes))
	for i, code := range codes {
		points[i] = s.pincodes[code]
	}
	for _, a := range points {
		sum := 0.0
		for _, b := range points {
			sum += km(a.Lat, a.Lon, b.Lat, b.Lon)
		}
		if sum < least {
			best, least = a.Code, sum
		}
	}
	return best
}

func (s *snapshot) locate(pincode string) (Located, error) {
	if _, ok := pinNumber(pincode); !ok {
		return Located{}, Refuse(BadPincode)
	}
	if p, ok := s.pincodes[pincode]; ok {
		return Located{Pincode: p, Asked: pincode, Exact: true}, nil
	}
	// First digit 9 is the Army Post Office: its numbers have no position, so
	// their neighbours by number say nothing about them.
	if pincode[0] != '9' {
		for digits := 5; digits >= 3; digits-- {
			if code, ok := s.around[pincode[:digits]]; ok {
				return Located{Pincode: s.pincodes[code], Asked: pincode}, nil
			}
		}
	}
	return Located{}, Refuse(BadPincode)
}
