package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGlossary: the names that docs/glossary.md says not to use, in its last
// column, are used nowhere in the code.
func TestGlossary(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n > 60 {
		t.Errorf("docs/glossary.md has %d lines, want at most 60", n)
	}
	instead := map[string]string{}
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			continue
		}
		for _, name := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(cells[2], -1) {
			instead[name[1]] = strings.TrimSpace(cells[0])
		}
	}
	if len(instead) < 20 {
		t.Fatalf("the glossary forbids only %d names", len(instead))
	}
	goFiles(t, func(_, path string) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if word, is := instead[id.Name]; is {
					t.Errorf("%s: %s, say %s", files.Position(id.Pos()), id.Name, word)
				}
			}
			return true
		})
	})
}
