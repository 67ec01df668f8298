package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// page is the file that has the figures.
const page = "docs/performance.md"

// A figure is a row of the table. aim is "" where there is no target.
type figure struct {
	name, value, aim string
	met              bool
}

// told returns a figure without a target.
func told(name, format string, args ...any) figure {
	return figure{name: name, value: fmt.Sprintf(format, args...)}
}

// atLeast returns a figure that is good from aim on.
func atLeast(name string, v, aim float64, format string) figure {
	return figure{name: name, value: fmt.Sprintf(format, v), aim: "≥ " + fmt.Sprintf(format, aim), met: v >= aim}
}

// ratio returns the median of rounds, good from aim on, with the spread of the
// rounds: on a machine that does other things too that is wide.
func ratio(name string, rounds []float64, aim float64, format string) figure {
	f := atLeast(name, median(rounds), aim, format)
	if len(rounds) > 1 {
		f.value += fmt.Sprintf(" ("+format+" to "+format+")", slices.Min(rounds), slices.Max(rounds))
	}
	return f
}

// atMost returns a figure that is good up to aim.
func atMost(name string, v, aim float64, format string) figure {
	return figure{name: name, value: fmt.Sprintf(format, v), aim: "≤ " + fmt.Sprintf(format, aim), met: v <= aim}
}

func (f figure) verdict() string {
	switch {
	case f.aim == "":
		return ""
	case f.met:
		return "met"
	}
	return "MISSED"
}

// plain returns the table for a terminal.
func plain(all []figure) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tfigure\taim\t")
	for _, f := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.name, f.value, f.aim, f.verdict())
	}
	w.Flush() // into memory
	return b.String()
}

// The marks in the page between which the table stands.
const (
	beginMark = "<!-- figures: written by make bench -->"
	endMark   = "<!-- end of figures -->"
)

// writePage puts the table into the page and leaves what is written around it.
func writePage(path, machine, short, command string, all []figure) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	head, rest, ok := bytes.Cut(old, []byte(beginMark))
	_, tail, ok2 := bytes.Cut(rest, []byte(endMark))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the figures: %s … %s", path, beginMark, endMark)
	}
	var b bytes.Buffer
	b.Write(head)
	fmt.Fprintf(&b, "%s\nMachine: %s.\nCommand: `%s -markdown` (what `%s` runs).\n\n| what | figure | aim | |\n|---|---|---|---|\n",
		beginMark, machine, strings.TrimSuffix(command, " -markdown"), short)
	for _, f := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.name, f.value, f.aim, f.verdict())
	}
	fmt.Fprintf(&b, "\n%s", endMark)
	b.Write(tail)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// median returns the middle one, or the mean of the two in the middle.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}
