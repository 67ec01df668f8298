package sms

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/ussd"

	"tikaline/channel"
)

// tally is an Observer.
type tally struct {
	mu       sync.Mutex
	outcomes map[channel.Outcome]int
}

func (c *tally) Answered(_, _ string, o channel.Outcome, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[o]++
}

func (c *tally) Asked(string, string) {}

// A rig is a gateway over the real dialogues, keywords and words, with stores
// in memory, and a USSD gateway beside it over the same.
type rig struct {
	*Gateway
	box    *walk.Memory
	screen *ussd.Gateway
	seen   *tally
	mu     sync.Mutex
	clock  time.Time
	houses walk.Houses
	later  []func()
	serial int
}

func newRig(t testing.TB) *rig {
	t.Helper()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		box: walk.NewMemory(), seen: &tally{outcomes: map[channel.Outcome]int{}},
		clock: time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India),
	}
	r.houses.Now = func() time.Time { return time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India) }
	conversations := &dialog.Conversations{Store: r.box, Inbox: r.box, Now: r.now}
	desk := func(n booking.MSISDN) dialog.Core { return r.core(n) }
	r.Gateway = &Gateway{
		Conversations: conversations, Engine: dialog.New(uuid.New), Desk: desk, Words: words, Keywords: keywords(t),
		Now: r.now, Observer: r.seen, Own: []booking.MSISDN{ownNumber},
		After: func(_ time.Duration, f func()) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.later = append(r.later, f)
		},
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	r.screen = &ussd.Gateway{Conversations: conversations, Engine: r.Engine, Desk: desk, Words: words, Now: r.now}
	return r
}

// The people of the tests.
const (
	hindiCaller   = booking.MSISDN("+919876543201")
	englishCaller = booking.MSISDN("+919876543202")
	stranger      = booking.MSISDN("+919876543203")
	ownNumber     = booking.MSISDN("+919876500000")
)

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

// core is a number's household.
func (r *rig) core(n booking.MSISDN) *walk.Core { return r.houses.Of(n) }

// text delivers texts, each with an id of its own, and is the answer to the
// last; "" is silence.
func (r *rig) text(t testing.TB, n booking.MSISDN, texts ...string) string {
	t.Helper()
	got := ""
	for _, text := range texts {
		r.mu.Lock()
		r.serial++
		id := fmt.Sprint("m", r.serial)
		r.mu.Unlock()
		r.wait(20 * time.Second)
		got = r.deliver(t, Event{Provider: "kannel", ID: id, From: n, Text: text})
	}
	return got
}

func (r *rig) deliver(t testing.TB, e Event) string {
	t.Helper()
	before := len(r.replies(e.From))
	if err := r.Receive(t.Context(), e); err != nil {
		t.Fatalf("%q: %v", e.Text, err)
	}
	return strings.Join(r.replies(e.From)[before:], "\n--\n")
}

// replies is what the number has been answered.
func (r *rig) replies(n booking.MSISDN) []string {
	r.box.Lock()
	defer r.box.Unlock()
	var all []string
	for _, o := range r.box.Queued[n] {
		all = append(all, o.Data.Text)
	}
	return all
}

// dial presses keys in a session of its own.
func (r *rig) dial(t testing.TB, n booking.MSISDN, keys ...string) string {
	t.Helper()
	r.mu.Lock()
	r.serial++
	session := fmt.Sprint("s", r.serial)
	r.mu.Unlock()
	got := ""
	for i, k := range append([]string{""}, keys...) {
		r.wait(5 * time.Second)
		e := ussd.Event{Provider: "test", SessionKey: session, Number: n, Phase: ussd.Input, Input: k}
		if i == 0 {
			e.Phase = ussd.Begin
		}
		reply, err := r.screen.Reply(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		got = reply.Text
	}
	return got
}

func (r *rig) state(t testing.TB, n booking.MSISDN) *dialog.State {
	t.Helper()
	rec, _ := r.box.Load(t.Context(), n)
	s := new(dialog.State)
	if len(rec.State) > 0 {
		if err := json.Unmarshal(rec.State, s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// at is where a number's conversation stands.
func (r *rig) at(t testing.TB, n booking.MSISDN) string {
	t.Helper()
	return walk.StandsAt(r.state(t, n))
}

// until texts what answers each question, as walk.Usual has it but for the pairs
// of a step and its answer, until a step is asked; "" is the end. It returns what
// was texted.
func (r *rig) until(t testing.TB, n booking.MSISDN, to string, pairs ...string) (texts []string) {
	t.Helper()
	asked := func() (string, dialog.Prompt, error) {
		rec, err := r.box.Load(t.Context(), n)
		if err != nil {
			return "", dialog.Prompt{}, err
		}
		return walk.Asked(t.Context(), r.Engine, r.core(n), rec.State)
	}
	err := walk.Answers{}.With(pairs...).Until(to, asked, func(_ string, p dialog.Prompt, in string) error {
		texts = append(texts, walk.Typed(p.Expect, in))
		r.text(t, n, texts[len(texts)-1])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// has fails unless a text holds all of the words.
func has(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in:\n%s", w, text)
		}
	}
}
