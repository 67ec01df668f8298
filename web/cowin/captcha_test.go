package cowin_test

import (
	"bytes"
	"strings"
	"testing"

	"tikaline/web/cowin"
)

// TestCaptcha_right books with the captcha that was drawn: once, and not with
// one that was drawn for somebody else.
func TestCaptcha_right(t *testing.T) {
	seeds := make([]byte, 3*32)
	for i := range seeds {
		seeds[i] = byte(i)
	}
	answer := func(n int) string {
		a, _ := cowin.Captcha([32]byte(seeds[32*n:]))
		return a
	}
	r := newRig(t, setting{captcha: true, rand: bytes.NewReader(seeds)})
	asha, ravi := r.register("token", "Asha Example", 1958, "0017"), r.register("theirs", "Ravi Example", 1958, "0018")
	wish := func(token, person, captcha string, status int, want string) {
		t.Helper()
		got := r.with(token, "POST", "/appointment/schedule",
			`{"dose":1,"session_id":"{session}","slot":"09:00AM-11:00AM","beneficiaries":["`+person+`"],"captcha":"`+captcha+`"}`)
		if got.status != status {
			t.Errorf("%s: %d %s", captcha, got.status, got.body)
		}
		r.same(got.body, want)
	}
	r.with("token", "POST", "/auth/getRecaptcha", "")
	wish("theirs", ravi, answer(0), 400, `~APPOIN0045`)
	wish("token", asha, strings.ToLower(answer(0)), 200, `~appointment_confirmation_no`)
	wish("token", asha, answer(0), 400, `~APPOIN0045`)
	r.with("theirs", "POST", "/auth/getRecaptcha", "")
	r.with("theirs", "POST", "/auth/getRecaptcha", "")
	wish("theirs", ravi, answer(1), 400, `~APPOIN0045`)
	wish("theirs", ravi, answer(2), 400, `~APPOIN0045`) // one picture, one answer
}

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
