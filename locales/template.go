package locales

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// A parser is what we give go-i18n instead of its own: nearly every message
// is words and {{.Name}}, for which text/template is some ten times too slow,
// and which it fills with "<no value>" without an error. It holds every form
// of every message, parsed when the catalogue was loaded, and is only read
// afterwards.
type parser map[string]*form

// A form is one parsed text: words and placeholders in turn or, where a
// translator needed an {{if}}, a real template.
type form struct {
	src          string // as it was written
	parts        []part
	template     *texttemplate.Template
	placeholders []string
}

type part struct {
	words string
	name  string // of the placeholder that follows the words, "" at the end
}

// A filling is what a form is executed with.
type filling struct {
	c            *Catalogue
	lang, medium string
	data         map[string]any
}

// Cacheable tells go-i18n that it need not ask twice.
func (p parser) Cacheable() bool { return true }

// Parse hands out what Load has parsed.
func (p parser) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	if f := p[src]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("template was not loaded: %q", src)
}

// add parses src, unless a message with the same words has been parsed.
func (p parser) add(src string) (*form, error) {
	if f := p[src]; f != nil {
		return f, nil
	}
	tmpl, err := texttemplate.New("").Option("missingkey=error").Parse(src)
	if err != nil {
		return nil, err
	}
	f := &form{src: src}
	if tmpl.Tree != nil {
		err = f.build(tmpl)
	}
	if err != nil {
		return nil, err
	}
	p[src] = f
	return f, nil
}

func (f *form) build(tmpl *texttemplate.Template) error {
	words := ""
	for _, node := range tmpl.Root.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			words += string(n.Text)
			continue
		case *parse.ActionNode:
			if name := plainField(n); name != "" {
				f.parts = append(f.parts, part{words, name})
				words = ""
				continue
			}
		}
		f.template = tmpl
	}
	f.parts = append(f.parts, part{words: words})
	if f.template != nil {
		f.parts = nil
	}
	err := f.collect(tmpl.Root)
	slices.Sort(f.placeholders)
	f.placeholders = slices.Compact(f.placeholders)
	return err
}

// plainField returns the Name of {{.Name}}, or "" for anything more.
func plainField(n *parse.ActionNode) string {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return ""
	}
	if field, ok := n.Pipe.Cmds[0].Args[0].(*parse.FieldNode); ok && len(field.Ident) == 1 {
		return field.Ident[0]
	}
	return ""
}

// collect gathers the placeholders of a node and of all that is inside it. It
// refuses "{Name}" and "{{.Name}}}", which parse as words and would be read out
// to a citizen, and everything translators have no use for.
func (f *form) collect(node parse.Node) error {
	switch n := node.(type) {
	case *parse.TextNode:
		if bytes.ContainsAny(n.Text, "{}") {
			return fmt.Errorf("a brace among the words: %q", n.Text)
		}
	case *parse.ListNode:
		if n == nil {
			return nil // no {{else}}
		}
		for _, inner := range n.Nodes {
			if err := f.collect(inner); err != nil {
				return err
			}
		}
	case *parse.ActionNode:
		return f.collect(n.Pipe)
	case *parse.PipeNode:
		for _, cmd := range n.Cmds {
			for _, arg := range cmd.Args {
				if err := f.collect(arg); err != nil {
					return err
				}
			}
		}
	case *parse.FieldNode:
		f.placeholders = append(f.placeholders, n.Ident[0])
	case *parse.IfNode:
		return errors.Join(f.collect(n.Pipe), f.collect(n.List), f.collect(n.ElseList))
	case *parse.IdentifierNode, *parse.StringNode, *parse.CommentNode: // {{if eq .Fee "0"}}
	default:
		return fmt.Errorf("a message holds words, {{.Name}} and {{if}}, not %s", node)
	}
	return nil
}

// Execute is say, for go-i18n, which chooses the form of a plural.
func (f *form) Execute(data any) (string, error) { return f.say(data.(*filling)) }

// say puts the values among the words. A value that is missing or cannot be
// said is an error: half a sentence on a phone misleads more than none.
func (f *form) say(fill *filling) (string, error) {
	if f.template != nil {
		return f.executeTemplate(fill)
	}
	if len(f.parts) == 1 {
		return f.parts[0].words, nil
	}
	var room [320]byte // two SMS; longer texts move to the heap by themselves
	out := room[:0]
	for _, p := range f.parts {
		out = append(out, p.words...)
		if p.name == "" {
			break
		}
		v, ok := fill.data[p.name]
		if !ok {
			return "", fmt.Errorf("no value for {{.%s}}", p.name)
		}
		var err error
		if out, err = fill.value(out, p.name, v); err != nil {
			return "", fmt.Errorf("{{.%s}}: %w", p.name, err)
		}
	}
	return string(out), nil
}

// executeTemplate is the slow way, for {{if}}. Truth values stay what they
// are, everything else becomes words first.
func (f *form) executeTemplate(fill *filling) (string, error) {
	said := make(map[string]any, len(f.placeholders))
	for _, name := range f.placeholders {
		v, ok := fill.data[name]
		if !ok {
			return "", fmt.Errorf("no value for {{.%s}}", name)
		}
		if _, isBool := v.(bool); isBool {
			said[name] = v
			continue
		}
		b, err := fill.value(nil, name, v)
		if err != nil {
			return "", fmt.Errorf("{{.%s}}: %w", name, err)
		}
		said[name] = string(b)
	}
	var out strings.Builder
	if err := f.template.Execute(&out, said); err != nil {
		return "", err
	}
	return out.String(), nil
}
