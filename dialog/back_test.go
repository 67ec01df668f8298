package dialog_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

func holds(b []byte, s string) bool { return bytes.Contains(b, []byte(s)) }

func TestBack(t *testing.T) {
	t.Run("asks the questions before, in turn", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().hears("home.pick", "")
		heard := []string{"home.pick", "home.pick"} // at home Back stays there
		for in := "register"; c.prompt.Say.ID != "register.confirm"; in = walk.Usual.To(walk.StandsAt(c.state()), c.prompt.Expect) {
			if c.say(in); len(heard) > 20 {
				t.Fatalf("heard %q", heard)
			}
			heard = append(heard, c.prompt.Say.ID)
		}
		for _, question := range slices.Backward(heard[:len(heard)-1]) {
			c.back().hears(question, "")
		}
	})
	t.Run("keeps answers that are not given again", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/aadhaar", "register/name", "Asha")
		for c.prompt.Say.ID != "register.year" {
			c.back()
		}
		c.until("register/confirm", "register/year", "1960")
		if d := c.prompt.Say.Data; d["Name"] != "Asha" || d["Year"] != "1960" {
			t.Errorf("reads back %v", d)
		}
	})
	t.Run("goes into a flow that was called and is through, and on from there", func(t *testing.T) {
		c := in(t, dialog.Frame{Flow: "house", Step: "walls"})
		house := &dialog.Flow[colour]{Name: "house", Steps: []dialog.Step[colour]{{
			Name: "walls", Call: func(colour) (string, dialog.Result) { return "paint", dialog.Result{} },
		}, {
			Name: "roof", Ask: func(context.Context, dialog.Reader, colour) (dialog.Prompt, error) {
				return dialog.Ask("house.roof", "red"), nil
			},
			Accept: func(context.Context, *dialog.Visit, *colour, string) error { return nil },
		}}}
		c.engine = dialog.NewOf(uuid.New, house, paint("paint", nil, "first"))
		c.turn(func(ctx context.Context, talk *dialog.Talk) (dialog.Prompt, error) {
			return talk.Enter(ctx, "house", dialog.Result{})
		})
		c.hears("paint.first", "").say("red").hears("paint.second", "").say("blue").hears("house.roof", "")
		c.back().hears("paint.second", "").back().hears("paint.first", "").say("blue", "blue").hears("house.roof", "")
	})
	t.Run("from an offer that was changed leads to the list of changes", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").hears("offer.pick", "").say("change").hears("offer.change", "")
		c.say("place").hears("offer.pick", "").back().hears("offer.change", "").back().hears("offer.pick", "").back().hears("home.pick", "")
	})
	t.Run("passes over a registration that is written", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("register").registers("Asha").say("book").hears("offer.for", "").home()
		c.say("book").hears("book.who", "").say("new").registers("Ravi").hears("offer.for", "")
		c.back().hears("book.who", "")
		if n := len(c.options()); n != 4 {
			t.Errorf("offers %d people and another, want the new one too", n-1)
		}
	})
	t.Run("does not go into a registration that is written", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").registers("Asha").hears("register.then", "").back().hears("home.pick", "")
		if len(c.core.House.People) != 1 {
			t.Errorf("registered %d", len(c.core.House.People))
		}
	})
	t.Run("after other pincode shows the centres again", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("find").hears("find.centre", "").say("elsewhere").hears("find.pincode", "")
		c.back().hears("find.centre", "").first().hears("find.about", "").say("elsewhere").hears("find.centre", "")
	})
	t.Run("to an offer that is gone asks what it names in its place", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer").say("change")
		c.core.Full = true
		c.back().hears("wait.full", "").say("yes").hears("wait.done", "")
	})
	t.Run("does not ask again what is asked", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer")
		c.core.Full = true
		c.say("800001").hears("wait.full", "").back().hears("home.pick", "")
	})
	t.Run("passes over what has nothing left to offer", func(t *testing.T) {
		c := variant(t, "booked/hi").dial().say("mine", "move").hears("offer.pick", "").say("change").hears("offer.change", "")
		c.core.Full = true
		c.back().hears("mine.booked", booking.NoSlot)
	})
	t.Run("from a question that changed leads to one that can be answered", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer").say("change")
		c.core.Places[0].Sessions = c.core.Places[0].Sessions[6:] // the first day's
		c.turn(func(ctx context.Context, talk *dialog.Talk) (dialog.Prompt, error) {
			p, err := talk.Back(ctx)
			if err != nil {
				return p, err
			}
			return talk.Answer(ctx, p, p.Expect.(dialog.Choice).Options[0].Key)
		}).hears("book.done", "")
	})
	t.Run("forgets wrong answers", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year").say("1", "2", "3").back().say("")
		if c.prompt.Hint.ID != "" {
			t.Error("hints after one wrong answer")
		}
	})
	t.Run("remembers so much and no more", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		var sizes []int
		for range 3 {
			for range 50 {
				c.until("book/offer").say("change", "place")
			}
			sizes = append(sizes, len(c.stored))
		}
		if sizes[2] > sizes[0] || sizes[0] > 16<<10 {
			t.Errorf("stores %d bytes", sizes)
		}
	})
}

func TestHome(t *testing.T) {
	t.Run("leaves everything", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book").until("book/offer").home().hears("home.pick", "").dial().hears("home.pick", "")
		if s := c.state(); len(s.Frames) != 1 {
			t.Errorf("keeps %v", s.Frames)
		}
	})
	t.Run("keeps the language", func(t *testing.T) {
		if s := variant(t, "one person/hi").dial().home().state(); s.Lang != "en" {
			t.Errorf("speaks %q", s.Lang)
		}
	})
	t.Run("numbers its options for good", func(t *testing.T) {
		want := []string{"book", "mine", "find", "register", "help", "language"} // people dial them in one go
		got := variant(t, "one person/hi").dial().options()
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Fatalf("offers %v, want %v first", got, want)
			}
		}
	})
}

