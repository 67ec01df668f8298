package cowin_test

import (
	"bytes"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A spec is the OpenAPI file.
type spec struct {
	doc      any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

const specURL = "https://tikaline.invalid/openapi.json"

var oneSpec = sync.OnceValues(func() (*spec, error) {
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	return &spec{doc: doc, compiler: c}, c.AddResource(specURL, doc)
})

func readSpec(t testing.TB) *spec {
	t.Helper()
	s, err := oneSpec()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at follows keys into the document, and the references on the way.
func (s *spec) at(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := s.resolve(v).(map[string]any)
		v = m[k]
	}
	return s.resolve(v)
}

func (s *spec) resolve(v any) any {
	m, ok := v.(map[string]any)
	if ref, isRef := m["$ref"].(string); ok && isRef {
		return s.at(s.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return v
}

// operations is "get /path" of all operations that are described.
func (s *spec) operations() []string {
	var list []string
	for path, methods := range s.at(s.doc, "paths").(map[string]any) {
		for m := range methods.(map[string]any) {
			list = append(list, m+" "+path)
		}
	}
	slices.Sort(list)
	return list
}

// path returns the described path that an address belongs to.
func (s *spec) path(address string) string {
	address = strings.TrimPrefix(address, "/api/v2")
	paths := s.at(s.doc, "paths").(map[string]any)
	if _, ok := paths[address]; ok {
		return address
	}
	for p := range paths {
		if before, _, ok := strings.Cut(p, "{"); ok && strings.HasPrefix(address, before) && !strings.Contains(address[len(before):], "/") {
			return p
		}
	}
	return ""
}

// check compares an answer with its description: the status and type are among
// those named, and the body matches the schema.
func (s *spec) check(t testing.TB, method, address string, got reply) {
	t.Helper()
	method = strings.ToLower(method)
	path := s.path(address)
	described := s.at(s.doc, "paths", path, method, "responses")
	if path == "" || described == nil { // no such route: 404, 405, a preflight
		return
	}
	status := strconv.Itoa(got.status)
	response, _ := s.at(described, status).(map[string]any)
	if response == nil {
		if got.status == http.StatusRequestEntityTooLarge {
			return
		}
		t.Errorf("%s %s answered %s, which is not described: %s", method, path, status, got.body)
		return
	}
	content, _ := s.at(response, "content").(map[string]any)
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	if content == nil {
		if got.body != "" {
			t.Errorf("%s %s: %s has a body: %s", method, path, status, got.body)
		}
		return
	}
	media, _ := content[kind].(map[string]any)
	if media == nil {
		t.Errorf("%s %s: %s is %q, which is not described", method, path, status, kind)
		return
	}
	var v any = got.body
	if kind == "application/json" {
		var err error
		if v, err = jsonschema.UnmarshalJSON(strings.NewReader(got.body)); err != nil {
			t.Errorf("%s %s: %s is no JSON: %s", method, path, status, got.body)
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	schema, err := s.compiler.Compile(specURL + "#" + s.pointer(path, method, status, kind))
	if err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s %s: %s is not as described: %v\n%s", method, path, status, err, got.body)
	}
}

// pointer returns where the schema of an answer stands.
func (s *spec) pointer(path, method, status, kind string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	responses := s.at(s.doc, "paths", path, method, "responses").(map[string]any)
	if ref, ok := responses[status].(map[string]any)["$ref"].(string); ok {
		return strings.TrimPrefix(ref, "#") + "/content/" + escape.Replace(kind) + "/schema"
	}
	return "/paths/" + escape.Replace(path) + "/" + method + "/responses/" + status + "/content/" + escape.Replace(kind) + "/schema"
}
