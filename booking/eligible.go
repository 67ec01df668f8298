package booking

import "slices"

// open reports whether the phase takes registrations on the day.
func (ph Phase) open(day Date) bool {
	return ph.Registration <= day && (ph.Until == 0 || day <= ph.Until)
}

// gives reports whether doses are given under the phase on the day.
func (ph Phase) gives(day Date) bool {
	return ph.Doses <= day && (ph.Until == 0 || day <= ph.Until)
}

func (ph Phase) hasAge(age int) bool {
	return age >= ph.MinAge && (ph.MaxAge == 0 || age <= ph.MaxAge)
}

// Age returns a person's age in years as the programme counts it: calendar year
// less year of birth.
func Age(birthYear int, day Date) int { return day.Year() - birthYear }

// Admits returns nil if a person may register that day. Problems: TooYoung,
// CertificateNeeded, NotForYou.
func (p *Programme) Admits(birthYear int, certificate bool, day Date) error {
	return admit(p.Phases, Age(birthYear, day), certificate, day)
}

func admit(phases []Phase, age int, certificate bool, day Date) error {
	youngest, needs := 0, false
	for _, ph := range phases {
		if !ph.open(day) {
			continue
		}
		if ph.hasAge(age) {
			if !ph.Certificate || certificate {
				return nil
			}
			needs = true
		}
		if !ph.Certificate && (youngest == 0 || ph.MinAge < youngest) {
			youngest = ph.MinAge
		}
	}
	switch {
	case needs:
		return Refuse(CertificateNeeded, "Age", youngest)
	case youngest == 0 || age >= youngest:
		return Refuse(NotForYou)
	}
	return Refuse(TooYoung, "Age", youngest)
}

// AsksCertificate reports whether a certificate decides for a person of that
// year of birth: without one they are refused, with one they are admitted.
func (p *Programme) AsksCertificate(birthYear int, day Date) bool {
	return Refused(p.Admits(birthYear, false, day), CertificateNeeded)
}

// A Due is the dose that a person takes next and the conditions on it.
type Due struct {
	Dose    int
	Vaccine string // must be this one; "" is any
	From    Date   // not before this day; 0 is any
}

// NextDose returns the dose that a beneficiary takes next, by the gaps in force
// on the day. Problems: DosesDone where there is none, and those of Admits
// where the person may not have a first dose.
func (p *Programme) NextDose(b Beneficiary, day Date) (Due, error) {
	taken := b.Doses()
	if taken == 0 {
		if err := p.Admits(b.BirthYear, b.Certificate, day); err != nil {
			return Due{}, err
		}
		return Due{Dose: 1}, nil
	}
	last, ok := b.Taken(taken)
	if !ok { // a later dose was recorded without the one before
		return Due{}, Refuse(DosesDone)
	}
	v, ok := p.Vaccine(last.Vaccine)
	if !ok {
		return Due{}, Refuse(DosesDone)
	}
	next := taken + 1
	days, has := v.gap(next, day)
	if !has || (next > v.Doses && admit(p.Precaution, Age(b.BirthYear, day), b.Certificate, day) != nil) {
		return Due{}, Refuse(DosesDone)
	}
	return Due{Dose: next, Vaccine: v.Name, From: last.Day + Date(days)}, nil
}

func (v Vaccine) gap(dose int, day Date) (int, bool) {
	days, ok := 0, false
	for _, g := range v.Gaps {
		if g.Dose == dose && g.From <= day {
			days, ok = g.Days, true
		}
	}
	return days, ok
}

// Suits returns nil if a person whose dose is due may have a place in a
// session: the dose, the vaccine, the day and the age must fit both the session
// and a phase. Problems: NotForYou, DoseNotDue, TooYoung.
func (p *Programme) Suits(b Beneficiary, due Due, s Session) error {
	switch age := Age(b.BirthYear, s.Day); {
	case s.Dose != due.Dose:
		return Refuse(NotForYou)
	case due.Vaccine != "" && s.Vaccine != due.Vaccine:
		return Refuse(NotForYou, "Vaccine", due.Vaccine)
	case s.Day < due.From:
		return Refuse(DoseNotDue, "Day", due.From)
	case age < s.MinAge:
		return Refuse(TooYoung, "Age", s.MinAge)
	case s.MaxAge != 0 && age > s.MaxAge:
		return Refuse(NotForYou, "Age", s.MinAge, "Max", s.MaxAge)
	default:
		phases := p.Phases
		if due.Dose > 2 {
			phases = p.Precaution
		}
		for _, ph := range phases {
			if ph.gives(s.Day) && ph.hasAge(age) && (!ph.Certificate || b.Certificate) &&
				(len(ph.Vaccines) == 0 || slices.Contains(ph.Vaccines, s.Vaccine)) {
				return nil
			}
		}
		// Dose 2 of a vaccine that was begun is never refused for the phase.
		if due.Dose == 2 {
			return nil
		}
		return Refuse(NotForYou)
	}
}

// MayBook returns nil if a place on a day may still be booked at this minute of
// today. Problem: TooLateToBook.
func (r BookingRule) MayBook(dose int, day, today Date, minute int) error {
	switch {
	case day < today,
		dose > 1 && day-today < Date(r.Dose2DaysBefore),
		day == today && minute >= r.lastMinute:
		return Refuse(TooLateToBook)
	}
	return nil
}

// MayChange returns nil if an appointment on a day may still be moved or
// cancelled: only before the day. Problem: TooLateChange.
func (r BookingRule) MayChange(day, today Date) error {
	if day-today < Date(r.ChangeDaysBefore) {
		return Refuse(TooLateChange, "Day", day)
	}
	return nil
}
