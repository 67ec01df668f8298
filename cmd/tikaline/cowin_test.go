package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/otp"
	"tikaline/web/access"
)

// A client is a program that speaks the Co-WIN API.
type client struct {
	t     testing.TB
	base  string
	token string
}

// call sends a request and reads the answer; want is its status.
func (c *client) call(method, path, body string, want int) string {
	c.t.Helper()
	status, answer, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if status != want {
		c.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

func (c *client) try(method, path, body string) (int, string, error) {
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+"/api/v2"+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, string(answer), err
}

// read reads an answer as JSON.
func read[A any](t testing.TB, body string) A {
	t.Helper()
	var v A
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// login does what programs do: it asks for a code, cuts it out of the text by
// its place, and sends its sum.
func (c *client) login(s *stage, number string) {
	c.t.Helper()
	p := &ops.Phone{Base: s.url, Secret: testSecret, Number: "+91" + number}
	before, err := p.Inbox(s.ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	txn := read[struct{ TxnID string }](c.t, c.call("POST", "/auth/generateMobileOTP", `{"mobile":`+number+`,"secret":"U2FsdGVkX1"}`, 200)).TxnID
	all, err := p.Await(s.ctx, len(before), 20*time.Second)
	if err != nil || len(all) != len(before)+1 || len(all[len(before)].Text) < 43 {
		c.t.Fatalf("heard %v, %v", all, err)
	}
	sum := sha256.Sum256([]byte(all[len(before)].Text[37:43]))
	got := read[struct{ Token, IsNewAccount string }](c.t, c.call("POST", "/auth/validateMobileOtp", `{"otp":"`+hex.EncodeToString(sum[:])+`","txnId":"`+txn+`"}`, 200))
	if got.Token == "" || got.IsNewAccount != "Y" {
		c.t.Fatalf("logged in as %+v", got)
	}
	c.token = got.Token
}

type listedSession struct {
	Center   int64  `json:"center_id"`
	ID       string `json:"session_id"`
	Date     string
	Vaccine  string
	Slots    []string
	Dose1    int `json:"available_capacity_dose1"`
	MinAge   int `json:"min_age_limit"`
	Capacity int `json:"available_capacity"`
}

// TestCowin takes a family the whole way, as a program does it: log in, look
// around, register, book together, move, cancel one, print; and then by keypad,
// for it is one appointment whoever asks.
func TestCowin(t *testing.T) {
	t.Parallel()
	s := serving(t, "--language=en")
	c := &client{t: t, base: s.url}
	const number = "9811000001" // firstNumber's
	c.login(s, number)

	type states struct {
		States []struct {
			ID   int    `json:"state_id"`
			Name string `json:"state_name"`
		}
	}
	var bihar int
	for _, st := range read[states](t, c.call("GET", "/admin/location/states", "", 200)).States {
		if st.Name == "Bihar" {
			bihar = st.ID
		}
	}
	if d := c.call("GET", fmt.Sprint("/admin/location/districts/", bihar), "", 200); bihar != 5 || !strings.Contains(d, `"district_id":97,"district_name":"Patna"`) {
		t.Errorf("state %d has %s", bihar, d)
	}
	sessions := read[struct{ Sessions []listedSession }](t, c.call("GET", "/appointment/sessions/public/findByDistrict?district_id=97&date=06-05-2021", "", 200)).Sessions
	week := read[struct {
		Centers []struct {
			ID       int64 `json:"center_id"`
			Sessions []listedSession
		}
	}](t, c.call("GET", "/appointment/sessions/calendarByPin?pincode=800020&date=06-05-2021", "", 200)).Centers
	if len(sessions) != 2 || len(week) != 1 || len(week[0].Sessions) != 2 {
		t.Fatalf("found %+v and %+v", sessions, week)
	}
	first, second := week[0].Sessions[0], week[0].Sessions[1]

	var people []string
	for i, name := range []string{"Asha Example", "Ravi Example"} {
		body := fmt.Sprintf(`{"name":"%s","birth_year":"1958","gender_id":%d,"photo_id_type":12,"photo_id_number":"ABC123001%d","comorbidity_ind":"N","consent_version":"1"}`, name, 2-i, i)
		people = append(people, read[struct {
			Reference string `json:"beneficiary_reference_id"`
		}](t, c.call("POST", "/registration/beneficiary/new", body, 200)).Reference)
	}
	wish := func(session listedSession, slot int, of ...string) string {
		b, _ := json.Marshal(map[string]any{"dose": 1, "session_id": session.ID, "slot": session.Slots[slot], "beneficiaries": of})
		return string(b)
	}
	no := read[struct {
		No string `json:"appointment_confirmation_no"`
	}](t, c.call("POST", "/appointment/schedule", wish(first, 0, people...), 200)).No
	if again := c.call("POST", "/appointment/schedule", wish(first, 0, people...), 400); !strings.Contains(again, "APPOIN0022") {
		t.Errorf("asked again: %s", again)
	}
	c.call("POST", "/appointment/reschedule", fmt.Sprintf(`{"appointment_id":"%s","session_id":"%s","slot":"%s"}`, no, second.ID, second.Slots[1]), 204)
	c.call("POST", "/appointment/cancel", fmt.Sprintf(`{"appointment_id":"%s","beneficiariesToCancel":["%s"]}`, no, people[1]), 204)
	list := read[struct {
		Beneficiaries []struct {
			Reference    string `json:"beneficiary_reference_id"`
			Appointments []struct {
				ID, Session, Slot, Date string
			}
		}
	}](t, c.call("GET", "/appointment/beneficiaries", "", 200)).Beneficiaries
	if len(list) != 2 || len(list[0].Appointments) != 1 || len(list[1].Appointments) != 0 || list[0].Appointments[0].Date != "07-05-2021" || list[0].Appointments[0].Slot != second.Slots[1] {
		t.Errorf("has %+v", list)
	}
	c.call("GET", "/registration/certificate/download?beneficiary_reference_id="+people[0], "", 404)
	c.call("POST", "/registration/beneficiary/delete", `{"beneficiary_reference_id":"`+people[1]+`"}`, 204)

	// By keypad the same appointment is there, and what was said of it was sent.
	shown := s.ussd([]string{"en"}, "> dial\n> 2\n")
	if !strings.Contains(shown, "7 May") {
		t.Errorf("by keypad:\n%s", shown)
	}
	said := s.inbox()
	for what, times := range map[string]int{"OTP": 1, "is booked: PHC Kankarbagh": 2, "now comes to PHC Kankarbagh": 2, "Cancelled": 1, "is registered": 2} {
		if strings.Count(said, what) != times {
			t.Errorf("%s was said %d times, want %d:\n%s", what, strings.Count(said, what), times, said)
		}
	}
	if got := s.stored("SELECT count(*) FROM appointment WHERE status = 'booked' => 1\nSELECT sum(booked) FROM slot => 1"); !strings.Contains(got, "'booked' => 1") || !strings.Contains(got, "slot => 1") {
		t.Errorf("stored is\n%s", got)
	}

	// What is wrong is answered in the API's own way, in whatever form it comes.
	for path, want := range map[string]int{"/nothing": 404, "/appointment/schedule": 405, "/appointment/sessions/public/findByPin?pincode=1&date=x": 400} {
		if got := c.call("GET", path, "", want); !strings.HasPrefix(got, `{"errorCode":"`) {
			t.Errorf("%s: %s", path, got)
		}
	}
	_, counted := s.get("/metrics")
	for _, want := range []string{
		`tikaline_requests_total{channel="cowin",outcome="200",provider="/appointment/schedule"} 1`,
		`tikaline_requests_total{channel="cowin",outcome="400",provider="/appointment/schedule"} 1`,
		`tikaline_requests_total{channel="cowin",outcome="500",provider="/appointment/schedule"} 0`,
		`tikaline_requests_total{channel="cowin",outcome="404",provider="none"} 1`,
	} {
		if !strings.Contains(counted, want) {
			t.Errorf("no %s", want)
		}
	}
	s.stop()
	for _, secret := range []string{number, "Asha", "ABC123", people[0], c.token} {
		if logged(s, secret) {
			t.Errorf("the log has %q in it:\n%s", secret, s.logs.String())
		}
	}
}

// TestCowin_last_places has forty people want two places at the same moment, half
// of them by a program and half by keypad: promises 1 and 2.
func TestCowin_last_places(t *testing.T) {
	t.Parallel()
	const each, places = 20, 2
	s := serving(t, "--language=en", "--limits=public=1000/1m")
	keys, err := otp.NewKeys(testKey)
	if err != nil {
		t.Fatal(err)
	}
	tokens := &access.Tokens{Keys: keys, Now: s.clock.Now}
	open := &client{t: t, base: s.url}
	var wanted listedSession
	for _, f := range read[struct{ Sessions []listedSession }](t, open.call("GET", "/appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021", "", 200)).Sessions {
		if f.Vaccine == "COVAXIN" {
			wanted = f
		}
	}
	if len(wanted.Slots) != 2 {
		t.Fatalf("found %+v", wanted)
	}

	// Everybody gets as far as the last step.
	var programs []*client
	var wishes []string
	var phones []*ops.Phone
	conn := s.connect()
	for i := range each {
		number := booking.MSISDN(fmt.Sprintf("+9198330%05d", i))
		token, err := tokens.Issue(number, access.Portal, "", "")
		if err != nil {
			t.Fatal(err)
		}
		c := &client{t: t, base: s.url, token: token}
		body := `{"name":"Asha Example","birth_year":"1958","gender_id":2,"photo_id_type":12,"photo_id_number":"0017","comorbidity_ind":"N","consent_version":"1"}`
		ref := read[map[string]string](t, c.call("POST", "/registration/beneficiary/new", body, 200))["beneficiary_reference_id"]
		wish, _ := json.Marshal(map[string]any{"dose": 1, "session_id": wanted.ID, "slot": wanted.Slots[0], "beneficiaries": []string{ref}})
		programs, wishes = append(programs, c), append(wishes, string(wish))

		p := &ops.Phone{Base: s.url, Secret: testSecret, Number: fmt.Sprintf("+9198440%05d", i)}
		if _, err := p.Dial(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		sc, err := pressUntil(t.Context(), conn, p, "book/offer", "language/pick", "3", "register/name", "Ravi Example", "book/pincode", "800001")
		if err != nil || !sc.Open || !strings.Contains(sc.Text, "9-11 am") {
			t.Fatalf("by keypad: %q, %v", sc.Text, err)
		}
		phones = append(phones, p)
	}

	var mu sync.Mutex
	got, full := 0, 0
	note := func(ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if ok {
			got++
		} else {
			full++
		}
	}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range each {
		for range 2 { // programs ask twice at once
			wg.Go(func() {
				<-start
				status, body, err := programs[i].try("POST", "/appointment/schedule", wishes[i])
				switch {
				case err != nil:
					t.Error(err)
				case status == 200:
					note(true)
				case status == 409 && strings.Contains(body, "APPOIN0040"):
					note(false)
				case status == 400 && strings.Contains(body, "APPOIN0022"): // the other one got it
				default:
					t.Errorf("%d %s", status, body)
				}
			})
		}
		wg.Go(func() {
			<-start
			sc, err := phones[i].Press(t.Context(), "1")
			if err != nil {
				t.Error(err)
			}
			note(strings.Contains(sc.Text, "Booked"))
		})
	}
	close(start)
	wg.Wait()
	if got != places || full == 0 {
		t.Errorf("%d were told that they have a place, of %d there are; %d that it is full", got, places, full)
	}
	stored := fmt.Sprintf(`SELECT count(*) FROM appointment WHERE status = 'booked' => %d
SELECT count(*) FROM slot WHERE booked > capacity => 0
SELECT count(*) FROM slot s WHERE booked <> (SELECT count(*) FROM appointment a WHERE a.centre_id = s.centre_id AND a.slot_id = s.id AND a.status = 'booked') => 0
SELECT count(*) FROM (SELECT 1 FROM appointment WHERE status = 'booked' GROUP BY reference, dose HAVING count(*) > 1) x => 0
SELECT count(*) FROM outbox WHERE kind = 'booked' => %d
`, places, places)
	if is := s.stored(stored); is != stored {
		t.Errorf("stored is\n%s", diff(stored, is))
	}
}
