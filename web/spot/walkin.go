package spot

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"
)

// A choice is an option of a select: its value, and a message or a name.
type choice struct{ Key, Label string }

type walkinPage struct {
	common
	Wrong       string
	Request     string
	Genders     []choice
	IDs         []choice
	Vaccines    []choice
	Certificate bool // whether it decides for some
	Form        url.Values
}

// Get returns what was typed before.
func (p walkinPage) Get(field string) string { return p.Form.Get(field) }

func (s *site) walkinForm(c echo.Context, w who) error {
	form := url.Values{}
	if c.Request().Method == http.MethodPost {
		form.Set("number", c.FormValue("number"))
	}
	return s.showWalkin(c, w, http.StatusOK, uuid.NewString(), form, "")
}

func (s *site) showWalkin(c echo.Context, w who, status int, request string, form url.Values, wrong string) error {
	today := s.Core.Today()
	page := walkinPage{common: s.common(c, w), Wrong: wrong, Request: request, Form: form}
	for _, g := range booking.Genders {
		page.Genders = append(page.Genders, choice{string(g), "option.gender." + string(g)})
	}
	for _, id := range s.Core.Programme.IDs(today) {
		page.IDs = append(page.IDs, choice{id.Key, "option.photo_id." + id.Key})
	}
	for age := 12; age < 100 && !page.Certificate; age++ {
		page.Certificate = s.Core.Programme.AsksCertificate(today.Year()-age, today)
	}
	var err error
	if page.Vaccines, err = s.vaccines(c.Request().Context(), w); err != nil {
		return err
	}
	return s.render(c, status, "walkin", page)
}

// vaccines returns the vaccines that the centre gives today.
func (s *site) vaccines(ctx context.Context, w who) ([]choice, error) {
	sessions, err := s.Core.Store.DaySessions(ctx, w.Centre, s.Core.Today())
	if err != nil {
		return nil, fmt.Errorf("day's sessions: %w", err)
	}
	var list []choice
	for _, e := range sessions {
		if one := (choice{e.Vaccine, vaccine(e.Vaccine)}); !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list, nil
}

// walkin records that a person without a booking was given a dose.
func (s *site) walkin(c echo.Context, w who) error {
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "not a form")
	}
	request, err := uuid.Parse(form.Get("request"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "the form has no id")
	}
	a, err := s.serve(c, w, request, form.Get, s.Now())
	if err != nil {
		words, err := s.problem(w.lang, err)
		if err != nil {
			return err
		}
		return s.showWalkin(c, w, http.StatusConflict, request.String(), form, words)
	}
	return c.Redirect(http.StatusSeeOther, root+"?done="+a.ID.String())
}

// serve records a walk-in of a form, or of an entry with the same fields: a
// person by reference id, or with everything that a registration asks.
func (s *site) serve(c echo.Context, w who, request uuid.UUID, field func(string) string, at time.Time) (booking.Appointment, error) {
	ctx := c.Request().Context()
	in := booking.WalkIn{Request: request, Centre: w.Centre, Vaccine: field("vaccine"), At: at, Agent: w.Login}
	if ref := field("reference"); ref != "" {
		h, err := s.Core.Store.ByReference(ctx, ref)
		if err != nil {
			return booking.Appointment{}, err
		}
		in.Number, in.Reference = h.Number, ref
		_, a, err := s.Core.ServeWalkIn(ctx, in)
		return a, err
	}
	var err error
	if in.Number, err = booking.ParseMSISDN(locales.Fold(field("number"))); err != nil {
		return booking.Appointment{}, err
	}
	if field("consent") == "" {
		return booking.Appointment{}, booking.Refuse(booking.ConsentNeeded)
	}
	year, err := booking.ParseYear(locales.Digits(locales.Fold(field("year"))), s.Core.Today())
	if err != nil {
		return booking.Appointment{}, err
	}
	in.Applicant = booking.Applicant{
		Name: strings.TrimSpace(locales.FoldName(field("name"))), BirthYear: year, Gender: booking.Gender(field("gender")),
		PhotoID: field("photo_id"), IDLast4: locales.Fold(field("last4")), Certificate: field("certificate") != "",
	}
	if !slices.Contains(booking.Genders, in.Gender) {
		return booking.Appointment{}, booking.Refuse(booking.NotAnOption, "Count", len(booking.Genders))
	}
	_, a, err := s.Core.ServeWalkIn(ctx, in)
	return a, err
}

// An entry is a form that was filled in without a network, or with a script.
// Its fields are those of the forms.
type entry struct {
	ID          uuid.UUID         `json:"id"`
	Kind        string            `json:"kind"` // came, walkin
	Reference   string            `json:"reference"`
	Appointment uuid.UUID         `json:"appointment"`
	At          int64             `json:"at"` // by the device's clock, in milliseconds, as Sent
	Fields      map[string]string `json:"fields"`
}

type entriesRequest struct {
	Sent    int64   `json:"sent"`
	Entries []entry `json:"entries"`
}

// A settled is the result of an entry. An entry that is neither Done nor
// refused in words is to be sent again.
type settled struct {
	ID   string `json:"id"`
	Done bool   `json:"done"`
	Why  string `json:"why,omitempty"`
}

// entriesMost is how many entries one request may bring.
const entriesMost = 200

// entries records each entry once, however often it is sent.
func (s *site) entries(c echo.Context, w who) error {
	var in entriesRequest
	if err := (&echo.DefaultJSONSerializer{}).Deserialize(c, &in); err != nil || len(in.Entries) > entriesMost {
		return echo.NewHTTPError(http.StatusBadRequest, "not entries, or more than "+strconv.Itoa(entriesMost))
	}
	out := make([]settled, 0, len(in.Entries))
	for _, e := range in.Entries {
		// The entry was made as long ago by the server's clock as by the
		// device's.
		at := s.Now().Add(-time.Duration(max(0, in.Sent-e.At)) * time.Millisecond)
		out = append(out, s.settle(c, w, e, at))
	}
	return c.JSON(http.StatusOK, out)
}

func (s *site) settle(c echo.Context, w who, e entry, at time.Time) settled {
	r := settled{ID: e.ID.String()}
	var err error
	switch {
	case e.ID == uuid.Nil:
		err = booking.Refuse(booking.NotAnOption, "Count", 1)
	case e.Kind == "came":
		_, err = s.attend(c, w, e.Reference, e.Appointment)
	case e.Kind == "walkin":
		_, err = s.serve(c, w, e.ID, func(f string) string { return e.Fields[f] }, at)
	default:
		err = booking.Refuse(booking.NotAnOption, "Count", 1)
	}
	if err == nil {
		r.Done = true
		return r
	}
	words, err := s.problem(w.lang, err)
	if err != nil {
		s.Log.Error("an entry of a centre's staff was not written down", "err", err) // a fault of ours: the entry stays on the device and comes again
		return r
	}
	r.Why = words
	return r
}
