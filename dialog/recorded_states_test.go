package dialog_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// TestRecorded_states: a conversation that was begun before the release that
// offers a place, in place of asking for centre, day and time, ends well in this
// one. testdata/release.jsonl has one at every step of that release.
func TestRecorded_states(t *testing.T) {
	f, err := os.Open("testdata/release.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		var was struct {
			At, Variant string
			State       json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &was); err != nil {
			t.Fatal(err)
		}
		n++
		var flows []string
		var s dialog.State
		if err := json.Unmarshal(was.State, &s); err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Frames {
			flows = append(flows, f.Flow)
		}
		t.Run(strings.Join(append(flows, was.At, was.Variant), " "), func(t *testing.T) {
			c := variant(t, was.Variant)
			c.stored = was.State
			known(c, s)
			// What they were shown is asked again, or what came in its place; then on to
			// the end with what is usual.
			c.dial()
			if c.prompt.Say.ID == "resume.pick" {
				c.say("go")
			}
			c.until("")
			switch end := c.prompt.Say.ID; {
			case flows[0] == "mine" && (was.At == "mine/where" || was.At == "mine/move" || strings.HasPrefix(was.At, "slot/")) && end != "mine.moved":
				t.Errorf("ends at %s", end)
			case flows[0] == "book" && end != "book.done" && end != "wait.done" && c.core.House.People[0].Doses() == 0:
				t.Errorf("ends at %s", end)
			}
		})
	}
	if n < 70 {
		t.Fatalf("only %d conversations were recorded", n)
	}
}

// known gives the household the person whom the conversation has registered.
func known(c *caller, s dialog.State) {
	for _, f := range s.Frames {
		var a struct{ Reference string }
		if json.Unmarshal(f.Answers, &a) != nil || a.Reference == "" {
			continue
		}
		if _, ok := c.core.House.Person(a.Reference); !ok {
			c.core.House.People = append(c.core.House.People, booking.Beneficiary{
				Applicant: booking.Applicant{Name: "Asha Devi", BirthYear: 1958, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234"},
				Reference: a.Reference, Household: walk.Number,
			})
		}
	}
}
