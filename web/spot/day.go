package spot

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"
)

// A person is a row of a list.
type person struct {
	Lang, Token string
	Reference   string
	Code        string // the last four digits of it, which the person knows
	Name        string // "" where it was spoken and is still to be written down
	Year        int
	Gender      string // id of a message, as PhotoID
	PhotoID     string
	Last4       string

	Request string // the id of a walk-in, for a person who is given a dose without an appointment

	// Of a person with an appointment.
	Appointment uuid.UUID
	Window      string
	Dose        int
	Vaccine     string
	Status      booking.Status
	Elsewhere   string // where and when the appointment is, if not here today
	Spot        bool
}

// Came reports whether the dose was given.
func (p person) Came() bool { return p.Status == booking.Attended }

func (w who) person(a booking.Applicant, reference string) person {
	return person{
		Lang: w.lang, Token: w.token, Reference: reference, Code: booking.SecretCode(reference), Name: a.Name, Year: a.BirthYear,
		Gender: "option.gender." + string(a.Gender), PhotoID: "option.photo_id." + a.PhotoID, Last4: a.IDLast4,
	}
}

func (p person) with(a booking.Appointment) person {
	p.Appointment, p.Dose, p.Vaccine, p.Status, p.Spot = a.ID, a.Dose, vaccine(a.Vaccine), a.Status, a.Spot
	p.Window = locales.FormatWindow(p.Lang, false, int(a.Window.From), int(a.Window.To))
	return p
}

// vaccine returns a vaccine's name as people write it: COVISHIELD is
// Covishield.
func vaccine(name string) string {
	if len(name) < 2 {
		return name
	}
	return name[:1] + strings.ToLower(name[1:])
}

type dayPage struct {
	common
	Day     string
	People  []person
	Came    int
	Waiting int
	Free    int // places left of the on-the-spot share
	Done    string
	Wrong   string
}

// day shows the day's list: the people who have a place here today.
func (s *site) day(c echo.Context, w who) error { return s.showDay(c, w, http.StatusOK, "") }

func (s *site) showDay(c echo.Context, w who, status int, wrong string) error {
	ctx := c.Request().Context()
	today := s.Core.Today()
	list, err := s.Core.Store.DayList(ctx, w.Centre, today)
	if err != nil {
		return fmt.Errorf("day list: %w", err)
	}
	sessions, err := s.Core.Store.DaySessions(ctx, w.Centre, today)
	if err != nil {
		return fmt.Errorf("day's sessions: %w", err)
	}
	page := dayPage{common: s.common(c, w), Day: day(w.lang, today), Wrong: wrong}
	for _, l := range list {
		a := booking.Applicant{Name: l.Name, BirthYear: l.BirthYear, Gender: l.Gender, PhotoID: l.PhotoID, IDLast4: l.IDLast4}
		p := w.person(a, l.Reference).with(l.Appointment)
		switch {
		case p.Came():
			page.Came++
		default:
			page.Waiting++
		}
		page.People = append(page.People, p)
		if l.ID.String() == c.QueryParam("done") && p.Came() {
			page.Done = p.Name
			if page.Done == "" {
				page.Done = p.Reference
			}
		}
	}
	for _, e := range sessions {
		for _, slot := range e.Slots {
			if !slot.Closed {
				page.Free += max(0, slot.Spot-slot.SpotUsed)
			}
		}
	}
	return s.render(c, status, "day", page)
}

func day(lang string, d booking.Date) string {
	y, m, n := d.Civil()
	return locales.FormatDate(lang, true, y, m, n)
}

// came records that a person with an appointment was given the dose.
func (s *site) came(c echo.Context, w who) error {
	id, err := uuid.Parse(c.FormValue("appointment"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "no appointment")
	}
	_, err = s.attend(c, w, c.FormValue("reference"), id)
	if err != nil {
		words, err := s.problem(w.lang, err)
		if err != nil {
			return err
		}
		return s.showDay(c, w, http.StatusConflict, words)
	}
	return c.Redirect(http.StatusSeeOther, root+"?done="+id.String())
}

