package ivr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/ivr/exchange"
	"tikaline/locales"
)

// bookingKeys is what somebody does who books a place for themselves, from home
// on, in English.
func bookingKeys(t *testing.T) []string {
	t.Helper()
	p := newRig(t).line(englishCaller)
	p.do("call")
	_, did := p.until("")
	return did
}

func TestNewcomer(t *testing.T) {
	for i, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t)
			p := r.line(newCaller)
			h := p.do("call")
			if len(h.Said) != 3 || h.Said[0].Lang != "hi" || h.Said[1].Lang != "bn" || h.Said[2].Lang != "en" {
				t.Fatalf("a newcomer hears %v", h.Said)
			}
			p.do(string(rune('1' + i)))
			h, did := p.until("")
			for _, s := range h.Said {
				if s.Lang != lang {
					t.Errorf("%q in %s", s.Text, s.Lang)
				}
			}
			is(t, p.do("-"), exchange.Over)
			people := r.core(newCaller).House.People
			if len(people) != 1 || people[0].Name != "" || !strings.HasPrefix(people[0].Recording, "RE") || len(people[0].Appointments) != 1 {
				t.Fatalf("registered and booked: %+v", people)
			}
			if k := r.ledger.kept[people[0].Recording]; k.Number != newCaller || k.Language != lang || !strings.HasPrefix(k.URL, "https://api.twilio.com/") || len(r.ledger.none) > 0 {
				t.Errorf("the name is kept as %+v", k)
			}
			for k, c := range r.ledger.calls {
				if k.Number != newCaller || c.Outcome != calls.Completed || c.Steps < len(did) || c.Language != lang || c.Duration != time.Minute {
					t.Errorf("the call is kept as %+v", c)
				}
			}
		})
	}
}

func TestKeys(t *testing.T) {
	r := newRig(t)
	p := r.line(englishCaller)
	first := p.do("call")
	has(t, first, r.word("en", textWelcome), "booking a vaccination, press 1", "press 8")
	first.Said = first.Said[1:] // nobody is welcomed twice
	second := p.do("8")
	has(t, second, "press 1")
	if second.Text() == first.Text() || strings.Contains(second.Text(), first.Said[0].Text) {
		t.Errorf("8 says\n%s", second.Text())
	}
	again := p.do("9")
	has(t, again, second.Said[0].Text)
	if again.Said[0].Slow {
		t.Error("9 is slow without anybody having been silent")
	}
	for range 4 { // around
		if h := p.do("8"); h.Text() == first.Text() {
			break
		} else if h.Text() == "" {
			t.Fatal("8 says nothing")
		}
	}
	if h := p.do("9"); !strings.HasPrefix(h.Text(), first.Text()) {
		t.Errorf("9 says\n%s\nand not\n%s", h.Text(), first.Text())
	}
	if h := p.do("#"); h.Text() != first.Text() || r.seen.missed[Mistaken] > 0 {
		t.Errorf("# from habit says\n%s", h.Text())
	}
	has(t, p.do("5"), "That key does nothing here")
	h := p.do("*")
	if len(h.Said) != 3 {
		t.Fatalf("* says\n%s", h.Text())
	}
	if h = p.do("9"); len(h.Said) != 3 {
		t.Errorf("9 after * says\n%s", h.Text())
	}
	h = p.do("1")
	if h.Said[0].Lang != "hi" || r.core(englishCaller).House.Language != "hi" {
		t.Errorf("after * and 1 it is in %s", h.Said[0].Lang)
	}
	name := p.do("1")
	is(t, name, exchange.Voice)
	year := p.do("name")
	if year.Keys != 4 {
		t.Errorf("the year takes %d keys", year.Keys)
	}
	gender := p.do("1958")
	back := p.do("7")
	if back.Text() != year.Text() {
		t.Errorf("7 says\n%s\nand not\n%s", back.Text(), year.Text())
	}
	if h := p.do("1958"); h.Text() != gender.Text() {
		t.Errorf("after 7 and the year again:\n%s", h.Text())
	}
}

// Keys pressed ahead are taken one question after the other, as whoever has
// called before does.
func TestBargeIn(t *testing.T) {
	r := newRig(t)
	p := r.line(englishCaller)
	p.do("call")
	_, did := p.until("register/confirm")
	p = r.line(newCaller)
	p.do("call", "3") // English
	name := slices.Index(did, "name") + 1
	is(t, p.do(did[:name]...), exchange.Keys)
	h := p.do(strings.Join(did[name:], ""))
	has(t, h, "1 2 3 4", "May we keep")
}

