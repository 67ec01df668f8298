package ivr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tikaline/ivr/exchange"
)

// Whatever is pressed, said or left unsaid, there is something to hear and
// something to do, and nobody is put down before three silences in a row.
func TestAnything(t *testing.T) {
	r := newRig(t)
	numbers := []string{hindiCaller, englishCaller, newCaller}
	rapid.Check(t, func(rt *rapid.T) {
		p := r.line(rapid.SampledFrom(numbers).Draw(rt, "number"))
		p.SID = "CA" + rapid.StringMatching(`[0-9a-f]{32}`).Draw(rt, "call")
		h, err := p.Call(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		silences := 0
		for range rapid.IntRange(1, 30).Draw(rt, "turns") {
			switch h.State {
			case exchange.Over:
				return
			case exchange.Voice:
				does := rapid.SampledFrom([]string{"name", "name", "-", "0", "7", "9", "*", "5"}).Draw(rt, "said")
				h, err = p.turn(does)
				silences = count(silences, does)
			case exchange.Queued:
				does := rapid.SampledFrom([]string{"-", "1", "2"}).Draw(rt, "waits")
				h, err = p.turn(does)
				silences = 0
			default:
				does := rapid.SampledFrom([]string{
					"-", "1", "2", "3", "4", "7", "8", "9", "0", "#", "*", "1958", "700091", "1234", "19*1958", "000000", "11111",
				}).Draw(rt, "keys")
				before := h
				h, err = p.turn(does)
				silences = count(silences, does)
				// last words, which are over by themselves, and 0
				if h.State == exchange.Over && silences > 0 && silences < strikes && !strings.Contains(before.Text(), "9") {
					rt.Fatalf("put down after %d silences:\n%s\nand then\n%s", silences, before.Text(), h.Text())
				}
			}
			if err != nil {
				rt.Fatal(err)
			}
			if len(h.Said) == 0 {
				// only the rest of a number that was begun again is waited for without a word
				if h.State != exchange.Keys || h.Keys == 1 {
					rt.Fatalf("nothing is said: %s", h.State)
				}
			}
		}
		if err := p.HangUp(t.Context()); err != nil {
			rt.Fatal(err)
		}
	})
	for number, c := range r.houses.All() {
		if most := c.Rules.PeoplePerNumber(c.Today()); len(c.House.People) > most {
			t.Errorf("%d people on …%s", len(c.House.People), number.Tail())
		}
	}
	if r.seen.outcomes[Failed] > 0 {
		t.Errorf("%d failed", r.seen.outcomes[Failed])
	}
}

func count(silences int, does string) int {
	if does == "-" {
		return silences + 1
	}
	return 0
}

// turn does one thing.
func (p *phone) turn(does string) (exchange.Heard, error) {
	switch does {
	case "-":
		return p.Silence(p.r.t.Context())
	case "name":
		return p.Speak(p.r.t.Context(), 2)
	}
	return p.Press(p.r.t.Context(), does)
}
