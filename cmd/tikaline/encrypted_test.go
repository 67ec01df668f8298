package main

import (
	"context"
	"strings"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/otp"
)

// drawer keeps one record.
type drawer struct{ r dialog.Record }

func (d *drawer) Load(context.Context, booking.MSISDN) (dialog.Record, error) { return d.r, nil }
func (d *drawer) Save(_ context.Context, r dialog.Record) (bool, error)       { d.r = r; return true, nil }

func TestSealed(t *testing.T) {
	keys := func(secrets ...string) otp.Keys {
		k, err := otp.NewKeys(secrets...)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	over := func(d *drawer, k otp.Keys) encryptedStore {
		s, err := newEncryptedStore(d, k)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const number, reply = booking.MSISDN("+919811000055"), "CON OTP: 459831, good for 3 minutes."
	old, fresh := strings.Repeat("old ", 8), strings.Repeat("fresh ", 8)
	for name, c := range map[string]struct {
		stored func(d *drawer)
		keys   otp.Keys
		number booking.MSISDN
		want   string
	}{
		"again":                      {nil, keys(old), number, reply},
		"with_a_newer_key":           {nil, keys(fresh, old), number, reply},
		"the_key_is_gone":            {nil, keys(fresh), number, ""},
		"put_under_another_number":   {nil, keys(old), number + "6", ""},
		"of_a_release_without_seals": {func(d *drawer) { d.r.LastReply = reply }, keys(old), number, reply},
		"nothing":                    {func(d *drawer) { d.r.LastReply = "" }, keys(old), number, ""},
		"cut_off":                    {func(d *drawer) { d.r.LastReply = d.r.LastReply[:30] }, keys(old), number, ""},
		"cut_off_before_anything":    {func(d *drawer) { d.r.LastReply = sealMark }, keys(old), number, ""},
		"changed":                    {func(d *drawer) { d.r.LastReply = d.r.LastReply[:len(d.r.LastReply)-2] + "AA" }, keys(old), number, ""},
	} {
		d := new(drawer)
		if ok, err := over(d, keys(old)).Save(t.Context(), dialog.Record{Number: number, LastReply: reply, LastMessage: "m"}); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if strings.Contains(d.r.LastReply, "459831") || strings.Contains(d.r.LastReply, "OTP: ") {
			t.Fatalf("stored as %q", d.r.LastReply)
		}
		if c.stored != nil {
			c.stored(d)
		}
		got, err := over(d, c.keys).Load(t.Context(), c.number)
		if err != nil || got.LastReply != c.want || got.LastMessage != "m" {
			t.Errorf("%s: %q, %v", name, got.LastReply, err)
		}
	}
}
