package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alecthomas/kong"

	"tikaline/booking"
	"tikaline/outbox"
)

// TestCarriers_kannel: what an operator of Kannel sets reaches Kannel, in the
// names that it has there.
func TestCarriers_kannel(t *testing.T) {
	t.Parallel()
	var got http.Header
	kannel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "0: Accepted for delivery") //nolint:errcheck // the sender tells
	}))
	t.Cleanup(kannel.Close)
	for name, c := range map[string]struct {
		args       []string
		data, smsc string
	}{
		"usual":   {nil, "?smpp?dlt_template_id=1107", ""},
		"renamed": {[]string{"--kannel-template-tlv=tid", "--kannel-entity-tlv=pe", "--kannel-smsc=bsnl"}, "?smpp?pe=1101&tid=1107", "bsnl"},
	} {
		var p program
		k, err := kong.New(&p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Parse(append([]string{"serve", "--kannel-url=" + kannel.URL, "--kannel-user=u", "--kannel-password=p"}, c.args...)); err != nil {
			t.Fatal(err)
		}
		all, err := p.Serve.SMS.Carriers(p.Serve.with())
		if err != nil {
			t.Fatal(err)
		}
		_, err = all["kannel"].Out.Send(t.Context(), outbox.Message{
			To: booking.MSISDN(firstNumber), Text: "Bye", Template: outbox.Template{Header: "VAXIND", Entity: "1101", ID: "1107"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if d, s := got.Get("X-Kannel-Meta-Data"), got.Get("X-Kannel-SMSC"); d != c.data || s != c.smsc {
			t.Errorf("%s: %q by %q, want %q by %q", name, d, s, c.data, c.smsc)
		}
	}
}
