package pages

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
)

func sealer(t testing.TB, now *time.Time, keys ...string) *Pages {
	t.Helper()
	p := &Pages{Deps: Deps{Core: &booking.Core{Now: func() time.Time { return *now }}}}
	for _, k := range keys {
		p.Keys = append(p.Keys, []byte(strings.Repeat(k, 32)))
	}
	var err error
	if p.seals, err = seals(p.Keys); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSeal(t *testing.T) {
	now := time.Date(2021, 5, 5, 12, 0, 0, 0, booking.India)
	p := sealer(t, &now, "a")
	sealed := p.seal("what was said", sealSession)
	hourAgo := now.Add(-time.Hour)
	for name, c := range map[string]struct {
		by      *Pages
		purpose string
		since   time.Time
		want    string
	}{
		"opens":                   {p, sealSession, hourAgo, "what was said"},
		"for_another_purpose":     {p, sealForm, hourAgo, ""},
		"too_old":                 {p, sealSession, now.Add(time.Minute), ""},
		"by_a_new_key_with_it":    {sealer(t, &now, "b", "a"), sealSession, hourAgo, "what was said"},
		"by_a_new_key_without_it": {sealer(t, &now, "b"), sealSession, hourAgo, ""},
		"by_the_next_key_to_come": {sealer(t, &now, "a", "b"), sealSession, hourAgo, "what was said"},
		"by_another_node":         {sealer(t, &now, "a"), sealSession, hourAgo, "what was said"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.by.opens(sealed, c.purpose, c.since); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("never_the_same", func(t *testing.T) {
		if p.seal("what was said", sealSession) == sealed {
			t.Error("a compressed page would give it away")
		}
	})
	t.Run("needs_a_key", func(t *testing.T) {
		for _, keys := range [][][]byte{nil, {bytes.Repeat([]byte("k"), 31)}} {
			if _, err := seals(keys); err == nil {
				t.Errorf("%d keys are taken", len(keys))
			}
		}
	})
}

func FuzzOpens(f *testing.F) {
	now := time.Date(2021, 5, 5, 12, 0, 0, 0, booking.India)
	p := sealer(f, &now, "a", "b")
	f.Add("")
	f.Add("AAAA")
	f.Add(p.seal("", sealFlash))
	f.Add(sealer(f, &now, "c").seal("another's", sealSession))
	f.Fuzz(func(t *testing.T, s string) {
		if got := p.opens(s, sealSession, time.Time{}); got != "" {
			t.Errorf("%q was never sealed", got)
		}
	})
}

// FuzzQuery: whatever was typed, an address stays one address.
func FuzzQuery(f *testing.F) {
	f.Add("800001", "")
	f.Add("8 0&for=x", "é")
	f.Fuzz(func(t *testing.T, pincode, who string) {
		got := query("/find", "pincode", pincode, "for", who)
		if !strings.HasPrefix(got, "/find") || strings.ContainsAny(got, " \r\n#\"<>") || strings.Count(got, "?") > 1 {
			t.Errorf("%q", got)
		}
	})
}
