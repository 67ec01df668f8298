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
	t.Run("newcomer books with at most 12", func(t *testing.T) {
		c := variant(t, "newcomer/hi").dial().hears("language.pick", "").say("hi").hears("home.pick", "").say("book")
		c.until("").hears("book.done", "")
		if c.inputs > 12 {
			t.Errorf("took %d inputs", c.inputs)
		}
		if c.prompt.Expect != nil || len(c.core.House.People[0].Appointments) != 1 {
			t.Errorf("expects %v, booked %v", c.prompt.Expect, c.core.House.People[0].Appointments)
		}
	})
	t.Run("known caller books with at most 6", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().hears("home.pick", "").say("book").hears("find.centre", "")
		c.until("").hears("book.done", "")
		if c.inputs > 6 {
			t.Errorf("took %d inputs", c.inputs)
		}
	})
	t.Run("newcomer who dials it all ahead books in one turn", func(t *testing.T) {
		variant(t, "newcomer/hi").dial().ahead("", walk.Usual.To).hears("book.done", "")
	})
	t.Run("caller who dials it all ahead and cannot make up their mind books in one turn", func(t *testing.T) {
		no := 0
		variant(t, "nobody yet/hi").dial().ahead("", func(at string, e dialog.Expect) string {
			if at == "book/confirm" && no < 40 {
				no++
				return "no"
			}
			return walk.Usual.To(at, e)
		}).hears("book.done", "")
	})
	t.Run("one of a family books with at most 6", func(t *testing.T) {
		c := variant(t, "four people/hi").dial().say("book").hears("book.who", "").until("").hears("book.done", "")
		if c.inputs > 6 {
			t.Errorf("took %d inputs", c.inputs)
		}
	})
}

func TestBook(t *testing.T) {
	t.Run("slot that fills up while it is chosen leads to the times, with the reason", func(t *testing.T) {
		c := variant(t, "one person/hi").refuses(walk.Book, booking.SlotFull).dial().say("book").until("book/confirm")
		c.say("yes").hears("slot.time", booking.SlotFull)
		c.core.Refuse = nil
		c.until("").hears("book.done", "")
	})
	t.Run("centre that fills up while it is chosen leads to the centres", func(t *testing.T) {
		c := variant(t, "one person/hi").refuses(walk.Book, booking.SlotFull).dial().say("book").until("book/confirm")
		c.core.Full = true
		c.say("yes").hears("find.centre", booking.NoSlot)
	})
	t.Run("slot that is called off before it is confirmed leads to the times", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/confirm")
		c.core.Gone = true
		c.say("yes").hears("find.centre", booking.NoSlot)
		if c.core.Acts != 0 {
			t.Error("something was booked")
		}
	})
	t.Run("slot that is called off while it is offered is refused and not booked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").first().hears("slot.time", "")
		c.core.Places[0].Sessions = c.core.Places[0].Sessions[6:] // the first day's
		c.first().hears("slot.time", booking.SlotGone).until("book/confirm")
	})
	t.Run("centre that is closed while it is offered is refused", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").hears("find.centre", "")
		c.core.Places = c.core.Places[1:]
		c.first().hears("find.centre", booking.SlotGone).first().hears("slot.time", "")
	})
	t.Run("another day is kept while it has room", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").first().hears("slot.time", "").say("day").hears("slot.day", "")
		day := c.options()[3]
		c.say(day).hears("slot.time", "")
		if got := c.prompt.Say.Data["Day"].(booking.Date); got.String() != day {
			t.Errorf("offers %s, want %s", got, day)
		}
	})
	t.Run("no to the last question leads to other times", func(t *testing.T) {
		variant(t, "one person/hi").dial().say("book").until("book/confirm").say("no").hears("slot.time", "")
	})
	t.Run("somebody who has to wait hears until when", func(t *testing.T) {
		c := variant(t, "dose 2 not yet due/hi").dial().say("book").hears("find.centre", "").first().hears("find.centre", booking.DoseNotDue)
		if day := c.prompt.Note.Data["Day"].(booking.Date); day != booking.DateOf(monday())-10+84 {
			t.Errorf("hears %s", day)
		}
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
			c.say(walk.NearPincode).hears("find.centre_near", "")
		}
	})
	t.Run("pincode may be typed in place of a centre", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").hears("find.centre", "").say(walk.NearPincode).hears("find.centre_near", "")
		c.say(walk.BadPincode).hears("find.centre_near", booking.BadPincode).say("8000").hears("find.centre_near", booking.NotAnOption)
		c.say(walk.EmptyPincode).hears("find.pincode", booking.NoCentre).say("800001").hears("find.centre", "")
	})
	t.Run("pincode is remembered", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "elsewhere").hears("find.pincode", "").say("800001").hears("find.centre", "")
		if c.core.House.Pincode != "800001" {
			t.Errorf("remembers %q", c.core.House.Pincode)
		}
		c.home().say("book").hears("find.centre", "")
	})
}

