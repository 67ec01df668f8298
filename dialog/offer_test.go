package dialog_test

import (
	"slices"
	"strconv"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// turnsDown returns the centres that are offered one after the other, until the
// list of changes has no other.
func turnsDown(c *caller) (ids []int64) {
	c.t.Helper()
	for range 2 * len(c.core.Places) {
		ids = append(ids, c.slot().Centre)
		if c.say("change").hears("offer.change", ""); !slices.Contains(c.options(), "place") {
			return ids
		}
		c.say("place").hears("offer.pick", "")
	}
	c.t.Fatalf("offers without end: %v", ids)
	return nil
}

// TestOffer_order has the centres offered in the order of 1, 2, 3 that stands
// after each: "free" or "paid", how far, and "full" where there is no room.
func TestOffer_order(t *testing.T) {
	type place struct {
		km   float64
		paid bool
		full bool
	}
	for name, tt := range map[string]struct {
		places []place
		want   []int // by their place above
	}{
		"nearest first": {[]place{{km: 1}, {km: 2}, {km: 3}}, []int{0, 1, 2}},
		"free of charge before a nearer paid one": {[]place{{km: 1, paid: true}, {km: 25}}, []int{1, 0}},
		"but not from more than 25 km":            {[]place{{km: 1, paid: true}, {km: 25.1}}, []int{0, 1}},
		"paid ones by distance among themselves":  {[]place{{km: 1, paid: true}, {km: 2, paid: true}, {km: 3}}, []int{2, 0, 1}},
		"far ones by distance, paid or not":       {[]place{{km: 30}, {km: 40, paid: true}, {km: 50}}, []int{0, 1, 2}},
		"full ones are passed over":               {[]place{{km: 1, full: true}, {km: 2, paid: true}, {km: 3, full: true}, {km: 4}}, []int{3, 1}},
		"one alone":                               {[]place{{km: 587.3, paid: true}}, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			c := variant(t, "one person/hi")
			c.core.Places = c.core.Places[:len(tt.places)]
			var ids []int64
			for i, p := range tt.places {
				at := &c.core.Places[i]
				ids = append(ids, at.ID)
				if at.Km, at.Government = p.km, !p.paid; p.full {
					c.closes(at.ID)
				}
			}
			var got []int
			for _, id := range turnsDown(c.dial().say("book").hears("offer.pick", "")) {
				got = append(got, slices.Index(ids, id))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("offers %v, want %v", got, tt.want)
			}
		})
	}
}

// TestOffer_says holds what is said of a centre.
func TestOffer_says(t *testing.T) {
	for _, tt := range []struct {
		km   float64
		paid bool
		want string
	}{
		{9.9, false, "place.near"}, {10, false, "place.far"}, {9.9, true, "place.paid"}, {10, true, "place.far_paid"},
	} {
		c := variant(t, "one person/hi")
		c.core.Places = c.core.Places[:1]
		c.core.Places[0].Km, c.core.Places[0].Government = tt.km, !tt.paid
		at := c.dial().say("book").hears("offer.pick", "").prompt.Say.Data["Place"].(dialog.At)
		if id, _ := at.Phrase(); id != tt.want {
			t.Errorf("says %s of %+v, want %s", id, at, tt.want)
		}
		if c.prompt.Agree != "yes" {
			t.Errorf("%q is what agrees", c.prompt.Agree)
		}
	}
}

func TestOffer_for(t *testing.T) {
	t.Run("one of a family names them", func(t *testing.T) {
		c := variant(t, "four people/hi").dial().say("book").hears("book.who", "").first().hears("offer.for", "")
		if name := c.prompt.Say.Data["Name"]; name != walk.Name("hi", 0) {
			t.Errorf("is for %v", name)
		}
	})
	t.Run("two vaccines side by side names the vaccine", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		if also, ok := c.prompt.Say.Data["Also"].(dialog.Also); !ok || also.Vaccine["en"] == "" {
			t.Errorf("says %v", c.prompt.Say.Data)
		}
	})
	t.Run("one vaccine does not", func(t *testing.T) {
		c := variant(t, "one person/hi")
		c.oneVaccine().dial().say("book")
		if also := c.prompt.Say.Data["Also"]; also != "" {
			t.Errorf("says %v", also)
		}
	})
	t.Run("second dose is of the vaccine of the first", func(t *testing.T) {
		c := variant(t, "dose 2 due/hi").dial().say("book").hears("offer.pick", "").say("yes").hears("book.done", "")
		if live, _ := c.core.House.People[0].Live(); live.Vaccine != "COVAXIN" || live.Dose != 2 {
			t.Errorf("booked %+v", live)
		}
	})
}

