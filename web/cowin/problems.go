package cowin

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/web/access"
)

// A Refusal is an answer that refuses, in the form of the API.
type Refusal struct {
	Status int    `json:"-"`
	Code   string `json:"errorCode"`
	Text   string `json:"error"`
}

func (r *Refusal) Error() string { return "refused: " + r.Code }

func refuse(status int, code, text string) *Refusal {
	return &Refusal{Status: status, Code: code, Text: text}
}

// The refusals that are decided without the core.
var (
	missing       = refuse(http.StatusBadRequest, "USRRES0001", "Input parameter missing")
	badSlot       = refuse(http.StatusBadRequest, "APPOIN0015", "Invalid Slot Id")
	badSession    = refuse(http.StatusBadRequest, "TIKA_SESSION", "Invalid Session Id")
	badDose       = refuse(http.StatusBadRequest, "TIKA_DOSE", "Invalid Dose: 1 or 2 is wanted")
	badAppoint    = refuse(http.StatusBadRequest, "TIKA_APPOINTMENT", "Invalid Appointment Id")
	badPeople     = refuse(http.StatusBadRequest, "TIKA_BENEFICIARIES", "Beneficiaries array required, with length 1-4")
	badGender     = refuse(http.StatusBadRequest, "TIKA_GENDER", "Invalid Gender Id")
	captchaWanted = refuse(http.StatusBadRequest, "APPOIN0044", "Please enter valid security code")
	captchaWrong  = refuse(http.StatusBadRequest, "APPOIN0045", "The security code is wrong or was used before. Please ask for a new one")
	noCertificate = refuse(http.StatusNotFound, "CERTIFICATE00002", "Certificate not found: no dose has been given yet")
)

// refusals is the API's answer to each Code of the core: the original's code
// and text where they are known. Names in braces are the Problem's values.
var refusals = map[booking.Code]Refusal{
	booking.NotAnOption:  tika(booking.NotAnOption, "Invalid value"),
	booking.DigitsWanted: tika(booking.DigitsWanted, "Digits are wanted"),
	booking.WordsWanted:  tika(booking.WordsWanted, "Words are wanted"),
	booking.BadNumber:    tika(booking.BadNumber, "Invalid Mobile Number"),
	booking.NameTooShort: tika(booking.NameTooShort, "Invalid Name: it is too short"),
	booking.NameTooLong:  tika(booking.NameTooLong, "Invalid Name: at most {Max} characters"),
	booking.NameNotWords: tika(booking.NameNotWords, "Invalid Name: only letters, spaces and . ' - are allowed"),
	booking.BadYear:      tika(booking.BadYear, "Invalid Birth Year"),
	booking.YearWanted:   tika(booking.YearWanted, "Invalid Birth Year"),
	booking.BadID:        tika(booking.BadID, "Invalid Photo Id Type or Photo Id Number"),
	booking.BadPincode:   {http.StatusBadRequest, "APPOIN0018", "Invalid Pincode"},

	booking.TooYoung:          {http.StatusBadRequest, "APPOIN0043", "Minimum age criteria is {Age} years"},
	booking.CertificateNeeded: tika(booking.CertificateNeeded, "Below {Age} years a comorbidity certificate is required"),
	booking.NotForYou:         tika(booking.NotForYou, "Beneficiary {Reference} is not eligible for this session"),
	booking.DoseNotDue:        tika(booking.DoseNotDue, "The next dose of beneficiary {Reference} can be taken from {Day} onwards"),
	booking.DosesDone:         tika(booking.DosesDone, "Beneficiary {Reference} has already been vaccinated with all doses"),
	booking.ConsentNeeded:     tika(booking.ConsentNeeded, "Consent is Required: consent_version is missing"),

	booking.HouseholdFull: tika(booking.HouseholdFull, "Maximum {Max} beneficiaries can be registered with one mobile number"),
	booking.SamePerson:    tika(booking.SamePerson, "This person has already been registered with this mobile number"),
	booking.SameID:        tika(booking.SameID, "This photo ID has already been registered with this mobile number"),
	booking.NobodyYet:     tika(booking.NobodyYet, "Beneficiary {Reference} is not registered with this mobile number"),
	booking.Vaccinated:    tika(booking.Vaccinated, "A vaccinated beneficiary cannot be deleted"),
	booking.HasBooking:    {http.StatusBadRequest, "BENDOC0040", "Beneficiary has an active appointment. Please cancel the appointment before deleting"},

	booking.NoCentre:      tika(booking.NoCentre, "No vaccination center found"),
	booking.NoSlot:        tika(booking.NoSlot, "No slot found"),
	booking.SlotFull:      {http.StatusConflict, "APPOIN0040", "This vaccination center is completely booked for the selected date. Please try another date or vaccination center."},
	booking.SlotGone:      tika(booking.SlotGone, "This vaccination session is already complete or was called off. Please try another date or vaccination center."),
	booking.AlreadyBooked: {http.StatusBadRequest, "APPOIN0022", "An active {Nth} dose appointment already exists for {Reference}"},
	booking.SameSlot:      tika(booking.SameSlot, "You can not reschedule the same center and slots"),
	booking.TooLateToBook: tika(booking.TooLateToBook, "Appointments are allowed only for future dates."),
	booking.TooLateChange: {http.StatusConflict, "TIKA_TOO_LATE_CHANGE", "The appointment cannot be cancelled or rescheduled on its day or later"},
	booking.NoAppointment: tika(booking.NoAppointment, "No such appointment exists for this mobile number"),
	booking.TooEarly:      tika(booking.TooEarly, "This can be done from {Day} onwards"),

	booking.Busy: {http.StatusTooManyRequests, "TIKA_BUSY", "Too many requests. Please try again in some seconds"},
}

