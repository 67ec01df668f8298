package booking_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
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

// TestNotices_call_by_year: of who has no name yet a notice keeps the year of
// birth, and of others none.
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
			t.Errorf("owes %d notices", len(d.store.notices))
		}
	}
}

func TestNotFetched(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	now := start
	core := &booking.Core{Now: func() time.Time { return now }}
	r := booking.Recording{ID: "RE1", At: start, State: booking.RecordingWanted}
	var pauses []time.Duration
	for r.State == booking.RecordingWanted {
		r = core.NotFetched(r)
		pauses = append(pauses, r.Due.Sub(now))
		now = r.Due
	}
	if pauses[0] != 30*time.Second || pauses[1] != time.Minute || pauses[len(pauses)-2] != 2*time.Hour || now.Sub(start) < 12*time.Hour || now.Sub(start) > 16*time.Hour {
		t.Errorf("tried after %v", pauses)
	}
	// There may be a copy all the same.
	if r.State != booking.RecordingGone || r.Dropped || r.Due.IsZero() {
		t.Errorf("it stands %+v", r)
	}
}

// TestNotFetched_copies_are_deleted_at_last: a provider that refuses for days, as
// with a password that was changed, is asked again when it no longer does.
func TestNotFetched_copies_are_deleted_at_last(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	now := start
	core := &booking.Core{Now: func() time.Time { return now }}
	r := booking.Recording{ID: "RE1", At: start, State: booking.RecordingFetched}
	tries := 0
	for now.Sub(start) < 30*24*time.Hour {
		if r = core.NotFetched(r); r.Due.IsZero() || r.Due.Sub(now) > 24*time.Hour {
			t.Fatalf("after %s it stands %+v", now.Sub(start), r)
		}
		now = r.Due
		tries++
	}
	if tries > 60 {
		t.Errorf("asked %d times in a month", tries)
	}
	for !r.Due.IsZero() { // nor for ever
		if now.Sub(start) > 120*24*time.Hour {
			t.Fatal("it is asked for ever")
		}
		now = r.Due
		r = core.NotFetched(r)
	}
}
