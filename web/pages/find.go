package pages

import (
	"strconv"

	"tikaline/booking"
	"tikaline/locales"
)

// How many centres a search names, and how many days of a centre are shown: a
// page that loads over 2G and can still be read.
const (
	mostCentres = 12
	mostDays    = 14
)

// An about is the person a search is for: anybody, where nobody is logged in or
// none of the family was chosen.
type about struct {
	Person *booking.Beneficiary
	Moves  bool   // the person has an appointment, which would be moved
	For    string // the handle, "" for anybody
}

// about returns the person the page is for: one of the household that is logged
// in, or anybody.
func (v *visit) about() (about, error) {
	var a about
	if v.session.Number == "" {
		v.desk = v.Calls.Desk(v.Core.Desk("", booking.Web, ""))
		return a, nil
	}
	if v.desk == nil {
		if err := v.comeHome(); err != nil {
			return a, err
		}
	}
	name := v.c.QueryParam("for")
	if name == "" {
		return a, nil
	}
	b, err := v.somebody(name)
	if err != nil {
		return a, err
	}
	_, a.Moves = b.Live()
	a.Person, a.For = &b, name
	return a, nil
}

// found is the result of a search.
type found struct {
	about
	Pincode  string // as searched for
	Typed    string
	Exact    bool
	District booking.Names
	Offers   []booking.Offer
	Free     bool // somewhere
	Searched bool
	Problem  string
	Who      []booking.Beneficiary // who could join the waiting list
}

// find finds centres near a pincode. It needs no login.
func (v *visit) find() error {
	who, err := v.about()
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	f := found{about: who, Exact: true}
	if !v.c.QueryParams().Has("pincode") {
		f.Typed = v.home.Pincode
		return v.show("find", f)
	}
	f.Typed = cut(v.c.QueryParam("pincode"), 20)
	at, err := v.desk.Locate(locales.Digits(f.Typed))
	if p, ok := booking.AsProblem(err); ok {
		if f.Problem, err = v.worded(p); err != nil {
			return err
		}
		return v.show("find", f)
	}
	if err != nil {
		return err
	}
	f.Searched, f.Pincode, f.Typed, f.Exact = true, at.Asked, at.Asked, at.Exact
	f.District = booking.Names{"en": at.DistrictName}
	if d, ok := v.desk.District(at.District); ok {
		f.District = d.Name
	}
	f.Offers = v.desk.Nearest(at, who.Person, mostCentres)
	if len(f.Offers) == 0 {
		if f.Problem, err = v.worded(booking.Refuse(booking.NoCentre, "Pincode", at.Asked, "District", f.District)); err != nil {
			return err
		}
	}
	f.Free = len(f.Offers) > 0 && f.Offers[0].Free > 0
	f.Who, err = v.couldWait(who)
	if err != nil {
		return err
	}
	return v.show("find", f)
}

// couldWait returns the people of the family who could join the waiting list.
func (v *visit) couldWait(who about) ([]booking.Beneficiary, error) {
	if v.session.Number == "" || who.Moves {
		return nil, nil
	}
	people := v.home.People
	if who.Person != nil {
		people = []booking.Beneficiary{*who.Person}
	}
	var list []booking.Beneficiary
	for _, b := range people {
		if _, ok := b.Live(); ok {
			continue
		}
		if _, err := v.desk.NextDose(b); err == nil {
			list = append(list, b)
		}
	}
	return list, nil
}

// Km returns a distance in words.
func (w view) Km(d float64) string { return locales.FormatKm(d) }

// Near reports whether a distance is below the precision of a pincode.
func (w view) Near(d float64) bool { return d < 1 }

// A dayOf is a centre's day with its times.
type dayOf struct {
	Day   booking.Date
	Times []booking.SlotOffer
}

// centre shows one centre: where it is, and when there is room.
func (v *visit) centre() error {
	who, err := v.about()
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	id, err := strconv.ParseInt(v.c.Param("centre"), 10, 64)
	c, ok := v.desk.Centre(id)
	if err != nil || !ok {
		return v.seeProblem("/find", "", booking.Refuse(booking.SlotGone), nil)
	}
	var days []dayOf
	vaccines := map[string]bool{}
	slots := v.desk.Slots(c.ID, who.Person)
	for _, s := range slots {
		if n := len(days); n == 0 || days[n-1].Day != s.Session.Day {
			if n == mostDays {
				break
			}
			days = append(days, dayOf{Day: s.Session.Day})
		}
		d := &days[len(days)-1]
		d.Times = append(d.Times, s)
		vaccines[s.Session.Vaccine] = true
	}
	why := booking.Refuse(booking.NoSlot)
	if who.Person != nil && len(days) == 0 { // another centre does not help somebody who has to wait
		due, err := v.desk.NextDose(*who.Person)
		if p, ok := booking.AsProblem(err); ok {
			why = p
		} else if due.From > v.desk.Today() {
			why = booking.Refuse(booking.DoseNotDue, "Day", due.From)
		}
	}
	none, err := v.worded(why)
	if err != nil {
		return err
	}
	district := booking.Names{}
	if d, ok := v.desk.District(c.District); ok {
		district = d.Name
	}
	return v.show("centre", struct {
		about
		Centre   booking.Centre
		District booking.Names
		Days     []dayOf
		Several  bool // vaccines to choose from
		None     string
		Pincode  string
	}{who, c, district, days, len(vaccines) > 1, none, cut(v.c.QueryParam("pincode"), 6)})
}
