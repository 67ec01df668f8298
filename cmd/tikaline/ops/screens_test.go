package ops

import (
	"strings"
	"testing"

	"tikaline/booking"
)

// TestScreens holds that every ops.Screen, refusal and message has words in every
// language: the command fails where one has not.
func TestScreens(t *testing.T) {
	t.Parallel()
	out, err := runs(t, "screens")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range booking.Codes {
		if !strings.Contains(out, "problem / "+string(code)) {
			t.Errorf("problem %s is not on the page", code)
		}
	}
	for _, kind := range booking.NoticeKinds {
		if !strings.Contains(out, "notice / "+string(kind)) {
			t.Errorf("notice %s is not on the page", kind)
		}
	}
}
