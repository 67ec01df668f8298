package walk

import (
	"time"

	"tikaline/booking"
)

// longest is the day that takes most letters in every language: a Wednesday in
// September.
var longest = booking.NewDate(2021, time.September, 22)

// Problems is one sample of every Code, in the order of booking.Codes, with
// values of the types that the core gives and as long as is likely.
func Problems() []booking.Problem {
	list := make([]booking.Problem, len(booking.Codes))
	for i, c := range booking.Codes {
		list[i] = problem(c)
	}
	return list
}

func problem(c booking.Code) booking.Problem {
	// In Devanagari, as a name in other letters than its sentence costs most.
	name := Name("hi", 0)
	var args []any
	switch c {
	case booking.NotAnOption:
		args = []any{"Count", 88}
	case booking.DigitsWanted:
		args = []any{"Min", 4, "Max", 6}
	case booking.NameTooLong:
		args = []any{"Max", booking.NameMax}
	case booking.BadYear, booking.YearWanted:
		args = []any{"Year", "1958"}
	case booking.TooYoung, booking.CertificateNeeded:
		args = []any{"Age", 60}
	case booking.DoseNotDue, booking.TooLateChange, booking.TooEarly:
		args = []any{"Day", longest}
	case booking.HouseholdFull:
		args = []any{"Max", 4}
	case booking.SamePerson, booking.Vaccinated, booking.HasBooking:
		args = []any{"Name", name}
	case booking.NoCentre:
		args = []any{"Pincode", EmptyPincode, "District", district.Name}
	case booking.AlreadyBooked:
		args = []any{"Centre", centreName(0), "Day", longest}
	}
	return *booking.Refuse(c, args...)
}

// Notices is one sample of every NoticeKind, in the order of
// booking.NoticeKinds. Its Centre is one of a Core's Places.
func Notices() []booking.Notice {
	reference := one("hi").House.People[0].Reference
	list := make([]booking.Notice, len(booking.NoticeKinds))
	for i, kind := range booking.NoticeKinds {
		n := booking.Notice{To: Number, Key: string(kind), Kind: kind, Medium: "sms", Due: opening()}
		switch kind {
		case booking.NoticeRegistered:
			n.Data = booking.NoticeData{Name: Name("hi", 0), Reference: reference}
		case booking.NoticeCallBack:
			n.Medium = "call"
		case booking.NoticeOTP:
			n.Data = booking.NoticeData{OTP: "459831"} // as it is when it is sent
		case booking.NoticeCallMissed:
		default:
			n.Data = booking.NoticeData{
				Name: Name("hi", 0), Reference: reference, PhotoID: "ration", Dose: 2, Vaccine: "COVISHIELD",
				Centre: places(longest)[0].ID, Day: longest, Window: windows[1],
			}
		}
		list[i] = n
	}
	return list
}
