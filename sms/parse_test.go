package sms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

// understood writes a Message on one line, for tables that can be read.
func understood(m Message) string {
	s := string(m.Command)
	add := func(name, value string) {
		if value != "" {
			s += " " + name + "=" + value
		}
	}
	add("speak", m.Speak)
	add("pin", m.Pincode)
	add("year", m.Year)
	add("name", m.Name)
	add("phone", string(m.Phone))
	add("ref", m.Reference)
	if m.Number != 0 {
		s += fmt.Sprintf(" n=%d", m.Number)
	}
	if m.Command != CommandAnswer {
		add("rest", m.Rest)
	}
	add("guessed", m.Guessed)
	if !m.Sure {
		s += " unsure"
	}
	return s
}

func TestParse(t *testing.T) {
	k := keywords(t)
	for group, cases := range parseCases {
		t.Run(group, func(t *testing.T) {
			for in, want := range cases {
				if got := understood(k.Parse(in)); got != want {
					t.Errorf("%q\n got %s\nwant %s", in, got, want)
				}
			}
		})
	}
}

// TestParse_answer_is_as_typed: an answer keeps its case and its letters.
func TestParse_answer_is_as_typed(t *testing.T) {
	m := keywords(t).Parse("  Asha   O'Brien ")
	if m.Command != CommandAnswer || m.Rest != "Asha O'Brien" {
		t.Errorf("got %+v", m)
	}
}

// TestParse_long: a text that is ten or a thousand times too long takes that
// much longer, and not the square of it, which would be minutes.
func TestParse_long(t *testing.T) {
	k := keywords(t)
	for name, s := range map[string]string{
		"words":    strings.Repeat("Regsiter mujhe Asha ", 100),
		"digits":   strings.Repeat("1 ", 1000),
		"pincodes": strings.Repeat("110001 ", 300),
		"one_word": strings.Repeat("প্র", 1000),
		"marks":    "क" + strings.Repeat("\u0901\u200d", 4000),
		"os":       strings.Repeat("8O", 2000),
		"stops":    strings.Repeat("STOP ", 400),
		"names":    "REG 1990 " + strings.Repeat("Asha Devi ", 200),
		"labels":   "REG 1990 " + strings.Repeat("name Asha ", 200),
		"tika":     strings.Repeat("tika ", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			defer func() {
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
			}()
			for _, c := range []Command{CommandYes, CommandNo, CommandCancel, CommandStart, CommandStop} {
				if m := k.Parse(s); m.Command == c {
					t.Errorf("understood %+v", m)
				}
			}
			k.Machine(s)
		})
	}
}

func TestMachine(t *testing.T) {
	k := keywords(t)
	for file, want := range map[string]bool{"machines.txt": true, "people.txt": false} {
		b, err := os.ReadFile(filepath.Join("testdata", "keywords", file))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			n++
			if got := k.Machine(line); got != want {
				t.Errorf("%s: %v", line, got)
			}
		}
		if n < 10 {
			t.Errorf("%s has %d texts", file, n)
		}
	}
	t.Run("our_own", func(t *testing.T) {
		own, err := LoadKeywords("Sorry, we still did not understand. Send CALL and we will call you.", "Yes, cancel")
		if err != nil {
			t.Fatal(err)
		}
		if !own.Machine("> sorry we still did not understand! Send CALL, and we will call you") {
			t.Error("a text of ours came back unnoticed")
		}
		if own.Machine("yes, cancel that booking please") {
			t.Error("a person was taken for a machine")
		}
	})
	if err := quick.Check(func(s string) bool { k.Machine(s); return true }, nil); err != nil {
		t.Error(err)
	}
}
