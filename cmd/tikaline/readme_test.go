package main

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestReadme_names_every_setting holds the README's table against the
// settings there are: one that is not written down is one nobody finds.
func TestReadme_names_every_setting(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	k, err := kong.New(&program{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, command := range k.Model.Children {
		for _, flag := range command.Flags {
			for _, env := range flag.Envs {
				seen++
				row := "| `" + env + "` | `--" + flag.Name + "` |"
				if !strings.Contains(string(b), row) {
					t.Errorf("README.md has no row %s %s", row, flag.Help)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d settings were found", seen)
	}
}
