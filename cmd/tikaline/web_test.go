package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tikaline/cmd/tikaline/ops"
	"tikaline/ivr/exchange"
	"tikaline/otp"
)

// webClient is a program that speaks the Co-WIN API.
func webClient(s *stage, path, body string) (int, map[string]string) {
	s.t.Helper()
	// No content type, as some send it.
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.url+"/api/v2/auth/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var m map[string]string // strict: every value is a text
	if err := json.Unmarshal(b, &m); err != nil {
		s.t.Fatalf("%s answers %d %q: %v", path, res.StatusCode, b, err)
	}
	return res.StatusCode, m
}

func claimOf(txn, code string) string {
	return fmt.Sprintf(`{"otp":%q,"txnId":%q}`, otp.Hash(code), txn)
}

// logged reports whether something is in the log; a few digits not within a longer
// number, as times are.
func logged(s *stage, what string) bool {
	if len(what) > 6 || strings.Trim(what, "0123456789") != "" {
		return strings.Contains(s.logs.String(), what)
	}
	return regexp.MustCompile(`(?:^|[^0-9])` + what + `(?:[^0-9]|$)`).MatchString(s.logs.String())
}

// nowhere looks for what is secret in every row of every table and in the log.
func nowhere(s *stage, secrets map[string]string) {
	s.t.Helper()
	conn := s.connect()
	rows, err := conn.Query(s.ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		s.t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			s.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if rows.Close(); len(tables) < 10 {
		s.t.Fatalf("only %v were looked at", tables)
	}
	for what, secret := range secrets {
		for _, table := range tables {
			// As text and, where bytes are text, as that; digits also spaced, as a
			// voice reads them. Not within a longer number.
			apart := strings.Join(strings.Split(secret, ""), `[ ,.]*`)
			plain, encoded := `(^|[^0-9a-f])`+apart+`([^0-9a-f]|$)`, fmt.Sprintf("%x", secret)
			var n int
			if err := conn.QueryRow(s.ctx, `SELECT count(*) FROM "`+table+`" AS t WHERE t::text ~* $1 OR position($2 IN t::text) > 0`, plain, encoded).Scan(&n); err != nil {
				s.t.Fatal(err)
			}
			if n > 0 {
				s.t.Errorf("%s is in table %s", what, table)
			}
		}
		if logged(s, secret) {
			s.t.Errorf("%s is in the log", what)
		}
	}
}

// TestLogin_by_the_web is a program that logs in: with the code of the text, and
// with the one that the phone tells when the text does not come.
func TestLogin_by_the_web(t *testing.T) {
	t.Parallel()
	s := serving(t)
	s.phone = &ops.Phone{Base: s.url, Secret: testSecret, Number: "+919811000055"}
	const mobile = `{"mobile":"9811000055","secret":"U2FsdGVkX1"}`
	secrets := map[string]string{}

	status, m := webClient(s, "generateMobileOTP", mobile)
	if status != 200 || m["txnId"] == "" {
		t.Fatal(status, m)
	}
	all, err := s.phone.Await(s.ctx, 0, 20*time.Second)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	// Programs cut the digits out at their place.
	text := all[0].Text
	if len(text) < 43 {
		t.Fatal(text)
	}
	code := text[37:43]
	if want := "Your OTP to register/access CoWIN is " + code + ". It will be valid for 3 minutes. - CoWIN"; text != want || len(strings.Trim(code, "0123456789")) > 0 {
		t.Errorf("the text is %q", text)
	}
	secrets["the code of the text"] = code
	if status, m := webClient(s, "validateMobileOtp", claimOf(m["txnId"], "x")); status != 400 || m["errorCode"] != "USRAUT0014" {
		t.Errorf("a wrong one: %d %v", status, m)
	}
	status, m = webClient(s, "validateMobileOtp", claimOf(m["txnId"], code))
	if status != 200 || m["isNewAccount"] != "Y" || m["token"] == "" {
		t.Fatalf("the right one: %d %v", status, m)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(m["token"], ".")[1])
	if err != nil || strings.Contains(string(payload), code) {
		t.Errorf("the token says %s, %v", payload, err)
	}
	secrets["the token"] = m["token"]

	// The second time texts do not come, and the person dials.
	s.clock.add(2 * time.Minute)
	status, m = webClient(s, "generateMobileOTP", mobile)
	if status != 200 {
		t.Fatal(status, m)
	}
	shown, _ := s.act("dial")
	told := regexp.MustCompile(`OTP: (\d{6})`).FindStringSubmatch(shown.Text)
	if told == nil {
		t.Fatalf("no code in\n%s", shown.Text)
	}
	secrets["the code that was told"] = told[1]
	if again, _ := s.act("again"); again != shown {
		t.Errorf("delivered again it shows\n%s\nand not\n%s", again.Text, shown.Text)
	}
	nowhere(s, secrets) // while it is good
	if status, m := webClient(s, "validateMobileOtp", claimOf(m["txnId"], told[1])); status != 200 || m["token"] == "" {
		t.Errorf("what was told: %d %v", status, m)
	}
	s.act("hang up")
	if shown, _ = s.act("dial"); strings.Contains(shown.Text, "OTP") {
		t.Errorf("told once more:\n%s", shown.Text)
	}
	if other := (&ops.Phone{Base: s.url, Secret: testSecret, Number: "+919811000056"}); true {
		if shown, err := other.Dial(s.ctx, ""); err != nil || strings.Contains(shown.Text, "OTP") {
			t.Errorf("another number is told, %v\n%s", err, shown.Text)
		}
	}
	nowhere(s, secrets)
}

// TestLogin_by_a_call is a program whose user can neither read nor dial codes:
// they call, and hear it.
func TestLogin_by_a_call(t *testing.T) {
	t.Parallel()
	const account, token = "AC00000000000000000000000000000001", "atokenforthetests0123456789abcdef"
	s := serving(t, "--twilio-account="+account, "--twilio-tokens="+token, "--twilio-from=+15005550006", "--twilio-url=http://127.0.0.1:9")
	status, m := webClient(s, "generateMobileOTP", `{"mobile":9811000057}`)
	if status != 200 {
		t.Fatal(status, m)
	}
	line := &exchange.Line{
		Base: s.url, Public: "https://tika.example.in", Token: token, Account: account,
		From: "+919811000057", To: "+15005550006", SID: "CA00000000000000000000000000000057",
	}
	if _, err := line.Call(s.ctx); err != nil {
		t.Fatal(err)
	}
	heard, err := line.Press(s.ctx, "3") // English
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	for _, said := range heard.Said {
		if found := regexp.MustCompile(`\d(?:[ ,.]*\d){5}`).FindString(said.Text); found != "" {
			code = regexp.MustCompile(`\D`).ReplaceAllString(found, "")
		}
	}
	if len(code) != 6 {
		t.Fatalf("no code in %+v", heard.Said)
	}
	nowhere(s, map[string]string{"the code that was heard": code})
	if status, m := webClient(s, "validateMobileOtp", claimOf(m["txnId"], code)); status != 200 || m["token"] == "" {
		t.Errorf("what was heard: %d %v", status, m)
	}
}
