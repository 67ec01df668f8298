package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestRepository_no_sleep_in_tests: a sleep is a guess. Package eventually looks
// until something is so, and within testing/synctest time passes by itself.
func TestRepository_no_sleep_in_tests(t *testing.T) {
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if isFunc(n, "time", "Sleep") {
				t.Errorf("%s sleeps: see package eventually", files.Position(n.Pos()))
			}
			call, ok := n.(*ast.CallExpr)
			return !ok || !isFunc(call.Fun, "synctest", "Test")
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isFunc reports whether a node names that function of a package.
func isFunc(n ast.Node, pkg, name string) bool {
	f, ok := n.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != name {
		return false
	}
	p, ok := f.X.(*ast.Ident)
	return ok && p.Name == pkg
}