func TestStar(t *testing.T) {
	r := newRig(t)
	cases := map[string]struct {
		presses []string
		keys    int // then waited for
		done    bool
	}{
		"alone":             {[]string{"195*"}, 4, false},
		"and all of it":     {[]string{"19*1958"}, 0, true},
		"in two breaths":    {[]string{"19*1", "958"}, 0, true},
		"part and silence":  {[]string{"19*1", "-"}, 4, false},
		"twice":             {[]string{"1*2*", "1958"}, 0, true},
		"too few":           {[]string{"1#"}, 4, false},
		"an age":            {[]string{"65#"}, 0, true},
		"more than enough#": {[]string{"1958#"}, 0, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r.shelf.Records = nil
			r.shelf.Records = newRig(t).shelf.Records
			p := r.line(englishCaller)
			p.do("call", "1", "name")
			h := p.do(c.presses...)
			if gender := strings.Contains(h.Text(), "Male or female") || strings.Contains(h.Text(), "For male"); gender != c.done {
				t.Errorf("heard\n%s", h.Text())
			}
			if !c.done && h.Keys != c.keys {
				t.Errorf("%d keys are waited for", h.Keys)
			}
		})
	}
}

func TestStrikes(t *testing.T) {
	cases := map[string]struct {
		hour    int
		does    []string
		state   exchange.State
		why     Why
		pending bool
	}{
		"silence":                {10, []string{"-", "-", "-"}, exchange.Queued, Silent, false},
		"silence in the evening": {20, []string{"-", "-", "-"}, exchange.Over, "", true},
		"silence at night":       {22, []string{"-", "-", "-"}, exchange.Over, "", true},
		"zero in the evening":    {20, []string{"0"}, exchange.Over, "", true},
		"wrong keys":             {10, []string{"5", "6", "5"}, exchange.Queued, Mistaken, false},
		"wrong keys at night":    {5, []string{"5", "6", "5"}, exchange.Over, "", true},
		"both, apart":            {10, []string{"-", "5", "-", "5"}, exchange.Keys, "", false},
		"silence, then a key":    {10, []string{"-", "-", "8", "-", "-"}, exchange.Keys, "", false},
		"zero":                   {10, []string{"0"}, exchange.Queued, Asked, false},
		"zero at night":          {22, []string{"0"}, exchange.Over, "", true},
		"a number, silent":       {10, []string{"1", "name", "-", "-", "-"}, exchange.Queued, Silent, false},
		"a number, wrong":        {10, []string{"1", "name", "0001", "0001", "0001"}, exchange.Queued, Mistaken, false},
		"no name":                {10, []string{"1", "-", "-", "-"}, exchange.Queued, Silent, false},
		"a name and zero":        {10, []string{"1", "0"}, exchange.Queued, Asked, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.set(c.hour)
			p := r.line(englishCaller)
			h := p.do(append([]string{"call"}, c.does...)...)
			is(t, h, c.state)
			if r.ledger.pending[englishCaller] != c.pending {
				t.Errorf("a call is pending: %t", r.ledger.pending[englishCaller])
			}
			switch {
			case name == "silence in the evening":
				has(t, h, r.word("en", textCallBack))
			case c.pending: // and not to keep the phone near
				has(t, h, r.word("en", textLater))
			case c.why != "":
				has(t, h, r.word("en", textAgent))
				for _, o := range r.ledger.handed {
					if o.Why != string(c.why) || o.Language != "en" || o.Flow == "" || o.Step == "" || len(o.State) < 50 || o.Call.Number != englishCaller {
						t.Errorf("handed over as %+v", o)
					}
				}
				if len(r.ledger.handed) != 1 {
					t.Errorf("handed over %d times", len(r.ledger.handed))
				}
			case len(r.ledger.handed) > 0:
				t.Error("handed over")
			}
		})
	}
}

