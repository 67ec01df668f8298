package ops

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/calls"
	"tikaline/ivr/exchange"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
)

// TestCalls is an operator looking at what became of calls, and at who waits.
func TestCalls(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	store, err := postgres.Open(t.Context(), db, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close(t.Context()) //nolint:errcheck // nothing is under way
	core := &calls.Service{Store: store.Calls, Now: time.Now}
	key := calls.Key{Number: firstNumber, Provider: "exotel", ProviderID: "c1"}
	for _, do := range []func() error{
		func() error { _, err := core.Began(t.Context(), calls.Call{Key: key}); return err },
		func() error { return core.Stepped(t.Context(), key, "bn", 4) },
		func() error {
			return core.HandOver(t.Context(), calls.HandOver{ID: uuid.New(), Call: key, Language: "bn", Flow: "register", Step: "year", Why: "silence"})
		},
		func() error {
			return core.Ended(t.Context(), calls.Call{Key: key, Outcome: calls.QueueLeft, Duration: 95 * time.Second})
		},
		func() error { return core.CallBack(t.Context(), firstNumber, uuid.New()) },
		func() error {
			_, err := core.Began(t.Context(), calls.Call{Key: calls.Key{Provider: "twilio", ProviderID: "c2"}})
			return err
		},
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	for what, want := range map[string][]string{
		"list":    {`…001 +in +exotel +bn +queued_left +1m35s +4\b`, `none +in +twilio +open +0s +0\b`},
		"waiting": {`…001 +bn +register\.year +silence\b`},
		"owed":    {`…001 +1 +20`},
	} {
		out, err := runs(t, "calls", what, "--database-url="+db)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if ok, _ := regexp.MatchString(w, out); !ok {
				t.Errorf("calls %s: no %s in\n%s", what, w, out)
			}
		}
		if strings.Contains(out, firstNumber[3:]) {
			t.Errorf("calls %s shows who it is:\n%s", what, out)
		}
	}
}

func TestCalls_fallback(t *testing.T) {
	out, err := runs(t, "calls", "fallback", "--ivr-voices=bn=Google.bn-IN-Standard-B")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := exchange.Parse([]byte(strings.TrimSpace(out))); err != nil || len(n.Nodes) != 4 || n.Nodes[1].Attrs["voice"] != "Google.bn-IN-Standard-B" {
		t.Errorf("%v: %s", err, out)
	}
}
