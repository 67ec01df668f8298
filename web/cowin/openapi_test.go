package cowin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestOpenAPI compares the file with the handlers both ways: every route is
// described, and every description has a route. Each request of the other tests
// compares its answer with the description.
func TestOpenAPI(t *testing.T) {
	r := newRig(t, setting{})
	var served []string
	for _, route := range r.echo.Routes() {
		path, ok := strings.CutPrefix(route.Path, "/api/v2")
		if !ok || strings.HasPrefix(route.Method, "echo_") {
			continue
		}
		if i := strings.IndexByte(path, ':'); i >= 0 {
			path = path[:i] + "{" + path[i+1:] + "}"
		}
		served = append(served, strings.ToLower(route.Method)+" "+path)
	}
	slices.Sort(served)
	for _, s := range served {
		if !slices.Contains(r.spec.operations(), s) {
			t.Errorf("%s is served and not described", s)
		}
	}
	for _, o := range r.spec.operations() {
		if !slices.Contains(served, o) {
			t.Errorf("%s is described and not served", o)
		}
	}
	for name := range r.spec.at(r.spec.doc, "components", "schemas").(map[string]any) {
		if _, err := r.spec.compiler.Compile(specURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	got := r.get("/openapi.json")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(got.body))
	if err != nil || r.spec.at(doc, "openapi") != "3.1.0" {
		t.Errorf("served is %.80s: %v", got.body, err)
	}
}

// TestOpenAPI_notices shows that an answer that is not as described fails: it
// tests the check of the other tests.
func TestOpenAPI_notices(t *testing.T) {
	s := readSpec(t)
	for name, c := range map[string]struct{ path, body string }{
		"a number as a text":   {"/api/v2/admin/location/states", `{"states":[{"state_id":"5","state_name":"Bihar"}],"ttl":24}`},
		"a key too many":       {"/api/v2/admin/location/states", `{"states":[],"ttl":24,"more":1}`},
		"a key missing":        {"/api/v2/admin/location/states", `{"states":[]}`},
		"null for a list":      {"/api/v2/admin/location/states", `{"states":null,"ttl":24}`},
		"a list for an object": {"/api/v2/appointment/sessions/public/calendarByCenter", `{"centers":[]}`},
		"a date of its own":    {"/api/v2/appointment/beneficiaries", `{"beneficiaries":[{"dose1_date":"2021-05-01"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			quiet := &hearing{TB: t}
			s.check(quiet, "GET", c.path, reply{200, map[string][]string{"Content-Type": {"application/json"}}, c.body})
			if !quiet.failed {
				t.Error("it was not noticed")
			}
		})
	}
}

// A hearing records a failure where a test would fail.
type hearing struct {
	testing.TB
	failed bool
}

func (h *hearing) Errorf(string, ...any) { h.failed = true }
func (h *hearing) Helper()               {}
