package sms

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/internal/eventually"
	"tikaline/outbox"
	"tikaline/sms/kanneltest"
)

// A kannelDesk is our side of a real Kannel.
type kannelDesk struct {
	*httptest.Server
	events  chan Event
	reports chan Report
	mu      sync.Mutex
	refuse  int // how many texts are answered 503 first
}

func newKannelDesk(t *testing.T) *kannelDesk {
	d := &kannelDesk{events: make(chan Event, 100), reports: make(chan Report, 100)}
	e := echo.New()
	a := newTestKannel(t)
	e.Any("/sms/kannel/:secret", func(c echo.Context) error {
		got, err := a.Inbound(c)
		if err != nil {
			t.Errorf("Kannel sent what cannot be read: %v", err)
			return err
		}
		d.mu.Lock()
		refuse := d.refuse > 0
		if refuse {
			d.refuse--
		}
		d.mu.Unlock()
		d.events <- got
		if refuse {
			return echo.ErrServiceUnavailable
		}
		return a.Answer(c, got)
	})
	e.Any("/sms/kannel/:secret/status", func(c echo.Context) error {
		got, err := a.Report(c)
		if err != nil {
			t.Errorf("Kannel reported what cannot be read: %v", err)
			return err
		}
		d.reports <- got
		return c.NoContent(http.StatusOK)
	})
	d.Server = httptest.NewServer(e)
	t.Cleanup(d.Close)
	return d
}

func (d *kannelDesk) getURL() string {
	return d.URL + "/sms/kannel/s3cret?id=%I&from=%q&to=%Q&at=%T&coding=%c&charset=%C&udh=%u&text=%b"
}

