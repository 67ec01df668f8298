package booking_test

import (
	"testing"

	"tikaline/booking"
)

// TestVaccineNames holds that each vaccine of the built-in programme has a name
// in every language that has letters of its own.
func TestVaccineNames(t *testing.T) {
	for _, v := range booking.India2021().Vaccines {
		for _, lang := range []string{"en", "hi", "bn"} {
			if booking.VaccineNames(v.Name)[lang] == "" {
				t.Errorf("%s has no name in %s", v.Name, lang)
			}
		}
	}
	if got := booking.VaccineNames("ZYCOV-D").In("hi"); got != "ZYCOV-D" {
		t.Errorf("a vaccine without names is called %q", got)
	}
}
