package sms

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// A post is a provider whose wire is as plain as can be.
type post struct{ name string }

func (p post) Name() string { return p.name }

func (p post) Inbound(c echo.Context) (Event, error) {
	if c.Param("secret") != "s3cret" && p.name != twilioName {
		return Event{}, echo.ErrNotFound
	}
	if c.QueryParam("text") == "" {
		return Event{}, channel.Bad("text", "is required")
	}
	return Event{ID: c.QueryParam("id"), From: englishCaller, Text: c.QueryParam("text")}, nil
}

func (post) Answer(c echo.Context, _ Event) error { return c.String(http.StatusOK, "ok") }

func (p post) Report(c echo.Context) (Report, error) {
	if c.Param("secret") != "s3cret" && p.name != twilioName {
		return Report{}, echo.ErrNotFound
	}
	return Report{Status: ReportStatus(c.QueryParam("status"))}, nil
}

// A journal keeps reports.
type journal struct {
	reports []Report
	err     error
}

func (j *journal) Reported(_ context.Context, r Report) error {
	if j.err == nil {
		j.reports = append(j.reports, r)
	}
	return j.err
}

func TestRoutes(t *testing.T) {
	r, j := newRig(t), new(journal)
	e := echo.New()
	if err := Register(e, r.Gateway, j, []Adapter{post{"kannel"}, post{twilioName}}, nil); err != nil {
		t.Fatal(err)
	}
	ask := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec.Code, strings.TrimSpace(rec.Body.String())
	}
	const nothing = `{"message":"Not Found"}`
	for _, c := range []struct {
		path   string
		status int
		body   string
	}{
		{"/sms/kannel/s3cret?id=1&text=HELP", 200, "ok"},
		{"/sms/kannel/s3cret?id=1&text=HELP", 200, "ok"}, // again
		{"/sms/kannel/s3cret?id=2", 400, `{"message":"text is required"}`},
		{"/sms/kannel/wrong?id=2&text=HELP", 404, nothing},
		{"/sms/kannel?id=2&text=HELP", 404, nothing},
		{"/sms/kannel/status?status=sent", 404, nothing},
		{"/sms/kannel/wrong/status?status=sent", 404, nothing},
		{"/sms/exotel/s3cret?id=2&text=HELP", 404, nothing},
		{"/sms/exotel/s3cret/status", 404, nothing},
		{"/sms/twilio/s3cret?id=2&text=HELP", 404, nothing},
		{"/sms/twilio/s3cret/status", 404, nothing},
		{"/sms/twilio?id=2&text=HELP", 200, "ok"},
		{"/sms/twilio/status?status=delivered", 200, ""},
		{"/sms/kannel/s3cret/status?status=sent", 200, ""},
		{"/sms/kannel/s3cret/status", 200, ""}, // no news
		{"/sms", 404, nothing},
		{"/sms/", 404, nothing},
	} {
		if status, body := ask(c.path); status != c.status || body != c.body {
			t.Errorf("%s: %d %s, want %d %s", c.path, status, body, c.status, c.body)
		}
	}
	if n := len(r.replies(englishCaller)); n != 2 {
		t.Errorf("%d answers", n)
	}
	if len(j.reports) != 2 || j.reports[0].Provider != twilioName || j.reports[1].Provider != "kannel" || j.reports[1].Status != Sent {
		t.Errorf("reported %+v", j.reports)
	}
	t.Run("trouble_of_ours_has_it_brought_again", func(t *testing.T) {
		j.err, r.box.SaveErr = errors.New("away"), errors.New("away")
		for _, path := range []string{"/sms/kannel/s3cret?id=9&text=HELP", "/sms/kannel/s3cret/status?status=sent"} {
			if status, _ := ask(path); status != http.StatusInternalServerError {
				t.Errorf("%s: %d", path, status)
			}
		}
		r.box.SaveErr = nil
		r.Admit = func(bool) (func(), bool) { return nil, false }
		if status, body := ask("/sms/kannel/s3cret?id=9&text=HELP"); status != http.StatusServiceUnavailable || body != `{"message":"busy"}` {
			t.Errorf("%d %s", status, body)
		}
		r.Admit = nil
		if status, _ := ask("/sms/kannel/s3cret?id=9&text=HELP"); status != http.StatusOK || len(r.replies(englishCaller)) != 3 {
			t.Errorf("%d, %d answers", status, len(r.replies(englishCaller)))
		}
	})
	t.Run("a_provider_twice_is_refused", func(t *testing.T) {
		if err := Register(echo.New(), r.Gateway, j, []Adapter{post{"kannel"}, post{"kannel"}}, nil); err == nil {
			t.Error("it was taken")
		}
	})
}
