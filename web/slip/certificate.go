package slip

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"tikaline/booking"
)

// A Certificate lists the doses that a person was given.
type Certificate struct {
	Language string // en, hi or bn

	Name      string
	Reference string
	BirthYear int
	PhotoID   string // key of the kind of photo id
	IDLast4   string

	Doses []Given // at least one, in order
	Final bool    // no dose of the course is left; otherwise it is provisional
}

// A Given dose is one that was given.
type Given struct {
	Dose     int
	Vaccine  string
	Day      booking.Date
	Centre   string
	Board    string
	District string
}

// CertificateOf returns the certificate of b's doses, or false where there is
// none yet. The certificate is final when the programme's course of the vaccine
// is complete; a precaution dose comes on top of one.
func CertificateOf(lang string, p *booking.Programme, b booking.Beneficiary, places Places) (Certificate, bool) {
	c := Certificate{
		Language: onPaper(lang),
		Name:     b.Name, Reference: b.Reference, BirthYear: b.BirthYear, PhotoID: b.PhotoID, IDLast4: b.IDLast4,
	}
	for _, a := range b.Appointments {
		if a.Status != booking.Attended {
			continue
		}
		centre, district := placeOf(places, a)
		g := Given{
			Dose: a.Dose, Vaccine: a.Vaccine, Day: a.Day,
			Centre: centreName(centre, c.Language), Board: centre.Name, District: district.Name.In(c.Language),
		}
		if g.Board == g.Centre {
			g.Board = ""
		}
		c.Doses = append(c.Doses, g)
		if v, ok := p.Vaccine(a.Vaccine); ok && a.Dose >= v.Doses {
			c.Final = true
		}
	}
	slices.SortFunc(c.Doses, func(a, b Given) int { return a.Dose - b.Dose })
	return c, len(c.Doses) > 0
}

// CertificatePDF writes a certificate on one page. Error: ErrNoFonts without
// fonts, and nothing is written.
func (p *Press) CertificatePDF(w io.Writer, cert Certificate) error {
	f := p.fonts.Load()
	if f == nil {
		return ErrNoFonts
	}
	if len(cert.Doses) == 0 {
		return fmt.Errorf("certificate: no dose was given")
	}
	defer p.begin()()
	words := &wording{words: p.words, lang: cert.Language}
	title, hint := "certificate.provisional", "certificate.provisional_hint"
	if cert.Final {
		title, hint = "certificate.title", "certificate.final_hint"
	}
	heading := words.text(title, nil)
	c := newCanvas(f, cert.Language, heading, cert.Doses[len(cert.Doses)-1].Day.Time())
	c.pdf.AddPage()
	col := c.fit(func(col *column) {
		col.text(heading, huge, true, 2)
		col.text(words.text(hint, values("Count", len(cert.Doses))), normal, false, 0)
		col.rule()
		c.name(col, cert.Name, words.text("slip.name", nil))
		col.text(words.text("certificate.born", values("Year", strconv.Itoa(cert.BirthYear))), normal, false, 1)
		col.text(words.text("certificate.photo_id", values("PhotoID", words.photoID(cert.PhotoID), "Last4", cert.IDLast4)), normal, false, 2)
		col.rule()
		col.text(words.text("slip.reference", nil), small, false, 1)
		col.text(grouped(cert.Reference), large, true, 1)
		for _, g := range cert.Doses {
			col.rule()
			col.text(words.text("slip.dose", values("Dose", g.Dose, "Vaccine", g.Vaccine)), large, true, 1)
			col.text(words.day(g.Day), large, true, 2)
			col.text(g.Centre, normal, false, 2)
			col.text(g.Board, normal, false, 2)
			col.text(g.District, normal, false, 1)
		}
		col.rule()
		col.text(words.text("certificate.check", nil), small, false, 0)
		if p.options.Helpline != "" {
			col.gap(2)
			col.text(words.text("slip.help", values("Number", p.options.Helpline)), normal, true, 2)
		}
	})
	if words.err != nil {
		return words.err
	}
	c.print(col)
	return c.write(w)
}
