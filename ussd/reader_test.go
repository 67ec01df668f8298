package ussd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// A reader is somebody who reads: they press 98 until what they want stands there,
// and only then its number.
type reader struct {
	t       *testing.T
	r       *rig
	b       locales.Budget
	presses int
	last    Reply
}

func (d *reader) send(phase Phase, in string) {
	d.t.Helper()
	d.r.wait(5e9)
	var err error
	if d.last, err = d.r.Reply(d.t.Context(), Event{Provider: "test", SessionKey: "s", Number: newCaller, Phase: phase, Input: in, Budget: d.b}); err != nil {
		d.t.Fatalf("%q: %v", in, err)
	}
	if phase == Input {
		d.presses++
	}
}

// dial begins a session and counts from there.
func (d *reader) dial() {
	d.t.Helper()
	d.r.wait(1e12) // the session before is over
	d.send(Begin, "")
	d.presses = 0
}

// asked returns where the conversation stands and what is asked there.
func (d *reader) asked() (string, dialog.Prompt) {
	d.t.Helper()
	s, _ := d.r.state(d.t, newCaller)
	p, err := d.r.Engine.Talk(d.r.core(newCaller), &s).Current(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return walk.StandsAt(&s), p
}

// choose presses 98 until an option has been shown, and its number.
func (d *reader) choose(p dialog.Prompt, key string) {
	d.t.Helper()
	n := 1 + slices.IndexFunc(p.Expect.(dialog.Choice).Options, func(o dialog.Option) bool { return o.Key == key })
	if n == 0 {
		d.t.Fatalf("%s is not offered by %q", key, p.Say.ID)
	}
	for range 9 {
		if _, m := d.r.state(d.t, newCaller); m.Shown&(1<<n) != 0 {
			d.send(Input, strconv.Itoa(n))
			return
		}
		d.send(Input, keyMore)
	}
	d.t.Fatalf("option %d of %q is never shown", n, p.Say.ID)
}

// until answers what is asked until the session ends.
func (d *reader) until(a walk.Answers) {
	d.t.Helper()
	for !d.last.End {
		if d.presses > 40 {
			d.t.Fatalf("no end: %q", d.last.Text)
		}
		at, p := d.asked()
		in := a.To(at, p.Expect)
		if c, ok := p.Expect.(dialog.Choice); ok && slices.ContainsFunc(c.Options, func(o dialog.Option) bool { return o.Key == in }) {
			d.choose(p, in)
			continue
		}
		d.send(Input, in)
	}
}

// ordinary makes names, centres and times as most are: one vaccine, two hours.
func ordinary(c *walk.Core) {
	short := []booking.Names{
		{"en": "District Hospital Patna", "hi": "जिला अस्पताल पटना", "bn": "জেলা হাসপাতাল কলকাতা"},
		{"en": "CHC Namkum", "hi": "सीएचसी नामकुम", "bn": "সিএইচসি নামকুম"},
	}
	places := slices.Clone(c.Places)
	for i := range places {
		p := &places[i]
		p.Short, p.Government = short[i%2], true
		p.Sessions = slices.DeleteFunc(slices.Clone(p.Sessions), func(s booking.Session) bool { return s.Vaccine != "COVISHIELD" })
		for j := range p.Sessions {
			slots := slices.Clone(p.Sessions[j].Slots)
			for k := range slots {
				slots[k].Window = booking.Window{From: int16(540 + 120*k), To: int16(660 + 120*k)}
			}
			p.Sessions[j].Slots = slots
		}
	}
	c.Places = places
}

// TestReader counts the presses after dialling of somebody who reads, in every
// language and on the screens there are: nine keys for a newcomer, whatever the
// script.
func TestReader(t *testing.T) {
	const long = "Mohammad Shahnawaz Hussain"
	registered := func(c *walk.Core) {
		c.House.Pincode = walk.Pincode
		c.AddPerson("en", 1958)
	}
	booked := func(c *walk.Core) {
		registered(c)
		c.AddDose(c.House.People[0].Reference, 1, "COVISHIELD", c.Today()+3, booking.Booked)
	}
	usual := func(a walk.Answers) func(*reader) { return func(d *reader) { d.until(a) } }
	cancel := by("home/pick mine", "mine/do cancel", "mine/cancel yes")
	journeys := []struct {
		name    string
		most    int
		longest bool // centres of 30 letters, two vaccines
		prepare func(*walk.Core)
		go_     func(*reader)
	}{
		{"newcomer", 9, false, nil, usual(nil)},
		{"newcomer with a long name", 9, false, nil, usual(walk.Answers{"register/name": long})},
		{"newcomer with the longest names there are", 12, true, nil, usual(walk.Answers{"register/name": long})},
		{"registered", 2, false, registered, usual(nil)},
		{"registered, longest", 4, true, registered, usual(nil)},
		{"registered, another centre", 4, false, registered, by("home/pick book", "book/offer change", "book/change place", "book/offer yes")},
		{"see", 1, false, booked, by("home/pick mine")},
		{"see, longest", 1, true, booked, by("home/pick mine")},
		{"move to the soonest", 3, false, booked, by("home/pick mine", "mine/do move", "mine/offer yes")},
		{"move to the next day", 5, false, booked, by("home/pick mine", "mine/do move", "mine/offer change", "mine/change "+nextDay, "mine/offer yes")},
		{"cancel", 4, false, booked, cancel},
		{"cancel, longest", 5, true, booked, cancel},
	}
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			for _, lang := range locales.Languages {
				for _, b := range []locales.Budget{DefaultBudget, {Septets: 182, Units: 80}, {Septets: 160, Units: 70}} {
					t.Run(fmt.Sprintf("%s_%d", lang, b.Units), func(t *testing.T) {
						r := newRig(t)
						c := r.core(newCaller)
						if !j.longest {
							ordinary(c)
						}
						if j.prepare != nil {
							j.prepare(c)
							c.House.Language = lang
						}
						d := &reader{t: t, r: r, b: b}
						d.dial()
						if j.prepare == nil {
							d.choose(d.at("language/pick"), lang)
						}
						j.go_(d)
						if d.presses > j.most {
							t.Errorf("%d presses, not %d: ends at %q", d.presses, j.most, d.last.Text)
						}
					})
				}
			}
		})
	}
}

// nextDay is the option for the first further day on the list of changes.
const nextDay = "(next day)"

// by chooses one option at each step: "book/offer yes".
func by(way ...string) func(*reader) {
	return func(d *reader) {
		d.t.Helper()
		for _, w := range way {
			step, key, _ := strings.Cut(w, " ")
			p := d.at(step)
			if key == nextDay {
				i := slices.IndexFunc(p.Expect.(dialog.Choice).Options, func(o dialog.Option) bool {
					when, ok := o.Label.Data["When"].(dialog.Soon)
					return ok && when.Day > when.Today
				})
				key = p.Expect.(dialog.Choice).Options[i].Key
			}
			d.choose(p, key)
		}
	}
}

// at returns what is asked, which must be asked by that step.
func (d *reader) at(want string) dialog.Prompt {
	d.t.Helper()
	at, p := d.asked()
	if at != want {
		d.t.Fatalf("at %s, not %s: %q", at, want, d.last.Text)
	}
	return p
}