func TestOffer_turned_down(t *testing.T) {
	t.Run("centre does not come again when another day was looked at", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		first := c.slot().Centre
		c.say("change", "place")
		second := c.slot().Centre
		c.say("change").say(c.options()[2]).hears("offer.pick", "")
		if c.slot().Centre != second {
			t.Errorf("another day is at %d, not %d", c.slot().Centre, second)
		}
		for _, id := range turnsDown(c)[1:] {
			if id == first || id == second {
				t.Errorf("offers %d again", id)
			}
		}
	})
	t.Run("centre comes again when nothing else is left", func(t *testing.T) {
		c := variant(t, "one person/hi")
		c.core.Places = c.core.Places[:3]
		ids := turnsDown(c.dial().say("book"))
		last := ids[len(ids)-1]
		c.back().hears("offer.pick", "")
		c.closes(last).say("yes").hears("offer.pick", booking.SlotFull)
		if got := c.slot().Centre; got != ids[0] {
			t.Errorf("offers %d, want %d", got, ids[0])
		}
		c.say("change")
		if !slices.Contains(c.options(), "place") {
			t.Errorf("offers %v", c.options())
		}
	})
	t.Run("centre comes again near another pincode", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		first := c.slot()
		c.say("change", "place", "800001").hears("offer.pick", "")
		if c.slot() != first {
			t.Errorf("offers %v, want %v", c.slot(), first)
		}
	})
	t.Run("centre that fills up leads to the next, not to what was turned down", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		first := c.slot().Centre
		c.say("change", "place")
		second := c.slot().Centre
		c.closes(second).say("yes").hears("offer.pick", booking.SlotFull)
		if got := c.slot().Centre; got == first || got == second {
			t.Errorf("offers %d", got)
		}
	})
	t.Run("all that is full leads to the waiting list", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change", "place").hears("offer.pick", "")
		for _, p := range c.core.Places {
			c.closes(p.ID)
		}
		c.say("yes").hears("wait.full", "")
	})
}

// TestOffer_centre: a centre that was found comes first, whatever it costs.
func TestOffer_centre(t *testing.T) {
	c := variant(t, "one person/hi").dial().say("find").hears("find.centre", "")
	paid := c.core.Places[1].ID
	c.say(c.options()[1]).hears("find.about", "").say("book").hears("offer.pick", "")
	if got := c.slot().Centre; got != paid {
		t.Fatalf("offers %d, want %d", got, paid)
	}
	ids := turnsDown(c)
	if want := c.core.Places[0].ID; ids[1] != want || slices.Contains(ids[1:], paid) {
		t.Errorf("then offers %v, want %d first", ids[1:], want)
	}
}

func TestOffer_move(t *testing.T) {
	here := func(c *caller) booking.SlotID {
		live, ok := c.core.House.People[0].Live()
		if !ok {
			t.Fatal("is not booked")
		}
		return live.Slot
	}
	t.Run("begins with the present centre, though another is nearer and free", func(t *testing.T) {
		c := variant(t, "booked/hi")
		c.core.Places[0], c.core.Places[2] = c.core.Places[2], c.core.Places[0]
		c.core.Places[2].Government = false
		c.dial().say("mine", "move").hears("offer.pick", "")
		if got, have := c.slot(), here(c); got.Centre != have.Centre || got == have {
			t.Errorf("offers %v to who has %v", got, have)
		}
	})
	t.Run("never offers or lists what they have", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move").hears("offer.pick", "")
		have := here(c)
		for slot := range reaches(c) {
			if slot == have {
				t.Error("comes to what is booked")
			}
		}
		c.fills(c.every(have.Centre)...) // theirs is kept for them
		c.home().say("mine", "move").hears("offer.pick", "")
		if c.slot().Centre == have.Centre {
			t.Errorf("offers %v", c.slot())
		}
	})
	t.Run("does not come back to the present centre before all others", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move")
		if ids := turnsDown(c); len(ids) < 3 || slices.Contains(ids[1:], here(c).Centre) {
			t.Errorf("offers %v", ids)
		}
	})
	t.Run("looks around the centre where no pincode is known", func(t *testing.T) {
		c := variant(t, "booked/hi")
		c.core.House.Pincode = ""
		c.dial().say("mine", "move").hears("offer.pick", "").say("change", "place").hears("offer.pick", "")
		if c.slot().Centre == here(c).Centre {
			t.Errorf("offers %v", c.slot())
		}
	})
	t.Run("takes another pincode typed in place of an answer", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move", walk.BadPincode).hears("offer.pick", booking.BadPincode)
		c.say(walk.EmptyPincode).hears("find.pincode", booking.NoCentre).say("800001").hears("offer.pick", "").say("yes").hears("mine.moved", "")
	})
	t.Run("slot that fills up leads to the next offer, and the booking stands", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move").hears("offer.pick", "")
		have, taken := here(c), c.slot()
		c.fills(taken).say("yes").hears("offer.pick", booking.SlotFull)
		if here(c) != have || c.slot() == taken || c.slot() == have {
			t.Errorf("has %v, is offered %v", here(c), c.slot())
		}
		next := c.slot()
		if c.say("yes").hears("mine.moved", ""); here(c) != next {
			t.Errorf("has %v, want %v", here(c), next)
		}
	})
	t.Run("day chosen from the list is where they come", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move", "change").hears("offer.change", "")
		day := c.options()[2]
		c.say(day).hears("offer.pick", "").say("yes").hears("mine.moved", "")
		if got := here(c); "s"+strconv.FormatInt(got.Slot, 10) != day {
			t.Errorf("is at %v, chose %s", got, day)
		}
	})
}
