package cowin_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/web/access"
)

func TestLists(t *testing.T) {
	run(t, setting{}, nil, map[string]testCase{
		"states": {request: "GET /admin/location/states",
			want: `~^{"states":\[{"state_id":1,"state_name":"Andaman and Nicobar Islands"},{"state_id":2,.*"state_id":8,"state_name":"Dadra and Nagar Haveli"},{"state_id":37,"state_name":"Daman and Diu"},{"state_id":9,"state_name":"Delhi"}.*{"state_id":36,"state_name":"West Bengal"}\],"ttl":24}$`},
		"states_in_Hindi":             {request: "GET /admin/location/states\nAccept-Language: hi_IN", want: `~{"state_id":5,"state_name":"Bihar","state_name_l":"बिहार"}`},
		"states_in_Bengali":           {request: "GET /admin/location/states\nAccept-Language: bn-IN,bn;q=0.9", want: `~"state_name_l":"বিহার"`},
		"states_in_the_query":         {request: "GET /admin/location/states?Accept-Language=hi_IN", want: `~"state_name_l":"बिहार"`},
		"states_in_English":           {request: "GET /admin/location/states\nAccept-Language: en_US", want: `~"state_name":"Bihar","state_name_l":"Bihar"`},
		"states_for_a_browser":        {request: "GET /admin/location/states\nAccept-Language: en-US,en;q=0.9", want: `~"state_name":"Bihar"}`},
		"states_in_no_language":       {request: "GET /admin/location/states\nAccept-Language: ;;*", want: `~"state_name":"Bihar"}`},
		"states_with_a_useless_token": {request: "GET /admin/location/states\nAuthorization: Bearer null", want: `~"state_name":"Bihar"}`},
		"districts":                   {request: "GET /admin/location/districts/5", want: `~{"state_id":5,"district_id":97,"district_name":"Patna"}.*"ttl":24}$`},
		"districts_in_Hindi":          {request: "GET /admin/location/districts/5\nAccept-Language: hi_IN", want: `~"district_name":"Patna","district_name_l":"पटना"`},
		"districts_of_nowhere":        {request: "GET /admin/location/districts/99", want: `{"districts":[],"ttl":24}`},
		"districts_of_no_number":      {request: "GET /admin/location/districts/Bihar", status: 400, want: `~"errorCode":"TIKA_STATE_ID"`},
		"genders":                     {request: "GET /registration/beneficiary/genders", want: `{"genders":[{"gender":"Male","id":1},{"gender":"Female","id":2},{"gender":"Others","id":3}],"ttl":24}`},
		"genders_in_Hindi":            {request: "GET /registration/beneficiary/genders\nAccept-Language: hi_IN", want: `~{"gender":"Female","gender_l":"महिला","id":2}`},
		"idTypes": {request: "GET /registration/beneficiary/idTypes", want: `{"types":[
			{"type":"Aadhaar Card","id":1,"doc_type":null,"flag":1},{"type":"Driving License","id":2,"doc_type":"DRVLC","flag":1},
			{"type":"PAN Card","id":6,"doc_type":"PANCR","flag":1},{"type":"Passport","id":8,"doc_type":"PSPRT","flag":1},
			{"type":"Pension Passbook","id":9,"doc_type":null,"flag":1},{"type":"NPR Smart Card","id":11,"doc_type":null,"flag":1},
			{"type":"Voter ID","id":12,"doc_type":"VTRID","flag":1},
			{"type":"Unique Disability ID (Unique ID for Persons with Disabilities)","id":15,"doc_type":null,"flag":1},
			{"type":"Ration Card with Photo","id":16,"doc_type":null,"flag":1}],"ttl":24}`},
		"idTypes_in_Hindi": {request: "GET /registration/beneficiary/idTypes\nAccept-Language: hi_IN", want: `~"type":"Aadhaar Card","type_l":"आधार`},
	})
}