// Who asks for a person while there is none is called when there is one: sooner
// it would be an automatic call, in which they ask again.
func TestCallBack_when_there_are_agents(t *testing.T) {
	at := func(clock string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", clock, booking.India)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	cases := map[string]struct {
		now   string // 20 September 2021 is a Monday
		hours *Hours // nil: those of the rig
		does  []string
		from  string // "" is at once
	}{
		"zero in the evening":       {"2021-09-20 19:00", nil, []string{"call", "0"}, "2021-09-21 09:00"},
		"early in the morning":      {"2021-09-20 07:00", nil, []string{"call", "0"}, "2021-09-20 09:00"},
		"over a day off":            {"2021-09-25 19:00", nil, []string{"call", "0"}, "2021-09-27 09:00"},
		"on a day off":              {"2021-09-26 12:00", nil, []string{"call", "0"}, "2021-09-27 09:00"},
		"wrong keys":                {"2021-09-20 19:00", nil, []string{"call", "5", "6", "5"}, "2021-09-21 09:00"},
		"the call from us":          {"2021-09-20 19:00", nil, []string{"help"}, "2021-09-21 09:00"},
		"silence":                   {"2021-09-20 19:00", nil, []string{"call", "-", "-", "-"}, ""},
		"there are never any":       {"2021-09-20 19:00", &Hours{}, []string{"call", "0"}, ""},
		"every day is off":          {"2021-09-20 10:00", &Hours{From: 540, To: 600, Off: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, []string{"call", "0"}, ""},
		"a queue left by day":       {"2021-09-20 10:00", nil, []string{"call", "0", "1"}, "2021-09-20 10:00"},
		"a queue left as they went": {"2021-09-20 17:59", nil, []string{"call", "0", "an hour later", "1"}, "2021-09-21 09:00"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.now = at(c.now)
			var h exchange.Heard
			if c.hours != nil {
				r.Hours = *c.hours
			}
			p := r.line(englishCaller)
			for _, k := range c.does {
				switch k {
				case "help":
					h = p.find("call", "help", "a call from us")
				case "an hour later":
					r.now = r.now.Add(time.Hour)
				default:
					h = p.do(k)
				}
			}
			is(t, h, exchange.Over)
			said := textCallBack
			if c.from != "" && c.from != c.now {
				said = textLater
			}
			has(t, h, r.word("en", said))
			var want time.Time
			if c.from != "" {
				want = at(c.from)
			}
			if !r.ledger.pending[englishCaller] || len(r.ledger.asked) != 1 || !r.ledger.from.Equal(want) {
				t.Errorf("%d calls are pending, from %s; want %s", len(r.ledger.asked), r.ledger.from, want)
			}
		})
	}
}

// There are four more tones than keys on a telephone; exchanges of offices and bad
// lines send them. They are wrong keys and nothing worse.
func TestTones(t *testing.T) {
	r := newRig(t)
	p := r.line(englishCaller)
	has(t, p.do("call", "A"), "That key does nothing here")
	is(t, p.do("D"), exchange.Keys)
	is(t, p.do("1", "name B"), exchange.Keys)
	if h := p.do("19C8"); h.Keys != 4 || r.seen.missed[Mistaken] != 3 {
		t.Errorf("%d keys are waited for, %v, after\n%s", h.Keys, r.seen.missed, h.Text())
	}
	is(t, p.do("*"), exchange.Keys)
	is(t, p.do("1958", "*", "C"), exchange.Keys) // instead of a language
	is(t, r.line("anonymous").do("call", "D"), exchange.Queued)
	q := r.line(hindiCaller)
	is(t, q.do("call", "0", "A"), exchange.Queued)
}

// Whoever did not understand hears it slower.
func TestSlower(t *testing.T) {
	p := newRig(t).line(hindiCaller)
	if h := p.do("call"); h.Said[0].Slow {
		t.Error("slow at first")
	}
	if h := p.do("-"); !h.Said[0].Slow {
		t.Errorf("not slow after silence: %+v", h.Said)
	}
	if h := p.do("8"); h.Said[0].Slow {
		t.Error("slow after a key")
	}
}

