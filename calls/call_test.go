package calls_test

import (
	"math/rand/v2"
	"testing"
	"tikaline/calls"
	"time"

	"github.com/google/uuid"
)

// anything returns some event of a call.
func anything(r *rand.Rand, key calls.Key) calls.Call {
	start := time.Date(2021, 6, 2, 10, 0, 0, 0, time.UTC)
	c := calls.Call{Key: key, Outcome: calls.Outcomes[r.IntN(len(calls.Outcomes))], Direction: calls.In}
	if r.IntN(4) == 0 {
		c.Direction, c.Notice = calls.Out, uuid.UUID{1}
	}
	if r.IntN(2) == 0 {
		c.StartedAt = start.Add(time.Duration(r.IntN(10)) * time.Second)
	}
	if r.IntN(2) == 0 {
		c.EndedAt, c.Duration = start.Add(time.Duration(60+r.IntN(10))*time.Second), time.Duration(r.IntN(60))*time.Second
	}
	if r.IntN(2) == 0 {
		c.Language, c.Steps = []string{"en", "hi", "bn"}[r.IntN(3)], r.IntN(20)
		c.Spoken = c.Steps
	}
	return c
}

func TestCall_And_whatever_the_order(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		told := make([]calls.Call, 1+r.IntN(8))
		for i := range told {
			told[i] = anything(r, calls.Key{})
		}
		all := func(list []calls.Call) calls.Call {
			c := list[0]
			for _, o := range list[1:] {
				c = c.And(o)
			}
			return c
		}
		want := all(told)
		again := append(append(append([]calls.Call{}, told...), told...), told...)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		if got := all(again); got != want {
			t.Fatalf("told\n%+v\nand then shuffled and three times\n%+v", want, got)
		}
		// Joined in groups, as batches do.
		if n := len(again) / 2; n > 0 {
			if got := all(again[:n]).And(all(again[n:])); got != want {
				t.Fatalf("in groups it is\n%+v, want\n%+v", got, want)
			}
		}
	}
}

// TestCall_And_a_provider_says_completed: a provider reports "completed" of
// every call that was answered, and that does not replace what is known.
func TestCall_And_a_provider_says_completed(t *testing.T) {
	for _, o := range calls.Outcomes {
		want := o
		switch o {
		case calls.Open, calls.Lost, calls.Failed, calls.NoAnswer, calls.Busy:
			want = calls.HungUp
		}
		told, known := calls.Call{Outcome: calls.HungUp}, calls.Call{Outcome: o}
		if got := known.And(told).Outcome; got != want || told.And(known).Outcome != want {
			t.Errorf("a call that was %s is %s, want %s", o, got, want)
		}
	}
}

// TestCall_And_its_end_told_late: a call ends once, however late its end is
// reported again.
func TestCall_And_its_end_told_late(t *testing.T) {
	start := time.Date(2021, 6, 2, 10, 0, 0, 0, time.UTC)
	c := calls.Call{StartedAt: start, EndedAt: start.Add(90 * time.Second), Outcome: calls.HungUp}
	if got := c.And(calls.Call{EndedAt: start.Add(time.Hour)}); got != c {
		t.Errorf("it is %+v, was %+v", got, c)
	}
	if got := (calls.Call{EndedAt: start.Add(time.Hour)}).And(c); got.EndedAt != c.EndedAt || got.Lasted() != 90*time.Second {
		t.Errorf("it is %+v, and lasted %s", got, got.Lasted())
	}
	// The length that the provider reports is exact.
	c.Duration = 85 * time.Second
	if c.Lasted() != c.Duration {
		t.Errorf("it lasted %s", c.Lasted())
	}
	if busy := (calls.Call{StartedAt: start, EndedAt: start.Add(time.Minute), Outcome: calls.Busy}); busy.Lasted() != 0 {
		t.Errorf("a call that was not taken lasted %s", busy.Lasted())
	}
}

func TestCallOutcome_Reached(t *testing.T) {
	for _, o := range calls.Outcomes {
		want := false
		switch o {
		case calls.HungUp, calls.Completed, calls.QueueLeft, calls.Promised, calls.Agent:
			want = true
		}
		if o.Reached() != want {
			t.Errorf("%s: a person was on the line: %v", o, o.Reached())
		}
	}
}
