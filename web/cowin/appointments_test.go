package cowin_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// TestSchedule_refused sends requests that must be refused; nobody gets a
// place.
func TestSchedule_refused(t *testing.T) {
	post := func(b string) string { return "POST /appointment/schedule\nAuthorization: Bearer {token}\n\n" + b }
	wish := func(dose, session, slot, people string) string {
		return post(fmt.Sprintf(`{"dose":%s,"session_id":"{%s}","slot":"%s","beneficiaries":%s}`, dose, session, slot, people))
	}
	const morning = "09:00AM-11:00AM"
	run(t, setting{}, func(r *rig) {
		r.vars["asha"] = r.register("token", "Asha Example", 1958, "0017")
		r.vars["ravi"] = r.register("token", "Ravi Example", 1995, "0018")
		r.vars["kamla"] = r.register("token", "Kamla Example", 1950, "0019")
		r.vars["booked"] = r.register("token", "Meena Example", 1950, "0020")
		r.vars["stranger"] = r.register("theirs", "Stranger", 1950, "0020")
		r.schedule("token", r.vars["later"], morning, 1, r.vars["booked"])
	}, map[string]testCase{
		"full":                   {request: wish(`1`, "single", "09:00AM-12:00PM", `["{asha}","{kamla}"]`), status: 409, want: `{"errorCode":"APPOIN0040","error":"This vaccination center is completely booked for the selected date. Please try another date or vaccination center."}`},
		"booked_already":         {request: wish(`1`, "session", morning, `["{booked}"]`), status: 400, want: `{"errorCode":"APPOIN0022","error":"An active first dose appointment already exists for {booked}"}`},
		"booked_this_already":    {request: wish(`1`, "later", morning, `["{booked}"]`), status: 400, want: `{"errorCode":"APPOIN0022","error":"An active first dose appointment already exists for {booked}"}`},
		"one_of_them_booked":     {request: wish(`1`, "session", morning, `["{asha}","{booked}"]`), status: 400, want: `{"errorCode":"APPOIN0022","error":"An active first dose appointment already exists for {booked}"}`},
		"another_slot":           {request: wish(`1`, "session", "FORENOON", `["{asha}"]`), status: 400, want: `{"errorCode":"APPOIN0015","error":"Invalid Slot Id"}`},
		"a_session_of_nobody":    {request: post(`{"dose":1,"session_id":"6a1c0e1e-52f4-4c39-8a0b-3c8f6b7d9e01","slot":"` + morning + `","beneficiaries":["{asha}"]}`), status: 400, want: `~TIKA_SESSION`},
		"no_session":             {request: post(`{"dose":1,"slot":"` + morning + `","beneficiaries":["{asha}"]}`), status: 400, want: `~USRRES0001`},
		"dose_2_before_dose_1":   {request: wish(`2`, "session", morning, `["{asha}"]`), status: 400, want: `{"errorCode":"APPOIN0025","error":"The individual with with reference id {asha} must be vaccinated with first dose before taking appointment for the second dose."}`},
		"dose_3":                 {request: wish(`3`, "session", morning, `["{asha}"]`), status: 400, want: `~TIKA_DOSE`},
		"too_old":                {request: wish(`"1"`, "young", "09:00AM-12:00PM", `["{asha}"]`), status: 400, want: `{"errorCode":"APPOIN0043","error":"Minimum age criteria is 18 years and maximum age 44 for this center"}`},
		"too_young":              {request: wish(`1`, "session", morning, `["{ravi}"]`), status: 400, want: `{"errorCode":"APPOIN0043","error":"Minimum age criteria is 45 years"}`},
		"one_of_them_too_young":  {request: wish(`1`, "session", morning, `["{asha}","{ravi}"]`), status: 400, want: `{"errorCode":"APPOIN0043","error":"Minimum age criteria is 45 years"}`},
		"today_is_over":          {request: wish(`1`, "now", "08:00AM-09:00AM", `["{asha}"]`), status: 400, want: `~Appointments are allowed only for future dates.`},
		"nobody":                 {request: wish(`1`, "session", morning, `[]`), status: 400, want: `~Beneficiaries array required, with length 1-4`},
		"five":                   {request: wish(`1`, "session", morning, `["1","2","3","4","5"]`), status: 400, want: `~Beneficiaries array required, with length 1-4`},
		"a_stranger":             {request: wish(`1`, "session", morning, `["{stranger}"]`), status: 400, want: `~TIKA_NOBODY_YET`},
		"a_stranger_among_them":  {request: wish(`1`, "session", morning, `["{asha}","{stranger}"]`), status: 400, want: `~TIKA_NOBODY_YET.*{stranger}`},
		"nothing":                {request: post(``), status: 400, want: `~TIKA_DOSE`},
		"without_a_token":        {request: "POST /appointment/schedule\n\n{}", status: 401, want: "Unauthenticated access!"},
		"with_the_papers_token":  {request: "POST /appointment/schedule\nAuthorization: Bearer {public}\n\n{}", status: 401, want: "Unauthenticated access!"},
		"reschedule_nothing":     {request: "POST /appointment/reschedule\nAuthorization: Bearer {token}\n\n{}", status: 400, want: `~TIKA_APPOINTMENT`},
		"reschedule_of_nobody":   {request: "POST /appointment/reschedule\nAuthorization: Bearer {token}\n\n" + `{"appointment_id":"` + uuid.NewString() + `","session_id":"{session}","slot":"` + morning + `"}`, status: 400, want: `~TIKA_NO_APPOINTMENT`},
		"reschedule_no_session":  {request: "POST /appointment/reschedule\nAuthorization: Bearer {token}\n\n" + `{"appointment_id":"` + uuid.NewString() + `","session_id":"x","slot":"` + morning + `"}`, status: 400, want: `~TIKA_SESSION`},
		"cancel_nothing":         {request: "POST /appointment/cancel\nAuthorization: Bearer {token}\n\n{}", status: 400, want: `~TIKA_APPOINTMENT`},
		"cancel_nobody":          {request: "POST /appointment/cancel\nAuthorization: Bearer {token}\n\n" + `{"appointment_id":"` + uuid.NewString() + `"}`, status: 400, want: `~TIKA_BENEFICIARIES`},
		"cancel_what_is_not":     {request: "POST /appointment/cancel\nAuthorization: Bearer {token}\n\n" + `{"appointment_id":"` + uuid.NewString() + `","beneficiariesToCancel":["{asha}"]}`, status: 400, want: `~TIKA_NO_APPOINTMENT`},
		"slip_of_nothing":        {request: "GET /appointment/appointmentslip/download?appointment_id=" + uuid.NewString() + "\nAuthorization: Bearer {token}", status: 400, want: `~TIKA_NO_APPOINTMENT`},
		"slip_without_an_id":     {request: "GET /appointment/appointmentslip/download\nAuthorization: Bearer {token}", status: 400, want: `~USRRES0001`},
		"slip_of_no_id":          {request: "GET /appointment/appointmentslip/download?appointment_id=x\nAuthorization: Bearer {token}", status: 400, want: `~TIKA_APPOINTMENT`},
		"certificate_too_early":  {request: "GET /registration/certificate/download?beneficiary_reference_id={asha}\nAuthorization: Bearer {token}", status: 404, want: `~CERTIFICATE00002`},
		"certificate_for_paper":  {request: "GET /registration/certificate/public/download?beneficiary_reference_id={asha}\nAuthorization: Bearer {public}", status: 404, want: `~CERTIFICATE00002`},
		"certificate_of_another": {request: "GET /registration/certificate/public/download?beneficiary_reference_id={stranger}\nAuthorization: Bearer {public}", status: 400, want: `~TIKA_NOBODY_YET`},
		"certificate_of_nobody":  {request: "GET /registration/certificate/download\nAuthorization: Bearer {token}", status: 400, want: `~USRRES0001`},
		"certificate_no_token":   {request: "GET /registration/certificate/public/download?beneficiary_reference_id={asha}", status: 401, want: "Unauthenticated access!"},
		"zz_nobody_got_a_place":  {request: "GET /appointment/beneficiaries\nAuthorization: Bearer {token}", want: `~^[^@]*"appointments":\[\].*"appointments":\[\].*"appointments":\[\].*"appointments":\[{[^{}]*}\]`},
	})
}