func TestQueue(t *testing.T) {
	t.Run("an agent comes", func(t *testing.T) {
		r := newRig(t)
		p := r.line(hindiCaller)
		p.Moves(3)
		has(t, p.do("call", "0"), "3")
		p.Moves(2)
		has(t, p.do("-"), "2")
		is(t, p.must(p.Agent(t.Context())), exchange.Over)
		if r.ledger.reached[hindiCaller] == 0 || len(r.ledger.asked) > 0 {
			t.Error("whom an agent spoke with is called back")
		}
		for _, o := range r.ledger.handed {
			if o.Outcome != calls.HandOverTalked || r.ledger.calls[o.Call].Outcome != calls.Agent {
				t.Errorf("ended as %s, %s", o.Outcome, r.ledger.calls[o.Call].Outcome)
			}
		}
	})
	t.Run("a call instead", func(t *testing.T) {
		r := newRig(t)
		p := r.line(englishCaller)
		p.do("call", "0")
		h := p.do("1")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textCallBack))
		if !r.ledger.pending[englishCaller] {
			t.Error("nothing is pending")
		}
	})
	t.Run("it takes too long", func(t *testing.T) {
		r := newRig(t)
		r.Wait = 30 * time.Second
		h := r.line(englishCaller).do("call", "0")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textCallBack))
	})
	t.Run("hung up", func(t *testing.T) {
		r := newRig(t)
		p := r.line(englishCaller)
		p.do("call", "0")
		if err := p.HangUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.ledger.calls {
			if c.Outcome != calls.QueueLeft {
				t.Errorf("ended as %s", c.Outcome)
			}
		}
	})
	t.Run("help", func(t *testing.T) {
		r := newRig(t)
		has(t, r.line(englishCaller).find("call", "help", "a call from us"), r.word("en", textNow))
		p := r.line(englishCaller)
		p.find("call", "help", "a call from us")
		has(t, p.do("2"), "We will call you on this number")
		if r.core(englishCaller).Calls != 1 {
			t.Error("no call is pending")
		}
		p = r.line(englishCaller)
		p.find("call", "help", "a call from us")
		is(t, p.do("1"), exchange.Queued)
		r.set(22)
		p = r.line(englishCaller)
		has(t, p.find("call", "help", "a call from us"), "We will call you on this number")
	})
}

func TestMissed(t *testing.T) {
	r := newRig(t)
	for range 3 {
		p := r.line(hindiCaller)
		p.To = missNumber
		is(t, p.do("call"), exchange.Rejected)
	}
	if !r.ledger.pending[hindiCaller] || r.shelf.Saves > 0 {
		t.Error("a missed call begins a conversation, or queues no call")
	}
	for _, c := range r.ledger.calls {
		if c.Outcome != calls.Missed {
			t.Errorf("kept as %s", c.Outcome)
		}
	}
	p := r.line("anonymous")
	p.To = missNumber
	is(t, p.do("call"), exchange.Rejected)
}

const noticeID = "018f6f0e-7b1a-7c3e-9c55-2f6c1f2a9c10"

func TestCallBack(t *testing.T) {
	called := func(r *rig) *phone {
		p := r.line(englishCaller)
		p.Out = "/ivr/twilio/outbound?notice=" + noticeID
		return p
	}
	t.Run("taken", func(t *testing.T) {
		r := newRig(t)
		p := called(r)
		has(t, p.do("call"), r.word("en", textGreet), "booking a vaccination, press 1")
		if r.ledger.reached[englishCaller] != 0 {
			t.Error("reached before anybody said so")
		}
		p.do("1", "name")
		if r.ledger.reached[englishCaller] != 1 {
			t.Error("not reached by who presses keys")
		}
		if err := p.HangUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.ledger.calls {
			if c.Direction != calls.Out || c.Number != englishCaller || c.Notice.String() != noticeID || c.Outcome != calls.HungUp {
				t.Errorf("kept as %+v", c)
			}
		}
		if len(r.ledger.failed) > 0 {
			t.Error(r.ledger.failed)
		}
	})
	t.Run("by a machine", func(t *testing.T) {
		r := newRig(t)
		p := called(r)
		p.AnsweredBy = "machine_start"
		is(t, p.do("call"), exchange.Over)
		if len(r.ledger.failed) == 0 || r.ledger.failed[0] != "machine" || r.shelf.Saves > 0 {
			t.Error(r.ledger.failed, r.shelf.Saves)
		}
	})
	t.Run("by nobody who presses a key", func(t *testing.T) {
		r := newRig(t)
		p := called(r)
		p.do("call")
		if err := p.HangUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(r.ledger.failed) != 1 {
			t.Error(r.ledger.failed)
		}
	})
	t.Run("by a network's voice box", func(t *testing.T) {
		for _, hour := range []int{10, 20} { // with and without agents
			r := newRig(t)
			r.set(hour)
			h := called(r).do("call", "-", "-", "-")
			is(t, h, exchange.Over)
			has(t, h, r.word("en", textBye))
			if len(r.ledger.asked) > 0 || len(r.ledger.handed) > 0 || !slices.Equal(r.ledger.failed, []string{"hungup"}) {
				t.Errorf("%d h: %d asked, %d handed over, %q", hour, len(r.ledger.asked), len(r.ledger.handed), r.ledger.failed)
			}
		}
	})
	t.Run("by who is there and falls silent", func(t *testing.T) {
		r := newRig(t)
		is(t, called(r).do("call", "8", "-", "-", "-"), exchange.Queued)
	})
	for status, why := range map[string]string{"busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "no_answer"} {
		t.Run(status, func(t *testing.T) {
			r := newRig(t)
			if err := called(r).NotTaken(t.Context(), status); err != nil {
				t.Fatal(err)
			}
			if len(r.ledger.failed) != 1 || r.ledger.failed[0] != why {
				t.Error(r.ledger.failed)
			}
		})
	}
}

