package booking

import "time"

// A StaffMember works at a centre and signs in to its page.
type StaffMember struct {
	Login    string // lower case; unique
	Name     string // as it is shown beside what they recorded
	Centre   int64
	Password string // a hash, never the password
	Disabled bool
	At       time.Time // when added
}
