package booking_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// anything is something told of a call.
func anything(r *rand.Rand, key booking.CallKey) booking.Call {
	start := time.Date(2021, 6, 2, 10, 0, 0, 0, time.UTC)
	c := booking.Call{CallKey: key, Outcome: booking.CallOutcomes[r.IntN(len(booking.CallOutcomes))], Direction: booking.CallIn}
	if r.IntN(4) == 0 {
		c.Direction, c.Notice = booking.CallOut, uuid.UUID{1}
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
		told := make([]booking.Call, 1+r.IntN(8))
		for i := range told {
			told[i] = anything(r, booking.CallKey{})
		}
		all := func(list []booking.Call) booking.Call {
			c := list[0]
			for _, o := range list[1:] {
				c = c.And(o)
			}
			return c
		}
		want := all(told)
		again := append(append(append([]booking.Call{}, told...), told...), told...)
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

func TestCallOutcome_Reached(t *testing.T) {
	for _, o := range booking.CallOutcomes {
		want := false
		switch o {
		case booking.CallHungUp, booking.CallCompleted, booking.CallQueueLeft, booking.CallPromised, booking.CallAgent:
			want = true
		}
		if o.Reached() != want {
			t.Errorf("%s: a person was on the line: %v", o, o.Reached())
		}
	}
}
