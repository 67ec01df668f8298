package slip

import (
	"github.com/google/uuid"

	"tikaline/booking"
)

// Places finds the centres and districts of slips; *booking.Places implements
// it.
type Places interface {
	Centre(id int64) (booking.Centre, bool)
	District(id int) (booking.District, bool)
}

// Party returns the slips of the people of a household who were booked
// together, by the id of the party or of one appointment. Only a booked
// appointment has a slip.
func Party(lang string, h booking.Household, id uuid.UUID, places Places) []Slip {
	var slips []Slip
	for _, b := range h.People {
		for _, a := range b.Appointments {
			if (a.Party == id || a.ID == id) && a.Status == booking.Booked {
				centre, district := placeOf(places, a)
				slips = append(slips, Of(lang, b, a, centre, district))
			}
		}
	}
	return slips
}

func placeOf(places Places, a booking.Appointment) (booking.Centre, booking.District) {
	centre, _ := places.Centre(a.Slot.Centre)
	district, _ := places.District(centre.District)
	return centre, district
}
