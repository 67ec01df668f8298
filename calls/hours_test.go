package calls_test

import (
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/calls"
)

func TestCallTime(t *testing.T) {
	for wanted, want := range map[string]string{
		"2021-06-02 08:59": "2021-06-02 09:00", "2021-06-02 09:00": "2021-06-02 09:00", "2021-06-02 20:59": "2021-06-02 20:59",
		"2021-06-02 21:00": "2021-06-03 09:00", "2021-06-30 23:59": "2021-07-01 09:00",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", wanted, booking.India)
		if err != nil {
			t.Fatal(err)
		}
		if got := calls.NextCallTime(at).In(booking.India).Format("2006-01-02 15:04"); got != want {
			t.Errorf("at %s it is made at %s, want %s", wanted, got, want)
		}
	}
}
