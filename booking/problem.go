package booking

import "errors"

// A Code names one reason the core has for refusing. Codes are stored and
// worded in every language, so a code is never renamed or used again.
type Code string

// The closed list of reasons. Each is worded as problem.<code> in every
// language, with what to do next.
const (
	// What was typed.
	NotAnOption  Code = "not_an_option"  // Count: how many options there are
	DigitsWanted Code = "digits_wanted"  // Min, Max
	WordsWanted  Code = "words_wanted"   //
	BadNumber    Code = "bad_number"     //
	NameTooShort Code = "name_too_short" //
	NameTooLong  Code = "name_too_long"  // Max
	NameNotWords Code = "name_not_words" //
	BadYear      Code = "bad_year"       // Year: an example
	YearWanted   Code = "year_wanted"    // Year: an example
	BadID        Code = "bad_id"         //
	BadPincode   Code = "bad_pincode"    //

	// Who may come.
	TooYoung          Code = "too_young"          // Age: the least
	CertificateNeeded Code = "certificate_needed" // Age: from which no certificate is needed
	NotForYou         Code = "not_for_you"        //
	DoseNotDue        Code = "dose_not_due"       // Day
	DosesDone         Code = "doses_done"         //
	ConsentNeeded     Code = "consent_needed"     //

	// The household.
	HouseholdFull Code = "household_full" // Max
	SamePerson    Code = "same_person"    // Name
	SameID        Code = "same_id"        //
	NobodyYet     Code = "nobody_yet"     //
	Vaccinated    Code = "vaccinated"     // Name
	HasBooking    Code = "has_booking"    // Name

	// Places and appointments.
	NoCentre      Code = "no_centre"       // Pincode
	NoSlot        Code = "no_slot"         //
	SlotFull      Code = "slot_full"       //
	SlotGone      Code = "slot_gone"       //
	AlreadyBooked Code = "already_booked"  // Centre, Day
	SameSlot      Code = "same_slot"       //
	TooLateToBook Code = "too_late_book"   //
	TooLateChange Code = "too_late_change" // Day
	NoAppointment Code = "no_appointment"  //
	TooEarly      Code = "too_early"       // Day

	// Us.
	Busy Code = "busy" //
)

// Codes lists every Code, for the tests that look for one without words.
var Codes = []Code{
	NotAnOption, DigitsWanted, WordsWanted, BadNumber, NameTooShort, NameTooLong, NameNotWords, BadYear, YearWanted, BadID, BadPincode,
	TooYoung, CertificateNeeded, NotForYou, DoseNotDue, DosesDone, ConsentNeeded,
	HouseholdFull, SamePerson, SameID, NobodyYet, Vaccinated, HasBooking,
	NoCentre, NoSlot, SlotFull, SlotGone, AlreadyBooked, SameSlot, TooLateToBook, TooLateChange, NoAppointment, TooEarly,
	Busy,
}

// A Problem is a refusal that the citizen can do something about. It is an
// answer, not an accident: it is worded, never logged as an error.
type Problem struct {
	Code Code
	Args map[string]any // values for the wording; never a sentence
}

func (p *Problem) Error() string { return "refused: " + string(p.Code) }

// Refuse returns a Problem with its values given as name, value, name, value.
func Refuse(c Code, args ...any) *Problem {
	p := &Problem{Code: c}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = make(map[string]any, len(args)/2)
		}
		p.Args[args[i].(string)] = args[i+1]
	}
	return p
}

// AsProblem returns the Problem in err, if it is one.
func AsProblem(err error) (*Problem, bool) {
	return errors.AsType[*Problem](err)
}

// Refused reports whether err is a Problem with that code.
func Refused(err error, c Code) bool {
	p, ok := AsProblem(err)
	return ok && p.Code == c
}