// senderTo sends to a box.
func senderTo(t *testing.T, box *kanneltest.Box) outbox.Provider {
	t.Helper()
	s, err := NewKannelSender(KannelSettings{
		URL: box.SendURL, User: kanneltest.User, Password: kanneltest.Password,
		From: "56161", TemplateTLV: kanneltest.TemplateTLV,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func next[T any](t *testing.T, from chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came from Kannel")
	}
	panic("unreachable")
}

// TestRealKannel talks to a Kannel from Debian. All is one box, as its first
// second goes into finding its other half.
func TestRealKannel(t *testing.T) {
	t.Parallel()
	desk := newKannelDesk(t)
	box := kanneltest.Start(t, kanneltest.Options{Get: desk.getURL()})
	sender := senderTo(t, box)
	ours := map[string]bool{}
	// mark has a message report to the desk, by its token.
	mark := func(m *outbox.Message) string {
		m.ID = uuid.New()
		token := outbox.Token(wireKey, outbox.Mark{Cell: 1, ID: m.ID, Attempt: 1, Provider: kannelName})
		m.Report = desk.URL + "/sms/kannel/s3cret/status?" + TokenField + "=" + token
		ours[token] = true
		return token
	}
	send := func(t *testing.T, text string) string {
		t.Helper()
		m := wireMessage(text)
		token := mark(&m)
		if _, err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		return token
	}

	for name, text := range map[string]string{"hindi": hindi, "bengali": bengali, "english": "PIN 110001 + ? %41"} {
		t.Run(name+"_comes_in", func(t *testing.T) {
			box.Centre.Send(t, "919876543210", "56161", text)
			e := next(t, desk.events)
			if e.Text != text || e.From != asha || e.To != "56161" || e.ID == "" || time.Since(e.At) > time.Minute {
				t.Errorf("read %+q from %s to %s, %q at %v", e.Text, e.From.Tail(), e.To, e.ID, e.At)
			}
		})
	}
	t.Run("an_unanswered_text_comes_again_with_its_id", func(t *testing.T) {
		desk.mu.Lock()
		desk.refuse = 1
		desk.mu.Unlock()
		box.Centre.Send(t, "919876543210", "56161", "मदद")
		first, again := next(t, desk.events), next(t, desk.events)
		if first != again {
			t.Errorf("%q %q, then %q %q", first.ID, first.Text, again.ID, again.Text)
		}
	})
	t.Run("a_long_text_comes_in_as_one", func(t *testing.T) {
		box.Centre.SendPart(t, "919876543210", "56161", 9, 2, 2, "two")
		box.Centre.SendPart(t, "919876543210", "56161", 9, 1, 2, "one and ")
		if e := next(t, desk.events); e.Text != "one and two" || e.Parts != 0 {
			t.Errorf("read %q, part %d of %d", e.Text, e.Part, e.Parts)
		}
	})
	t.Run("a_part_whose_other_is_lost_comes_in_as_a_part", func(t *testing.T) {
		box.Centre.SendPart(t, "919876543210", "56161", 7, 2, 3, "two")
		if e := next(t, desk.events); e.Text != "two" || e.Ref != 7 || e.Part != 2 || e.Parts != 3 {
			t.Errorf("read %q, part %d of %d of %d", e.Text, e.Part, e.Parts, e.Ref)
		}
	})

	for name, text := range map[string]string{"hindi": hindi, "bengali": "আপনার টিকা ৭ জুন 😀", "english": "Dr {Asha} 100% + €5 & more"} {
		t.Run(name+"_goes_out", func(t *testing.T) {
			token := send(t, text)
			m := box.Centre.Next(t)
			kind := "ucs-2"
			if name == "english" {
				kind = "text"
			}
			if m.Text != text || m.Kind != kind || m.From != "VAXIND" || m.To != string(asha) {
				t.Errorf("the centre has %+v", m)
			}
			// In whatever order: that it arrived and that it was taken.
			seen := map[ReportStatus]bool{}
			for range 2 {
				r := next(t, desk.reports)
				if r.Token != token {
					t.Errorf("a report on %q, want %q", r.Token, token)
				}
				seen[r.Status] = true
			}
			if !seen[Sent] || !seen[Delivered] {
				t.Errorf("reported %v", seen)
			}
		})
	}
	t.Run("a_long_text_goes_out_in_parts", func(t *testing.T) {
		text := strings.TrimSpace(strings.Repeat("टीका केंद्र पर आधार कार्ड लाएँ। ", 6))
		token := send(t, text)
		parts := map[string]string{}
		for range 3 {
			m := box.Centre.Next(t)
			parts[m.UDH[8:]] = m.Text
		}
		if got := parts["0301"] + parts["0302"] + parts["0303"]; got != text {
			t.Errorf("the parts make %q", got)
		}
		for range 2 {
			if r := next(t, desk.reports); r.Token != token {
				t.Errorf("a report on %q, want %q", r.Token, token)
			}
		}
	})
	t.Run("refusals", func(t *testing.T) {
		wrong := sender.(kannelSender)
		wrong.Password = "wr0ng"
		_, err := wrong.Send(t.Context(), wireMessage(hindi))
		checkFailure(t, err, outbox.Failure{Policy: outbox.Elsewhere, Code: "403"})
		wrong = sender.(kannelSender)
		wrong.From = ""
		m := wireMessage(hindi)
		m.Template.Header = ""
		_, err = wrong.Send(t.Context(), m)
		checkFailure(t, err, outbox.Failure{Policy: outbox.Elsewhere, Code: "400 sender"})
		m = wireMessage(hindi)
		m.To = ""
		_, err = sender.Send(t.Context(), m)
		checkFailure(t, err, outbox.Failure{Policy: outbox.GiveUp, Code: "400 receiver"})
		m.To = "asha"
		_, err = sender.Send(t.Context(), m)
		checkFailure(t, err, outbox.Failure{Policy: outbox.GiveUp, Code: "400 denied"})
	})
	t.Run("bearerbox_is_killed", func(t *testing.T) {
		box.Kill()
		// smsbox goes, too, but not at once.
		unsure := wireMessage("unsure")
		var err error
		eventually.True(t, 5*time.Second, "smsbox takes no more texts", func() bool {
			mark(&unsure)
			_, err = sender.Send(t.Context(), unsure)
			return err != nil
		})
		f, ok := errors.AsType[*outbox.Failure](err)
		if !ok || (f.Policy != outbox.Ambiguous && f.Policy != outbox.Retry) {
			t.Fatalf("sending by a Kannel without bearerbox: %v", err)
		}
		box.Restart()
		token := send(t, hindi)
		// What failed as Ambiguous may have been in the spool and go out now:
		// that is what the word means.
		m := box.Centre.Next(t)
		for m.Text == "unsure" && f.Policy == outbox.Ambiguous {
			m = box.Centre.Next(t)
		}
		if m.Text != hindi {
			t.Errorf("the centre has %+v", m)
		}
		// Reports that smsbox had not acknowledged come again, too.
		for r := next(t, desk.reports); r.Token != token; r = next(t, desk.reports) {
			if !ours[r.Token] {
				t.Fatalf("a report on %q, which is none of ours", r.Token)
			}
		}
		box.Centre.Send(t, "919876543210", "56161", hindi)
		if e := next(t, desk.events); e.Text != hindi {
			t.Errorf("read %+q", e.Text)
		}
	})
}

// TestRealKannelWire has Kannel hand over texts in the other ways it can.
func TestRealKannelWire(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]func(d *kannelDesk) kanneltest.Options{
		"get_in_utf_16": func(d *kannelDesk) kanneltest.Options { return kanneltest.Options{Get: d.getURL(), NoRecode: true} },
		"post": func(d *kannelDesk) kanneltest.Options {
			return kanneltest.Options{Post: d.URL + "/sms/kannel/s3cret?id=%I"}
		},
		"post_in_utf_16": func(d *kannelDesk) kanneltest.Options {
			return kanneltest.Options{Post: d.URL + "/sms/kannel/s3cret?id=%I", NoRecode: true}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk := newKannelDesk(t)
			box := kanneltest.Start(t, o(desk))
			texts := map[string]bool{hindi: true, bengali: true, "HELP é €": true, "PIN 110001": true}
			for text := range texts {
				box.Centre.Send(t, "919876543210", "56161", text)
			}
			ids := map[string]bool{}
			for range texts {
				e := next(t, desk.events)
				if !texts[e.Text] || e.From != asha || e.To != "56161" || time.Since(e.At) > time.Minute {
					t.Errorf("read %+q from %s to %s at %v", e.Text, e.From.Tail(), e.To, e.At)
				}
				ids[e.ID] = true
			}
			if len(ids) != len(texts) {
				t.Error(fmt.Sprint(len(ids), " ids"))
			}
		})
	}
}