// TestSchedule follows a family through booking, moving and cancelling.
func TestSchedule(t *testing.T) {
	r := newRig(t, setting{})
	asha, kamla := r.register("token", "Asha Example", 1958, "0017"), r.register("token", "Kamla Example", 1950, "0019")
	got := r.with("token", "POST", "/appointment/schedule",
		`{"dose":"1","session_id":"{session}","slot":"09:00AM-11:00AM","beneficiaries":["`+asha+`",`+kamla+`],"center_id":"{center}","captcha":"aB3dE","more":null}`)
	r.same(got.body, `~^{"appointment_confirmation_no":"[0-9a-f-]{36}"}$`)
	r.vars["no"] = got.body[len(`{"appointment_confirmation_no":"`) : len(`{"appointment_confirmation_no":"`)+36]
	if n := strings.Count(r.with("token", "GET", "/appointment/beneficiaries", "").body, r.vars["no"]); n != 2 {
		t.Errorf("%d share the number", n)
	}
	step := func(name, path, body string, status int, want string) {
		t.Helper()
		got := r.with("token", "POST", path, body)
		if got.status != status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		r.same(got.body, want)
	}
	const move, cancel = "/appointment/reschedule", "/appointment/cancel"
	step("the same slot", move, `{"appointment_id":"{no}","session_id":"{session}","slot":"09:00AM-11:00AM"}`, 400, `~TIKA_SAME_SLOT.*can not reschedule the same center and slots`)
	step("a full one", move, `{"appointment_id":"{no}","session_id":"{single}","slot":"09:00AM-12:00PM"}`, 409, `~APPOIN0040`)
	step("another session", move, `{"appointment_id":"{no}","session_id":"{later}","slot":"09:00AM-11:00AM","beneficiaries":["`+asha+`"],"dose":1}`, 204, "")
	step("a slot that is none", move, `{"appointment_id":"{no}","session_id":"{later}","slot":"AFTERNOON"}`, 400, `~APPOIN0015`)
	if n := strings.Count(r.with("token", "GET", "/appointment/beneficiaries", "").body, `"date":"07-05-2021"`); n != 2 {
		t.Errorf("%d were moved", n)
	}
	step("one is taken out", cancel, `{"appointment_id":"{no}","beneficiariesToCancel":["`+asha+`"]}`, 204, "")
	step("again", cancel, `{"appointment_id":"{no}","beneficiariesToCancel":"`+asha+`"}`, 204, "")
	step("a stranger", cancel, `{"appointment_id":"{no}","beneficiariesToCancel":["10000000000017"]}`, 400, `~TIKA_NO_APPOINTMENT`)
	if body := r.with("token", "GET", "/appointment/beneficiaries", "").body; strings.Count(body, r.vars["no"]) != 1 {
		t.Errorf("after one left: %s", body)
	}
	step("not by others", cancel, `{"appointment_id":"`+uuid.NewString()+`","beneficiariesToCancel":["`+kamla+`"]}`, 400, `~TIKA_NO_APPOINTMENT`)
	if got := r.with("theirs", "POST", cancel, `{"appointment_id":"{no}","beneficiariesToCancel":["`+kamla+`"]}`); got.status != 400 {
		t.Errorf("somebody else cancelled it: %d", got.status)
	}
	r.pass(48 * time.Hour)
	step("cancelled on the day", cancel, `{"appointment_id":"{no}","beneficiariesToCancel":["`+kamla+`"]}`, 409, `~cannot be cancelled`)
	step("moved on the day", move, `{"appointment_id":"{no}","session_id":"{due}","slot":"09:00AM-11:00AM"}`, 409, `~APPOIN0040|cannot be cancelled`)
}

