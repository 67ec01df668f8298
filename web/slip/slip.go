package slip

import (
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/locales"
)

// A Slip is one person's appointment on paper.
type Slip struct {
	Language string // en, hi or bn

	Name        string // as typed, in any script; "" while it is only recorded
	Reference   string
	Code        string // the secret code
	PhotoID     string // key of the kind of photo id
	IDLast4     string
	Certificate bool // the doctor's certificate has to be brought

	Dose    int
	Vaccine string

	Centre   string // its short name, in Language if it has one
	Board    string // its full name as the operator wrote it, "" if equal to Centre
	Address  string
	Pincode  string
	District string // in Language
	Fee      int    // rupees; 0 is free

	Day      booking.Date
	Window   booking.Window
	BookedAt time.Time // the date of the document
}

// Of returns the slip of an appointment: b's, at c in district d, in lang or
// the language nearest to it that paper shows. A person who reads Hindi in
// Latin letters on an old phone gets Devanagari: it was the phone that could
// not show it.
func Of(lang string, b booking.Beneficiary, a booking.Appointment, c booking.Centre, d booking.District) Slip {
	lang = onPaper(lang)
	s := Slip{
		Language: lang,
		Name:     b.Name, Reference: b.Reference, Code: b.SecretCode(),
		PhotoID: b.PhotoID, IDLast4: b.IDLast4, Certificate: b.Certificate,
		Dose: a.Dose, Vaccine: a.Vaccine,
		Centre: centreName(c, lang), Board: c.Name, Address: c.Address, Pincode: c.Pincode, District: d.Name.In(lang), Fee: c.Fee,
		Day: a.Day, Window: a.Window, BookedAt: a.BookedAt,
	}
	if s.Board == s.Centre {
		s.Board = ""
	}
	return s
}

func centreName(c booking.Centre, lang string) string {
	if name := c.Short.In(lang); name != "" {
		return name
	}
	return c.Name
}

func onPaper(lang string) string {
	if lang = locales.Native(lang); locales.Valid(lang) {
		return lang
	}
	return locales.English
}

// Scan returns the content of the QR code: reference id and secret code, in
// capitals and digits, which make a small code.
func (s Slip) Scan() string { return "TIKALINE:" + s.Reference + ":" + s.Code }

// grouped writes a reference id as people read it out: 4711 0815 0000 17.
func grouped(ref string) string {
	var groups []string
	for len(ref) > 4 {
		groups, ref = append(groups, ref[:4]), ref[4:]
	}
	return strings.Join(append(groups, ref), " ")
}