// Whoever we could not call back, or book for, hears where to call from, and
// can talk to a person all the same. Nothing is kept but the call.
func TestStranger(t *testing.T) {
	for name, from := range map[string]string{
		"withheld": "anonymous", "unknown": "unknown", "empty": "", "a word": "Restricted", "landline": "+911123456789", "landline that looks like a mobile": "+916122223333",
		"abroad": "+8801712345678", "abroad, ten digits": "+6561234567", "a sip address": "sip:asha@example.in",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			h := r.line(from).do("call")
			is(t, h, exchange.Keys)
			has(t, h, r.word("en", textNumber), r.word("hi", textNumber), r.word("bn", textNumber))
			p := r.line(from)
			is(t, p.do("call", "2"), exchange.Queued)
			for _, o := range r.ledger.handed {
				if o.Language != "bn" || o.Call.Number != "" || o.Why != string(NoNumber) {
					t.Errorf("handed over as %+v", o)
				}
			}
			r.set(22)
			is(t, r.line(from).do("call"), exchange.Over)
			if r.shelf.Saves > 0 || len(r.ledger.asked) > 0 {
				t.Error("something is kept of it")
			}
			// and leaves the queue without a promise that nobody could keep
			r.set(10)
			r.Wait = time.Second
			h = r.line(from).do("call", "3")
			is(t, h, exchange.Over)
			has(t, h, r.word("en", textClosed))
		})
	}
}

// Nor are they hung up on for silence: a withheld number or a landline may be
// anybody's, and the old need a while.
func TestStranger_silent(t *testing.T) {
	for name, c := range map[string]struct {
		does  []string
		state exchange.State
		lang  string
		why   Why
	}{
		"once":           {[]string{"-"}, exchange.Keys, "", ""},
		"twice":          {[]string{"-", "-"}, exchange.Keys, "", ""},
		"and then a key": {[]string{"-", "-", "2"}, exchange.Queued, "bn", NoNumber},
		"three times":    {[]string{"-", "-", "-"}, exchange.Queued, "hi", Silent},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.line("anonymous")
			first := p.do("call")
			h := p.do(c.does...)
			is(t, h, c.state)
			if c.state == exchange.Keys && h.Text() != first.Text() {
				t.Errorf("heard\n%s", h.Text())
			}
			if len(r.ledger.handed) > 0 != (c.why != "") {
				t.Errorf("handed over %d times", len(r.ledger.handed))
			}
			for _, o := range r.ledger.handed {
				if o.Language != c.lang || o.Why != string(c.why) {
					t.Errorf("handed over as %+v", o)
				}
			}
		})
	}
	t.Run("where silence goes on by itself", func(t *testing.T) {
		r := newExotelRig(t, ExoML, "+918012340001")
		_, body := r.post(exotelPath(""), exotelCall("CallFrom", "anonymous"))
		if !strings.Contains(tree(t, body), "/turn?n=1</Redirect>") || strings.Contains(body, "Hangup") {
			t.Error(body)
		}
	})
}

