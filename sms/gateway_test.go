package sms

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

func TestKeyword_drives_the_dialogue(t *testing.T) {
	const n = englishCaller
	for name, c := range map[string]struct {
		texts []string
		at    string
		says  []string
	}{
		"a pincode finds centres":             {[]string{"PIN 800001"}, "find/centre", []string{"800001", "1 ", "5 Other pincode", "Reply 1 to 5, or another pincode."}},
		"six digits alone do":                 {[]string{"800 001"}, "find/centre", []string{"800001"}},
		"another pincode on the list":         {[]string{"800001", "799290"}, "find/centre", []string{"799290"}},
		"a pincode with nothing asks":         {[]string{"PIN"}, "find/pincode", []string{"6 digits"}},
		"a centre's number":                   {[]string{"800001", "2"}, "find/about", []string{"1 Book here"}},
		"BOOK and a centre's number":          {[]string{"800001", "BOOK 2"}, "register/name", nil},
		"REG with all it can have":            {[]string{"REG 1958 Asha Devi"}, "register/gender", []string{"Born 1958. Male or female?"}},
		"REG with a name":                     {[]string{"REG Asha Devi"}, "register/year", []string{"Asha Devi: year of birth"}},
		"REG with a name that is too young":   {[]string{"REG 2015 Asha Devi"}, "register/year", []string{"Only for age"}},
		"REG alone":                           {[]string{"REG"}, "register/name", []string{"Full name"}},
		"a name that is a keyword":            {[]string{"REG", "Tika Devi"}, "register/year", nil},
		"a name and a year in one":            {[]string{"REG", "Asha Devi 1958"}, "register/gender", nil},
		"a year in a sentence":                {[]string{"REG", "Asha Devi", "born in 1958"}, "register/gender", nil},
		"BOOK":                                {[]string{"BOOK"}, "register/name", nil},
		"HELP leaves the question open":       {[]string{"REG", "HELP", "Asha Devi"}, "register/year", nil},
		"CALL leaves the question open":       {[]string{"REG", "CALL", "Asha Devi"}, "register/year", nil},
		"REG again loses nothing":             {[]string{"REG", "Asha Devi", "REG"}, "register/year", nil},
		"a greeting asks the open question":   {[]string{"REG", "Asha Devi", "HELLO"}, "register/year", nil},
		"a greeting is the menu":              {[]string{"HI"}, "home/pick", []string{"1 Book a vaccination", "Reply 1 to 6"}},
		"STATUS with nobody says what to do":  {[]string{"STATUS"}, "home/pick", []string{"send REG"}},
		"a typing error is forgiven and told": {[]string{"BOOKK"}, "register/name", []string{"Read as BOOK."}},
		"a wrong number asks again":           {[]string{"800001", "9"}, "find/centre", []string{"not one of these"}},
		"a wrong answer twice offers a call":  {[]string{"800001", "9", "blah"}, "find/centre", []string{"Send CALL"}},
		"what is not asked":                   {[]string{"blah blah"}, "", []string{"did not understand", "BOOK", "HELP"}},
		"what is not asked, twice":            {[]string{"blah blah", "foo bar"}, "", []string{"Send CALL"}},
		"a number that nothing asked for":     {[]string{"2"}, "", []string{"did not understand"}},
		"YES that nothing asked for":          {[]string{"YES"}, "", []string{"did not understand"}},
		"TELL is refused with a way":          {[]string{"TELL 800001"}, "", []string{"again tomorrow"}},
		"LANG asks":                           {[]string{"LANG"}, "", []string{"हिन्दी", "বাংলা"}},
		"rubbish gets help":                   {[]string{"😀😀"}, "", []string{"STATUS", "STOP"}},
		"Indian digits":                       {[]string{"पिन ८००००१", "१"}, "find/about", []string{"यहाँ बुक"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got := r.text(t, n, c.texts...)
			if at := r.at(t, n); at != c.at {
				t.Errorf("at %q, want %q:\n%s", at, c.at, got)
			}
			has(t, got, c.says...)
		})
	}
	t.Run("REG with the rest one at a time, an option by its words or a part of them", func(t *testing.T) {
		r := newRig(t)
		r.text(t, n, "REG 1958 Asha Devi")
		r.until(t, n, "register/confirm", "register/gender", "female", "register/aadhaar", "another", "register/photo_id", "voter")
		has(t, r.text(t, n, "HELLO"), "Asha Devi, Female, born 1958", "Voter", "1234")
	})
}

// household is a number with people, some of whom are booked.
func (r *rig) household(n booking.MSISDN, booked ...bool) *walk.Core {
	c := r.core(n)
	for i, b := range booked {
		ref := c.AddPerson("en", 1950+i)
		if b {
			c.AddDose(ref, 1, "COVISHIELD", c.Today()+3, booking.Booked)
		}
	}
	return c
}

