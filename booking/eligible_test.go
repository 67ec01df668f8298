package booking_test

import (
	"testing"

	"tikaline/booking"
)

// day reads YYYY-MM-DD.
func day(s string) booking.Date {
	d, err := booking.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// code returns the Code of a refusal, "" where there is none.
func code(t *testing.T, err error) booking.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	p, ok := booking.AsProblem(err)
	if !ok {
		t.Fatalf("%v is no Problem", err)
	}
	return p.Code
}

// TestAdmits goes through who may register from which day on.
func TestAdmits(t *testing.T) {
	india := booking.India2021()
	for name, tt := range map[string]struct {
		born        int
		certificate bool
		day         string
		want        booking.Code
		age         any // that the refusal names
	}{
		"nobody before March 2021":                      {1950, true, "2021-02-28", booking.NotForYou, nil},
		"60 on 1 March 2021":                            {1961, false, "2021-03-01", "", nil},
		"60 for being born in December":                 {1961, false, "2021-03-31", "", nil},
		"59 on 1 March 2021 needs a certificate":        {1962, false, "2021-03-01", booking.CertificateNeeded, 60},
		"59 with a certificate":                         {1962, true, "2021-03-01", "", nil},
		"45 with a certificate":                         {1976, true, "2021-03-01", "", nil},
		"45 without on the last day that one counts":    {1976, false, "2021-03-31", booking.CertificateNeeded, 60},
		"44 with a certificate is too young":            {1977, true, "2021-03-01", booking.TooYoung, 60},
		"45 without from 1 April 2021":                  {1976, false, "2021-04-01", "", nil},
		"44 in April 2021 is too young":                 {1977, true, "2021-04-01", booking.TooYoung, 45},
		"44 on the day before it opens for 18":          {1977, false, "2021-04-27", booking.TooYoung, 45},
		"44 from 28 April 2021":                         {1977, false, "2021-04-28", "", nil},
		"18 from 28 April 2021":                         {2003, false, "2021-04-28", "", nil},
		"17 in 2021 is too young":                       {2004, false, "2021-12-31", booking.TooYoung, 18},
		"18 with the new year":                          {2004, false, "2022-01-01", "", nil},
		"15 on the last day of 2021 of birth year 2006": {2006, false, "2021-12-31", booking.TooYoung, 18},
		"15 from 1 January 2022":                        {2007, false, "2022-01-01", "", nil},
		"14 in January 2022 is too young":               {2008, false, "2022-01-01", booking.TooYoung, 15},
		"14 on the day before it opens for 12":          {2008, false, "2022-03-15", booking.TooYoung, 15},
		"14 from 16 March 2022":                         {2008, false, "2022-03-16", "", nil},
		"12 from 16 March 2022":                         {2010, false, "2022-03-16", "", nil},
		"11 in March 2022 is too young":                 {2011, false, "2022-03-16", booking.TooYoung, 12},
		"12 in 2023":                                    {2011, false, "2023-01-01", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := india.Admits(tt.born, tt.certificate, day(tt.day))
			if got := code(t, err); got != tt.want {
				t.Fatalf("refused with %q, want %q", got, tt.want)
			}
			if p, ok := booking.AsProblem(err); ok && p.Args["Age"] != tt.age {
				t.Errorf("names the age %v, want %v", p.Args["Age"], tt.age)
			}
			asks := tt.want == booking.CertificateNeeded
			if !tt.certificate && india.AsksCertificate(tt.born, day(tt.day)) != asks {
				t.Errorf("asks for a certificate: %v, want %v", !asks, asks)
			}
		})
	}
	t.Run("no certificate is asked for where one does not help", func(t *testing.T) {
		if india.AsksCertificate(1977, day("2021-03-01")) || india.AsksCertificate(1970, day("2021-04-01")) {
			t.Error("it is")
		}
	})
}

