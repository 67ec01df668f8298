package calls_test

import (
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/calls"
)

func TestNotFetched(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	now := start
	core := &calls.Service{Now: func() time.Time { return now }}
	r := calls.Recording{ID: "RE1", At: start, State: calls.RecordingWanted}
	var pauses []time.Duration
	for r.State == calls.RecordingWanted {
		r = core.NotFetched(r)
		pauses = append(pauses, r.Due.Sub(now))
		now = r.Due
	}
	if pauses[0] != 30*time.Second || pauses[1] != time.Minute || pauses[len(pauses)-2] != 2*time.Hour || now.Sub(start) < 12*time.Hour || now.Sub(start) > 16*time.Hour {
		t.Errorf("tried after %v", pauses)
	}
	// There may be a copy all the same.
	if r.State != calls.RecordingGone || r.Dropped || r.Due.IsZero() {
		t.Errorf("it stands %+v", r)
	}
}

// TestNotFetched_copies_are_deleted_at_last: a provider that refuses for days,
// for example after a password was changed, is asked again when it accepts.
func TestNotFetched_copies_are_deleted_at_last(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	now := start
	core := &calls.Service{Now: func() time.Time { return now }}
	r := calls.Recording{ID: "RE1", At: start, State: calls.RecordingFetched}
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