func TestKeyword_changes_a_booking(t *testing.T) {
	const n = englishCaller
	for name, c := range map[string]struct {
		booked []bool
		texts  []string
		at     string
		says   []string
	}{
		"STATUS of one":                 {[]bool{true}, []string{"STATUS"}, "mine/do", []string{"Code", "1 Change"}},
		"STATUS of several asks":        {[]bool{true, false}, []string{"STATUS"}, "mine/who", nil},
		"CHANGE of the only one booked": {[]bool{false, true}, []string{"CHANGE"}, "mine/offer", nil},
		"CHANGE of several asks whose":  {[]bool{true, true}, []string{"CHANGE"}, "mine/who", nil},
		"and goes on":                   {[]bool{true, true}, []string{"CHANGE", "2"}, "mine/offer", nil},
		"CHANGE without a booking":      {[]bool{false}, []string{"CHANGE"}, "mine/do", []string{"has no booking"}},
		"CANCEL asks what":              {[]bool{true}, []string{"CANCEL"}, "", []string{"1 A booking", "2 All messages"}},
		"CANCEL a booking asks again":   {[]bool{true}, []string{"CANCEL", "1"}, "mine/cancel", []string{"Cancel?", "Reply YES or NO."}},
		"CANCEL and YES":                {[]bool{true}, []string{"CANCEL", "1", "YES"}, "", nil},
		"CANCEL and NO":                 {[]bool{true}, []string{"CANCEL", "1", "NO"}, "mine/do", nil},
		"CANCEL all messages":           {[]bool{true}, []string{"CANCEL", "2"}, "", []string{"No more messages"}},
		"STOP PLEASE is asked":          {[]bool{true}, []string{"STOP PLEASE"}, "", []string{"2 All messages"}},
		"what is asked may be left":     {[]bool{true}, []string{"CANCEL", "STATUS"}, "mine/do", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.household(n, c.booked...)
			got := r.text(t, n, c.texts...)
			if at := r.at(t, n); at != c.at {
				t.Errorf("at %q, want %q:\n%s", at, c.at, got)
			}
			has(t, got, c.says...)
		})
	}
}

func TestBooking_by_text(t *testing.T) {
	r := newRig(t)
	const n = hindiCaller
	r.text(t, n, "बुक")
	r.until(t, n, "book/offer", "register/name", "आशा देवी", "register/gender", "महिला", "register/confirm", "हाँ", "book/pincode", "800001")
	all := r.replies(n)
	has(t, all[len(all)-1], "बुक करें?", "भेजिए: हाँ, या बदलें")
	has(t, r.text(t, n, "बदलें"), "कब या कहाँ?")
	r.text(t, n, "1")
	if got := r.text(t, n, "हां"); got != "" {
		t.Errorf("besides the notice they get %q", got)
	}
	if r.at(t, n) != "" || r.core(n).Acts != 2 {
		t.Errorf("at %q, %d acts", r.at(t, n), r.core(n).Acts)
	}
	has(t, r.text(t, n, "स्थिति"), "आशा देवी", "कोड")
}

func TestLanguage(t *testing.T) {
	for name, c := range map[string]struct {
		from  booking.MSISDN
		texts []string
		lang  string
		at    string
		says  []string
	}{
		"a newcomer is asked once and gets what they wanted": {stranger, []string{"PIN 800001", "3"}, "en", "find/centre", []string{"800001"}},
		"by its name":                       {stranger, []string{"PIN 800001", "বাংলা"}, "bn", "find/centre", nil},
		"by a word for it":                  {stranger, []string{"PIN 800001", "HINDI"}, "hi", "find/centre", nil},
		"who does not answer is understood": {stranger, []string{"BOOK", "BOOK"}, "en", "register/name", nil},
		"letters leave no doubt":            {stranger, []string{"पिन 800001"}, "hi", "find/centre", nil},
		"a greeting shows the menu next":    {stranger, []string{"HELLO", "1"}, "hi", "home/pick", nil},
		"Hindi in Latin letters":            {stranger, []string{"PANJIKARAN"}, "hi-Latn", "register/name", nil},
		"letters change what is stored":     {englishCaller, []string{"পিন ৮০০০০১"}, "bn", "find/centre", nil},
		"but not those of a name":           {englishCaller, []string{"REG", "आशा देवी"}, "en", "register/year", nil},
		"an English word does not":          {hindiCaller, []string{"BOOK"}, "hi", "register/name", nil},
		"LANG keeps the question":           {englishCaller, []string{"REG", "LANG", "1"}, "hi", "register/name", []string{"पूरा नाम"}},
		"LANG with its name":                {englishCaller, []string{"REG", "HINDI"}, "hi", "register/name", nil},
		"LANG with nothing open":            {englishCaller, []string{"LANG BANGLA"}, "bn", "", []string{"বাংলায়"}},
		"a newcomer who sends LANG":         {stranger, []string{"LANG", "2"}, "bn", "home/pick", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got := r.text(t, c.from, c.texts...)
			if s := r.state(t, c.from); s.Lang != c.lang || r.core(c.from).House.Language != c.lang {
				t.Errorf("speaks %q, stored %q", s.Lang, r.core(c.from).House.Language)
			}
			if at := r.at(t, c.from); at != c.at {
				t.Errorf("at %q, want %q:\n%s", at, c.at, got)
			}
			has(t, got, c.says...)
		})
	}
}

