package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tikaline/sms"
	"tikaline/ussd"
)

// parts are the sections of docs/settings.md: the fields of serveCommand that
// hold the settings of a subject, by their names, with their titles. What is a
// setting of serveCommand itself comes first.
var parts = []struct{ field, title string }{
	{"", "The program"},
	{"Database", "Database, programme and waiting list"},
	{"USSD", "USSD"},
	{"SMS", "SMS"},
	{"TextNumber", "The number that citizens text"},
	{"Calls", "Calls"},
	{"Twilio", "Twilio, for texts and calls"},
	{"Exotel", "Exotel, for texts and calls"},
	{"webSettings", "Tokens, one-time passwords and limits of the web"},
	{"pageSettings", "Pages for citizens"},
	{"apiSettings", "The Co-WIN API"},
}

// TestSettings_golden holds docs/settings.md against the settings there are: one
// that is not written down is one that nobody finds.
func TestSettings_golden(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is for a person who reads the diff, not for CI")
	}
	k, err := kong.New(&program{}, kong.Name("tikaline"))
	if err != nil {
		t.Fatal(err)
	}
	got := settingsPaper(t, k)
	file := filepath.Join("..", "..", "docs", "settings.md")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/settings.md does not have the settings of the program: make golden writes it anew; read the diff")
	}
}

// settingsPaper returns docs/settings.md.
func settingsPaper(t *testing.T, k *kong.Kong) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprint(&b, `# Settings

Every setting of every command. This file is written by `+"`make golden`"+` from the program itself; a test holds it.

A setting that has a variable can be set by it or by its flag; the flag wins. Settings by provider are pairs:
`+"`kannel=50;twilio=10`"+`. Lists have commas. Times are written `+"`90s`, `30m`, `24h`"+`. What is missing or wrong,
`+"`serve`"+` says by name, all at once, before it answers anybody.

## tikaline serve

`)
	fields := fieldOfFlag()
	shared := map[string]string{} // flags of serve, with their helps
	sections := map[string][]*kong.Flag{}
	for _, f := range command(t, k, "serve").Flags {
		if f.Name == "help" {
			continue
		}
		shared[f.Name] = f.Help
		field := fields[env(f)]
		sections[field] = append(sections[field], f)
	}
	for _, p := range parts {
		fmt.Fprintf(&b, "### %s\n\n", p.title)
		table(&b, sections[p.field])
		delete(sections, p.field)
	}
	for field, list := range sections {
		t.Errorf("settings of serveCommand.%s (%s …) have no line in parts", field, list[0].Name)
	}

	fmt.Fprint(&b, `## The operators' commands

Where it says *the database's*, the settings under "Database, programme and waiting list" above can be given, too.

`)
	for _, n := range k.Model.Leaves(true) {
		if n.Name != "serve" {
			operators(&b, n, func(f *kong.Flag) bool { return shared[f.Name] == f.Help && fields[env(f)] == "Database" })
		}
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// command returns a command by its name.
func command(t *testing.T, k *kong.Kong, name string) *kong.Node {
	t.Helper()
	for _, n := range k.Model.Children {
		if n.Name == name {
			return n
		}
	}
	t.Fatalf("there is no command %s", name)
	return nil
}

// fieldOfFlag returns, for each variable, the field of serveCommand that holds
// its setting; "" is serveCommand itself.
func fieldOfFlag() map[string]string {
	all := map[string]string{}
	var under func(typ reflect.Type, field string)
	under = func(typ reflect.Type, field string) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if name := f.Tag.Get("env"); name != "" {
				all[name] = field
			}
			if _, embedded := f.Tag.Lookup("embed"); f.Type.Kind() == reflect.Struct && (f.Anonymous || embedded) {
				into := field
				if into == "" {
					into = f.Name
				}
				under(f.Type, into)
			}
		}
	}
	under(reflect.TypeFor[serveCommand](), "")
	return all
}

// operators writes the section of an operators' command: its arguments, and
// those of its settings that are not the database's.
func operators(b *bytes.Buffer, n *kong.Node, databases func(*kong.Flag) bool) {
	fmt.Fprintf(b, "### %s\n\n%s\n", n.FullPath(), n.Help)
	for _, a := range n.Positional {
		name := "<" + a.Name + ">"
		if !a.Required {
			name = "[" + name + "]"
		}
		fmt.Fprintf(b, "\n- `%s`: %s", name, a.Help)
	}
	if len(n.Positional) > 0 {
		b.WriteByte('\n')
	}
	var own []*kong.Flag
	database := false
	for _, f := range n.Flags {
		switch {
		case f.Name == "help":
		case databases(f):
			database = true
		default:
			own = append(own, f)
		}
	}
	b.WriteByte('\n')
	table(b, own)
	if database {
		b.WriteString("And the database's.\n\n")
	}
}