func TestRegister(t *testing.T) {
	t.Run("person whom the age keeps out hears so at once", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year").say("2010").hears("register.year", booking.TooYoung)
		if c.prompt.Note.Data["Age"] != 18 {
			t.Errorf("hears %v", c.prompt.Note.Data)
		}
	})
	t.Run("certificate is asked for where it decides", func(t *testing.T) {
		c := variant(t, "newcomer on 2 March 2021/hi").dial().say("en", "register").until("register/certificate", "register/year", "1970")
		c.say("no").hears("register.certificate", booking.CertificateNeeded).say("yes").until("register/then")
		if !c.core.House.People[0].Certificate {
			t.Error("the certificate was not kept")
		}
	})
	t.Run("certificate that was not asked for is not kept", func(t *testing.T) {
		c := variant(t, "newcomer on 2 March 2021/hi").dial().say("en", "register").until("register/certificate", "register/year", "1970").say("yes")
		for c.prompt.Say.ID != "register.year" {
			c.back()
		}
		c.until("register/then", "register/year", "1950", "register/certificate", "not asked")
		if c.core.House.People[0].Certificate {
			t.Error("a certificate was kept")
		}
	})
	t.Run("no begins the questions again", func(t *testing.T) {
		variant(t, "nobody yet/hi").dial().say("register").until("register/confirm").say("no").hears("register.name", "")
	})
	t.Run("what the core refuses leads to the question that decides", func(t *testing.T) {
		for code, say := range map[string]string{
			"same_person": "register.name", "same_id": "register.photo_id", "too_young": "register.year", "household_full": "register.confirm",
		} {
			variant(t, "nobody yet/hi").refuses(walk.Register, booking.Code(code)).dial().say("register").until("register/confirm").say("yes").hears(say, booking.Code(code))
		}
	})
	t.Run("whole Aadhaar number leaves four digits behind", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/confirm", "register/id_last4", "2345 6789 0123")
		if got := c.prompt.Say.Data["Last4"]; got != "0123" {
			t.Errorf("kept %v", got)
		}
		if holds(c.stored, "6789") {
			t.Errorf("stored %s", c.stored)
		}
	})
	t.Run("leads on to booking", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").registers("Asha Devi").hears("register.then", "")
		c.say("book").hears("find.centre", "")
	})
	t.Run("another one can follow until the number is full", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register")
		for _, name := range []string{"Asha", "Ravi", "Sita", "Gopal"} {
			c.registers(name).hears("register.then", "").say("another")
		}
		c.hears("home.pick", booking.HouseholdFull)
	})
}

func TestMine(t *testing.T) {
	t.Run("nobody yet is told at home", func(t *testing.T) {
		variant(t, "nobody yet/hi").dial().say("mine").hears("home.pick", booking.NobodyYet)
	})
	t.Run("booking is moved to another centre", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine").hears("mine.booked", "").say("move").hears("mine.where", "")
		c.say("elsewhere").hears("find.centre", "").say(c.options()[2]).until("mine/move").say("yes").hears("mine.moved", "")
		live, _ := c.core.House.People[0].Live()
		if said := c.prompt.Say.Data["Day"]; said != c.core.Today() {
			t.Errorf("says %v", said)
		}
		if live.Slot.Centre != c.core.Places[2].ID || live.Day != c.core.Today() {
			t.Errorf("is at %d on %s", live.Slot.Centre, live.Day)
		}
	})
	t.Run("booking is kept when the new slot fills up", func(t *testing.T) {
		c := variant(t, "booked/hi").refuses(walk.Move, booking.SlotFull).dial().say("mine", "move", "same").until("mine/move").say("yes").hears("slot.time", booking.SlotFull)
		if live, _ := c.core.House.People[0].Live(); live.Day != c.core.Today()+3 {
			t.Errorf("is on %s", live.Day)
		}
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
	t.Run("booking of today is neither moved nor cancelled", func(t *testing.T) {
		c := variant(t, "booked for today/hi").dial().say("mine", "move").hears("mine.booked", booking.TooLateChange)
		c.say("cancel").hears("mine.booked", booking.TooLateChange)
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
