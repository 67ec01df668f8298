package cowin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

type beneficiaryJSON struct {
	Reference    string            `json:"beneficiary_reference_id"`
	Name         string            `json:"name"`
	BirthYear    string            `json:"birth_year"`
	Gender       string            `json:"gender"`
	Mobile       string            `json:"mobile_number"`
	PhotoIDType  string            `json:"photo_id_type"`
	PhotoID      string            `json:"photo_id_number"`
	Comorbidity  string            `json:"comorbidity_ind"`
	Status       string            `json:"vaccination_status"`
	Vaccine      string            `json:"vaccine"`
	Dose1        string            `json:"dose1_date"`
	Dose2        string            `json:"dose2_date"`
	Appointments []appointmentJSON `json:"appointments"`
}

type appointmentJSON struct {
	ID        string `json:"appointment_id"`
	CenterID  int64  `json:"center_id"`
	Name      string `json:"name"`
	NameL     string `json:"name_l,omitempty"`
	State     string `json:"state_name"`
	StateL    string `json:"state_name_l,omitempty"`
	District  string `json:"district_name"`
	DistrictL string `json:"district_name_l,omitempty"`
	Block     string `json:"block_name"`
	BlockL    string `json:"block_name_l,omitempty"`
	From      string `json:"from"`
	To        string `json:"to"`
	Dose      int    `json:"dose"`
	Session   string `json:"session_id"`
	Date      string `json:"date"`
	Slot      string `json:"slot"`
}

// beneficiaries lists the household.
func (a *api) beneficiaries(c echo.Context) error {
	h, err := a.desk(c).Household(c.Request().Context())
	if err != nil {
		return err
	}
	list, lang := []beneficiaryJSON{}, language(c)
	for _, b := range h.People {
		list = append(list, a.beneficiary(b, lang))
	}
	return write(c, struct {
		Beneficiaries []beneficiaryJSON `json:"beneficiaries"`
	}{list})
}

func (a *api) beneficiary(b booking.Beneficiary, lang string) beneficiaryJSON {
	one := beneficiaryJSON{
		Reference: b.Reference, Name: b.Name, BirthYear: strconv.Itoa(b.BirthYear), Gender: genderName(b.Gender),
		Mobile: string(b.Household[max(0, len(b.Household)-4):]), PhotoIDType: a.idName(b.PhotoID), PhotoID: "XXXXXXXX" + b.IDLast4,
		Comorbidity: "N", Status: "Not Vaccinated", Appointments: []appointmentJSON{},
	}
	if b.Certificate {
		one.Comorbidity = "Y"
	}
	if first, ok := b.Taken(1); ok {
		one.Status, one.Vaccine, one.Dose1 = "Partially Vaccinated", first.Vaccine, dmy(first.Day)
		if second, ok := b.Taken(2); ok {
			one.Status, one.Dose2 = "Vaccinated", dmy(second.Day)
		}
	}
	for _, p := range b.Appointments {
		if p.Status != booking.Missed && p.Status != booking.Cancelled {
			one.Appointments = append(one.Appointments, a.appointment(p, lang))
		}
	}
	return one
}

func (a *api) appointment(p booking.Appointment, lang string) appointmentJSON {
	centre, ok := a.Core.Places.Centre(p.Slot.Centre)
	if !ok { // no longer in use
		centre = booking.Centre{ID: p.Slot.Centre}
	}
	key := sessionKey{centre: p.Slot.Centre, day: p.Day, vaccine: vaccineSum(p.Vaccine)}
	from, to := p.Window.From, p.Window.To
	for _, g := range a.Core.Places.Groups(p.Slot.Centre, p.Day, p.Day) {
		for _, s := range g.Slots {
			if s.ID == p.Slot {
				key = keyOf(g)
				from, to = hours([]booking.Group{g})
			}
		}
	}
	at := a.place(centre, lang)
	return appointmentJSON{
		ID: p.Party.String(), CenterID: at.CenterID, Name: at.Name, NameL: at.NameL, State: at.State, StateL: at.StateL,
		District: at.District, DistrictL: at.DistrictL, Block: at.Block, BlockL: at.BlockL,
		From: clock(from), To: clock(to), Dose: p.Dose, Session: key.id().String(), Date: dmy(p.Day), Slot: slotText(p.Window),
	}
}

