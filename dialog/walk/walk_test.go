package walk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// A met is a prompt and where it was met.
type met struct {
	at     walk.At
	prompt dialog.Prompt
}

func every() (all []met, err error) {
	err = walk.Every(context.Background(), dialog.New(uuid.New), func(at walk.At, p dialog.Prompt) error {
		all = append(all, met{at, p})
		return nil
	})
	return all, err
}

var once = sync.OnceValues(every)

func prompts(t *testing.T) []met {
	t.Helper()
	all, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEvery(t *testing.T) {
	all := prompts(t)
	t.Run("shows the same each time", func(t *testing.T) {
		if again, err := every(); err != nil || fmt.Sprint(again) != fmt.Sprint(all) {
			t.Errorf("%d prompts, then %d, or others; %v", len(all), len(again), err)
		}
	})
	t.Run("reaches what is rare", func(t *testing.T) {
		shown := fmt.Sprint(all)
		for _, id := range []string{
			"option.person.gone", "option.offer.gone", "option.centre.full", "find.centre_near", "hint.call", "resume.pick",
			"register.certificate", "mine.finished", "mine.due", "mine.free", "mine.removed", "mine.cancelled", "mine.moved",
			"register.done", "book.done", "help.call", "help.bring", "help.spot", "problem.too_late_change", "problem.slot_full",
			"problem.no_centre", "problem.bad_pincode", "problem.household_full", "problem.dose_not_due",
		} {
			if !strings.Contains(shown, id) {
				t.Errorf("%s is never shown", id)
			}
		}
	})
	t.Run("stops where it is told to", func(t *testing.T) {
		stop := errors.New("too long")
		n := 0
		err := walk.Every(context.Background(), dialog.New(uuid.New), func(walk.At, dialog.Prompt) error {
			if n++; n == 3 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || n != 3 || !strings.Contains(err.Error(), "newcomer/hi") {
			t.Errorf("after %d prompts: %v", n, err)
		}
	})
}

// TestValues holds the samples to the lengths that they stand for.
func TestValues(t *testing.T) {
	for _, s := range walk.Scripts {
		for n := range 4 {
			if name := walk.Name(s, n); utf8.RuneCountInString(name) != 25 {
				t.Errorf("%s has %d characters", name, utf8.RuneCountInString(name))
			}
			if _, err := booking.ParseName(walk.Name(s, n)); err != nil {
				t.Errorf("%s: %v", walk.Name(s, n), err)
			}
		}
	}
	c := walk.Variants()[0].Core()
	for _, p := range c.Places {
		for _, lang := range []string{"en", "hi", "bn"} {
			if name := p.Short[lang]; utf8.RuneCountInString(name) != booking.ShortMax {
				t.Errorf("%s has %d characters", name, utf8.RuneCountInString(name))
			}
		}
	}
}

func TestProblems(t *testing.T) {
	var codes []booking.Code
	for _, p := range walk.Problems() {
		codes = append(codes, p.Code)
	}
	if !slices.Equal(codes, booking.Codes) {
		t.Errorf("samples of %v, want one of each of %v", codes, booking.Codes)
	}
}

// TestProblems_as_the_core_has_them compares the samples with the Problems met
// on a walk: the same values of the same types.
func TestProblems_as_the_core_has_them(t *testing.T) {
	samples := make(map[string]map[string]any)
	for _, p := range walk.Problems() {
		samples["problem."+string(p.Code)] = p.Args
	}
	seen := make(map[string]bool)
	for _, m := range prompts(t) {
		note := m.prompt.Note
		if !strings.HasPrefix(note.ID, "problem.") || seen[note.ID] {
			continue // nothing, or the one-time password that is waited for
		}
		seen[note.ID] = true
		want, ok := samples[note.ID]
		if !ok || len(want) != len(note.Data) {
			t.Errorf("%s has the values %v, its sample %v", note.ID, note.Data, want)
		}
		for k, v := range note.Data {
			if w := want[k]; fmt.Sprintf("%T", v) != fmt.Sprintf("%T", w) {
				t.Errorf("%s: %s is a %T, in its sample a %T", note.ID, k, v, w)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d problems were met", len(seen))
	}
}

func TestNotices(t *testing.T) {
	c := walk.Variants()[0].Core()
	var kinds []booking.NoticeKind
	for _, n := range walk.Notices() {
		kinds = append(kinds, n.Kind)
		if _, ok := c.Centre(n.Data.Centre); n.Data.Centre != 0 && !ok {
			t.Errorf("%s: there is no centre %d", n.Kind, n.Data.Centre)
		}
	}
	if !slices.Equal(kinds, booking.NoticeKinds) {
		t.Errorf("samples of %v, want one of each of %v", kinds, booking.NoticeKinds)
	}
}
