package cowin_test

import (
	"strings"
	"testing"
)

// TestCaptcha_wanted schedules where a captcha is wanted: without one, with a
// wrong one, and with one that was never drawn.
func TestCaptcha_wanted(t *testing.T) {
	wish := func(captcha string) string {
		return "POST /appointment/schedule\nAuthorization: Bearer {token}\n\n" + `{"dose":1,"session_id":"{session}","slot":"09:00AM-11:00AM","beneficiaries":["17"]` + captcha + `}`
	}
	draw := func(r *rig) {
		got := r.with("token", "POST", "/auth/getRecaptcha", "{}")
		if got.status != 200 || !strings.HasPrefix(got.body, `{"captcha":"<svg `) || !strings.Contains(got.body, `<\/svg>"}`) || strings.Contains(got.body, `</`) {
			t.Errorf("drawn: %d %s", got.status, got.body)
		}
	}
	run(t, setting{captcha: true}, nil, map[string]testCase{
		"missing":          {request: wish(""), status: 400, want: `{"errorCode":"APPOIN0044","error":"Please enter valid security code"}`},
		"wrong":            {request: wish(`,"captcha":"00000"`), status: 400, want: `~APPOIN0045`, prepare: draw},
		"never_drawn":      {request: wish(`,"captcha":"AB2CE"`), status: 400, want: `~APPOIN0045`},
		"without_a_token":  {request: "POST /auth/getRecaptcha", status: 401, want: "Unauthenticated access!"},
		"an_empty_body_do": {request: "POST /auth/getRecaptcha\nAuthorization: Bearer {token}", want: `~^{"captcha":"<svg`},
	})
}