func TestAge(t *testing.T) {
	for _, tt := range []struct {
		born int
		day  string
		want int
	}{{1976, "2021-01-01", 45}, {1976, "2021-12-31", 45}, {2007, "2022-01-01", 15}} {
		if got := booking.Age(tt.born, day(tt.day)); got != tt.want {
			t.Errorf("born %d is %d on %s, want %d", tt.born, got, tt.day, tt.want)
		}
	}
}

// had returns a person born that year who took doses: vaccine, day, vaccine,
// day.
func had(born int, doses ...string) booking.Beneficiary {
	b := booking.Beneficiary{Applicant: booking.Applicant{BirthYear: born}}
	for i := 0; i+1 < len(doses); i += 2 {
		b.Appointments = append(b.Appointments, booking.Appointment{
			Dose: i/2 + 1, Vaccine: doses[i], Day: day(doses[i+1]), Status: booking.Attended,
		})
	}
	return b
}

func ill(b booking.Beneficiary) booking.Beneficiary {
	b.Certificate = true
	return b
}

// TestNextDose goes through the gaps between doses.
func TestNextDose(t *testing.T) {
	india := booking.India2021()
	for name, tt := range map[string]struct {
		person booking.Beneficiary
		today  string
		dose   int
		from   string
		want   booking.Code
	}{
		"dose 1 for whom it is open":               {had(1960), "2021-03-01", 1, "", ""},
		"no dose 1 for whom it is not":             {had(2000), "2021-03-01", 0, "", booking.TooYoung},
		"no dose 1 without the certificate":        {had(1970), "2021-03-01", 0, "", booking.CertificateNeeded},
		"Covishield after 28 days in April":        {had(1960, "COVISHIELD", "2021-03-01"), "2021-04-01", 2, "2021-03-29", ""},
		"Covishield on the last day of 28 days":    {had(1960, "COVISHIELD", "2021-04-20"), "2021-05-12", 2, "2021-05-18", ""},
		"Covishield after 84 days from 13 May":     {had(1960, "COVISHIELD", "2021-04-20"), "2021-05-13", 2, "2021-07-13", ""},
		"Covaxin stays at 28 days":                 {had(1960, "COVAXIN", "2021-05-29"), "2021-06-01", 2, "2021-06-26", ""},
		"Sputnik after 21 days":                    {had(1980, "SPUTNIK V", "2021-06-01"), "2021-06-02", 2, "2021-06-22", ""},
		"Corbevax after 28 days":                   {had(2010, "CORBEVAX", "2022-03-16"), "2022-03-17", 2, "2022-04-13", ""},
		"nothing more for most":                    {had(1980, "COVAXIN", "2021-05-01", "COVAXIN", "2021-06-01"), "2022-03-16", 0, "", booking.DosesDone},
		"no precaution dose the day before":        {ill(had(1950, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01")), "2022-01-09", 0, "", booking.DosesDone},
		"precaution dose for 60 with a condition":  {ill(had(1962, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01")), "2022-01-10", 3, "2021-12-30", ""},
		"precaution dose after 273 days":           {ill(had(1950, "COVISHIELD", "2021-05-01", "COVISHIELD", "2021-08-01")), "2022-01-10", 3, "2022-05-01", ""},
		"no precaution dose for 60 without":        {had(1950, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01"), "2022-03-15", 0, "", booking.DosesDone},
		"precaution dose for all of 60 from March": {had(1962, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01"), "2022-03-16", 3, "2021-12-30", ""},
		"no precaution dose at 59":                 {ill(had(1963, "COVAXIN", "2021-04-01", "COVAXIN", "2021-05-01")), "2022-03-16", 0, "", booking.DosesDone},
		"no precaution dose of Corbevax":           {ill(had(1950, "CORBEVAX", "2022-03-16", "CORBEVAX", "2022-04-16")), "2023-06-01", 0, "", booking.DosesDone},
		"no fourth dose":                           {had(1950, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01", "COVAXIN", "2022-04-01"), "2023-04-01", 0, "", booking.DosesDone},
		"no second of an unknown vaccine":          {had(1950, "ZYCOV-D", "2021-09-01"), "2022-04-01", 0, "", booking.DosesDone},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := india.NextDose(tt.person, day(tt.today))
			if got := code(t, err); got != tt.want {
				t.Fatalf("refused with %q, want %q", got, tt.want)
			}
			want := booking.Due{Dose: tt.dose}
			if tt.from != "" {
				want.From = day(tt.from)
				want.Vaccine = tt.person.Appointments[0].Vaccine
			}
			if due != want {
				t.Errorf("due %+v from %s, want %+v from %s", due, due.From, want, want.From)
			}
		})
	}
	t.Run("later dose without the one before is left alone", func(t *testing.T) {
		b := had(1960, "COVAXIN", "2021-03-01")
		b.Appointments[0].Dose = 2
		if _, err := india.NextDose(b, day("2021-05-01")); !booking.Refused(err, booking.DosesDone) {
			t.Errorf("refused with %v", err)
		}
	})
	t.Run("appointment that is only booked is no dose", func(t *testing.T) {
		b := had(1960, "COVAXIN", "2021-03-01")
		b.Appointments[0].Status = booking.Booked
		if due, err := india.NextDose(b, day("2021-05-01")); err != nil || due.Dose != 1 {
			t.Errorf("due %+v, %v", due, err)
		}
	})
}

// TestSuits goes through which session would do for whom.
func TestSuits(t *testing.T) {
	india := booking.India2021()
	of := func(vaccine, on string, dose, min, max int) booking.Session {
		return booking.Session{Vaccine: vaccine, Day: day(on), Dose: dose, MinAge: min, MaxAge: max}
	}
	for name, tt := range map[string]struct {
		person  booking.Beneficiary
		today   string
		session booking.Session
		want    booking.Code
	}{
		"dose 1":                       {had(1950), "2021-03-01", of("COVAXIN", "2021-03-02", 1, 45, 0), ""},
		"dose 1 where dose 2 is given": {had(1950), "2021-03-01", of("COVAXIN", "2021-03-02", 2, 45, 0), booking.NotForYou},
		"18 may register and has to wait for May": {had(2003), "2021-04-28", of("COVAXIN", "2021-04-30", 1, 18, 44), booking.NotForYou},
		"18 from 1 May":                              {had(2003), "2021-04-28", of("COVAXIN", "2021-05-01", 1, 18, 44), ""},
		"45 in April need not wait":                  {had(1976), "2021-04-28", of("COVAXIN", "2021-04-30", 1, 45, 0), ""},
		"45 at a session of 18 to 44":                {had(1976), "2021-05-01", of("COVAXIN", "2021-05-03", 1, 18, 44), booking.NotForYou},
		"44 at a session of 18 to 44":                {had(1977), "2021-05-01", of("COVAXIN", "2021-05-03", 1, 18, 44), ""},
		"44 at a session of 45 and over":             {had(1977), "2021-05-01", of("COVAXIN", "2021-05-03", 1, 45, 0), booking.TooYoung},
		"45 by the year of the session":              {had(1977), "2021-12-30", of("COVAXIN", "2022-01-02", 1, 45, 0), ""},
		"15 on 2 January 2022":                       {had(2007), "2022-01-01", of("COVAXIN", "2022-01-02", 1, 15, 0), booking.NotForYou},
		"15 from 3 January 2022":                     {had(2007), "2022-01-01", of("COVAXIN", "2022-01-03", 1, 15, 0), ""},
		"15 gets Covaxin only":                       {had(2007), "2022-01-01", of("COVISHIELD", "2022-01-03", 1, 15, 0), booking.NotForYou},
		"18 gets any":                                {had(2004), "2022-01-01", of("COVISHIELD", "2022-01-03", 1, 15, 0), ""},
		"12 gets Corbevax only":                      {had(2010), "2022-03-16", of("COVAXIN", "2022-03-16", 1, 12, 0), booking.NotForYou},
		"12 gets Corbevax":                           {had(2010), "2022-03-16", of("CORBEVAX", "2022-03-16", 1, 12, 14), ""},
		"15 gets no Corbevax":                        {had(2007), "2022-03-16", of("CORBEVAX", "2022-03-16", 1, 12, 0), booking.NotForYou},
		"certificate counts on the day of the dose":  {ill(had(1976)), "2021-03-31", of("COVAXIN", "2021-03-31", 1, 45, 0), ""},
		"Covaxin the day before 28 days are over":    {had(1960, "COVAXIN", "2021-05-29"), "2021-06-01", of("COVAXIN", "2021-06-25", 2, 18, 0), booking.DoseNotDue},
		"Covaxin when 28 days are over":              {had(1960, "COVAXIN", "2021-05-29"), "2021-06-01", of("COVAXIN", "2021-06-26", 2, 18, 0), ""},
		"Covishield the day before 84 days are over": {had(1960, "COVISHIELD", "2021-04-20"), "2021-05-13", of("COVISHIELD", "2021-07-12", 2, 18, 0), booking.DoseNotDue},
		"Covishield when 84 days are over":           {had(1960, "COVISHIELD", "2021-04-20"), "2021-05-13", of("COVISHIELD", "2021-07-13", 2, 18, 0), ""},
		"dose 2 of another vaccine":                  {had(1960, "COVAXIN", "2021-03-01"), "2021-05-01", of("COVISHIELD", "2021-05-02", 2, 18, 0), booking.NotForYou},
		"dose 2 whatever the phase":                  {had(1990, "COVAXIN", "2021-02-01"), "2021-03-15", of("COVAXIN", "2021-03-16", 2, 18, 0), ""},
		"precaution dose at 60":                      {had(1960, "COVAXIN", "2021-03-01", "COVAXIN", "2021-04-01"), "2022-03-16", of("COVAXIN", "2022-03-16", 3, 60, 0), ""},
		"precaution dose 272 days after":             {had(1960, "COVAXIN", "2021-05-01", "COVAXIN", "2021-07-01"), "2022-03-16", of("COVAXIN", "2022-03-30", 3, 60, 0), booking.DoseNotDue},
		"precaution dose 273 days after":             {had(1960, "COVAXIN", "2021-05-01", "COVAXIN", "2021-07-01"), "2022-03-16", of("COVAXIN", "2022-03-31", 3, 60, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			due, err := india.NextDose(tt.person, day(tt.today))
			if err != nil {
				t.Fatal(err)
			}
			if got := code(t, india.Suits(tt.person, due, tt.session)); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMayBook(t *testing.T) {
	rule := booking.India2021().Booking
	today := day("2021-03-01")
	for name, tt := range map[string]struct {
		dose   int
		day    booking.Date
		minute int
		want   booking.Code
	}{
		"today until 14:59":      {1, today, 14*60 + 59, ""},
		"today from 15:00":       {1, today, 15 * 60, booking.TooLateToBook},
		"tomorrow late at night": {1, today + 1, 23*60 + 59, ""},
		"yesterday":              {1, today - 1, 0, booking.TooLateToBook},
		"dose 2 today":           {2, today, 0, booking.TooLateToBook},
		"dose 2 tomorrow":        {2, today + 1, 23*60 + 59, ""},
		"dose 3 today":           {3, today, 0, booking.TooLateToBook},
		"dose 2 yesterday":       {2, today - 1, 0, booking.TooLateToBook},
		"next month":             {1, today + 31, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(t, rule.MayBook(tt.dose, tt.day, today, tt.minute)); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMayChange(t *testing.T) {
	rule := booking.India2021().Booking
	today := day("2021-03-01")
	for name, tt := range map[string]struct {
		day  booking.Date
		want booking.Code
	}{
		"booked for tomorrow":  {today + 1, ""},
		"booked for today":     {today, booking.TooLateChange},
		"booked for yesterday": {today - 1, booking.TooLateChange},
	} {
		t.Run(name, func(t *testing.T) {
			err := rule.MayChange(tt.day, today)
			if got := code(t, err); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
			if p, ok := booking.AsProblem(err); ok && p.Args["Day"] != tt.day {
				t.Errorf("names %v", p.Args)
			}
		})
	}
}
