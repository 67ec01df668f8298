package sms

import (
	"strconv"

	"tikaline/booking"
)

const (
	pincodeLength   = 6
	phoneMin        = 10 // digits of a mobile number
	phoneMax        = 14 // with 0091 in front
	referenceLength = 14
)

// numbers finds out what the digits in a text are. Digits with only signs
// between them are one run: 110 001, 98765 43210, 15/8/1947.
func (p *parse) numbers() {
	var small []int // tokens of one or two digits that are not part of something
	for i := 0; i < len(p.words); i++ {
		if !p.words[i].digits {
			continue
		}
		j := i
		for j < len(p.words) && p.words[j].digits && (j == i || !p.words[j].plus) {
			j++
		}
		small = p.run(i, j, small)
		i = j - 1
	}
	if len(small) == 1 {
		w := &p.words[small[0]]
		p.m.Number, _ = strconv.Atoi(string(p.key(*w)))
		p.number = small[0]
	}
}

// run looks at the digits from i up to j.
func (p *parse) run(i, j int, small []int) []int {
	if j-i > 1 && p.phone(i, j) {
		return small
	}
	years, loose := 0, 0
	for n := i; n < j; n++ {
		w := &p.words[n]
		key := p.key(*w)
		switch {
		case len(key) == pincodeLength && key[0] != '0':
			p.pincode(string(key))
			w.used = true
		case len(key) == 4 && plausibleYear(key):
			p.year(string(key))
			years++
			w.used = true
		case len(key) == 8 && plausibleYear(key[4:]) && plausibleDay(key[:2], key[2:4]):
			p.year(string(key[4:]))
			w.used = true
		case len(key) == 8 && plausibleYear(key[:4]) && plausibleDay(key[6:], key[4:6]):
			p.year(string(key[:4]))
			w.used = true
		case len(key) == referenceLength && key[0] != '0' && p.m.Reference == "":
			p.m.Reference = string(key)
			w.used = true
		case p.phone(n, n+1):
		default:
			loose++
		}
	}
	if loose == j-i && loose > 1 && p.splitPincode(i, j) {
		return small
	}
	date := years == 1 && loose == 2 // 15/8/1947
	for n := i; n < j; n++ {
		w := &p.words[n]
		if w.used || w.to-w.from > 2 {
			continue
		}
		if date || p.besideMonth(n) {
			w.used = true
			continue
		}
		small = append(small, n)
	}
	return small
}

// phone takes the digits from i up to j for a mobile number, if they are one.
func (p *parse) phone(i, j int) bool {
	var room [phoneMax + 1]byte
	digits := room[:0]
	if p.words[i].plus {
		digits = append(digits, '+')
	}
	for n := i; n < j; n++ {
		key := p.key(p.words[n])
		if len(digits)+len(key) > len(room) {
			return false
		}
		digits = append(digits, key...)
	}
	if len(digits) < phoneMin {
		return false
	}
	if j-i == 2 {
		// 800001 1958 has ten digits and begins with an 8, but is a pincode
		// and a year.
		a, b := p.key(p.words[i]), p.key(p.words[i+1])
		if len(a) == pincodeLength && plausibleYear(b) || len(b) == pincodeLength && plausibleYear(a) {
			return false
		}
	}
	number, err := booking.ParseMSISDN(string(digits))
	if err != nil {
		return false
	}
	if p.m.Phone == "" {
		p.m.Phone = number
	}
	for n := i; n < j; n++ {
		p.words[n].used = true
	}
	return true
}

// splitPincode joins 110 001. What may be a date is left alone, unless a word
// for pincode stands before it.
func (p *parse) splitPincode(i, j int) bool {
	var room [pincodeLength]byte
	digits := room[:0]
	short := true
	for n := i; n < j; n++ {
		key := p.key(p.words[n])
		if len(digits)+len(key) > len(room) {
			return false
		}
		digits = append(digits, key...)
		short = short && len(key) <= 2
	}
	if len(digits) != pincodeLength || digits[0] == '0' {
		return false
	}
	before := i - 1 // "pin code no. 11 00 01"
	for before > 0 && (p.words[before].term.is(label) || p.numero(before)) {
		before--
	}
	asked := before >= 0 && p.command(before) == CommandPin
	if !asked && short && j-i == 3 {
		return false // 15/08/47
	}
	p.pincode(string(digits))
	for n := i; n < j; n++ {
		p.words[n].used = true
	}
	return true
}

// pincode takes note of a pincode. Two different ones are none: which was
// meant has to be asked.
func (p *parse) pincode(s string) {
	if p.pincodes > 0 && p.m.Pincode != s {
		s = ""
	}
	p.m.Pincode = s
	p.pincodes++
}

// year takes note of a year, in the same way.
func (p *parse) year(s string) {
	if p.years > 0 && p.m.Year != s {
		s = ""
	}
	p.m.Year = s
	p.years++
}

// besideMonth reports whether the digits are the day in "15 Aug", and takes
// the month for used if so.
func (p *parse) besideMonth(n int) bool {
	for _, beside := range []int{n + 1, n - 1} {
		// "15th Aug"
		if beside == n+1 && beside < len(p.words) && p.ordinal(beside) {
			p.words[beside].used = true
			beside++
		}
		if beside >= 0 && beside < len(p.words) && p.words[beside].term.is(month) {
			p.words[beside].used = true
			return true
		}
	}
	return false
}

// ordinal reports whether the token is the th in 15th.
func (p *parse) ordinal(n int) bool {
	if !p.words[n].glued {
		return false
	}
	switch string(p.key(p.words[n])) {
	case "ST", "ND", "RD", "TH":
		return true
	}
	return false
}

func plausibleYear(key []byte) bool {
	return len(key) == 4 && (key[0] == '1' && key[1] == '9' || key[0] == '2' && key[1] == '0')
}

func plausibleDay(day, month []byte) bool {
	return string(day) >= "01" && string(day) <= "31" && string(month) >= "01" && string(month) <= "12"
}
