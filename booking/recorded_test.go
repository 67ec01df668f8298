package booking_test

import (
	"testing"

	"tikaline/booking"

	"github.com/google/uuid"
)

func TestRegister_where_names_must_be_written(t *testing.T) {
	for name, c := range map[string]struct {
		written         bool
		name, recording string
		want            booking.Code
	}{
		"spoken":                   {false, "", "RE1", ""},
		"spoken_where_written":     {true, "", "RE1", booking.NameTooShort},
		"written":                  {true, "Asha Devi", "", ""},
		"written_with_a_recording": {true, "Asha Devi", "RE1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "2021-06-02 10:00")
			rules := *d.Core.Programme
			rules.WrittenNames = c.written
			d.Core.Programme = &rules
			_, err := d.Register(ctx, ours, booking.Registration{
				Applicant: booking.Applicant{Name: c.name, Recording: c.recording, BirthYear: 1976, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"},
				Request:   uuid.New(), Consent: booking.Consent{Version: "2021-1"}, Channel: booking.IVR,
			})
			if got := code(t, err); got != c.want {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}

// TestNotices_call_by_year: a notice keeps the year of birth of a person who
// has no name yet, and of nobody else.
func TestNotices_call_by_year(t *testing.T) {
	for name, born := range map[string]int{"": 1976, "Asha Devi": 0} {
		d := newDesk(t, "2021-06-02 10:00")
		b, err := d.Register(ctx, ours, booking.Registration{
			Applicant: booking.Applicant{Name: name, Recording: "RE1", BirthYear: 1976, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"},
			Request:   uuid.New(), Consent: booking.Consent{Version: "2021-1"}, Channel: booking.IVR,
		})
		must(t, err)
		_, err = d.Book(ctx, ours, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: slotOn(1, 10), Channel: booking.IVR})
		must(t, err)
		for _, n := range d.store.notices {
			if n.Data.Name != name || n.Data.BirthYear != born {
				t.Errorf("%s of %q keeps %+v", n.Kind, name, n.Data)
			}
		}
		if len(d.store.notices) != 2 {
			t.Errorf("queued %d notices", len(d.store.notices))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
