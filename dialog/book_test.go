package dialog_test

import (
	"encoding/json"
	"slices"
	"strconv"
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
		c := variant(t, "one person/hi").refuses(walk.Book, booking.SlotFull).dial().say("book").until("book/offer")
		c.say("yes").hears("offer.pick", booking.SlotFull)
		c.core.Refuse = nil
		c.until("").hears("book.done", "")
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

// TestOffer holds what is offered, and in which order.
func TestOffer(t *testing.T) {
	centre := func(c *caller) booking.Names { return c.prompt.Say.Data["Place"].(dialog.At).Centre }
	offered := func(c *caller) (ids []int64) {
		for range len(c.core.Places) + 1 {
			for _, p := range c.core.Places {
				if p.Short["en"] == centre(c)["en"] {
					ids = append(ids, p.ID)
				}
			}
			if c.say("change"); !slices.Contains(c.options(), "place") {
				break
			}
			c.say("place")
		}
		return ids
	}
	t.Run("free of charge within 25 km first, then by distance, each once", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		got := offered(c)
		var free, paid []int64
		for _, p := range c.core.Places[:7] { // the last has no room
			if p.Government && p.Km <= 25 {
				free = append(free, p.ID)
			} else {
				paid = append(paid, p.ID)
			}
		}
		if want := append(free, paid...); !slices.Equal(got, want) {
			t.Errorf("offers %v, want %v", got, want)
		}
	})
	t.Run("distance and price are told where they matter", func(t *testing.T) {
		c := variant(t, "one person/hi")
		c.core.Places = c.core.Places[3:4] // paid, 18.4 km
		at := c.dial().say("book").hears("offer.pick", "").prompt.Say.Data["Place"].(dialog.At)
		if id, _ := at.Phrase(); id != "place.far_paid" {
			t.Errorf("says %s of %+v", id, at)
		}
	})
	t.Run("who moves is offered their centre first, and never what they have", func(t *testing.T) {
		c := variant(t, "booked/hi")
		live, _ := c.core.House.People[0].Live()
		c.core.Places[0], c.core.Places[2] = c.core.Places[2], c.core.Places[0] // another one is nearer
		c.dial().say("mine", "move").hears("offer.pick", "")
		if here, _ := c.core.Centre(live.Slot.Centre); centre(c)["en"] != here.Short["en"] {
			t.Errorf("offers %v", centre(c))
		}
		for range 20 {
			var offered struct{ Centre, Slot int64 }
			if err := json.Unmarshal(c.state().Frames[0].Answers, &offered); err != nil {
				t.Fatal(err)
			}
			if (booking.SlotID{Centre: offered.Centre, Slot: offered.Slot}) == live.Slot {
				t.Fatal("offers what they have")
			}
			c.say("change").first()
		}
	})
	t.Run("every time of a day can be come to", func(t *testing.T) {
		c := variant(t, "one person/hi")
		c.core.Places = c.core.Places[:1]
		seen := map[string]bool{}
		c.dial().say("book")
		for range 12 {
			when := c.prompt.Say.Data["When"].(dialog.Slot)
			seen[when.Day.String()+" "+strconv.Itoa(int(when.Window.From))] = true
			c.say("change").first()
		}
		if len(seen) < 4 {
			t.Errorf("comes to %v alone", seen)
		}
	})
	t.Run("one place and no more still leaves another pincode", func(t *testing.T) {
		c := variant(t, "one person/hi")
		p := &c.core.Places[0]
		c.core.Places = c.core.Places[:1]
		p.Sessions = p.Sessions[:1]
		p.Sessions[0].Slots = p.Sessions[0].Slots[:1]
		if got := c.dial().say("book", "change").hears("offer.change", "").options(); !slices.Equal(got, []string{"elsewhere"}) {
			t.Errorf("offers %v", got)
		}
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
			"same_person": "register.name", "same_id": "register.aadhaar", "too_young": "register.year", "household_full": "register.confirm",
		} {
			variant(t, "nobody yet/hi").refuses(walk.Register, booking.Code(code)).dial().say("register").until("register/confirm").say("yes").hears(say, booking.Code(code))
		}
	})
	t.Run("whole Aadhaar number is refused, and nothing of it is kept", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/aadhaar").say("234567890123").hears("register.aadhaar", booking.DigitsWanted)
		if holds(c.stored, "0123") || holds(c.stored, "6789") {
			t.Errorf("stored %s", c.stored)
		}
		c.say("ABCD").hears("register.aadhaar", booking.DigitsWanted)
	})
	t.Run("another card is asked for by its kind", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/aadhaar").say("another").hears("register.photo_id", "")
		if slices.Contains(c.options(), "aadhaar") {
			t.Errorf("offers %v", c.options())
		}
		c.say("voter").hears("register.id_last4", "").say("WB/01/234/5678").hears("register.confirm", "")
		if d := c.prompt.Say.Data; d["PhotoID"] != dialog.Word("option.photo_id.voter") || d["Last4"] != "5678" {
			t.Errorf("reads back %v", d)
		}
		for c.prompt.Say.ID != "register.aadhaar" {
			c.back()
		}
		c.say("4321").hears("register.confirm", "").say("yes")
		if p := c.core.House.People[0]; p.PhotoID != "aadhaar" || p.IDLast4 != "4321" {
			t.Errorf("registered %+v", p)
		}
	})
	t.Run("age does in place of the year", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year").say("63").hears("register.gender", "")
		if got := c.prompt.Say.Data["Year"]; got != "1958" {
			t.Errorf("reads back %v", got)
		}
		c.until("register/then")
		if got := c.core.House.People[0].BirthYear; got != 1958 {
			t.Errorf("registered %d", got)
		}
	})
	t.Run("year is asked for where the age does not tell", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year")
		c.say("17").hears("register.year", booking.YearWanted).say("16").hears("register.year", booking.TooYoung)
		c.say("121").hears("register.year", booking.BadYear).say("18").hears("register.gender", "")
	})
	t.Run("name that cannot be typed is taken down by a call", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("book").until("", "register/name", "1").hears("book.done", "")
		p := c.core.House.People[0]
		if p.Name != "" || !p.NameLater || c.core.Calls != 1 {
			t.Errorf("registered %+v, %d calls", p.Applicant, c.core.Calls)
		}
		if name := c.prompt.Say.Data["Name"]; name != (dialog.Recorded{BirthYear: 1958}) {
			t.Errorf("is called %v", name)
		}
	})
	t.Run("name must be given where the programme wants it written", func(t *testing.T) {
		c := variant(t, "nobody yet/hi")
		rules := *c.core.Rules
		rules.WrittenNames = true
		c.core.Rules = &rules
		c.dial().say("register").hears("register.name_written", "").say("1").hears("register.name_written", booking.NameNotWords)
	})
	t.Run("leads on to booking", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").registers("Asha Devi").hears("register.then", "")
		c.say("book").hears("offer.pick", "")
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
