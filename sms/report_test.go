package sms

import (
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/outbox"
)

// changes is a store of notices that keeps what reports change.
type changes struct {
	outbox.Store
	mu   sync.Mutex
	list []outbox.Change
}

func (c *changes) Record(_ context.Context, _ time.Time, change outbox.Change) (*outbox.Recorded, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, change)
	return nil, nil
}

// take is what changed since it was last asked.
func (c *changes) take() []outbox.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.list
	c.list = nil
	return list
}

// A toOutbox is a Journal as the program has it.
type toOutbox struct{ reports *outbox.Reports }

func (j toOutbox) Reported(ctx context.Context, r Report) error {
	return j.reports.Report(ctx, r.Token, outbox.Report{Provider: r.Provider, Status: outbox.Status(r.Status), ProviderID: r.ProviderID, Code: r.Code})
}

// TestReports has every provider report with its own token, with another's, and
// with what somebody made up who knows all but our key.
func TestReports(t *testing.T) {
	store := new(changes)
	serve := func(key []byte) *echo.Echo {
		e := echo.New()
		all := []Adapter{newTestKannel(t), newTestExotel(t), newTestTwilio(t), newTestGeneric(t, genericForm), newTestGeneric(t, genericJSON)}
		j := toOutbox{&outbox.Reports{Store: store, Key: key, Now: time.Now}}
		if err := Register(e, newRig(t).Gateway, j, all, nil); err != nil {
			t.Fatal(err)
		}
		return e
	}
	ours, keyless := serve(wireKey), serve(nil)
	failed := map[string]func(token string) string{
		"kannel": func(token string) string { return "GET /sms/kannel/s3cret/status?t=" + token + "&type=2" },
		"exotel": func(token string) string {
			return "POST /sms/exotel/s3cret/status?t=" + token + "\n\nSmsSid=1&Status=failed"
		},
		"twilio": func(token string) string {
			return twilioRequest(twilioToken, "/sms/twilio/status?t="+token, url.Values{"MessageSid": {"SM02"}, "MessageStatus": {"failed"}}, "")
		},
		"gupshup": func(token string) string {
			return "POST /sms/gupshup/s3cret/status?t=" + token + "\n\nstatus=FAILED"
		},
		"infobip": func(token string) string {
			return "POST /sms/infobip/s3cret/status\n\n" + `{"results":[{"callbackData":"` + token + `","status":{"groupName":"EXPIRED"}}]}`
		},
	}
	mark := func(provider string) outbox.Mark {
		return outbox.Mark{Cell: 7, ID: wireID, Attempt: 2, Provider: provider}
	}
	for provider, report := range failed {
		t.Run(provider, func(t *testing.T) {
			good := outbox.Token(wireKey, mark(provider))
			another := "kannel"
			if provider == another {
				another = "twilio"
			}
			changed := []byte(good)
			changed[9] ^= 1 // another message
			tokens := map[string]struct {
				token  string
				to     *echo.Echo
				status int
			}{
				"its_own":                {good, ours, 200},
				"again":                  {good, ours, 200},
				"none":                   {"", ours, 400},
				"another_providers":      {outbox.Token(wireKey, mark(another)), ours, 403},
				"nobodys":                {outbox.Token(wireKey, mark("")), ours, 403},
				"on_another_message":     {string(changed), ours, 403},
				"with_another_key":       {outbox.Token([]byte("fedcba9876543210"), mark(provider)), ours, 403},
				"with_no_key":            {outbox.Token(nil, mark(provider)), ours, 403},
				"with_no_key_as_we_have": {outbox.Token(nil, mark(provider)), keyless, 403},
				"just_the_id":            {wireID.String(), ours, 403},
				"cut_short":              {good[:len(good)-1], ours, 403},
				"with_more":              {good + "A", ours, 403},
			}
			for name, x := range tokens {
				rec := httptest.NewRecorder()
				x.to.ServeHTTP(rec, wireRequest(report(x.token)))
				if rec.Code != x.status {
					t.Errorf("%s: %d %s, want %d", name, rec.Code, rec.Body, x.status)
				}
				if x.token != "" && strings.Contains(rec.Body.String(), x.token) {
					t.Errorf("%s: the answer repeats the token", name)
				}
				list := store.take()
				if (len(list) == 1) != (x.status == 200) {
					t.Errorf("%s: %d changes", name, len(list))
				}
				for _, c := range list {
					// The attempt goes along: the outbox knows if it is the last.
					if c.Cell != 7 || c.ID != wireID || c.Attempt != 2 || c.Status != outbox.Failed {
						t.Errorf("%s changed %+v", name, c)
					}
				}
			}
		})
	}
}

// Neither the message nor what came before tells what a token will be.
func TestReports_tokens_are_unlike_each_other(t *testing.T) {
	var ends []string
	for attempt := range 50 {
		token := outbox.Token(wireKey, outbox.Mark{ID: wireID, Attempt: attempt, Provider: kannelName})
		other := outbox.Token(wireKey, outbox.Mark{ID: uuid.New(), Attempt: 1, Provider: kannelName})
		ends = append(ends, token[28:], other[28:])
	}
	slices.Sort(ends)
	if n := len(slices.Compact(ends)); n != 100 {
		t.Errorf("%d different signatures of 100", n)
	}
}
