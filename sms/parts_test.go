package sms

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParts(t *testing.T) {
	const n = englishCaller
	part := func(id string, ref, part, parts int, text string) Event {
		return Event{Provider: "kannel", ID: id, From: n, Text: text, Ref: ref, Part: part, Parts: parts}
	}
	t.Run("in any order, each twice", func(t *testing.T) {
		r := newRig(t)
		for _, e := range []Event{part("c", 7, 3, 3, " Devi"), part("a", 7, 1, 3, "REG 19"), part("c", 7, 3, 3, " Devi"), part("a", 7, 1, 3, "REG 19")} {
			if got := r.deliver(t, e); got != "" {
				t.Errorf("a part was answered: %s", got)
			}
		}
		has(t, r.deliver(t, part("b", 7, 2, 3, "58 Asha")), "Male or female?")
		if got := r.deliver(t, part("b", 7, 2, 3, "58 Asha")); got != "" || r.at(t, n) != "register/gender" {
			t.Errorf("answered %q, at %s", got, r.at(t, n))
		}
		// What was set up to look after the missing ones finds nothing.
		r.wait(DefaultGather * 2)
		for _, f := range r.later {
			f()
		}
		if got := len(r.replies(n)); got != 1 {
			t.Errorf("%d answers", got)
		}
	})
	t.Run("what is there is used in the end", func(t *testing.T) {
		r := newRig(t)
		r.deliver(t, part("a", 7, 1, 2, "REG 1958 Asha"))
		r.wait(DefaultGather + time.Second)
		for _, f := range r.later {
			f()
			f()
		}
		if all := r.replies(n); len(all) != 1 || r.at(t, n) != "register/gender" {
			t.Errorf("at %s, answered %q", r.at(t, n), all)
		}
	})
	t.Run("also when it could not be done at first", func(t *testing.T) {
		r := newRig(t)
		r.deliver(t, part("a", 7, 1, 2, "REG 1958 Asha"))
		r.wait(DefaultGather + time.Second)
		r.box.SaveErr = errors.New("away")
		r.later[0]()
		r.box.SaveErr = nil
		if len(r.later) != 2 {
			t.Fatalf("looked after %d times", len(r.later))
		}
		if r.later[1](); r.at(t, n) != "register/gender" {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("after a crash the next text brings it out", func(t *testing.T) {
		r := newRig(t)
		r.deliver(t, part("a", 7, 1, 2, "REG 1958 Asha"))
		r.wait(time.Hour)
		r.text(t, n, "2")
		if s := r.state(t, n); !strings.HasPrefix(r.at(t, n), "register/") || !strings.Contains(string(s.Frames[0].Answers), `"Asha"`) {
			t.Errorf("at %s", r.at(t, n))
		}
	})
	t.Run("two texts at once", func(t *testing.T) {
		r := newRig(t)
		r.deliver(t, part("a", 7, 1, 2, "PIN "))
		r.deliver(t, part("x", 8, 2, 2, "ELP"))
		has(t, r.deliver(t, part("y", 8, 1, 2, "H")), "STATUS")
		has(t, r.deliver(t, part("b", 7, 2, 2, "800001")), "800001")
	})
	t.Run("numbers that cannot be", func(t *testing.T) {
		r := newRig(t)
		for i, e := range []Event{part("", 1, 0, 2, "HELP"), part("", 1, 3, 2, "HELP"), part("", 1, 1, 200, "HELP")} {
			e.ID = fmt.Sprint("z", i)
			has(t, r.deliver(t, e), "STATUS")
		}
		for i := range 100 { // parts of nothing
			r.deliver(t, part(fmt.Sprint("q", i), i, 1, 2, "x"))
		}
		if size := len(r.state(t, n).Channel["sms"]); size > 10_000 {
			t.Errorf("%d bytes are kept", size)
		}
	})
}