func TestTrouble(t *testing.T) {
	t.Run("too many callers", func(t *testing.T) {
		r := newRig(t)
		r.busy = true
		h := r.line(hindiCaller).do("call")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textNoted), r.word("hi", textNoted))
		if !r.ledger.pending[hindiCaller] {
			t.Error("it is not noted")
		}
	})
	t.Run("too many, and it was we who called", func(t *testing.T) {
		r := newRig(t)
		r.busy = true
		p := r.line(englishCaller)
		p.Out = "/ivr/twilio/outbound?notice=" + noticeID
		h := p.do("call")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textBusy))
		if len(r.ledger.asked) > 0 || !slices.Equal(r.ledger.failed, []string{"hungup"}) {
			t.Errorf("%d asked, %q", len(r.ledger.asked), r.ledger.failed)
		}
	})
	t.Run("too many, and a key was pressed", func(t *testing.T) {
		r := newRig(t)
		p := r.line(englishCaller)
		p.Out = "/ivr/twilio/outbound?notice=" + noticeID
		p.do("call")
		r.busy = true
		has(t, p.do("8"), r.word("en", textNoted))
		if !r.ledger.pending[englishCaller] {
			t.Error("it is not noted")
		}
	})
	t.Run("nor can it be noted", func(t *testing.T) {
		r := newRig(t)
		r.busy, r.ledger.err = true, errors.New("the database is away")
		h := r.line(hindiCaller).do("call")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textBusy), r.word("hi", textBusy), r.word("bn", textBusy))
		if strings.Contains(h.Text(), "noted") {
			t.Error("it says so all the same")
		}
	})
	t.Run("too slow", func(t *testing.T) {
		r := newRig(t)
		r.shelf.Slow, r.Deadline = true, time.Millisecond
		has(t, r.line(hindiCaller).do("call"), r.word("hi", textNoted))
	})
	t.Run("our fault", func(t *testing.T) {
		r := newRig(t)
		r.shelf.LoadErr = errors.New("the database is away")
		h := r.line(hindiCaller).do("call")
		is(t, h, exchange.Over)
		has(t, h, "4 7 1, 1 0 0")
	})
	t.Run("a mistake of ours", func(t *testing.T) {
		r := newRig(t)
		r.Calls = struct{ Calls }{} // whose every method is none
		h := r.line(hindiCaller).do("call")
		is(t, h, exchange.Over)
		has(t, h, "4 7 1, 1 0 0")
		if r.seen.outcomes[Failed] != 2 { // the end of the call is the second
			t.Errorf("counted are %v", r.seen.outcomes)
		}
	})
	t.Run("we do not answer", func(t *testing.T) {
		r := newRig(t)
		p := r.line(hindiCaller)
		p.Client = &http.Client{Transport: falls{}}
		h := p.do("call")
		is(t, h, exchange.Over)
		has(t, h, r.word("en", textFallback), r.word("hi", textFallback), r.word("bn", textFallback))
	})
}

// falls answers only what the fallback address is asked.
type falls struct{}

func (falls) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "/fallback") && !strings.HasSuffix(req.URL.Path, "/status") {
		return nil, errors.New("connection refused")
	}
	return http.DefaultTransport.RoundTrip(req)
}

// Every request three times, at once and then again in the wrong order: one
// effect, and the right answer each time.
func TestRepeated(t *testing.T) {
	r := newRig(t)
	p := r.line(newCaller)
	var all []exchange.Request
	for _, k := range append([]string{"call", "3"}, bookingKeys(t)...) {
		p.do(k)
		all = append(all, p.Last())
		first := p.tree(t, p.Last())
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if got := p.tree(t, all[len(all)-1]); !same(got, first) {
					t.Errorf("%q: the same request, another answer", k)
				}
			})
		}
		wg.Wait()
	}
	before := *r.core(newCaller)
	for i := len(all) - 1; i >= 0; i-- { // the last words are what is heard now
		p.tree(t, all[i])
	}
	after := r.core(newCaller)
	if after.Acts != before.Acts || after.Acts != 2 || len(after.House.People) != 1 || len(after.House.People[0].Appointments) != 1 {
		t.Errorf("%d acts: %+v", after.Acts, after.House.People)
	}
	if r.seen.outcomes[Repeated] < 2*len(all) {
		t.Errorf("%d repeated", r.seen.outcomes[Repeated])
	}
	// and the call goes on where it was
	is(t, p.do("-"), exchange.Over)
}