// attend marks an appointment of this centre as attended. For these staff an
// appointment of another centre does not exist.
func (s *site) attend(c echo.Context, w who, reference string, id uuid.UUID) (booking.Appointment, error) {
	ctx := c.Request().Context()
	h, err := s.Core.Store.ByReference(ctx, reference)
	if err != nil {
		return booking.Appointment{}, err
	}
	b, _ := h.Person(reference)
	for _, a := range b.Appointments {
		if a.ID == id && a.Slot.Centre == w.Centre {
			return s.Core.Attend(ctx, h.Number, id, w.Login)
		}
	}
	// A missed appointment is not live, but it is on the list of its day: the
	// person was there, and it is recorded late.
	for d := range booking.Date(booking.WalkInDays) {
		list, err := s.Core.Store.DayList(ctx, w.Centre, s.Core.Today()-d)
		if err != nil {
			return booking.Appointment{}, fmt.Errorf("day list: %w", err)
		}
		for _, l := range list {
			if l.ID == id && l.Reference == reference {
				return s.Core.Attend(ctx, h.Number, id, w.Login)
			}
		}
	}
	return booking.Appointment{}, booking.Refuse(booking.NoAppointment)
}

type foundPage struct {
	common
	Query   string
	Number  bool // the search was for a mobile number
	People  []person
	Wrong   string
	Vaccine []choice
}

// find shows the family of a mobile number, or the person of a reference id.
func (s *site) find(c echo.Context, w who) error {
	ctx := c.Request().Context()
	if wait, ok := s.Limits.Take(ruleFind, []byte(w.Login)); !ok {
		return s.tooMany(c, wait)
	}
	q := strings.TrimSpace(locales.Fold(c.FormValue("q")))
	page := foundPage{common: s.common(c, w), Query: q}
	_, bad := booking.ParseMSISDN(q)
	page.Number = bad == nil
	h, err := s.household(c, q)
	if p, ok := booking.AsProblem(err); ok {
		if page.Wrong, err = s.problem(w.lang, p); err != nil {
			return err
		}
		return s.render(c, http.StatusOK, "found", page)
	}
	if err != nil {
		return err
	}
	if page.Vaccine, err = s.vaccines(ctx, w); err != nil {
		return err
	}
	for _, b := range h.People {
		if !page.Number && b.Reference != digits(q) {
			continue
		}
		p := w.person(b.Applicant, b.Reference)
		p.Request = uuid.NewString()
		if live, ok := b.Live(); ok {
			p = p.with(live)
			if live.Slot.Centre != w.Centre || live.Day != s.Core.Today() {
				at, _ := s.Core.Places.Centre(live.Slot.Centre)
				p.Elsewhere = at.Short.In(w.lang) + ", " + day(w.lang, live.Day)
			}
		} else if n := b.Doses(); n > 0 {
			if last, ok := b.Taken(n); ok && last.Day == s.Core.Today() && last.Slot.Centre == w.Centre {
				p = p.with(last)
			}
		}
		page.People = append(page.People, p)
	}
	return s.render(c, http.StatusOK, "found", page)
}

// toDay answers the address of a search, asked for again in another language,
// with the day's list.
func (s *site) toDay(c echo.Context, w who) error { return c.Redirect(http.StatusSeeOther, root) }

func (s *site) toWalkin(c echo.Context, w who) error {
	return c.Redirect(http.StatusSeeOther, root+"walkin")
}

func digits(s string) string { return locales.Digits(s) }

// household returns the household whose reference id or mobile number q is.
func (s *site) household(c echo.Context, q string) (booking.Household, error) {
	ctx := c.Request().Context()
	if _, ok := booking.CellOfReference(digits(q)); ok {
		return s.Core.Store.ByReference(ctx, digits(q))
	}
	n, err := booking.ParseMSISDN(q)
	if err != nil {
		return booking.Household{}, err
	}
	h, err := s.Core.Store.Household(ctx, n)
	if err == nil && len(h.People) == 0 {
		err = booking.Refuse(booking.NobodyYet)
	}
	return h, err
}