func TestStop(t *testing.T) {
	r := newRig(t)
	const n = englishCaller
	r.text(t, n, "REG", "Asha Devi")
	has(t, r.text(t, n, "stop."), "No more messages", "START")
	if !r.box.Out[n] {
		t.Fatal("it is not stored")
	}
	for _, text := range []string{"STOP", "1958", "BOOK", "YES", "hello"} {
		if got := r.text(t, n, text); got != "" {
			t.Errorf("%s was answered: %s", text, got)
		}
	}
	if at := r.at(t, n); at != "register/year" {
		t.Errorf("somebody who wants silence was led to %s", at)
	}
	has(t, r.text(t, n, "HELP"), "START")
	has(t, r.text(t, n, "START"), "again")
	if r.box.Out[n] {
		t.Error("still opted out")
	}
	if r.text(t, n, "1958"); r.at(t, n) != "register/gender" {
		t.Errorf("at %s: what was begun was lost", r.at(t, n))
	}
}

func TestMachines(t *testing.T) {
	t.Run("an auto-reply gets no answer", func(t *testing.T) {
		r := newRig(t)
		if got := r.text(t, englishCaller, "This is an automated reply. I am driving."); got != "" {
			t.Errorf("answered %q", got)
		}
	})
	t.Run("nor do our own words, in any language", func(t *testing.T) {
		r := newRig(t)
		own, err := OwnTexts(r.Words)
		if err != nil {
			t.Fatal(err)
		}
		if r.Keywords, err = LoadKeywords(own...); err != nil {
			t.Fatal(err)
		}
		for _, lang := range locales.Languages {
			help, err := r.Words.Text(lang, medium, textHelp, nil)
			if err != nil {
				t.Fatal(err)
			}
			told, err := r.Words.Text(lang, medium, textTold, map[string]any{"Pincode": "700091"}) // other digits than the sample's
			if err != nil {
				t.Fatal(err)
			}
			for _, echo := range []string{help, "Fwd: " + help + " Sent from my phone", told} {
				if got := r.text(t, englishCaller, echo); got != "" {
					t.Errorf("%s: %q was answered %q", lang, echo, got)
				}
			}
		}
		if got := r.text(t, englishCaller, "Send your pincode"); got == "" {
			t.Error("a few of our words are anybody's")
		}
	})
	t.Run("nor does a number of ours", func(t *testing.T) {
		r := newRig(t)
		if got := r.text(t, ownNumber, "HELP"); got != "" || r.seen.outcomes[Ignored] != 1 {
			t.Errorf("answered %q, %v", got, r.seen.outcomes)
		}
	})
	t.Run("nor does a number that texts itself", func(t *testing.T) {
		r := newRig(t)
		if got := r.deliver(t, Event{Provider: "kannel", ID: "1", From: englishCaller, To: "09876543202", Text: "HELP"}); got != "" {
			t.Errorf("answered %q", got)
		}
	})
	t.Run("our own words come to rest", func(t *testing.T) {
		for _, begin := range []string{"HELP", "800001", "what", "REG", "STATUS", "CALL", "HELLO"} {
			r := newRig(t)
			text, n := begin, 0
			for ; text != "" && n < 1000; n++ {
				text = r.text(t, englishCaller, text)
				r.wait(-19 * time.Second) // a machine answers at once
			}
			if n > DefaultPerHour+1 {
				t.Errorf("an echo that began with %s was answered %d times", begin, n)
			}
		}
	})
	t.Run("a machine with one thing to say comes to rest soon", func(t *testing.T) {
		for _, begin := range []string{"", "800001", "REG"} {
			r := newRig(t)
			if begin != "" {
				r.text(t, englishCaller, begin)
			}
			answered := 0
			for range 100 {
				if r.text(t, englishCaller, "Thank you for contacting Gupta Sweets!! 24x7 we are open") != "" {
					answered++
				}
			}
			if answered > mostLost {
				t.Errorf("after %q it was answered %d times", begin, answered)
			}
		}
	})
	t.Run("after too many in an hour there is silence, but for STOP", func(t *testing.T) {
		r := newRig(t)
		r.PerHour = 5
		for range 4 {
			r.text(t, englishCaller, "HELP")
		}
		has(t, r.text(t, englishCaller, "HELP"), "wait an hour")
		if got := r.text(t, englishCaller, "BOOK"); got != "" || r.at(t, englishCaller) != "" {
			t.Errorf("answered %q", got)
		}
		has(t, r.text(t, englishCaller, "STOP"), "No more messages")
		r.text(t, englishCaller, "START")
		r.wait(time.Hour)
		has(t, r.text(t, englishCaller, "HELP"), "STATUS")
	})
}

