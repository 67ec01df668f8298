package walk

import (
	"time"

	"tikaline/booking"
)

// A Variant is a caller at the time they dial.
type Variant struct {
	Name   string
	Script Script       // in which the caller types names
	Core   func() *Core // a fresh one each time
}

// opening is an ordinary day of the programme, in the month and before the
// weekday with the longest names.
var opening = at(2021, time.September, 20)

func at(y int, m time.Month, d int) func() time.Time {
	t := time.Date(y, m, d, 10, 0, 0, 0, booking.India)
	return func() time.Time { return t }
}

// Variants are the callers that a walk begins with: newcomers and families of
// every kind. Their names are in Devanagari, and in the other scripts too where
// they are much spoken of.
func Variants() []Variant {
	list := append(named("hi"), others("hi")...)
	for _, s := range Scripts {
		if s != "hi" {
			list = append(list, named(s)...)
		}
	}
	return list
}

func named(s Script) []Variant {
	return variants(s, []Variant{
		{Name: "newcomer", Core: func() *Core { return New(opening) }},
		{Name: "one person", Core: func() *Core { return one(s) }},
		{Name: "four people", Core: func() *Core { return family(s) }},
		{Name: "booked", Core: func() *Core { return booked(s, 3) }},
		{Name: "dose 2 due", Core: func() *Core { return dosed(s, "COVAXIN", -100) }},
		{Name: "doses done", Core: func() *Core {
			c := dosed(s, "COVISHIELD", -120)
			c.AddDose(c.House.People[0].Reference, 2, "COVISHIELD", c.Today()-20, booking.Attended)
			return c
		}},
	})
}

func others(s Script) []Variant {
	return variants(s, []Variant{
		{Name: "newcomer on 2 March 2021", Core: func() *Core { return New(at(2021, time.March, 2)) }},
		{Name: "a code is waited for", Core: func() *Core {
			c := one(s)
			c.Code = "459831"
			return c
		}},
		{Name: "a newcomer waits for a code", Core: func() *Core {
			c := New(opening)
			c.Code = "459831"
			return c
		}},
		{Name: "a name to be written down", Core: func() *Core { return recorded(3) }},
		{Name: "nobody yet", Core: func() *Core { return known(opening) }},
		{Name: "booked for today", Core: func() *Core { return booked(s, 0) }},
		{Name: "dose 2 not yet due", Core: func() *Core { return dosed(s, "COVISHIELD", -10) }},
		{Name: "too young since", Core: func() *Core {
			c := known(opening)
			c.AddPerson(s, 2010)
			return c
		}},
		{Name: "unknown pincode", Core: func() *Core { return near(s, NearPincode) }},
		{Name: "dropped pincode", Core: func() *Core { return near(s, BadPincode) }},
		{Name: "no centre", Core: func() *Core { return near(s, EmptyPincode) }},
		{Name: "no room anywhere", Core: func() *Core {
			c := one(s)
			c.Full = true
			return c
		}},
	})
}

func variants(s Script, list []Variant) []Variant {
	for i := range list {
		list[i].Name += "/" + string(s)
		list[i].Script = s
	}
	return list
}

// known is a household that chose a language and a pincode.
func known(clock func() time.Time) *Core {
	c := New(clock)
	c.House.Language, c.House.Pincode = "en", Pincode
	return c
}

func one(s Script) *Core {
	c := known(opening)
	c.AddPerson(s, 1958)
	return c
}

// recorded is somebody whose name was spoken, booked some days from now.
func recorded(days booking.Date) *Core {
	c := booked("hi", days)
	c.House.People[0].Name, c.House.People[0].Recording = "", "RE0123456789abcdef0123456789abcdef"
	return c
}

func near(s Script, pincode string) *Core {
	c := one(s)
	c.House.Pincode = pincode
	return c
}

func booked(s Script, days booking.Date) *Core {
	c := one(s)
	c.AddDose(c.House.People[0].Reference, 1, "COVISHIELD", c.Today()+days, booking.Booked)
	return c
}

func dosed(s Script, vaccine string, days booking.Date) *Core {
	c := one(s)
	c.AddDose(c.House.People[0].Reference, 1, vaccine, c.Today()+days, booking.Attended)
	return c
}

// family is as many as a number may have: one free, one booked, one between
// the doses, one done.
func family(s Script) *Core {
	c := known(opening)
	c.AddPerson(s, 1958)
	wed := c.AddPerson(s, 1961)
	c.AddDose(wed, 1, "COVISHIELD", c.Today()+2, booking.Booked)
	half := c.AddPerson(s, 1985)
	c.AddDose(half, 1, "COVISHIELD", c.Today()-100, booking.Attended)
	done := c.AddPerson(s, 1990)
	c.AddDose(done, 1, "COVAXIN", c.Today()-100, booking.Attended)
	c.AddDose(done, 2, "COVAXIN", c.Today()-50, booking.Attended)
	return c
}
