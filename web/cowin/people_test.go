package cowin_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// body returns a registration with some of its values changed; "" leaves one
// out.
func body(changes ...string) string {
	values := map[string]string{
		"name": `"Asha Example"`, "birth_year": `"1958"`, "gender_id": `2`, "photo_id_type": `12`,
		"photo_id_number": `"ABC1230017"`, "comorbidity_ind": `"N"`, "consent_version": `"1"`,
	}
	for i := 0; i+1 < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	var parts []string
	for name, v := range values {
		if v != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, v))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestNewBeneficiary(t *testing.T) {
	const done = `~^{"beneficiary_reference_id":"\d{14}"}$`
	post := func(b string) string {
		return "POST /registration/beneficiary/new\nAuthorization: Bearer {token}\n\n" + b
	}
	run(t, setting{}, nil, map[string]testCase{
		"01_as_in_the_book":             {request: post(body()), want: done},
		"02_again_is_the_same_person":   {request: post(body()), want: done},
		"03_her_id_under_another_name":  {request: post(body("name", `"Ravi Example"`)), status: 400, want: `~"errorCode":"TIKA_SAME_ID"`},
		"04_her_name_with_another_id":   {request: post(body("photo_id_number", `"9999"`)), status: 400, want: `~"errorCode":"TIKA_SAME_PERSON"`},
		"05_without_a_content_type":     {request: post(body("name", `"Second Person"`, "photo_id_number", `"0002"`)), want: done},
		"06_texts_for_numbers":          {request: post(body("name", `"Third Person"`, "birth_year", "1960", "gender_id", `"1"`, "photo_id_type", `"1"`, "photo_id_number", `"XXXXXXXX9999"`, "extra", `{"a":[1]}`)), want: done},
		"07_a_whole_Aadhaar_number":     {request: post(body("name", `"আশা দেবী"`, "photo_id_type", "1", "photo_id_number", `"9999 4105 7058"`)), want: done},
		"08_a_fifth_person":             {request: post(body("name", `"Fifth Person"`, "photo_id_number", `"0005"`)), status: 400, want: `~Maximum 4 beneficiaries`},
		"09_a_wrong_Aadhaar_number":     {request: post(body("photo_id_type", "1", "photo_id_number", `"999941057059"`)), status: 400, want: `~TIKA_BAD_ID`},
		"10_an_Aadhaar_number_of_ten":   {request: post(body("photo_id_type", "1", "photo_id_number", `"9999410570"`)), status: 400, want: `~TIKA_BAD_ID`},
		"11_letters_in_Aadhaar":         {request: post(body("photo_id_type", "1", "photo_id_number", `"ABCD"`)), status: 400, want: `~TIKA_BAD_ID`},
		"12_no_id":                      {request: post(body("photo_id_number", "")), status: 400, want: `~TIKA_BAD_ID`},
		"13_an_id_that_is_not_accepted": {request: post(body("photo_id_type", "10")), status: 400, want: `~TIKA_BAD_ID`},
		"14_no_name":                    {request: post(body("name", "")), status: 400, want: `~TIKA_NAME_TOO_SHORT`},
		"15_a_name_of_signs":            {request: post(body("name", `"<b>"`)), status: 400, want: `~TIKA_NAME_NOT_WORDS`},
		"16_no_year":                    {request: post(body("birth_year", `"58"`)), status: 400, want: `~TIKA_BAD_YEAR`},
		"17_too_young":                  {request: post(body("birth_year", `"2010"`)), status: 400, want: `{"errorCode":"APPOIN0043","error":"Minimum age criteria is 18 years"}`},
		"18_no_gender":                  {request: post(body("gender_id", "7")), status: 400, want: `~TIKA_GENDER`},
		"19_no_consent":                 {request: post(body("consent_version", "")), status: 400, want: `~TIKA_CONSENT_NEEDED`},
		"20_nothing":                    {request: post(""), status: 400, want: `~errorCode`},
		"21_without_a_token":            {request: "POST /registration/beneficiary/new\n\n" + body(), status: 401, want: "Unauthenticated access!"},
	})
}

// TestNewBeneficiary_at_once has one person registered by many equal requests:
// all get one reference id.
func TestNewBeneficiary_at_once(t *testing.T) {
	r := newRig(t, setting{})
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			ref := r.register("token", "Asha Example", 1958, "0017")
			mu.Lock()
			defer mu.Unlock()
			got[ref]++
		})
	}
	wg.Wait()
	if len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if strings.Contains(r.with("token", "GET", "/appointment/beneficiaries", "").body, "ABC123") {
		t.Error("more of the photo id than its last four characters was kept")
	}
}

