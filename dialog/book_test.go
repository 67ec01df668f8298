package dialog_test

import (
	"slices"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// TestInputs holds the promise of few keys.
func TestInputs(t *testing.T) {
	t.Run("newcomer books with at most 9", func(t *testing.T) {
		c := variant(t, "newcomer/hi").dial().hears("language.pick", "").say("hi").hears("home.pick", "").say("book")
		c.until("").hears("book.done", "")
		if c.inputs > 9 {
			t.Errorf("took %d inputs", c.inputs)
		}
		if c.prompt.Expect != nil || len(c.core.House.People[0].Appointments) != 1 {
			t.Errorf("expects %v, booked %v", c.prompt.Expect, c.core.House.People[0].Appointments)
		}
	})
	t.Run("known caller books with 2", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().hears("home.pick", "").say("book").hears("offer.pick", "")
		c.until("").hears("book.done", "")
		if c.inputs > 2 {
			t.Errorf("took %d inputs", c.inputs)
		}
	})
	t.Run("newcomer who dials it all ahead books in one turn", func(t *testing.T) {
		variant(t, "newcomer/hi").dial().ahead("", walk.Usual.To).hears("book.done", "")
	})
	t.Run("caller who dials it all ahead and cannot make up their mind books in one turn", func(t *testing.T) {
		no := 0
		variant(t, "nobody yet/hi").dial().ahead("", func(at string, e dialog.Expect) string {
			switch {
			case at == "book/offer" && no < 40:
				no++
				return "change"
			case at == "book/change":
				return e.(dialog.Choice).Options[0].Key
			}
			return walk.Usual.To(at, e)
		}).hears("book.done", "")
	})
	t.Run("one of a family books with 3", func(t *testing.T) {
		c := variant(t, "four people/hi").dial().say("book").hears("book.who", "").until("").hears("book.done", "")
		if c.inputs > 3 {
			t.Errorf("took %d inputs", c.inputs)
		}
	})
}

