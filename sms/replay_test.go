package sms

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tikaline/booking"
	"tikaline/dialog/walk"
)

// scripts are what people text in a day, of every kind, as walk.Texts reads them.
var scripts = [][]string{
	{"REG 1958 Asha Devi", "3", "register/gender Female", "register/confirm YES", "... register/then", "1", "book/offer YES", "... end", "STATUS"},
	{"पिन 800001", "1", "register/name आशा देवी", "register/gender महिला", "register/confirm हाँ", "book/offer हाँ", "... end", "स्थिति"},
	{"বুক", "register/name আশা দেবী", "register/gender মহিলা", "register/confirm হ্যাঁ", "book/offer হ্যাঁ", "... end", "বাতিল", "1", "হ্যাঁ"},
	{"hello", "3", "4", "register/name Ram Lal", "register/year 1961", "register/aadhaar another", "register/id_last4 ABCD", "... register/confirm", "2", "Ram Lal Das", "STOP", "YES", "START", "1961"},
	{"CALL", "what", "blah", "blah blah", "HELP", "2", "BOOK", "CALL", "LANG", "4"},
	{"800001", "2", "799290", "9", "CANCEL", "2", "BOOK", "START", "BOOK", "😀", "?", "TELL"},
}

// conversations are the texts of the scripts.
func conversations(t testing.TB) [][]string {
	t.Helper()
	all := make([][]string, len(scripts))
	for i, script := range scripts {
		r := newRig(t)
		all[i] = walk.Texts(script, func(text string) { r.text(t, stranger, text) },
			func(to string, pairs ...string) []string { return r.until(t, stranger, to, pairs...) })
	}
	return all
}

// TestReplay: a day of texts, each delivered twice, the second time at any
// moment, ends as the day on which each came once.
func TestReplay(t *testing.T) {
	numbers := 850 // some 10,000 texts, twice
	if testing.Short() {
		numbers = 180
	}
	conversations := conversations(t)
	number := func(i int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+9198%07d3", i)) }
	day := func(i int) []Event {
		var list []Event
		for j, text := range conversations[i%len(conversations)] {
			list = append(list, Event{Provider: "kannel", ID: fmt.Sprint(i, "-", j), From: number(i), Text: text})
		}
		return list
	}
	ends := func(r *rig, n booking.MSISDN) string {
		rec, _ := r.box.Load(t.Context(), n)
		c := r.core(n)
		return fmt.Sprintf("%s %s\nversion %d, opted out %v\n%+v\n%d acts, %d calls\n%q", rec.State, rec.LastReply, rec.Version, r.box.Out[n],
			c.House, c.Acts, c.Calls, r.replies(n))
	}
	once, twice := newRig(t), newRig(t)
	for i := range numbers {
		for _, e := range day(i) {
			once.deliver(t, e)
		}
	}
	// Each number's texts come in the order in which they were written, each
	// again at some later moment; the numbers are worked on at once.
	work := make(chan []Event, numbers)
	for i := range numbers {
		list := day(i)
		for j := len(list) - 1; j >= 0; j-- {
			list = slices.Insert(list, j+1+rand.IntN(len(list)-j), list[j])
		}
		work <- list
	}
	close(work)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for list := range work {
				for _, e := range list {
					var both sync.WaitGroup
					for range 1 + rand.IntN(2) { // sometimes at the very same time, too
						both.Go(func() {
							if err := twice.Receive(t.Context(), e); err != nil {
								t.Error(err)
							}
						})
					}
					both.Wait()
				}
			}
		})
	}
	wg.Wait()
	for i := range numbers {
		if want, got := ends(once, number(i)), ends(twice, number(i)); got != want {
			t.Fatalf("number %d ends as\n%s\nwant\n%s", i, got, want)
		}
	}
	if twice.seen.outcomes[Repeated] < numbers*10 {
		t.Errorf("only %d texts came again", twice.seen.outcomes[Repeated])
	}
}

// TestReceive_anything: whatever is sent, the gateway answers once or not at
// all, in words that there are, and what is stored can be read again.
func TestReceive_anything(t *testing.T) {
	words := rapid.SampledFrom([]string{
		"REG", "1958", "Asha Devi", "BOOK", "BOOK 2", "800001", "PIN 110001", "STATUS", "CHANGE", "CANCEL", "1", "2", "3", "9", "YES", "NO",
		"STOP", "START", "HELP", "CALL", "LANG", "HINDI", "हाँ", "নিবন্ধন", "रद्द", "আশা দেবী", "male", "voter", "1234", "TELL", "STOP please",
		"", "?", "😀", "\x00\xff", "hello", "blah",
	})
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t)
		n := rapid.SampledFrom([]booking.MSISDN{hindiCaller, englishCaller, stranger}).Draw(rt, "number")
		for i, text := range rapid.SliceOfN(rapid.OneOf(words, rapid.String()), 1, 25).Draw(rt, "texts") {
			if rapid.IntRange(0, 9).Draw(rt, "dials") == 0 {
				r.dial(t, n, rapid.SampledFrom([]string{"1", "2", "4", "0", "00"}).Draw(rt, "key"))
			}
			e := Event{Provider: "kannel", ID: fmt.Sprint(i), From: n, Text: text}
			if rapid.IntRange(0, 9).Draw(rt, "part") == 0 {
				e.Ref, e.Part, e.Parts = 1, rapid.IntRange(1, 2).Draw(rt, "which"), 2
			}
			before, stopped := len(r.replies(n)), r.box.Out[n]
			if err := r.Receive(t.Context(), e); err != nil {
				rt.Fatalf("%q: %v", text, err)
			}
			all := r.replies(n)
			if len(all) > before+1 {
				rt.Fatalf("%q has %d answers", text, len(all)-before)
			}
			if stopped && len(all) > before && r.box.Out[n] && e.Parts == 0 && keywords(t).Parse(text).Command != CommandHelp {
				rt.Fatalf("%q was answered though silence was wanted", text)
			}
			if s := r.state(t, n); len(s.Frames) > 0 && s.Last != medium && s.Last != "ussd" {
				rt.Fatalf("after %q nobody asked %s", text, r.at(t, n))
			}
		}
	})
}