// The lists of the two centres of the pincode for tomorrow.
const (
	governmentPlace = `"center_id":{center},"name":"PHC Example Nagar","address":"Station Road","state_name":"Bihar","district_name":"Patna","block_name":"Patna Sadar","pincode":800001,"lat":25,"long":85,"fee_type":"Free"`
	paidPlace       = `"center_id":{paid},"name":"Example \"Private\" <Hospital> & Sons","address":"Main Road","state_name":"Bihar","district_name":"Patna","block_name":"Not Applicable","pincode":800001,"lat":25,"long":85,"fee_type":"Paid"`
	youngSession    = `"session_id":"{young}","date":"06-05-2021","available_capacity_dose1":3,"available_capacity_dose2":0,"available_capacity":3,"min_age_limit":18,"max_age_limit":44,"allow_all_age":false,"vaccine":"COVAXIN","slots":["09:00AM-12:00PM"]`
	oldSession      = `"session_id":"{session}","date":"06-05-2021","available_capacity_dose1":40,"available_capacity_dose2":10,"available_capacity":50,"min_age_limit":45,"allow_all_age":false,"vaccine":"COVISHIELD","slots":["09:00AM-11:00AM","11:00AM-01:00PM"]`
	singleSession   = `"session_id":"{single}","date":"06-05-2021","available_capacity_dose1":1,"available_capacity_dose2":0,"available_capacity":1,"min_age_limit":18,"allow_all_age":true,"vaccine":"COVAXIN","slots":["09:00AM-12:00PM"]`

	foundTomorrow = `{"sessions":[
		{` + governmentPlace + `,"from":"09:00:00","to":"12:00:00","fee":"0",` + youngSession + `},
		{` + governmentPlace + `,"from":"09:00:00","to":"13:00:00","fee":"0",` + oldSession + `},
		{` + paidPlace + `,"from":"09:00:00","to":"12:00:00","fee":"250",` + singleSession + `}]}`
	nothingFound = `{"sessions":[]}`
)