// tree delivers a request and is the answer to it.
func (p *phone) tree(t *testing.T, r exchange.Request) exchange.Node {
	t.Helper()
	n, err := p.Deliver(t.Context(), r)
	if err != nil {
		t.Error(err)
	}
	return n
}

func same(a, b exchange.Node) bool {
	if a.Name != b.Name || a.Text != b.Text || len(a.Attrs) != len(b.Attrs) || len(a.Nodes) != len(b.Nodes) {
		return false
	}
	for k, v := range a.Attrs {
		if b.Attrs[k] != v {
			return false
		}
	}
	for i := range a.Nodes {
		if !same(a.Nodes[i], b.Nodes[i]) {
			return false
		}
	}
	return true
}

// Two calls from one number, as from an office: one conversation. What the one
// has not heard it does not answer.
func TestTwoCalls(t *testing.T) {
	r := newRig(t)
	a, b := r.line(englishCaller), r.line(englishCaller)
	a.do("call", "1", "name")
	b.do("call")
	h := a.do("1958") // for the year; the line now stands at what b was asked
	has(t, h, "cut off")
	if r.core(englishCaller).Acts > 0 {
		t.Error("something was done")
	}
	has(t, b.do("1"), "cut off")
	is(t, b.do("1"), exchange.Keys) // b holds it now, and goes on
	is(t, b.do("1958"), exchange.Keys)
	is(t, a.do("0"), exchange.Queued) // and nobody is kept from a person by that
}

func FuzzMobile(f *testing.F) {
	for _, s := range []string{"+919876543210", "09876543210", "anonymous", "+916122223333", "९८७६५४३२१०", "+98 76 54 32 10", "sip:9876543210@x"} {
		f.Add(s)
	}
	ours := regexp.MustCompile(`^\+91[6-9][0-9]{9}$`)
	f.Fuzz(func(t *testing.T, s string) {
		m := Mobile(s)
		if m != "" && (!ours.MatchString(string(m)) || Mobile(string(m)) != m) {
			t.Errorf("%q is %q", s, m)
		}
	})
}

func TestResumed(t *testing.T) {
	r := newRig(t)
	p := r.line(englishCaller)
	year := p.do("call", "1", "name")
	if err := p.HangUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.ledger.calls {
		if c.Outcome != calls.HungUp {
			t.Errorf("kept as %s", c.Outcome)
		}
	}
	p = r.line(englishCaller)
	has(t, p.do("call"), "cut off")
	if h := p.do("1"); h.Text() != year.Text() {
		t.Errorf("goes on with\n%s", h.Text())
	}
}

// Whoever hangs up while they say their name has said nothing. The provider has a
// recording all the same: it is kept, or nobody would have it deleted.
func TestHungUpWhileSpeaking(t *testing.T) {
	for _, seconds := range []int{0, 2} {
		r := newRig(t)
		p := r.line(englishCaller)
		name := p.do("call", "1")
		if err := p.HangUpAfter(t.Context(), seconds); err != nil {
			t.Fatal(err)
		}
		if len(r.ledger.kept) != 1 || len(r.ledger.none) == 1 != (seconds == 0) {
			t.Errorf("%d s: kept are %v, of which none %v", seconds, r.ledger.kept, r.ledger.none)
		}
		if h := r.line(englishCaller).do("call", "1"); h.State != exchange.Voice || h.Text() != name.Text() {
			t.Errorf("%d s: goes on with\n%s", seconds, h.Text())
		}
	}
}

// Every recording that the provider has is kept, whatever is done then: what
// becomes nobody's name is deleted there after a day.
func TestRecordingKept(t *testing.T) {
	for name, c := range map[string]struct {
		does  []string
		kept  int
		state exchange.State
	}{
		"then a person":         {[]string{"name 0"}, 1, exchange.Queued},
		"then again":            {[]string{"name 9"}, 1, exchange.Voice},
		"then back":             {[]string{"name 7"}, 1, exchange.Keys},
		"then another language": {[]string{"name *"}, 1, exchange.Keys},
		"shorter than a second": {[]string{"8"}, 1, exchange.Voice},
		"twice":                 {[]string{"name 9", "name"}, 2, exchange.Keys},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			h := r.line(englishCaller).do(append([]string{"call", "1"}, c.does...)...)
			is(t, h, c.state)
			if len(r.ledger.kept) != c.kept {
				t.Errorf("%d are kept, want %d", len(r.ledger.kept), c.kept)
			}
		})
	}
	t.Run("too many callers", func(t *testing.T) {
		r := newRig(t)
		p := r.line(englishCaller)
		p.do("call", "1")
		r.busy = true
		is(t, p.do("name"), exchange.Over)
		if len(r.ledger.kept) != 1 {
			t.Errorf("%d are kept", len(r.ledger.kept))
		}
	})
}