// newBeneficiary registers a person.
func (a *api) newBeneficiary(c echo.Context) error {
	var r struct {
		Name        text `json:"name"`
		BirthYear   text `json:"birth_year"`
		Gender      text `json:"gender_id"`
		PhotoIDType text `json:"photo_id_type"`
		PhotoID     text `json:"photo_id_number"`
		Comorbidity text `json:"comorbidity_ind"`
		Consent     text `json:"consent_version"`
	}
	if err := decode(c, &r); err != nil {
		return err
	}
	applicant := booking.Applicant{Certificate: strings.EqualFold(string(r.Comorbidity), "Y")}
	var err error
	if applicant.Name, err = booking.ParseName(string(r.Name)); err != nil {
		return err
	}
	if applicant.BirthYear, err = booking.ParseYear(string(r.BirthYear), a.Core.Today()); err != nil {
		return err
	}
	g, err := strconv.Atoi(string(r.Gender))
	if err != nil || g < 1 || g > len(genderNames) {
		return badGender
	}
	applicant.Gender = genderNames[g-1].gender
	if applicant.PhotoID, applicant.IDLast4, err = a.photoID(string(r.PhotoIDType), string(r.PhotoID)); err != nil {
		return err
	}
	if r.Consent == "" {
		return booking.Refuse(booking.ConsentNeeded)
	}
	reference, err := register(c.Request().Context(), a.desk(c), applicant)
	if err != nil {
		return err
	}
	return write(c, map[string]string{"beneficiary_reference_id": reference})
}

// register registers a person, or finds the person whom the same request
// registered before: a request has no id of its own.
func register(ctx context.Context, desk *booking.Desk, p booking.Applicant) (string, error) {
	b, err := desk.Register(ctx, newID(), p)
	if !booking.Refused(err, booking.SamePerson) && !booking.Refused(err, booking.SameID) {
		return b.Reference, err
	}
	h, failed := desk.Household(ctx)
	if failed != nil {
		return "", failed
	}
	for _, o := range h.People {
		if o.Applicant == p {
			return o.Reference, nil
		}
	}
	return "", err
}

// photoID returns the programme's key of a kind of photo id, and the last four
// characters of its number. The number itself is dropped here.
func (a *api) photoID(wire, number string) (key, last4 string, err error) {
	number = strings.Map(func(r rune) rune {
		if r == '*' {
			return -1 // characters with which some programs hide digits
		}
		return r
	}, number)
	for _, id := range a.Core.Programme.IDs(a.Core.Today()) {
		if strconv.Itoa(id.Wire) != wire && !strings.EqualFold(idNames[id.Wire].name, wire) {
			continue
		}
		if last4, err = booking.ParseIDLast4(number); err != nil {
			return "", "", err
		}
		if id.Wire == aadhaar && !aadhaarNumber(number, last4) {
			break
		}
		return id.Key, last4, nil
	}
	return "", "", booking.Refuse(booking.BadID)
}

// deleteBeneficiary takes a person off the number.
func (a *api) deleteBeneficiary(c echo.Context) error {
	var r struct {
		Reference text `json:"beneficiary_reference_id"`
	}
	if err := decode(c, &r); err != nil {
		return err
	}
	if r.Reference == "" {
		return missing
	}
	if err := a.desk(c).Remove(c.Request().Context(), string(r.Reference)); err != nil {
		return aboutPerson(err, string(r.Reference))
	}
	return c.NoContent(http.StatusNoContent)
}

// aboutPerson words a Problem with the person whom it is about.
func aboutPerson(err error, reference string) error {
	p, ok := booking.AsProblem(err)
	if !ok {
		return err
	}
	q := booking.Refuse(p.Code, "Reference", reference)
	for name, v := range p.Args {
		q.Args[name] = v
	}
	return q
}
