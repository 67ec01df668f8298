package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// methodsMost is how many exported methods a type may have, where it has grown
// too wide before: one type of everybody is what nobody can replace, nor read.
var methodsMost = []struct {
	where string // a package, or with * all below it
	name  string // of the type; "" is each
	most  int
}{
	{"postgres/*", "", 25},
	{"booking", "Core", 28},
	{"calls", "Service", 28},
}

// storeMost is how many methods booking.Store may ask of a store.
const storeMost = 20

// wiringMost is how many lines cmd/tikaline may have, without ops and tests: it
// wires, and what works stands in rooms of its own.
const wiringMost = 2000

func TestSizes(t *testing.T) {
	methods := map[string]map[string]int{} // by package and type
	store := 0
	lines := 0
	goFiles(t, func(pkg, path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if pkg == "cmd/tikaline" {
			lines += strings.Count(string(b), "\n")
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		if methods[pkg] == nil {
			methods[pkg] = map[string]int{}
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() {
				methods[pkg][receiver(f.Recv.List[0].Type)]++
			}
		}
		if pkg == "booking" {
			store += interfaceMethods(file, "Store") + interfaceMethods(file, "Holds") + interfaceMethods(file, "Parties")
		}
	})
	for _, r := range methodsMost {
		found := false
		under, all := strings.CutSuffix(r.where, "*")
		for pkg, types := range methods {
			if pkg != r.where && !(all && strings.HasPrefix(pkg, under)) {
				continue
			}
			for name, n := range types {
				if r.name != "" && r.name != name {
					continue
				}
				if found = true; n > r.most && ast.IsExported(name) {
					t.Errorf("%s.%s has %d exported methods, more than %d: it is several types", pkg, name, n, r.most)
				}
			}
		}
		if !found {
			t.Errorf("%s %s is not there", r.where, r.name)
		}
	}
	if store == 0 || store > storeMost {
		t.Errorf("booking.Store has %d methods, want 1 to %d", store, storeMost)
	}
	if lines == 0 || lines > wiringMost {
		t.Errorf("cmd/tikaline has %d lines, want at most %d: it wires, and does no work", lines, wiringMost)
	}
}

func receiver(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// interfaceMethods is how many methods an interface of the file declares itself.
func interfaceMethods(file *ast.File, name string) int {
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		if i, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, m := range i.Methods.List {
				n += len(m.Names)
			}
		}
		return false
	})
	return n
}

// goFiles calls each with the package and path of every Go file of the
// repository.
func goFiles(t *testing.T, each func(pkg, path string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata" || d.Name() == "var" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			rel, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			each(filepath.ToSlash(rel), path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