// What is told of a recording names the call and not the caller: that there is
// none is noted all the same.
func TestNoRecording(t *testing.T) {
	for name, c := range map[string]struct {
		does []string
		none int
	}{"said": {[]string{"call", "1", "name"}, 0}, "only a key": {[]string{"call", "1", "8"}, 1}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.line(englishCaller).do(c.does...)
			if len(r.ledger.none) != c.none || r.seen.outcomes[Rejected] > 0 {
				t.Errorf("%d are noted as none, %v", len(r.ledger.none), r.seen.outcomes)
			}
		})
	}
}

func TestLastWords(t *testing.T) {
	r := newRig(t)
	p := r.line(englishCaller)
	p.do("call")
	words, _ := p.until("")
	has(t, words, "code", "press 9")
	if h := p.do("9"); h.Text() != words.Text() {
		t.Errorf("9 says\n%s", h.Text())
	}
	has(t, p.do("1"), "booking a vaccination")
}

func TestLanguagesHeard(t *testing.T) {
	r := newRig(t)
	r.core(englishCaller).House.Language = locales.BengaliLatin
	if h := r.line(englishCaller).do("call"); h.Said[0].Lang != "bn" {
		t.Errorf("bn-Latn is heard in %s", h.Said[0].Lang)
	}
}

// taps notes every request that goes by.
type taps struct {
	mu   sync.Mutex
	reqs []exchange.Request
}

func (h *taps) RoundTrip(req *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(b))
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	h.reqs = append(h.reqs, exchange.Request{Path: req.URL.RequestURI(), Form: form})
	h.mu.Unlock()
	return http.DefaultTransport.RoundTrip(req)
}

// Whole calls, every request of them three times more and in any order: what
// was noted and pending stays as it was.
func TestRepeated_ends(t *testing.T) {
	cases := map[string]struct {
		hour  int
		out   bool
		does  []string
		ends  calls.Outcome
		asked int
	}{
		"a queue left for a call back": {10, false, []string{"call", "0", "1"}, calls.Promised, 1},
		"a call back at night":         {22, false, []string{"call", "0"}, calls.Promised, 1},
		"hung up":                      {10, false, []string{"call", "1", "name", "1958"}, calls.HungUp, 0},
		"a booking":                    {10, false, append([]string{"call"}, bookingKeys(t)...), calls.Completed, 0},
		"a call of ours":               {10, true, []string{"call", "1", "name"}, calls.HungUp, 0},
		"a call of ours, unheard":      {10, true, []string{"call"}, calls.HungUp, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.set(c.hour)
			tap := &taps{}
			p := r.line(englishCaller)
			p.Client = &http.Client{Transport: tap}
			if c.out {
				p.Out = "/ivr/twilio/outbound?notice=" + noticeID
			}
			p.do(c.does...)
			if err := p.HangUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			state := func() string {
				r.ledger.mu.Lock()
				defer r.ledger.mu.Unlock()
				core := r.core(englishCaller)
				return fmt.Sprint(r.ledger.calls, len(r.ledger.asked), len(r.ledger.handed), len(r.ledger.kept), r.ledger.pending, core.Acts, len(core.House.People))
			}
			before := state()
			for _, call := range r.ledger.calls {
				if call.Outcome != c.ends || len(r.ledger.asked) != c.asked {
					t.Errorf("ended as %s, %d asked", call.Outcome, len(r.ledger.asked))
				}
			}
			p.Client = http.DefaultClient
			all := append(append(slices.Clone(tap.reqs), tap.reqs...), tap.reqs...)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for _, q := range all {
				if _, err := p.Deliver(t.Context(), q); err != nil {
					t.Errorf("%s: %v", q.Path, err)
				}
			}
			if after := state(); after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
		})
	}
}
