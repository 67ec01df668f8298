package dialog_test

import (
	"strconv"
	"testing"
)

// TestMove_offers_another_time: who moves is not offered what they have.
func TestMove_offers_another_time(t *testing.T) {
	c := variant(t, "booked/hi")
	live, _ := c.core.House.People[0].Live()
	c.dial().say("mine", "move", "same", "day", live.Day.String())
	for _, key := range c.options() {
		if key == strconv.FormatInt(live.Slot.Slot, 10) {
			t.Errorf("offered the time that is booked: %v", c.options())
		}
	}
	if len(c.options()) < 2 {
		t.Errorf("offered %v", c.options())
	}
}