// table writes flags as a table; none writes nothing.
func table(b *bytes.Buffer, flags []*kong.Flag) {
	if len(flags) == 0 {
		return
	}
	b.WriteString("| variable | flag | default | what it sets |\n|---|---|---|---|\n")
	code := func(s string) string {
		if s == "" {
			return ""
		}
		return "`" + s + "`"
	}
	for _, f := range flags {
		help := strings.ReplaceAll(f.Help, "|", "\\|")
		if f.Required {
			help += " Required."
		}
		fmt.Fprintf(b, "| %s | `--%s` | %s | %s |\n", code(env(f)), f.Name, code(f.Default), help)
	}
	b.WriteByte('\n')
}

// env returns the variable of a flag; "" where it has none.
func env(f *kong.Flag) string {
	if len(f.Envs) == 0 {
		return ""
	}
	return f.Envs[0]
}

// readmeMost is how long the README may be, in bytes: what is looked up stands in
// docs.
const readmeMost = 8 << 10

// What papers name in code: a file or folder by its path, and something of a
// package as package.Name or package.Type.Method, the package by its path.
var (
	links   = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	paths   = regexp.MustCompile("`([a-zA-Z0-9_./-]+)`")
	symbols = regexp.MustCompile("`([a-z0-9/]+)\\.([A-Za-z]\\w*(?:\\.[A-Za-z]\\w*)?)`")
)

// TestPapers holds the papers to what is there.
func TestPapers(t *testing.T) {
	root := filepath.Join("..", "..")
	read := func(t *testing.T, name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	declared := map[string]map[string]bool{} // by package
	goFiles(t, func(pkg, path string) { declare(t, declared, pkg, path) })

	t.Run("readme_is_short", func(t *testing.T) {
		if n := len(read(t, "README.md")); n > readmeMost {
			t.Errorf("README.md has %d bytes, more than %d: what is looked up belongs into docs", n, readmeMost)
		}
	})
	t.Run("readme_shows_a_dial_as_it_is", func(t *testing.T) {
		_, shown, _ := strings.Cut(read(t, "README.md"), "\n```\n")
		shown, _, _ = strings.Cut(shown, "\n```\n")
		held := strings.Split(read(t, "cmd/tikaline/testdata/conversations/newcomer_en.txt"), "\n")
		lines := 0
		for line := range strings.SplitSeq(shown, "\n") {
			if line == "…" {
				continue
			}
			i := slices.Index(held, line)
			if i < 0 {
				t.Fatalf("%q does not come next in the conversation", line)
			}
			held = held[i+1:]
			lines++
		}
		if lines < 10 {
			t.Errorf("only %d lines are shown", lines)
		}
	})

	t.Run("descriptions_of_providers_are_read", func(t *testing.T) {
		found := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(read(t, "docs/providers.md"), -1)
		if len(found) != 2 {
			t.Fatalf("there are %d, want one of USSD and one of SMS", len(found))
		}
		if _, err := ussd.ParseGeneric(strings.NewReader(found[0][1])); err != nil {
			t.Error(err)
		}
		if _, err := sms.ParseGeneric(strings.NewReader(found[1][1])); err != nil {
			t.Error(err)
		}
	})

	papers, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range papers {
		papers[i] = filepath.Join("docs", filepath.Base(papers[i]))
	}
	for _, name := range append(papers, "README.md", "CONTRIBUTING.md") {
		t.Run(name, func(t *testing.T) {
			text := read(t, name)
			for _, m := range links.FindAllStringSubmatch(text, -1) {
				if !strings.Contains(m[1], "://") && !exists(filepath.Join(root, filepath.Dir(name), m[1])) {
					t.Errorf("it links to %s, which is not there", m[1])
				}
			}
			for _, m := range paths.FindAllStringSubmatch(text, -1) {
				top, _, below := strings.Cut(m[1], "/")
				ours := top != "" && top != "out" && top != "bin" && top != "var" && exists(filepath.Join(root, top))
				if below && ours && !exists(filepath.Join(root, m[1])) && !symbols.MatchString(m[0]) {
					t.Errorf("it names %s, which is not there", m[1])
				}
			}
			for _, m := range symbols.FindAllStringSubmatch(text, -1) {
				if known := declared[m[1]]; known != nil && !known[m[2]] && !exists(filepath.Join(root, m[1]+"."+m[2])) {
					t.Errorf("it names %s.%s, which is not there", m[1], m[2])
				}
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// declare adds what a file declares: Name, and Type.Method, also of interfaces.
func declare(t *testing.T, declared map[string]map[string]bool, pkg, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if declared[pkg] == nil {
		declared[pkg] = map[string]bool{}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			declared[pkg][name] = true
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared[pkg][spec.Name.Name] = true
					fields := &ast.FieldList{}
					switch typ := spec.Type.(type) {
					case *ast.InterfaceType:
						fields = typ.Methods
					case *ast.StructType:
						fields = typ.Fields
					}
					for _, f := range fields.List {
						for _, n := range f.Names {
							declared[pkg][spec.Name.Name+"."+n.Name] = true
						}
					}
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						declared[pkg][n.Name] = true
					}
				}
			}
		}
	}
}
