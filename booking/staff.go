package booking

import "time"

// A StaffMember works at a centre and signs in to its page.
type StaffMember struct {
	Login    string // lower case; unique
	Name     string // as it stands beside what was written down
	Centre   int64
	Password string // a hash, never the password
	Disabled bool
	At       time.Time // when added
}
