package dialog_test

import (
	"slices"
	"testing"

	"tikaline/booking"
	"tikaline/dialog/walk"
)

func TestMine(t *testing.T) {
	t.Run("nobody yet is told at home", func(t *testing.T) {
		variant(t, "nobody yet/hi").dial().say("mine").hears("home.pick", booking.NobodyYet)
	})
	t.Run("booking is moved to another centre", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine").hears("mine.booked", "").say("move").hears("offer.pick", "")
		c.say("change", "place").hears("offer.pick", "").say("yes").hears("mine.moved", "")
		live, _ := c.core.House.People[0].Live()
		if said := c.prompt.Say.Data["Day"]; said != c.core.Today() {
			t.Errorf("says %v", said)
		}
		if live.Slot.Centre != c.core.Places[2].ID || live.Day != c.core.Today() {
			t.Errorf("is at %d on %s", live.Slot.Centre, live.Day)
		}
	})
	t.Run("booking is kept when the new slot fills up", func(t *testing.T) {
		c := variant(t, "booked/hi").refuses(walk.Move, booking.SlotFull).dial().say("mine", "move").until("mine/offer").say("yes").hears("offer.pick", booking.SlotFull)
		if live, _ := c.core.House.People[0].Live(); live.Day != c.core.Today()+3 {
			t.Errorf("is on %s", live.Day)
		}
	})
	t.Run("booking is kept where there is no other place", func(t *testing.T) {
		c := variant(t, "booked/hi")
		c.core.Full = true
		c.dial().say("mine", "move").hears("mine.booked", booking.NoSlot)
	})
	t.Run("booking is cancelled, once asked twice", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "cancel").hears("mine.cancel", "").say("no").hears("mine.booked", "")
		c.say("cancel", "yes").hears("mine.cancelled", "")
		if _, ok := c.core.House.People[0].Live(); ok {
			t.Error("is still booked")
		}
		if day := c.prompt.Say.Data["Day"]; day != c.core.Today()+3 {
			t.Errorf("says that %v was cancelled", day)
		}
	})
	t.Run("booking of today is not offered to be moved or cancelled", func(t *testing.T) {
		c := variant(t, "booked for today/hi").dial().say("mine").hears("mine.booked", "")
		if got := c.options(); !slices.Equal(got, []string{"home"}) {
			t.Errorf("offers %v", got)
		}
		c.say("move").hears("mine.booked", booking.NotAnOption).say("cancel").hears("mine.booked", booking.NotAnOption)
		c.say("home").hears("home.pick", "")
	})
	t.Run("booking whose day comes meanwhile is neither moved nor cancelled", func(t *testing.T) {
		for act, say := range map[walk.Act][]string{walk.Move: {"move"}, walk.Cancel: {"cancel"}} {
			c := variant(t, "booked/hi").refuses(act, booking.TooLateChange).dial().say("mine").say(say...).say("yes")
			if c.prompt.Note.ID != "problem.too_late_change" {
				t.Errorf("%s: heard %q %q", act, c.prompt.Note.ID, c.prompt.Say.ID)
			}
			if _, ok := c.core.House.People[0].Live(); !ok || c.core.Acts != 0 {
				t.Errorf("%s: did something", act)
			}
		}
	})
	t.Run("booking that is gone meanwhile is told at home", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "cancel").hears("mine.cancel", "")
		c.core.House.People[0].Appointments = nil
		c.say("yes").hears("home.pick", booking.NoAppointment)
	})
	t.Run("person is taken off", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("mine", "remove").hears("mine.remove", "").say("yes").hears("mine.removed", "")
		if len(c.core.House.People) != 0 || c.prompt.Say.Data["Name"] != walk.Name("hi", 0) {
			t.Errorf("left %v, said %v", c.core.House.People, c.prompt.Say.Data)
		}
	})
	t.Run("how a person stands decides what is offered", func(t *testing.T) {
		for name, say := range map[string]string{
			"one person/en": "mine.free", "booked/en": "mine.booked", "dose 2 due/en": "mine.due", "doses done/en": "mine.finished",
		} {
			variant(t, name).dial().say("mine").hears(say, "")
		}
	})
}

func TestHelp(t *testing.T) {
	t.Run("call back is queued once", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("help", "call").hears("help.call", "")
		if c.core.Calls != 1 {
			t.Errorf("%d calls are queued", c.core.Calls)
		}
	})
	t.Run("place to go without a booking is named", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("help", "spot").until("").hears("help.spot", "")
		if c.prompt.Say.Data["Address"] != c.core.Places[0].Address {
			t.Errorf("says %v", c.prompt.Say.Data)
		}
	})
}
