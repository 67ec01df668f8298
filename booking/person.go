package booking

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// A Channel is the way somebody reached us. It is stored.
type Channel string

// The channels.
const (
	USSD  Channel = "ussd"
	SMS   Channel = "sms"
	IVR   Channel = "ivr"
	Web   Channel = "web"
	Agent Channel = "agent"
	Staff Channel = "staff" // at a centre
)

// A Household is one mobile number and the people registered under it. A
// household that was never seen has its Number and nothing else.
type Household struct {
	Number   MSISDN
	Language string // "" until chosen
	Pincode  string // the last pincode searched near; "" until then
	Consent  Consent
	People   []Beneficiary // in the order of registration
}

// A Consent records what the household agreed to, when and how. The zero
// Consent is none.
type Consent struct {
	Version string
	At      time.Time
	Channel Channel
}

// Person returns the household's beneficiary with that reference id.
func (h Household) Person(ref string) (Beneficiary, bool) {
	for _, b := range h.People {
		if b.Reference == ref {
			return b, true
		}
	}
	return Beneficiary{}, false
}

// A Gender is stored and named on the wire of the Co-WIN API.
type Gender string

// The genders that the programme knows.
const (
	Male   Gender = "male"
	Female Gender = "female"
	Others Gender = "others"
)

// Genders in the order in which they are offered.
var Genders = []Gender{Male, Female, Others}

// An Applicant is what is asked of a person to register them. Name is "" where
// only a recording exists that has yet to be written down, or where NameLater
// says that it is taken down by a call.
type Applicant struct {
	Name        string
	Recording   string
	NameLater   bool
	BirthYear   int
	Gender      Gender
	PhotoID     string // key of one of the programme's photo ids
	IDLast4     string // of any id; a whole Aadhaar number is never kept
	Certificate bool   // holds a certificate of one of the listed conditions
}

// A Beneficiary is a registered person.
type Beneficiary struct {
	Applicant
	Reference    string // 14 digits; the first four name the cell it is stored in
	Household    MSISDN
	RegisteredAt time.Time
	Appointments []Appointment // live and attended ones, by dose
}

// SecretCode returns the four digits that prove to the vaccinator that the
// person booked: the last four of the reference id, as on the original's slip.
func (b Beneficiary) SecretCode() string { return SecretCode(b.Reference) }

// SecretCode returns the code that goes with a reference id.
func SecretCode(ref string) string {
	if len(ref) < 4 {
		return ""
	}
	return ref[len(ref)-4:]
}

// Live returns the beneficiary's booked or held appointment, if there is one.
func (b Beneficiary) Live() (Appointment, bool) {
	for _, a := range b.Appointments {
		if a.Status.Holds() && a.Status != Attended {
			return a, true
		}
	}
	return Appointment{}, false
}

// Taken returns the appointment at which the dose was given, if it was.
func (b Beneficiary) Taken(dose int) (Appointment, bool) {
	for _, a := range b.Appointments {
		if a.Dose == dose && a.Status == Attended {
			return a, true
		}
	}
	return Appointment{}, false
}

// Doses returns how many doses were given.
func (b Beneficiary) Doses() int {
	n := 0
	for _, a := range b.Appointments {
		if a.Status == Attended {
			n++
		}
	}
	return n
}

// Limits of what is kept of a name, in characters.
const (
	NameMin = 2
	NameMax = 60
)

// ParseName checks a person's name and tidies its spaces. Names are kept as
// typed, in any script. Problems: NameTooShort, NameTooLong, NameNotWords.
func ParseName(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), r == ' ', r == '.', r == '\'', r == '’', r == '-', r == '\u200c', r == '\u200d':
		default:
			return "", Refuse(NameNotWords)
		}
	}
	switch {
	case letters < NameMin:
		return "", Refuse(NameTooShort)
	case utf8.RuneCountInString(s) > NameMax:
		return "", Refuse(NameTooLong, "Max", NameMax)
	}
	return s, nil
}

// oldest is the greatest age accepted, in years.
const oldest = 120

// ParseBirth reads a year of birth of four digits, or an age of two or three and
// returns the year of birth that goes with it. A person of that age may be born a
// year earlier, whose birthday is yet to come; where that decides whether they
// are admitted, or need a certificate for it, the year is wanted. Problems: BadYear,
// YearWanted.
func (p *Programme) ParseBirth(s string, today Date) (year int, err error) {
	if len(s) != 2 && len(s) != 3 {
		return ParseYear(s, today)
	}
	age, err := strconv.Atoi(s)
	if err != nil || age > oldest || strings.Trim(s, "0123456789") != "" {
		return 0, Refuse(BadYear, "Year", "1958")
	}
	year = today.Year() - age
	if p.admits(year, today) != p.admits(year-1, today) || p.AsksCertificate(year, today) != p.AsksCertificate(year-1, today) {
		return 0, Refuse(YearWanted, "Year", "1958")
	}
	return year, nil
}

// admits reports whether a person may register, with a certificate if need be.
func (p *Programme) admits(birthYear int, today Date) bool {
	return p.Admits(birthYear, true, today) == nil
}

// ParseYear reads a year of birth of four digits, not in the future and not
// more than 120 years ago. Problem: BadYear.
func ParseYear(s string, today Date) (int, error) {
	y, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 || y > today.Year() || y < today.Year()-oldest {
		return 0, Refuse(BadYear, "Year", "1958")
	}
	return y, nil
}

// ParseIDLast4 returns the last four letters or digits of a photo id. The
// characters in front of them are dropped here and never stored: a person may
// type the whole number. Problem: BadID.
func ParseIDLast4(s string) (string, error) {
	kept := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			kept = append(kept, r)
		case r >= 'a' && r <= 'z':
			kept = append(kept, r-'a'+'A')
		case r == ' ' || r == '-' || r == '/' || r == '.':
		default:
			return "", Refuse(BadID)
		}
	}
	if len(kept) < 4 || len(kept) > 20 {
		return "", Refuse(BadID)
	}
	return string(kept[len(kept)-4:]), nil
}

// A Registration asks for a person to be registered. Asking again with the
// same Request gives the same beneficiary.
type Registration struct {
	Applicant
	Request uuid.UUID
	Consent Consent
	Channel Channel
	Agent   string // the agent or staff member who helped; "" where none did
}

// unnamed returns the year of birth of a person who has no name yet, by which a
// notice calls them; 0 for a person who has one.
func unnamed(a Applicant) int {
	if a.Name != "" {
		return 0
	}
	return a.BirthYear
}