func TestBeneficiaries(t *testing.T) {
	r := newRig(t, setting{})
	r.same(r.with("empty", "GET", "/appointment/beneficiaries", "").body, `{"beneficiaries":[]}`)
	ref := r.register("token", "Asha Example", 1958, "0017")
	r.vars["ref"] = ref
	const asha = `"beneficiary_reference_id":"{ref}","name":"Asha Example","birth_year":"1958","gender":"Female","mobile_number":"3210",
		"photo_id_type":"Voter ID","photo_id_number":"XXXXXXXX0017","comorbidity_ind":"N"`
	const unvaccinated = asha + `,"vaccination_status":"Not Vaccinated","vaccine":"","dose1_date":"","dose2_date":""`
	const place = `"center_id":{center},"name":"PHC Example Nagar","state_name":"Bihar","district_name":"Patna","block_name":"Patna Sadar"`
	list := func() string { return r.with("token", "GET", "/appointment/beneficiaries", "").body }
	r.same(list(), `{"beneficiaries":[{`+unvaccinated+`,"appointments":[]}]}`)

	r.vars["no"] = r.schedule("token", r.vars["session"], "11:00AM-01:00PM", 1, ref)
	booked := `{"appointment_id":"{no}",` + place + `,"from":"09:00","to":"13:00","dose":1,"session_id":"{session}","date":"06-05-2021","slot":"11:00AM-01:00PM"}`
	r.same(list(), `{"beneficiaries":[{`+unvaccinated+`,"appointments":[`+booked+`]}]}`)
	if got := r.request("GET /appointment/beneficiaries\nAuthorization: Bearer {token}\nAccept-Language: hi_IN"); !strings.Contains(got.body, `"name_l":"उदाहरण नगर"`) {
		t.Errorf("in Hindi: %s", got.body)
	}
	if got := r.with("token", "POST", "/registration/beneficiary/delete", `{"beneficiary_reference_id":"{ref}"}`); got.status != 400 || !strings.Contains(got.body, "BENDOC0040") {
		t.Errorf("deleted with an appointment: %d %s", got.status, got.body)
	}

	// The dose is given: the appointment stays, as some programs expect, and
	// from now on its session has no ages.
	h, err := r.store.Bookings.Household(t.Context(), ours)
	r.must(err)
	r.pass(26 * time.Hour)
	_, err = r.core.Attend(t.Context(), ours, h.People[0].Appointments[0].ID, "nurse")
	r.must(err)
	given := asha + `,"vaccination_status":"Partially Vaccinated","vaccine":"COVISHIELD","dose1_date":"06-05-2021","dose2_date":""`
	r.same(list(), `{"beneficiaries":[{`+given+`,"appointments":[`+booked+`]}]}`)
	if got := r.with("token", "POST", "/registration/beneficiary/delete", `{"beneficiary_reference_id":"{ref}"}`); got.status != 400 || !strings.Contains(got.body, "TIKA_VACCINATED") {
		t.Errorf("deleted after a dose: %d %s", got.status, got.body)
	}
	r.pass(24 * time.Hour)
	r.look()
	if got := list(); !strings.Contains(got, `"from":"11:00","to":"13:00","dose":1`) {
		t.Errorf("of a day that is over: %s", got)
	}

	// The second dose, when it is due.
	r.pass(85 * 24 * time.Hour)
	r.look()
	r.vars["no2"] = r.schedule("token", r.vars["due"], "09:00AM-11:00AM", 2, ref)
	if got := list(); !strings.Contains(got, `"appointment_id":"`+r.vars["no2"]+`"`) || strings.Count(got, "appointment_id") != 2 {
		t.Errorf("with two: %s", got)
	}
	r.pass(3 * 24 * time.Hour)
	h, err = r.store.Bookings.Household(t.Context(), ours)
	r.must(err)
	_, err = r.core.Attend(t.Context(), ours, h.People[0].Appointments[1].ID, "nurse")
	r.must(err)
	r.same(list(), `~"vaccination_status":"Vaccinated","vaccine":"COVISHIELD","dose1_date":"06-05-2021","dose2_date":"03-08-2021"`)
}

func TestDelete(t *testing.T) {
	r := newRig(t, setting{})
	ref, other := r.register("token", "Asha Example", 1958, "0017"), r.register("theirs", "Ravi Example", 1958, "0018")
	for _, c := range []struct {
		name, token, body string
		status            int
		want              string
	}{
		{"without a reference", "token", `{}`, 400, `~USRRES0001`},
		{"somebody else's", "token", `{"beneficiary_reference_id":"` + other + `"}`, 400, `~TIKA_NOBODY_YET`},
		{"as a number", "token", `{"beneficiary_reference_id":` + ref + `}`, 204, ``},
		{"of nought", "token", `{"beneficiary_reference_id":"\u0000"}`, 400, `~TIKA_NOBODY_YET`},
		{"again", "token", `{"beneficiary_reference_id":"` + ref + `"}`, 204, ``},
		{"without a token", "none", `{"beneficiary_reference_id":"` + ref + `"}`, 401, `Unauthenticated access!`},
	} {
		got := r.with(c.token, "POST", "/registration/beneficiary/delete", c.body)
		if got.status != c.status {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
		r.same(got.body, c.want)
	}
	h, err := r.store.Bookings.Household(t.Context(), ours)
	if err != nil || len(h.People) != 0 {
		t.Errorf("left are %v, %v", h.People, err)
	}
}

// TestNothing_is_kept: an answer to a client that has logged in stays in no
// cache.
func TestNothing_is_kept(t *testing.T) {
	r := newRig(t, setting{})
	r.login()
	for _, path := range []string{"/appointment/beneficiaries", "/nothing/like/it"} {
		if got := r.with("token", "GET", path, ""); got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, got.header)
		}
	}
}