func TestChannels_share_a_conversation(t *testing.T) {
	const n = englishCaller
	t.Run("begun by USSD, finished by text", func(t *testing.T) {
		r := newRig(t)
		r.dial(t, n, "1", "Asha Devi")
		// They have not seen the question here: their text is no answer to it.
		has(t, r.text(t, n, "1958"), "year of birth")
		r.until(t, n, "book/offer", "register/confirm", "YES")
	})
	t.Run("begun by text, finished by USSD", func(t *testing.T) {
		r := newRig(t)
		r.text(t, n, "REG", "Asha Devi")
		has(t, r.dial(t, n, "1"), "year of birth")
		if r.dial(t, n, "1", "1958"); r.at(t, n) != "register/gender" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("continue or afresh, left open on a screen, is no question in a text", func(t *testing.T) {
		r := newRig(t)
		r.text(t, n, "REG", "Asha Devi")
		r.dial(t, n)
		has(t, r.text(t, n, "1"), "year of birth")
		if r.text(t, n, "1958"); r.at(t, n) != "register/gender" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("each keeps the other's part", func(t *testing.T) {
		r := newRig(t)
		r.dial(t, n, "1")
		r.text(t, n, "Asha", "CANCEL")
		r.dial(t, n)
		s := r.state(t, n)
		if len(s.Channel) != 2 || !strings.Contains(string(s.Channel["sms"]), `"ask":"cancel"`) {
			t.Errorf("kept %s", s.Channel)
		}
	})
	t.Run("a key pressed for an old screen answers nothing that was texted", func(t *testing.T) {
		r := newRig(t)
		r.dial(t, n, "4")
		r.text(t, n, "PIN 800001")
		got := r.dial(t, n)
		if r.at(t, n) != "resume/pick" && r.at(t, n) != "home/pick" {
			t.Errorf("at %s: %s", r.at(t, n), got)
		}
	})
}

func TestReceive_once(t *testing.T) {
	const n = englishCaller
	t.Run("a text that comes again has no second answer, in any order", func(t *testing.T) {
		r := newRig(t)
		one := Event{Provider: "kannel", ID: "1", From: n, Text: "REG"}
		two := Event{Provider: "kannel", ID: "2", From: n, Text: "Asha Devi"}
		for _, e := range []Event{one, two, one, two, two, one} {
			r.deliver(t, e)
		}
		if len(r.replies(n)) != 2 || r.at(t, n) != "register/year" {
			t.Errorf("%d answers, at %s", len(r.replies(n)), r.at(t, n))
		}
	})
	t.Run("CALL at once from all sides is one call", func(t *testing.T) {
		r := newRig(t)
		calls := map[string]bool{}
		var mu sync.Mutex
		r.Desk = func(booking.MSISDN) dialog.Core { return recorder{r.core(n), &mu, calls} }
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := r.Receive(context.Background(), Event{Provider: "kannel", ID: "1", From: n, Text: "CALL"}); err != nil && !errors.Is(err, ErrBusy) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(calls) != 1 || len(r.replies(n)) != 1 {
			t.Errorf("%d requests, %d answers", len(calls), len(r.replies(n)))
		}
	})
	t.Run("what cannot be saved is not taken", func(t *testing.T) {
		r := newRig(t)
		r.box.SaveErr = errors.New("connection refused")
		e := Event{Provider: "kannel", ID: "1", From: n, Text: "REG 1958 Asha Devi"}
		if err := r.Receive(t.Context(), e); err == nil || strings.Contains(err.Error(), "Asha") || strings.Contains(err.Error(), string(n)) {
			t.Errorf("error %v", err)
		}
		r.box.SaveErr = nil
		has(t, r.deliver(t, e), "Male or female?")
	})
	t.Run("who is not let in comes again", func(t *testing.T) {
		r := newRig(t)
		r.Admit = func(bool) (func(), bool) { return nil, false }
		if err := r.Receive(t.Context(), Event{Provider: "kannel", ID: "1", From: n, Text: "HELP"}); !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
	})
}

// A recorder notes under which ids calls are asked for.
type recorder struct {
	*walk.Core
	mu    *sync.Mutex
	calls map[string]bool
}

func (c recorder) CallBack(_ context.Context, request uuid.UUID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[request.String()] = true
	return nil
}
