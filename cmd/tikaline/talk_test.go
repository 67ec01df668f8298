package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tikaline/cmd/tikaline/ops"
)

// TestTalk holds a conversation as somebody at a terminal would.
func TestTalk(t *testing.T) {
	t.Parallel()
	s := serving(t)
	var out bytes.Buffer
	err := run(t.Context(), []string{"talk", "--url=" + s.url, "--secret=" + testSecret, "--number=+919811000077"}, ops.World{
		In: strings.NewReader("press\ndial\n3\nagain\n5\n1\ninbox\nhang up\nquit\n"), Out: &out, Err: &out, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"! press", "1 Book a vaccination", "We will call you on this number", "-- ussd --\n> dial\n< Language\n", "> hang up\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