// TestFind asks for tomorrow in every way that programs do.
func TestFind(t *testing.T) {
	cases := map[string]testCase{
		"in_a_district":                {request: "GET /appointment/sessions/public/findByDistrict?district_id=97&date=06-05-2021", want: foundTomorrow},
		"in_a_district_misspelt":       {request: "GET /appointment/sessions/public/findByDistrict?districtID=97&date=06-05-2021", want: foundTomorrow},
		"logged_in":                    {request: "GET /appointment/sessions/findByPin?pincode=800001&date=06-05-2021\nAuthorization: Bearer {token}", want: foundTomorrow},
		"in_a_district_logged_in":      {request: "GET /appointment/sessions/findByDistrict?district_id=97&date=06-05-2021\nAuthorization: Bearer {token}", want: foundTomorrow},
		"by_the_portal":                {request: "GET /appointment/sessions/search?district_id=97&date=06-05-2021\nAuthorization: Bearer {token}", want: foundTomorrow},
		"by_the_portal_today":          {request: "GET /appointment/sessions/search?district_id=97\nAuthorization: Bearer {token}", want: `~^{"sessions":\[{.*"date":"05-05-2021","available_capacity_dose1":5,"available_capacity_dose2":0.*"slots":\["11:00AM-01:00PM"\]}\]}$`},
		"of_one_vaccine":               {request: "GET /appointment/sessions/findByPin?pincode=800001&date=06-05-2021&vaccine=covishield\nAuthorization: Bearer {token}", want: `{"sessions":[{` + governmentPlace + `,"from":"09:00:00","to":"13:00:00","fee":"0",` + oldSession + `}]}`},
		"of_a_vaccine_that_is_none":    {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021&vaccine=X", want: nothingFound},
		"without_a_token":              {request: "GET /appointment/sessions/findByPin?pincode=800001&date=06-05-2021", status: 401, want: "Unauthenticated access!"},
		"with_a_token_for_the_paper":   {request: "GET /appointment/sessions/findByPin?pincode=800001&date=06-05-2021\nAuthorization: Bearer {public}", status: 401, want: "Unauthenticated access!"},
		"third_doses_are_of_no_use":    {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=08-05-2021", want: nothingFound},
		"a_pincode_without_centres":    {request: "GET /appointment/sessions/public/findByPin?pincode=999999&date=06-05-2021", want: nothingFound},
		"a_district_that_is_none":      {request: "GET /appointment/sessions/public/findByDistrict?district_id=4711&date=06-05-2021", want: nothingFound},
		"yesterday":                    {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=04-05-2021", want: nothingFound},
		"a_short_pincode":              {request: "GET /appointment/sessions/public/findByPin?pincode=12&date=06-05-2021", status: 400, want: `{"errorCode":"APPOIN0018","error":"Invalid Pincode"}`},
		"a_pincode_of_letters":         {request: "GET /appointment/sessions/public/findByPin?pincode=Patna1&date=06-05-2021", status: 400, want: `{"errorCode":"APPOIN0018","error":"Invalid Pincode"}`},
		"a_pincode_that_begins_with_0": {request: "GET /appointment/sessions/public/findByPin?pincode=000001&date=06-05-2021", status: 400, want: `{"errorCode":"APPOIN0018","error":"Invalid Pincode"}`},
		"no_pincode":                   {request: "GET /appointment/sessions/public/findByPin?date=06-05-2021", status: 400, want: `{"errorCode":"USRRES0001","error":"Input parameter missing"}`},
		"no_date":                      {request: "GET /appointment/sessions/public/findByPin?pincode=800001", status: 400, want: `{"errorCode":"USRRES0001","error":"Input parameter missing"}`},
		"no_district":                  {request: "GET /appointment/sessions/public/findByDistrict?date=06-05-2021", status: 400, want: `{"errorCode":"USRRES0001","error":"Input parameter missing"}`},
		"a_district_of_letters":        {request: "GET /appointment/sessions/public/findByDistrict?district_id=Patna&date=06-05-2021", status: 400, want: `~"errorCode":"TIKA_DISTRICT_ID"`},
		"no_such_day":                  {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=31-02-2021", status: 400, want: `~"errorCode":"USRRES0001"`},
		"no_date_at_all":               {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=tomorrow", status: 400, want: `~"errorCode":"USRRES0001"`},
		"a_broken_escape":              {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=%25zz", status: 400, want: `~"errorCode":"USRRES0001"`},
		"in_Hindi": {request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021&vaccine=COVISHIELD\nAccept-Language: hi_IN",
			want: `~"name":"PHC Example Nagar","name_l":"उदाहरण नगर","address":"Station Road","address_l":"Station Road","state_name":"Bihar","state_name_l":"बिहार","district_name":"Patna","district_name_l":"पटना"`},
	}
	for name, date := range map[string]string{
		"as_it_should_be": "06-05-2021", "unpadded": "6-5-2021", "a_short_year": "06-05-21", "slashes": "06/05/2021", "equals_signs": "06=05=2021",
		"plus_signs": "06+05+2021", "ampersands": "06&05&2021", "dollars": "06$05$2021", "spaces_behind": "06-     05-     2021",
		"a_cache_buster": "06-05-2021?_=1177", "a_tail": "06-05-2021/status/200", "a_space_in_front": " 06-05-2021", "the_year_first": "2021-05-06",
	} {
		cases["date_with_"+name] = testCase{request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=" + url.QueryEscape(date), want: foundTomorrow}
	}
	cases["date_with_plus_signs_unescaped"] = testCase{request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=06+05+2021", want: foundTomorrow}
	cases["date_with_a_cache_buster_unescaped"] = testCase{request: "GET /appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021?_=1177", want: foundTomorrow}
	run(t, setting{}, nil, cases)
}

func TestCalendar(t *testing.T) {
	paidWeek := `{` + paidPlace + `,"from":"09:00:00","to":"12:00:00","sessions":[{` + singleSession + `},
		{"session_id":"{double}","date":"07-05-2021","available_capacity_dose1":2,"available_capacity_dose2":0,"available_capacity":2,"min_age_limit":18,"allow_all_age":true,"vaccine":"COVAXIN","slots":["09:00AM-12:00PM"]}],
		"vaccine_fees":[{"vaccine":"COVAXIN","fee":"250"}]}`
	laterSession := `{"session_id":"{later}","date":"07-05-2021","available_capacity_dose1":20,"available_capacity_dose2":0,"available_capacity":20,"min_age_limit":45,"allow_all_age":false,"vaccine":"COVISHIELD","slots":["09:00AM-11:00AM"]}`
	week := `{"centers":[{` + governmentPlace + `,"from":"09:00:00","to":"13:00:00","sessions":[{` + youngSession + `},{` + oldSession + `},` + laterSession + `]},` + paidWeek + `]}`
	run(t, setting{}, nil, map[string]testCase{
		"of_a_pincode":              {request: "GET /appointment/sessions/public/calendarByPin?pincode=800001&date=06-05-2021", want: week},
		"of_a_district":             {request: "GET /appointment/sessions/public/calendarByDistrict?district_id=97&date=06-05-2021", want: week},
		"logged_in":                 {request: "GET /appointment/sessions/calendarByPin?pincode=800001&date=06-05-2021\nAuthorization: Bearer {token}", want: week},
		"of_a_district_logged_in":   {request: "GET /appointment/sessions/calendarByDistrict?districtID=97&date=06-05-2021\nAuthorization: Bearer {token}", want: week},
		"without_a_token":           {request: "GET /appointment/sessions/calendarByDistrict?district_id=97&date=06-05-2021", status: 401, want: "Unauthenticated access!"},
		"of_nowhere":                {request: "GET /appointment/sessions/public/calendarByPin?pincode=834002&date=06-05-2021", want: `{"centers":[]}`},
		"of_a_centre":               {request: "GET /appointment/sessions/public/calendarByCenter?center_id={paid}&date=06-05-2021", want: `{"centers":` + paidWeek + `}`},
		"of_a_centre_misspelt":      {request: "GET /appointment/sessions/public/calendarByCenter?districtID={paid}&date=06-05-2021", want: `{"centers":` + paidWeek + `}`},
		"of_a_centre_with_nothing":  {request: "GET /appointment/sessions/public/calendarByCenter?center_id={far}&date=06-05-2021", want: `~^{"centers":{"center_id":\d+,"name":"PHC Far",.*"from":"09:00:00","to":"17:00:00","fee_type":"Free","sessions":\[\]}}$`},
		"of_a_centre_that_is_none":  {request: "GET /appointment/sessions/public/calendarByCenter?center_id=4711&date=06-05-2021", want: `{"centers":{}}`},
		"of_a_centre_without_an_id": {request: "GET /appointment/sessions/public/calendarByCenter?date=06-05-2021", status: 400, want: `~USRRES0001`},
		"a_week_later":              {request: "GET /appointment/sessions/public/calendarByPin?pincode=800001&date=13-05-2021", want: `{"centers":[]}`},
		"that_ends_on_the_day":      {request: "GET /appointment/sessions/public/calendarByPin?pincode=800001&date=30-04-2021", want: `~"date":"06-05-2021"`},
		"that_ends_before":          {request: "GET /appointment/sessions/public/calendarByCenter?center_id={paid}&date=29-04-2021", want: `~"sessions":\[\]`},
	})
}

func TestFindByLatLong(t *testing.T) {
	run(t, setting{}, nil, map[string]testCase{
		"nearest_first": {request: "GET /appointment/centers/public/findByLatLong?lat=25.62&long=85.15",
			want: `~^{"centers":\[{"center_id":\d+,"name":"Example .*,"district_name":"Patna","state_name":"Bihar","location":"Main Road","pincode":"800001","block_name":"Not Applicable","lat":"25.62000000","long":"85.15000000"},{.*"name":"PHC Example Nagar".*}\],"ttl":24}$`},
		"logged_in":         {request: "GET /appointment/centers/findByLatLong?lat=25.61&long=85.1\nAuthorization: Bearer {token}", want: `~PHC Example Nagar`},
		"as_if_logged_in":   {request: "GET /appointment/centers/findByLatLong?lat=25.61&long=85.1", want: `~PHC Example Nagar`},
		"in_the_sea":        {request: "GET /appointment/centers/public/findByLatLong?lat=10&long=70", want: `{"centers":[],"ttl":24}`},
		"without_long":      {request: "GET /appointment/centers/public/findByLatLong?lat=10", status: 400, want: `~USRRES0001`},
		"no_number":         {request: "GET /appointment/centers/public/findByLatLong?lat=here&long=70", status: 400, want: `~TIKA_LAT`},
		"not_on_this_globe": {request: "GET /appointment/centers/public/findByLatLong?lat=10&long=NaN", status: 400, want: `~TIKA_LONG`},
	})
}

// TestFront asks for addresses that are not there.
func TestFront(t *testing.T) {
	run(t, setting{}, nil, map[string]testCase{
		"no_such_address":     {request: "GET /appointment/nothing", status: 404, want: `{"errorCode":"TIKA_404","error":"Not Found"}`},
		"no_such_method":      {request: "POST /admin/location/states", status: 405, want: `{"errorCode":"TIKA_405","error":"Method Not Allowed"}`},
		"a_wrong_method":      {request: "GET /appointment/schedule", status: 405, want: `{"errorCode":"TIKA_405","error":"Method Not Allowed"}`},
		"preflight":           {request: "OPTIONS /appointment/schedule\nOrigin: https://selfregistration.cowin.gov.in\nAccess-Control-Request-Method: POST", status: 204},
		"preflight_anywhere":  {request: "OPTIONS /auth/generateMobileOTP", status: 204},
		"another_version":     {request: "GET /../v1/anything", status: 404, want: `~TIKA_404`},
		"a_body_too_large":    {request: "POST /appointment/schedule\nAuthorization: Bearer {token}\n\n" + `{"x":"` + strings.Repeat("a", 64<<10) + `"}`, status: 413, want: `~TIKA_BODY`},
		"a_body_of_rubbish":   {request: "POST /appointment/cancel\nAuthorization: Bearer {token}\n\n{{{{", status: 400, want: `~TIKA_BODY`},
		"a_list_for_a_body":   {request: "POST /registration/beneficiary/new\nAuthorization: Bearer {token}\n\n[1]", status: 400, want: `~TIKA_BODY`},
		"null_for_a_body":     {request: "POST /registration/beneficiary/delete\nAuthorization: Bearer {token}\n\nnull", status: 400, want: `~USRRES0001`},
		"an_object_for_text":  {request: "POST /registration/beneficiary/delete\nAuthorization: Bearer {token}\n\n" + `{"beneficiary_reference_id":{}}`, status: 400, want: `~TIKA_BODY`},
		"a_token_of_somebody": {request: "GET /appointment/beneficiaries\nAuthorization: Bearer null", status: 401, want: "Unauthenticated access!"},
		"asking_for_a_code":   {request: "POST /auth/generateMobileOTP\nAuthorization: Bearer null\n\n" + `{"mobile":9876543299,"secret":"U2FsdGVkX1"}`, want: `~^{"txnId":"[0-9a-f-]{36}"}`},
		"asking_for_nobody":   {request: "POST /auth/generateOTP\n\n{}", status: 400, want: `{"errorCode":"USRAUT0010","error":"Mobile is Required"}`},
		"a_plain_code":        {request: "POST /auth/public/confirmOTP\n\n" + `{"otp":"123456","txnId":"3f0c1a52-6d1e-4b7a-9a55-0c7b1f2e4d10"}`, status: 400, want: `{"errorCode":"USRAUT0014","error":"Invalid OTP"}`},
	})
	r := newRig(t, setting{})
	got := r.request("OPTIONS /appointment/schedule")
	for name, words := range map[string][]string{"Access-Control-Allow-Headers": {"Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key"}, "Access-Control-Allow-Methods": {"GET", "POST", "OPTIONS"}} {
		for _, w := range words {
			if !strings.Contains(got.header.Get(name), w) {
				t.Errorf("%s is %q, without %s", name, got.header.Get(name), w)
			}
		}
	}
	if kind := r.get("/appointment/beneficiaries").header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("401 is %s", kind)
	}
	r.core.Store = nil // a fault of ours, of the worst kind
	if got := r.with("token", "GET", "/appointment/beneficiaries", ""); got.status != http.StatusInternalServerError || got.body == "" || strings.Contains(got.body, "nil") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestServed holds that Served is called for every request, also one that was
// not found or went wrong.
func TestServed(t *testing.T) {
	var got []string
	r := newRig(t, setting{served: func(route string, status int, _ time.Duration) { got = append(got, fmt.Sprint(route, " ", status)) }})
	got = nil
	r.get("/admin/location/districts/5")
	r.get("/admin/location/districts/x")
	r.get("/nothing")
	r.get("/appointment/beneficiaries")
	r.request("OPTIONS /appointment/schedule")
	r.core.Store = nil
	r.with("token", "GET", "/appointment/beneficiaries", "")
	want := []string{
		"/admin/location/districts/:state_id 200", "/admin/location/districts/:state_id 400", " 404",
		"/appointment/beneficiaries 401", "/appointment/beneficiaries 500",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A stuck store never answers.
type stuck struct{ booking.Store }

func (stuck) Household(ctx context.Context, _ booking.MSISDN) (booking.Household, error) {
	<-ctx.Done()
	return booking.Household{}, fmt.Errorf("read household: %w", context.Cause(ctx))
}

// TestPatience holds that a request that takes too long is answered with when
// to come back, and that searches go on meanwhile.
func TestPatience(t *testing.T) {
	r := newRig(t, setting{takes: 30 * time.Millisecond})
	r.core.Store = stuck{r.core.Store}
	got := r.with("token", "GET", "/appointment/beneficiaries", "")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "TIKA_BUSY") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := r.get("/appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021"); got.status != 200 || !strings.Contains(got.body, "PHC Example Nagar") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestLimits holds that a client beyond the rate limit is told to wait, and
// that a repeated booking is refused without work.
func TestLimits(t *testing.T) {
	few := access.Limit{Most: 3, In: time.Minute}
	r := newRig(t, setting{figures: access.Figures{
		Public: access.Limit{Most: 20, In: time.Minute}, Calls: access.Limit{Most: 5, In: time.Minute}, Session: few, Searches: plenty.Searches,
	}})
	last := func(n int, ask func() reply) reply {
		var got reply
		for range n {
			got = ask()
		}
		return got
	}
	if got := last(4, func() reply {
		return r.with("token", "GET", "/appointment/sessions/findByPin?pincode=800001&date=06-05-2021", "")
	}); got.status != 429 {
		t.Errorf("a search too many: %d %s", got.status, got.body)
	}
	if got := last(6, func() reply { return r.with("theirs", "POST", "/appointment/schedule", `{"dose":1}`) }); got.status != 429 || got.header.Get("Retry-After") == "" {
		t.Errorf("a call too many: %d %s", got.status, got.body)
	}
	if got := last(30, func() reply { return r.get("/admin/location/states") }); got.status != 403 || got.body != `{"message":"Forbidden"}` {
		t.Errorf("from one address too often: %d %s", got.status, got.body)
	}
}

// TestKeep holds that an answer is cached for its time, and then made again.
func TestKeep(t *testing.T) {
	r := newRig(t, setting{keep: time.Second})
	r.pass(time.Minute)
	const ask = "/appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021&vaccine=COVAXIN"
	before := r.get(ask).body
	slot := r.core.Places.Groups(mustInt(t, r.vars["paid"]), today+1, today+1)[0].Slots[0]
	r.core.Places.Update([]booking.SlotCount{{ID: slot.ID, Capacity: slot.Capacity, Booked: slot.Capacity}})
	r.pass(900 * time.Millisecond)
	if got := r.get(ask).body; got != before {
		t.Errorf("within a second: %s", got)
	}
	if got := r.get(ask + "&_=1").body; got != before {
		t.Errorf("asked for with a tail: %s", got)
	}
	r.pass(100 * time.Millisecond)
	if got := r.get(ask).body; got == before || !strings.Contains(got, "PHC Example Nagar") || strings.Contains(got, "Hospital") {
		t.Errorf("after a second: %s", got)
	}
}

func mustInt(t *testing.T, s string) (n int64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
