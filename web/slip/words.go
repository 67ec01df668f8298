package slip

import (
	"fmt"
	"strconv"

	"tikaline/booking"
	"tikaline/locales"
)

// Said is a slip in words, as the page and the PDF both show it.
type said struct {
	Lang, Title    string
	Name           string
	NameLabel      string // where the name has to be written by hand
	Dose           string
	When           string // the label
	Day, Window    string
	Where          string // the label
	Centre, Board  string
	Address, Place string // Place is district and pincode
	Fee            string
	ReferenceLabel string
	Reference      string
	CodeLabel      string
	Code, CodeHint string
	BringLabel     string
	Bring          []string
	Change, Spot   string
	Help           string // "" without a helpline
	Scan           string
}

// A wording asks the catalogue and keeps its first error.
type wording struct {
	words *locales.Catalogue
	lang  string
	err   error
}

func (w *wording) text(id string, data map[string]any) string {
	s, err := w.words.Text(w.lang, "web", id, data)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("slip: %w", err)
	}
	return s
}

// values are pairs of name and value.
func values(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// day returns a day in full: paper is kept, so the year is on it.
func (w *wording) day(d booking.Date) string {
	y, m, n := d.Civil()
	return locales.FormatDate(w.lang, true, y, m, n) + " " + strconv.Itoa(y)
}

func (w *wording) photoID(key string) string { return w.text("option.photo_id."+key, nil) }

func (p *Press) say(s Slip) (said, error) {
	w := &wording{words: p.words, lang: s.Language}
	out := said{
		Lang: s.Language, Title: w.text("slip.title", nil),
		Name: s.Name, NameLabel: w.text("slip.name", nil),
		Dose: w.text("slip.dose", values("Dose", s.Dose, "Vaccine", s.Vaccine)),
		When: w.text("slip.when", nil), Day: w.day(s.Day), Window: w.text("slip.window", values("Window", s.Window)),
		Where: w.text("slip.where", nil), Centre: s.Centre, Board: s.Board, Address: s.Address,
		Place:          w.text("slip.place", values("District", s.District, "Pincode", s.Pincode)),
		Fee:            w.text("slip.free", nil),
		ReferenceLabel: w.text("slip.reference", nil), Reference: grouped(s.Reference),
		CodeLabel: w.text("slip.code", nil), Code: s.Code, CodeHint: w.text("slip.code_hint", nil),
		BringLabel: w.text("slip.bring", nil),
		Bring: []string{
			w.text("slip.bring_id", values("PhotoID", w.photoID(s.PhotoID), "Last4", s.IDLast4)),
			w.text("slip.bring_this", nil),
		},
		Change: w.text("slip.change", nil), Spot: w.text("slip.spot", nil),
		Scan: s.Scan(),
	}
	if s.Certificate {
		out.Bring = append(out.Bring, w.text("slip.bring_certificate", nil))
	}
	if s.Fee > 0 {
		out.Fee = w.text("slip.fee", values("Fee", s.Fee))
	}
	if p.options.Helpline != "" {
		out.Help = w.text("slip.help", values("Number", p.options.Helpline))
	}
	return out, w.err
}