func TestBook(t *testing.T) {
	t.Run("slot that fills up meanwhile leads to the next offer, with the reason", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer")
		taken := c.slot()
		c.fills(taken)
		c.say("yes").hears("offer.pick", booking.SlotFull)
		next := c.slot()
		if next == taken || next.Centre != taken.Centre {
			t.Errorf("offers %v after %v", next, taken)
		}
		c.say("yes").hears("book.done", "")
		if live, _ := c.core.House.People[0].Live(); live.Slot != next {
			t.Errorf("booked %v", live.Slot)
		}
	})
	t.Run("slot that was called off while it was read is not booked by the key for it", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer")
		gone := c.slot()
		c.core.Places[0].Sessions = c.core.Places[0].Sessions[6:] // the first day's
		c.say("yes").hears("offer.pick", booking.SlotGone)
		if c.core.Acts != 0 || c.slot() == gone {
			t.Errorf("did %d things, offers %v", c.core.Acts, c.slot())
		}
	})
	t.Run("what is over by now leads to the next offer", func(t *testing.T) {
		c := variant(t, "one person/hi").refuses(walk.Book, booking.TooLateToBook).dial().say("book").until("book/offer")
		c.say("yes").hears("offer.pick", booking.TooLateToBook)
	})
	t.Run("centres that fill up meanwhile lead to the waiting list", func(t *testing.T) {
		c := variant(t, "one person/hi").refuses(walk.Book, booking.SlotFull).dial().say("book").until("book/offer")
		c.core.Full = true
		c.say("yes").hears("wait.full", "")
	})
	t.Run("slot that is called off before it is agreed to is not booked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer")
		c.core.Gone = true
		c.say("yes").hears("wait.session", "")
		if c.core.Acts != 0 {
			t.Error("something was booked")
		}
	})
	t.Run("time that is called off while it is listed is refused", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer").say("change").hears("offer.change", "")
		time := c.options()[1]
		c.core.Places[0].Sessions = c.core.Places[0].Sessions[6:] // the first day's
		c.say(time).hears("offer.change", booking.SlotGone)
	})
	t.Run("centre that is closed while it is offered is not booked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").hears("offer.pick", "")
		c.core.Places = c.core.Places[1:]
		c.say("yes").hears("offer.pick", booking.SlotGone)
		if len(c.core.House.People[0].Appointments) > 0 {
			t.Error("booked at a centre that is closed")
		}
	})
	t.Run("day chosen from the list is offered, and booked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change").hears("offer.change", "")
		for _, o := range c.prompt.Expect.(dialog.Choice).Options {
			if when, ok := o.Label.Data["When"].(dialog.Soon); ok && when.Day > c.core.Today() {
				c.say(o.Key)
				if got := c.hears("offer.pick", "").prompt.Say.Data["When"].(dialog.Slot); got != when.Slot {
					t.Errorf("offers %v, want %v", got, when.Slot)
				}
				c.say("yes").hears("book.done", "")
				if live, _ := c.core.House.People[0].Live(); live.Day != when.Day {
					t.Errorf("is on %s", live.Day)
				}
				return
			}
		}
		t.Fatalf("no further day among %v", c.options())
	})
	t.Run("somebody who has to wait hears until when", func(t *testing.T) {
		c := variant(t, "dose 2 not yet due/hi").dial().say("book").hears("home.pick", booking.DoseNotDue)
		if day := c.prompt.Note.Data["Day"].(booking.Date); day != booking.DateOf(monday())-10+84 {
			t.Errorf("hears %s", day)
		}
	})
	t.Run("where all is full they may wait, near another pincode too", func(t *testing.T) {
		c := variant(t, "no room anywhere/hi").dial().say("book").hears("wait.full", "").say("elsewhere").hears("find.pincode", "")
		c.say("800001").hears("wait.full", "").say(walk.NearPincode).hears("wait.full", "").say("yes").hears("wait.done", "")
		if c.core.Waits != 1 || c.prompt.Say.Data["Pincode"] != walk.NearPincode {
			t.Errorf("%d wait, near %v", c.core.Waits, c.prompt.Say.Data["Pincode"])
		}
	})
	t.Run("who is too young for the sessions is not told that all is full", func(t *testing.T) {
		c := variant(t, "one person/hi")
		for i := range c.core.Places {
			for j := range c.core.Places[i].Sessions {
				c.core.Places[i].Sessions[j].MinAge = 90
			}
		}
		c.dial().say("book").hears("wait.age", "")
	})
	t.Run("where nobody gives the dose that is due they hear so", func(t *testing.T) {
		c := variant(t, "dose 2 due/hi")
		for i := range c.core.Places {
			c.core.Places[i].Sessions = slices.DeleteFunc(c.core.Places[i].Sessions, func(s booking.Session) bool { return s.Dose == 2 })
		}
		c.dial().say("book").hears("wait.dose", "").say(walk.NearPincode).hears("wait.dose", "")
	})
	t.Run("nobody waits who turns it down", func(t *testing.T) {
		c := variant(t, "no room anywhere/hi").dial().say("book").hears("wait.full", "").home().hears("home.pick", "")
		if c.core.Waits != 0 || c.core.Acts != 0 {
			t.Errorf("%d wait", c.core.Waits)
		}
	})
	t.Run("place that is free again is offered to who was about to wait", func(t *testing.T) {
		c := variant(t, "no room anywhere/hi").dial().say("book").hears("wait.full", "")
		c.core.Full = false
		c.say("800001").hears("offer.pick", "")
	})
	t.Run("booked person is refused where they are chosen", func(t *testing.T) {
		variant(t, "booked/hi").dial().say("book").hears("book.who", "").first().hears("book.who", booking.AlreadyBooked)
	})
	t.Run("fifth person is not offered", func(t *testing.T) {
		if got := variant(t, "four people/hi").dial().say("book").hears("book.who", "").options(); slices.Contains(got, "new") {
			t.Errorf("offers %v", got)
		}
	})
	t.Run("fifth person is refused where the fourth came by another channel meanwhile", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("book").hears("book.who", "")
		for range 3 {
			c.core.AddPerson("hi", 1980)
		}
		c.say("new").hears("book.who", booking.HouseholdFull)
	})
	t.Run("pincode that leads nowhere is asked for again", func(t *testing.T) {
		for _, name := range []string{"no centre/hi", "dropped pincode/hi"} {
			c := variant(t, name).dial().say("book")
			if c.prompt.Say.ID != "find.pincode" || c.prompt.Note.ID == "" {
				t.Errorf("%s: heard %q %q", name, c.prompt.Note.ID, c.prompt.Say.ID)
			}
			c.say(walk.EmptyPincode).hears("find.pincode", booking.NoCentre)
			c.say(walk.BadPincode).hears("find.pincode", booking.BadPincode)
			c.say(walk.NearPincode).hears("offer.pick", "")
		}
	})
	t.Run("pincode may be typed in place of an answer", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").hears("offer.pick", "").say(walk.NearPincode).hears("offer.pick", "")
		c.say(walk.BadPincode).hears("offer.pick", booking.BadPincode).say("8000").hears("offer.pick", booking.DigitsWanted)
		c.say("800001").hears("offer.pick", "").say("change", "800002").hears("offer.pick", "")
		c.say(walk.EmptyPincode).hears("find.pincode", booking.NoCentre).say("800001").hears("offer.pick", "")
		c.home().say("800003").hears("find.centre", "")
		if c.core.House.Pincode != "800003" {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
		c.home().say("book").hears("offer.pick", "").say("change", "elsewhere").hears("find.pincode", "").say("800004").hears("offer.pick", "")
		if c.core.House.Pincode != "800004" {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
	})
	t.Run("pincode at home that leads nowhere is refused there, or asked for again", func(t *testing.T) {
		c := variant(t, "one person/hi").dial()
		c.say(walk.BadPincode).hears("home.pick", booking.BadPincode).say("8000").hears("home.pick", booking.DigitsWanted)
		if c.core.House.Pincode != walk.Pincode {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
		c.say(walk.EmptyPincode).hears("find.pincode", booking.NoCentre).say("800001").hears("find.centre", "")
	})
	t.Run("pincode is asked once", func(t *testing.T) {
		c := variant(t, "nobody yet/hi")
		c.core.House.Pincode = ""
		c.dial().say("book").registers("Asha").hears("find.pincode", "").say("800001").hears("offer.pick", "")
		if c.core.House.Pincode != "800001" {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
		c.home().say("book").hears("offer.pick", "")
	})
	t.Run("pincode typed for a name is kept", func(t *testing.T) {
		c := variant(t, "nobody yet/hi")
		c.core.House.Pincode = ""
		c.dial().say("book", "800001").hears("register.name_at", "").say(walk.BadPincode).hears("register.name_at", booking.BadPincode)
		c.until("book/offer").hears("offer.pick", "")
		if c.core.House.Pincode != "800001" {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
	})
}