// tika returns a refusal whose code in the original is not known.
func tika(c booking.Code, text string) Refusal {
	return Refusal{http.StatusBadRequest, "TIKA_" + strings.ToUpper(string(c)), text}
}

// unsaid are the words in place of values that a Problem does not have.
var unsaid = map[string]string{"Reference": "this beneficiary", "Nth": "first", "Max": "4", "Age": "18", "Day": "a later day"}

// inWords returns the API's answer to a Problem. dose is the dose that was
// asked for; 0 is none.
func inWords(p *booking.Problem, dose int) *Refusal {
	r := refusals[p.Code]
	args := maps.Clone(p.Args)
	if args == nil {
		args = make(map[string]any, 1)
	}
	if dose == 2 {
		args["Nth"] = "second"
	}
	if p.Code == booking.NotForYou {
		// The core has one reason where the original had three.
		due, _ := p.Args["Dose"].(int)
		asked, _ := p.Args["Asked"].(int)
		switch {
		case asked > due:
			r.Code, r.Text = "APPOIN0025", "The individual with with reference id {Reference} must be vaccinated with first dose before taking appointment for the second dose."
		case asked != 0:
			r.Text = "Beneficiary {Reference} has already been vaccinated with that dose"
		case p.Args["Max"] != nil:
			r.Code, r.Text = "APPOIN0043", "Minimum age criteria is {Age} years and maximum age {Max} for this center"
		case p.Args["Vaccine"] != nil:
			r.Text = "The second dose of beneficiary {Reference} must be {Vaccine}"
		}
	}
	r.Text = fill(r.Text, args)
	return &r
}

// fill puts values in place of their names in braces. Braces in a value are
// left alone: an operator names the vaccines.
func fill(text string, args map[string]any) string {
	var done strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return done.String() + text
		}
		v := unsaid[name]
		switch a := args[name].(type) {
		case nil:
		case booking.Date:
			v = dmy(a)
		default:
			v = fmt.Sprint(a)
		}
		done.WriteString(before + v)
		text = after
	}
}

// An unanswered is a fault of ours: the one error of a handler that is not an
// answer. It holds nothing of the request.
type unanswered struct {
	error
	path string // the route's
}

// Unwrap returns the error.
func (u *unanswered) Unwrap() error { return u.error }

// Sorry answers 500, with the reference under which the log has the error.
func (u *unanswered) Sorry(c echo.Context, ref string) error {
	return c.JSON(http.StatusInternalServerError, refuse(0, "TIKA_INTERNAL", "Something went wrong here. Reference "+ref))
}

// Entry logs the route.
func (u *unanswered) Entry() channel.Entry {
	return channel.Entry{Level: slog.LevelError, Message: "a program got an apology", Attrs: []slog.Attr{slog.String("path", u.path)}}
}

// answer answers an error that has an answer, and returns any other.
func answer(c echo.Context, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return c.JSON(r.Status, r)
	}
	if p, ok := booking.AsProblem(err); ok {
		r := inWords(p, 0)
		if p.Code == booking.Busy {
			c.Response().Header().Set("Retry-After", "5")
		}
		return c.JSON(r.Status, r)
	}
	h, ok := errors.AsType[*echo.HTTPError](err)
	switch {
	case !ok, h.Code >= http.StatusInternalServerError:
		return &unanswered{err, c.Path()}
	case h.Code == http.StatusUnauthorized:
		return c.String(h.Code, access.Unauthenticated)
	}
	return c.JSON(h.Code, refuse(0, fmt.Sprintf("TIKA_%d", h.Code), http.StatusText(h.Code)))
}
