package booking

import "slices"

// A Lack is why there is no place for a person near where they live. It is
// stored in conversations, and worded as wait.<lack>.
type Lack string

// The reasons.
const (
	LackRoom    Lack = "full"    // there are sessions for them, and all are full
	LackAge     Lack = "age"     // there is none for their age
	LackDose    Lack = "dose"    // there is none for the dose that is due
	LackSession Lack = "session" // there is none at all
)

// lackCentres is how many centres are looked at for the reason.
const lackCentres = 20

// Lack returns why there is no place for the person near a place: only where
// there are sessions for them they are told that all is full.
func (d *Desk) Lack(at Located, person Beneficiary) Lack {
	c := d.core
	due, err := c.Programme.NextDose(person, c.Today())
	if err != nil {
		return LackDose
	}
	given := func(fits func(Session) bool) bool {
		who := c.suiting(nil)
		open := who.Fits
		who.Fits = func(s Session) bool { return open(s) && fits(s) }
		return slices.ContainsFunc(c.Places.Nearest(at, who, lackCentres), func(o Offer) bool { return o.Sessions })
	}
	sameDose := func(s Session) bool {
		return s.Dose == due.Dose && s.Day >= due.From && (due.Vaccine == "" || s.Vaccine == due.Vaccine)
	}
	switch {
	case given(func(s Session) bool { return c.Programme.Suits(person, due, s) == nil }):
		return LackRoom
	case given(sameDose):
		return LackAge
	case given(func(Session) bool { return true }):
		return LackDose
	}
	return LackSession
}