func TestLanguage(t *testing.T) {
	t.Run("is asked of a newcomer, and once", func(t *testing.T) {
		c := variant(t, "newcomer/hi").dial().hears("language.pick", "").say("hi-Latn").hears("home.pick", "")
		if c.core.House.Language != "hi-Latn" || c.state().Lang != "hi-Latn" {
			t.Errorf("speaks %q, remembers %q", c.state().Lang, c.core.House.Language)
		}
		c.dial().hears("home.pick", "")
	})
	t.Run("changes half-way, and the question stays", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year")
		c.turn(func(ctx context.Context, t *dialog.Talk) (dialog.Prompt, error) { return t.Speak(ctx, "bn") }).hears("register.year", "")
		if c.state().Lang != "bn" || c.core.House.Language != "bn" {
			t.Errorf("speaks %q, remembers %q", c.state().Lang, c.core.House.Language)
		}
	})
	t.Run("is known of a household that chose by another way", func(t *testing.T) {
		c := variant(t, "one person/hi")
		c.core.House.Language = "bn-Latn"
		if c.dial().hears("home.pick", ""); c.state().Lang != "bn-Latn" {
			t.Errorf("speaks %q", c.state().Lang)
		}
	})
}

func TestResume(t *testing.T) {
	cutOff := func(t *testing.T) *caller {
		return variant(t, "nobody yet/hi").dial().say("register").until("register/gender", "register/name", "Asha").dial().hears("resume.pick", "")
	}
	t.Run("goes on", func(t *testing.T) {
		c := cutOff(t).say("go").hears("register.gender", "").until("register/confirm")
		if c.prompt.Say.Data["Name"] != "Asha" {
			t.Errorf("reads back %v", c.prompt.Say.Data)
		}
	})
	t.Run("starts afresh", func(t *testing.T) {
		if c := cutOff(t).say("new").hears("home.pick", ""); holds(c.stored, "Asha") {
			t.Errorf("stored %s", c.stored)
		}
	})
	t.Run("is asked once, however often one is cut off", func(t *testing.T) {
		c := cutOff(t).dial().hears("resume.pick", "").dial().hears("resume.pick", "")
		if n := len(c.state().Frames); n != 2 {
			t.Errorf("stacks %d flows", n)
		}
		c.say("go").hears("register.gender", "")
	})
	t.Run("wrong key is refused", func(t *testing.T) {
		cutOff(t).say("9").hears("resume.pick", booking.NotAnOption).say("go").hears("register.gender", "")
	})
	t.Run("is not asked where nothing was answered", func(t *testing.T) {
		variant(t, "nobody yet/hi").dial().say("register").dial().hears("home.pick", "")
	})
	t.Run("finds what is gone meanwhile, and says so", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book", "change").dial().hears("resume.pick", "")
		c.core.House.People = nil
		c.say("go").hears("home.pick", booking.NobodyYet)
	})
}

func TestRefuse(t *testing.T) {
	t.Run("third wrong answer brings a hint", func(t *testing.T) {
		c := variant(t, "nobody yet/hi").dial().say("register").until("register/year")
		for i, in := range []string{"5", "nineteen", "1800", "3000"} {
			c.say(in)
			if hinted := c.prompt.Hint.ID != ""; hinted != (i >= 2) {
				t.Errorf("after %d wrong answers the hint is %q", i+1, c.prompt.Hint.ID)
			}
		}
		if c.say("1958"); c.prompt.Hint.ID != "" || c.prompt.Note.ID != "" {
			t.Errorf("still says %q %q", c.prompt.Note.ID, c.prompt.Hint.ID)
		}
	})
	t.Run("changes nothing else", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("book")
		before := c.state().Frames
		c.say("no such key").hears("offer.pick", booking.NotAnOption)
		if after := c.state().Frames; len(after) != len(before) || !bytes.Equal(after[0].Answers, before[0].Answers) {
			t.Errorf("was %v, is %v", before, after)
		}
	})
	t.Run("reason is stored until the next answer", func(t *testing.T) {
		c := variant(t, "one person/hi").dial().say("9")
		if c.state().Note != string(booking.NotAnOption) {
			t.Errorf("stored %s", c.stored)
		}
		if c.say("help"); c.state().Note != "" {
			t.Errorf("stored %s", c.stored)
		}
	})
}

// TestVisit counts how often the household is read: once a turn, and once more
// after something was written.
func TestVisit(t *testing.T) {
	c := variant(t, "four people/hi").dial()
	reads := func(want int, in string) {
		t.Helper()
		before := c.core.Reads
		if c.say(in); c.core.Reads-before > want {
			t.Errorf("%q at %s: read the household %d times", in, c.prompt.Say.ID, c.core.Reads-before)
		}
	}
	reads(1, "book")
	for c.prompt.Expect != nil && c.prompt.Say.ID != "offer.for" {
		reads(1, walk.Usual.To(walk.StandsAt(c.state()), c.prompt.Expect))
	}
	reads(1, "change")
	reads(1, "place")
	reads(2, "yes")
	c.hears("book.done", "")
	if day := c.prompt.Say.Data["Day"]; day != c.core.Today() {
		t.Errorf("speaks of %v, as before it was booked", day)
	}
	if name := c.prompt.Say.Data["Name"]; name != walk.Name("hi", 0) {
		t.Errorf("speaks of %v", name)
	}
}
