package dialog_test

import (
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"tikaline/dialog"
	"tikaline/dialog/walk"
)

var update = flag.Bool("update", false, "add new names to testdata")

const golden = "testdata/names.golden"

// TestNames holds the names in use against those that were ever stored. A
// flow or step leaves by moving to Was. A field or option has no Was: its line
// may be taken out by hand once no stored conversation can hold it any more,
// which is dialog.TTL after the release that dropped it, or where
// testdata/release.jsonl has the conversations that hold it, and they end well.
func TestNames(t *testing.T) {
	t.Parallel()
	now := names(t)
	if *update && os.Getenv("CI") == "true" {
		t.Fatal("a golden file is not written in CI")
	}
	b, err := os.ReadFile(golden)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	var stored []string
	for line := range strings.Lines(string(b)) {
		stored = append(stored, strings.TrimSpace(line))
	}
	for _, n := range stored {
		if !slices.Contains(now, n) {
			t.Errorf("%q is stored and nobody knows it: keep it, or name it in Was", n)
		}
	}
	if t.Failed() {
		return // also under -update: no name leaves by it
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(strings.Join(now, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, n := range now {
		if !slices.Contains(stored, n) {
			t.Errorf("%q is new: run go test ./dialog -update", n)
		}
	}
}

// names is every name that is stored, sorted, one a line.
func names(t *testing.T) []string {
	t.Helper()
	list, err := allNames()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var allNames = sync.OnceValues(func() ([]string, error) {
	e := dialog.New(uuid.New)
	list := e.Names()
	err := walk.Every(context.Background(), e, func(at walk.At, p dialog.Prompt) error {
		c, ok := p.Expect.(dialog.Choice)
		if !ok {
			return nil
		}
		for _, o := range c.Options {
			// fixed ones are labelled option.<group>.<key>; the others are ids
			if n := "option " + at.Flow + " " + at.Step + " " + o.Key; strings.HasSuffix(o.Label.ID, "."+o.Key) {
				list = append(list, n)
			}
		}
		return nil
	})
	slices.Sort(list)
	return slices.Compact(list), err
})

func TestNames_shape(t *testing.T) {
	for _, n := range names(t) {
		for _, part := range strings.Fields(n)[1:] {
			if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789_.") != "" && !slices.Contains([]string{"hi-Latn", "bn-Latn"}, part) {
				t.Errorf("%q: %q is not lower case", n, part)
			}
		}
	}
}

// TestJumps follows every jump that the dialogues name, and fails for one that
// the walk never takes.
func TestJumps(t *testing.T) {
	t.Parallel()
	e, jumps := dialog.Spied(uuid.New)
	if err := walk.Every(context.Background(), e, func(walk.At, dialog.Prompt) error { return nil }); err != nil {
		t.Fatal(err)
	}
	steps := e.Steps()
	for _, from := range jumps.List() {
		if len(jumps.Went[from]) == 0 {
			t.Errorf("%s never led anywhere", from)
		}
		at, kind, _ := strings.Cut(from, " ")
		flow, _, _ := strings.Cut(at, "/")
		for to := range jumps.Went[from] {
			known := to == dialog.Done || slices.ContainsFunc(steps[flow], func(s dialog.StepName) bool { return s.Name == to })
			if kind == "Go" || kind == "Call" {
				_, known = steps[to]
			}
			if !known {
				t.Errorf("%s leads to %q, which there is not", from, to)
			}
		}
	}
}

func TestSteps(t *testing.T) {
	steps := dialog.NewOf(uuid.New, paint("paint", []string{"colour"}, "indoors", "inside")).Steps()
	if _, ok := steps["colour"]; ok {
		t.Error("a flow is listed by a name that it had")
	}
	got := steps["paint"]
	if len(got) != 2 || got[0].Name != "indoors" || got[0].Was[0] != "inside" || !got[0].Asks {
		t.Errorf("lists %v", got)
	}
	for _, s := range steps["book"] {
		if calls := s.Name == "new"; s.Asks == calls {
			t.Errorf("%s asks: %v", s.Name, s.Asks)
		}
	}
}
