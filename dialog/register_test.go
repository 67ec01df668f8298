package dialog_test

import (
	"slices"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

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
	t.Run("programme without Aadhaar asks for the kind first", func(t *testing.T) {
		c := variant(t, "nobody yet/hi")
		rules := *c.core.Rules
		rules.PhotoIDs = slices.DeleteFunc(slices.Clone(rules.PhotoIDs), func(id booking.PhotoID) bool { return id.Key == "aadhaar" })
		c.core.Rules = &rules
		c.dial().say("register").until("register/photo_id").hears("register.photo_id", "").until("register/confirm").say("yes").hears("register.then", "")
	})
	t.Run("whole number of another card leaves four behind", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/aadhaar").say("another", "passport").hears("register.id_last4", "")
		c.say("A2345678").hears("register.confirm", "")
		if got := c.prompt.Say.Data["Last4"]; got != "5678" || holds(c.stored, "A234") {
			t.Errorf("kept %v in %s", got, c.stored)
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
		c.say("2004").hears("register.year", booking.TooYoung).say("17").hears("register.year", booking.YearWanted)
		c.say("2003").hears("register.gender", "").back().hears("register.year", "")
		c.say("121").hears("register.year", booking.BadYear).say("5").hears("register.year", booking.DigitsWanted)
		c.say("19581").hears("register.year", booking.DigitsWanted).say("18").hears("register.gender", "")
		if got := c.prompt.Say.Data["Year"]; got != "2003" {
			t.Errorf("reads back %v", got)
		}
	})
	t.Run("year is asked for where the age does not tell whether a certificate decides", func(t *testing.T) {
		c := variant(t, "newcomer on 2 March 2021/hi").dial().say("en", "register").until("register/year")
		c.say("59").hears("register.year", booking.YearWanted).say("1961").hears("register.gender", "")
		c.back().hears("register.year", "").say("1962").hears("register.certificate", "")
		c.back().hears("register.year", "").say("58").hears("register.certificate", "")
		c.back().hears("register.year", "").say("60").hears("register.gender", "")
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
	t.Run("name that is typed after all is taken, and nobody is called", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register", "1").hears("register.year_later", "").back().hears("register.name", "")
		c.registers("Asha Devi").hears("register.then", "")
		if p := c.core.House.People[0]; p.Name != "Asha Devi" || p.NameLater || c.core.Calls != 0 {
			t.Errorf("registered %+v, %d calls", p.Applicant, c.core.Calls)
		}
	})
	t.Run("nobody is called for a name before it is agreed to", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().until("register/confirm", "home/pick", "register", "register/name", "1").say("no").hears("register.name", "")
		if c.core.Calls != 0 || len(c.core.House.People) != 0 {
			t.Errorf("%d calls, registered %v", c.core.Calls, c.core.House.People)
		}
	})
	t.Run("call that cannot be queued registers once all the same", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").refuses(walk.CallBack, booking.Busy).dial()
		c.until("register/confirm", "home/pick", "register", "register/name", "1").say("yes").hears("register.confirm", booking.Busy)
		c.core.Refuse = nil
		c.say("yes").hears("register.then", "")
		if len(c.core.House.People) != 1 || c.core.Calls != 1 {
			t.Errorf("registered %d, %d calls", len(c.core.House.People), c.core.Calls)
		}
	})
	t.Run("pincode for a name is no name, and the place to search from", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register", "800001").hears("register.name_at", "").until("register/then", "register/name", "Asha")
		if p := c.core.House.People[0]; p.Name != "Asha" || c.core.House.Pincode != "800001" {
			t.Errorf("registered %q near %q", p.Name, c.core.House.Pincode)
		}
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
