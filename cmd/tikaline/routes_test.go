package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/cmd/tikaline/ops"
	"tikaline/postgres/pgtest"
)

// TestRoutes_golden holds every route with its guard against a file, so that one
// which is added is read by whoever reviews it. A route whose guard is not named
// (channel.Guarded) fails.
func TestRoutes_golden(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is for a person who reads the diff, not for CI")
	}
	var got strings.Builder
	for _, line := range listed(t, router(t)) {
		fmt.Fprintln(&got, line)
	}
	file := filepath.Join("testdata", "routes.golden")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the routes are not those of %s (make golden writes it anew; read the diff):\n%s", file, got.String())
	}
}

// router is that of a program in which every channel is set up.
func router(t *testing.T) *echo.Echo {
	t.Helper()
	var p program
	k, err := kong.New(&p)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"serve", "--database-url=" + pgtest.URL(t), "--public-url=" + publicAddress, "--africastalking=" + testSecret,
		"--kannel=" + testSecret, "--exotel=" + testSecret, "--audio-dir=" + t.TempDir(), "--token-keys=" + testKey, "--proxies=127.0.0.1/32", "--conns=4"}, testTwilio...)
	if _, err := k.Parse(args); err != nil {
		t.Fatal(err)
	}
	s, closeAll, err := p.Serve.open(t.Context(), ops.World{Out: io.Discard, Err: io.Discard, Now: time.Now, Inbox: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeAll(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	e, err := s.routes()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// versioned is what of an address changes with what is served there.
var versioned = regexp.MustCompile(`[0-9a-f]{12,}`)

// listed is the routes, a line for each path and guard with its methods.
func listed(t *testing.T, e *echo.Echo) []string {
	t.Helper()
	nothing := e.RouteNotFound("/none", echo.NotFoundHandler).Name
	methods := map[string][]string{}
	for _, r := range e.Routes() {
		by, ok := channel.GuardOf(r)
		if r.Method == echo.RouteNotFound && r.Name == nothing { // a group's, behind its guards
			continue
		}
		if !ok {
			t.Errorf("%s %s has no guard: channel.Guarded names it", r.Method, r.Path)
		}
		key := versioned.ReplaceAllString(r.Path, "…") + "  " + by
		methods[key] = append(methods[key], r.Method)
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(methods)) {
		m := slices.Sorted(slices.Values(methods[key]))
		name := strings.Join(m, ",")
		if len(m) > 10 {
			name = "any"
		}
		lines = append(lines, fmt.Sprintf("%-8s  %s", name, key))
	}
	return lines
}

// A route that is added without a guard is found.
func TestRoutes_without_a_guard(t *testing.T) {
	e := echo.New()
	e.GET("/new", func(echo.Context) error { return nil })
	for _, r := range e.Routes() {
		if by, ok := channel.GuardOf(r); ok {
			t.Errorf("%s is said to be guarded by %q", r.Path, by)
		}
	}
}
