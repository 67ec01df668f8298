package dialog_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
)

// every returns the slots of a centre that the first person may have.
func (c *caller) every(centre int64) (ids []booking.SlotID) {
	for _, o := range c.core.Slots(centre, &c.core.House.People[0]) {
		ids = append(ids, o.ID)
	}
	return ids
}

// oneVaccine leaves the sessions of one vaccine.
func (c *caller) oneVaccine() *caller {
	for i := range c.core.Places {
		p := &c.core.Places[i]
		p.Sessions = slices.DeleteFunc(p.Sessions, func(s booking.Session) bool { return s.Vaccine != "COVISHIELD" })
	}
	return c
}

// reaches returns the slots of the offered centre that can be come to by lists of
// changes, with the number of lists, and asks again for what was offered first.
func reaches(c *caller) map[booking.SlotID]int {
	c.t.Helper()
	first := c.stored
	lists := map[booking.SlotID]int{c.slot(): 0}
	for queue := [][]byte{first}; len(queue) > 0; queue = queue[1:] {
		c.stored = queue[0]
		n := lists[c.slot()]
		c.say("change").hears("offer.change", "")
		list := c.stored
		for _, key := range c.options() {
			if key == "place" || key == "elsewhere" {
				continue // another place
			}
			c.stored = list
			c.say(key).hears("offer.pick", "")
			if _, ok := lists[c.slot()]; !ok {
				lists[c.slot()] = n + 1
				queue = append(queue, c.stored)
			}
		}
	}
	c.stored = first
	return lists
}

// nth answers with the option at an index.
func (c *caller) nth(i int) *caller {
	c.t.Helper()
	return c.say(c.options()[i])
}

func TestChange(t *testing.T) {
	// changes are the labels of a list, in short.
	changes := func(c *caller) (list []string) {
		for _, o := range c.prompt.Expect.(dialog.Choice).Options {
			when, ok := o.Label.Data["When"].(dialog.Soon)
			if !ok {
				list = append(list, o.Key)
				continue
			}
			label := strconv.Itoa(int(when.Day-when.Today)) + "/" + strconv.Itoa(int(when.Window.From)/60)
			if o.Label.ID == "option.offer.vaccine" {
				label += "/" + o.Label.Data["Vaccine"].(booking.Names)["en"]
			}
			list = append(list, label)
		}
		return list
	}
	t.Run("next time and next day come first, in one short list", func(t *testing.T) {
		c := variant(t, "one person/hi").oneVaccine().dial().say("book", "change")
		if got, want := changes(c), []string{"place", "0/11", "1/9", "0/16", "2/9", "3/9", "4/9", "elsewhere"}; !slices.Equal(got, want) {
			t.Errorf("lists %v, want %v", got, want)
		}
	})
	t.Run("from the last time it goes on with the first", func(t *testing.T) {
		c := variant(t, "one person/hi").oneVaccine().dial().say("book", "change").nth(3).say("change")
		if got, want := changes(c), []string{"place", "0/9", "1/9", "0/12", "2/9", "3/9", "4/9", "elsewhere"}; !slices.Equal(got, want) {
			t.Errorf("lists %v, want %v", got, want)
		}
	})
	t.Run("from a later day it goes on with later ones, then with the first", func(t *testing.T) {
		c := variant(t, "one person/hi").oneVaccine().dial().say("book", "change").nth(6).say("change").nth(4).say("change")
		if got, want := changes(c), []string{"place", "6/11", "7/9", "6/16", "8/9", "0/9", "1/9", "elsewhere"}; !slices.Equal(got, want) {
			t.Errorf("lists %v, want %v", got, want)
		}
	})
	t.Run("another vaccine is listed where there is one, and nine options at most", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change")
		got := changes(c)
		if len(got) != 9 || !slices.Contains(got, "0/9/Covaxin") {
			t.Errorf("lists %v", got)
		}
	})
	t.Run("every time of every day can be come to", func(t *testing.T) {
		for _, vaccines := range []int{1, 2, 3} {
			c := variant(t, "one person/hi")
			if vaccines == 1 {
				c.oneVaccine()
			}
			c.core.Places = c.core.Places[:1]
			if vaccines == 3 { // those of the third dose are of another
				for i := range c.core.Places[0].Sessions {
					if s := &c.core.Places[0].Sessions[i]; s.Dose == 3 && s.Vaccine == "COVAXIN" {
						s.Dose, s.Vaccine = 1, "SPUTNIKV"
					}
				}
			}
			c.dial().say("book").hears("offer.pick", "")
			lists := reaches(c)
			for _, id := range c.every(c.core.Places[0].ID) {
				switch n, ok := lists[id]; {
				case !ok:
					t.Errorf("%d vaccines: never comes to %d", vaccines, id.Slot)
				case n > 6:
					t.Errorf("%d vaccines: comes to %d by %d lists", vaccines, id.Slot, n)
				}
			}
			if len(lists) < 36 {
				t.Errorf("%d vaccines: comes to %d times", vaccines, len(lists))
			}
		}
	})
	t.Run("time that is gone keeps its number and is refused", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change")
		before := c.options()
		c.core.Places[0].Sessions = c.core.Places[0].Sessions[6:] // the first day's
		c.say("9000").hears("offer.change", booking.DigitsWanted)
		if got := c.options(); !slices.Equal(got, before) {
			t.Errorf("lists %v, was %v", got, before)
		}
		c.say(before[1]).hears("offer.change", booking.SlotGone)
	})
	t.Run("time that fills up while it is listed is not booked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change")
		key := c.options()[1]
		id, err := strconv.ParseInt(strings.TrimPrefix(key, "s"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		full := booking.SlotID{Centre: c.core.Places[0].ID, Slot: id}
		c.fills(full).say(key).hears("offer.change", booking.SlotFull)
		if got := c.options(); slices.Contains(got, key) {
			t.Errorf("lists %v, where %s is full", got, key)
		}
		c.nth(1).hears("offer.pick", "").say("yes").hears("book.done", "")
	})
	t.Run("pincode that is the number of a time listed is a pincode", func(t *testing.T) {
		c := variant(t, "one person/hi")
		slots := c.core.Places[0].Sessions[0].Slots
		slots[1].ID = 800001
		if got := c.dial().say("book", "change").options(); !slices.Contains(got, "s800001") {
			t.Fatalf("lists %v", got)
		}
		c.say("800001").hears("offer.pick", "")
		if c.core.House.Pincode != "800001" || c.slot().Slot == 800001 {
			t.Errorf("searches near %s, offers %v", c.core.House.Pincode, c.slot())
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
		c.say("elsewhere").hears("find.pincode", "")
	})
}
