package cowin

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/web/access"
)

// mostPeople is how many people one request may book, as the API's clients know
// it.
const mostPeople = 4

// newID returns the request id of a registration, which comes without one.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// schedule books for one to four people of the number, all or none. A refusal
// from memory alone costs no query: there are programs that ask again without a
// pause.
func (a *api) schedule(c echo.Context) error {
	var r struct {
		Dose    text  `json:"dose"`
		Session text  `json:"session_id"`
		Slot    text  `json:"slot"`
		People  texts `json:"beneficiaries"`
		Captcha text  `json:"captcha"`
	}
	if err := decode(c, &r); err != nil {
		return err
	}
	dose := 0
	switch r.Dose {
	case "1", "1.0":
		dose = 1
	case "2", "2.0":
		dose = 2
	default:
		return badDose
	}
	people := r.People.strings()
	if len(people) == 0 || len(people) > mostPeople {
		return badPeople
	}
	if a.Captcha {
		if r.Captcha == "" {
			return captchaWanted
		}
		if !a.captchas.check(access.ClaimsOf(c).ID, string(r.Captcha)) {
			return captchaWrong
		}
	}
	slot, err := a.slotOf(string(r.Session), string(r.Slot), dose, len(people))
	if err != nil {
		return a.worded(err, dose)
	}
	got, err := a.desk(c).BookParty(c.Request().Context(), people, dose, slot)
	if err != nil {
		return a.worded(err, dose)
	}
	return write(c, map[string]string{"appointment_confirmation_no": got[0].Party.String()})
}

// worded words a Problem for a request for a dose.
func (a *api) worded(err error, dose int) error {
	if p, ok := booking.AsProblem(err); ok && p.Code != booking.Busy {
		return inWords(p, dose)
	}
	return err
}

// slotOf returns the slot that a client names by its session, dose and text. A
// slot that has no room for that many people, as far as memory knows, is
// refused here.
func (a *api) slotOf(session, slot string, dose, people int) (booking.SlotID, error) {
	if session == "" || slot == "" {
		return booking.SlotID{}, missing
	}
	key, ok := parseSession(session)
	if !ok {
		return booking.SlotID{}, badSession
	}
	g, ok := a.group(key)
	if !ok {
		return booking.SlotID{}, booking.Refuse(booking.SlotGone)
	}
	slot = strings.ToUpper(strings.ReplaceAll(slot, " ", ""))
	known := false
	for _, s := range g.Slots {
		if slotText(s.Window) != slot {
			continue
		}
		known = true
		if s.Dose == dose && s.Capacity-s.Booked >= people {
			return s.ID, nil
		}
	}
	if !known {
		return booking.SlotID{}, badSlot
	}
	return booking.SlotID{}, booking.Refuse(booking.SlotFull)
}

// reschedule moves all people of the appointment.
func (a *api) reschedule(c echo.Context) error {
	var r struct {
		ID      text `json:"appointment_id"`
		Session text `json:"session_id"`
		Slot    text `json:"slot"`
	}
	if err := decode(c, &r); err != nil {
		return err
	}
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		return badAppoint
	}
	if _, ok := parseSession(string(r.Session)); !ok && r.Session != "" { // before any query
		return badSession
	}
	dose := 0
	_, err = a.desk(c).MoveParty(c.Request().Context(), id, func(has booking.Appointment) (booking.SlotID, error) {
		dose = has.Dose
		if a.sameSlot(has, string(r.Session), string(r.Slot)) {
			return booking.SlotID{}, booking.Refuse(booking.SameSlot)
		}
		return a.slotOf(string(r.Session), string(r.Slot), has.Dose, 1)
	})
	if err != nil {
		return a.worded(err, dose)
	}
	return c.NoContent(http.StatusNoContent)
}

// sameSlot reports whether an appointment is in that very slot already.
func (a *api) sameSlot(has booking.Appointment, session, slot string) bool {
	key, ok := parseSession(session)
	if !ok {
		return false
	}
	g, _ := a.group(key)
	for _, s := range g.Slots {
		if s.ID == has.Slot {
			return slotText(s.Window) == strings.ToUpper(strings.ReplaceAll(slot, " ", ""))
		}
	}
	return false
}

// cancel takes people out of an appointment.
func (a *api) cancel(c echo.Context) error {
	var r struct {
		ID     text  `json:"appointment_id"`
		People texts `json:"beneficiariesToCancel"`
	}
	if err := decode(c, &r); err != nil {
		return err
	}
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		return badAppoint
	}
	people := r.People.strings()
	if len(people) == 0 || len(people) > mostPeople {
		return badPeople
	}
	if err := a.desk(c).CancelParty(c.Request().Context(), id, people...); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