// TestPapers prints the slip of a family and the certificate of a person who
// was given a dose, in the language asked for.
func TestPapers(t *testing.T) {
	r := newRig(t, setting{takes: 5 * time.Minute}) // fonts may have to be fetched
	asha, kamla := r.register("token", "Asha Example", 1958, "0017"), r.register("token", "Kamla Example", 1950, "0019")
	no := r.schedule("token", r.vars["session"], "09:00AM-11:00AM", 1, asha, kamla)
	pages := func(name, path, token string) int {
		t.Helper()
		got := r.request("GET " + path + "\nAuthorization: Bearer {" + token + "}\nAccept-Language: hi_IN")
		if got.status == http.StatusInternalServerError && os.Getenv("CI") == "" {
			t.Skip("there are no fonts here, set TIKALINE_TEST_CACHE")
		}
		if got.status != http.StatusOK || !strings.HasPrefix(got.body, "%PDF-") || got.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %.80q", name, got.status, got.body)
		}
		return strings.Count(got.body, "/Type /Page\n")
	}
	if n := pages("slip", "/appointment/appointmentslip/download?appointment_id="+no, "token"); n != 2 {
		t.Errorf("the slip of two has %d pages", n)
	}
	if got := r.with("theirs", "GET", "/appointment/appointmentslip/download?appointment_id="+no, ""); got.status != 400 {
		t.Errorf("somebody else's: %d", got.status)
	}
	h, err := r.store.Bookings.Household(t.Context(), ours)
	r.must(err)
	r.pass(26 * time.Hour)
	_, err = r.core.Attend(t.Context(), ours, h.People[0].Appointments[0].ID, "nurse")
	r.must(err)
	for _, path := range []string{"/registration/certificate/download", "/registration/certificate/public/download"} {
		if n := pages("certificate", path+"?beneficiary_reference_id="+h.People[0].Reference, "token"); n != 1 {
			t.Errorf("%s has %d pages", path, n)
		}
	}
	pages("certificate for its own token", "/registration/certificate/public/download?beneficiary_reference_id="+h.People[0].Reference, "public")
}

// TestSchedule_held books a place that is held for a person who has yet to
// answer.
func TestSchedule_held(t *testing.T) {
	r := newRig(t, setting{})
	ref := r.register("token", "Asha Example", 1958, "0017")
	slot := r.core.Places.Groups(mustInt(t, r.vars["center"]), today+2, today+2)[0].Slots[0]
	held, err := r.core.Desk(ours, booking.SMS, "").Hold(t.Context(), uuid.New(), ref, slot.ID)
	r.must(err)
	no := r.schedule("token", r.vars["later"], "09:00AM-11:00AM", 1, ref)
	if no != held.ID.String() {
		t.Errorf("confirmed %s, held was %s", no, held.ID)
	}
	h, err := r.store.Bookings.Household(t.Context(), ours)
	r.must(err)
	if a, _ := h.People[0].Live(); a.Status != booking.Booked {
		t.Errorf("it is %s", a.Status)
	}
}
