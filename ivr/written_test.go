package ivr

import (
	"testing"

	"tikaline/ivr/exchange"
)

// TestWritten_names: where a name must be written it cannot be said on a
// telephone, and an agent takes it down.
func TestWritten_names(t *testing.T) {
	r := newRig(t)
	c := r.core(newCaller)
	rules := *c.Rules
	rules.WrittenNames = true
	c.Rules = &rules
	h := r.line(newCaller).do("call", "3", "1")
	is(t, h, exchange.Queued)
	if len(r.ledger.handed) != 1 {
		t.Fatalf("%d callers are put before the agents", len(r.ledger.handed))
	}
	for _, o := range r.ledger.handed {
		if o.Why != string(NoVoice) || o.Flow != "register" || o.Step != "name" {
			t.Errorf("put through as %+v", o)
		}
	}
}
