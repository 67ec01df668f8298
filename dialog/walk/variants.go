package walk

import (
	"time"

	"tikaline/booking"
)

// A Variant is a caller at a time, as one is when he dials.
type Variant struct {
	Name string
	Core func() *Core // a fresh one each time
}

// opening is an ordinary day of the programme, in the month and before the
// weekday with the longest names.
var opening = at(2021, time.September, 20)

func at(y int, m time.Month, d int) func() time.Time {
	t := time.Date(y, m, d, 10, 0, 0, 0, booking.India)
	return func() time.Time { return t }
}

// Variants are the callers that a walk begins with: newcomers, families of
// every kind, and callers to whom the core says no.
func Variants() []Variant {
	var list []Variant
	for _, s := range Scripts {
		for _, v := range callers(s) {
			v.Name += "/" + string(s)
			list = append(list, v)
		}
	}
	return append(list, refused()...)
}

// callers are those whose screens depend on how names are written.
func callers(s Script) []Variant {
	return []Variant{
		{"newcomer", func() *Core { return New(opening) }},
		{"newcomer on 2 March 2021", func() *Core { return New(at(2021, time.March, 2)) }},
		{"nobody yet", func() *Core { return known(opening) }},
		{"one person", func() *Core { return one(s) }},
		{"four people", func() *Core { return family(s) }},
		{"booked", func() *Core { return booked(s, 3) }},
		{"booked for today", func() *Core { return booked(s, 0) }},
		{"dose 2 due", func() *Core { return dosed(s, "COVAXIN", -100) }},
		{"dose 2 not yet due", func() *Core { return dosed(s, "COVISHIELD", -10) }},
		{"doses done", func() *Core {
			c := dosed(s, "COVISHIELD", -120)
			c.AddDose(c.House.People[0].Reference, 2, "COVISHIELD", c.Today()-20, booking.Attended)
			return c
		}},
		{"too young since", func() *Core {
			c := known(opening)
			c.AddPerson(s, 2010)
			return c
		}},
		{"unknown pincode", func() *Core { return near(s, NearPincode) }},
		{"dropped pincode", func() *Core { return near(s, BadPincode) }},
		{"no centre", func() *Core { return near(s, EmptyPincode) }},
		{"no room anywhere", func() *Core {
			c := one(s)
			c.Full = true
			return c
		}},
	}
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

// refused are callers who find no fault in themselves: whatever they do, the
// core has a reason not to. Each act is refused for each reason that leads
// somewhere else.
func refused() []Variant {
	var list []Variant
	for _, r := range []struct {
		act  Act
		code booking.Code
		core func() *Core
	}{
		{Register, booking.SamePerson, func() *Core { return known(opening) }},
		{Register, booking.SameID, func() *Core { return known(opening) }},
		{Register, booking.TooYoung, func() *Core { return known(opening) }},
		{Register, booking.HouseholdFull, func() *Core { return known(opening) }},
		{Book, booking.SlotFull, func() *Core { return one("hi") }},
		{Book, booking.SlotGone, func() *Core { return one("hi") }},
		{Book, booking.TooLateToBook, func() *Core { return one("hi") }},
		{Book, booking.AlreadyBooked, func() *Core { return one("hi") }},
		{Book, booking.NotForYou, func() *Core { return one("hi") }},
		{Move, booking.SlotFull, func() *Core { return booked("hi", 3) }},
		{Move, booking.SlotGone, func() *Core { return booked("hi", 3) }},
		{Move, booking.NoAppointment, func() *Core { return booked("hi", 3) }},
		{Cancel, booking.TooLateChange, func() *Core { return booked("hi", 3) }},
		{Cancel, booking.NoAppointment, func() *Core { return booked("hi", 3) }},
		{Remove, booking.Vaccinated, func() *Core { return one("hi") }},
		{Remove, booking.HasBooking, func() *Core { return one("hi") }},
		{CallBack, booking.Busy, func() *Core { return one("hi") }},
		{Near, booking.Busy, func() *Core { return New(opening) }},
		{Speak, booking.Busy, func() *Core { return New(opening) }},
	} {
		list = append(list, Variant{"refused: " + string(r.act) + " " + string(r.code), func() *Core {
			c := r.core()
			p := problem(r.code)
			c.Refuse = map[Act]*booking.Problem{r.act: &p}
			return c
		}})
	}
	return list
}
