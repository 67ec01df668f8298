package access_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/otp"
	"tikaline/web/access"
)

// plenty are the Figures for tests that are not about limits by address.
var plenty = func() access.Figures {
	l := access.Limit{Most: 1e6, In: time.Minute}
	return access.Figures{Public: l, Calls: l, Session: l, Searches: l, Asking: l, AskingDay: l, Checking: l, Wrong: l}
}()

// TestAuth is a login in each family.
func TestAuth(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask, check string
		family     access.Family
	}{
		"public":  {"public/generateOTP", "public/confirmOTP", access.Public},
		"partner": {"generateOTP", "confirmOTP", access.Partner},
		"portal":  {"generateMobileOTP", "validateMobileOtp", access.Portal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, plenty)
			txn, code := r.ask(c.ask, ours)
			if id, err := uuid.Parse(txn); err != nil || id.String() != txn {
				t.Errorf("txnId %q", txn)
			}
			if a := r.post(c.check, claim(txn, other(code))); a.String() != `400 {"errorCode":"USRAUT0014","error":"Invalid OTP"}` {
				t.Errorf("a wrong one: %v", a)
			}
			a := r.post(c.check, claim(txn, code), "User-Agent", "a client")
			if c.family == access.Public { // nobody is registered
				if a.String() != `400 {"errorCode":"USRAUT0024","error":"Beneficiary Not Registered"}` {
					t.Errorf("nobody: %v", a)
				}
			} else if _, err := r.tokens.Verify(a.field("token")); a.status != 200 || err != nil || a.field("isNewAccount") != "Y" {
				t.Errorf("nobody: %v, %v", a, err)
			}
			r.register(ours, "Asha Devi")
			r.wait(time.Minute)
			last := r.register(ours, "Ravi Kumar")
			txn, code = r.ask(c.ask, ours)
			a = r.post(c.check, claim(txn, code), "User-Agent", "a client")
			got, err := r.tokens.Verify(a.field("token"))
			if a.status != 200 || err != nil || got.Number != ours || got.Family != c.family {
				t.Fatalf("somebody: %v, %+v, %v", a, got, err)
			}
			m := claims(t, a.field("token"))
			if fmt.Sprint(m["beneficiary_reference_id"]) != last || m["ua"] != "a client" {
				t.Errorf("claims %v, want %s", m, last)
			}
			if c.family == access.Public {
				if a.field("isNewAccount") != "" || m["txnId"] != txn {
					t.Errorf("public: %v, %v", a, m)
				}
			} else if a.field("isNewAccount") != "N" {
				t.Errorf("%v", a)
			}
			if a.header.Get("Cache-Control") != "no-store" {
				t.Error("a token may be cached")
			}
			if a := r.post(c.check, claim(txn, code)); a.String() != `400 {"errorCode":"USRAUT0014","error":"Invalid OTP"}` {
				t.Errorf("the same again: %v", a)
			}
		})
	}
}

// TestAuth_takes_what_clients_send.
func TestAuth_takes_what_clients_send(t *testing.T) {
	t.Parallel()
	r := newRig(t, plenty)
	const required = `400 {"errorCode":"USRAUT0010","error":"Mobile is Required"}`
	n := 0
	for name, c := range map[string]struct {
		body   string // %d is a number
		header []string
		want   string // "" is a txnId
	}{
		"text":             {`{"mobile":"%d"}`, nil, ""},
		"number":           {`{"mobile":%d}`, nil, ""},
		"secret":           {`{"mobile":"%d","secret":"U2FsdGVkX1+x"}`, nil, ""},
		"secret_of_a_kind": {`{"secret":{"a":[1]},"mobile":"%d"}`, nil, ""},
		"json":             {`{"mobile":"%d"}`, []string{"Content-Type", "application/json;charset=UTF-8"}, ""},
		"form":             {`{"mobile":"%d"}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, ""},
		"made_up_type":     {`{"mobile":"%d"}`, []string{"Content-Type", "\x00/"}, ""},
		"bearer_null":      {`{"mobile":"%d"}`, []string{"Authorization", "Bearer null"}, ""},
		"api_key":          {`{"mobile":"%d"}`, []string{"x-api-key", "3sjOr2rmM52GzhpMHjDEE1kpQeRxwFDr4YcBEimi"}, ""},
		"with_91":          {`{"mobile":"91%d"}`, nil, ""},
		"with_plus":        {`{"mobile":"+91%d"}`, nil, ""},
		"with_spaces":      {`{ "mobile" : " %d " }`, nil, ""},
		"new_line_after":   {"{\"mobile\":\"%d\"}\n\n", nil, ""},
		"empty":            {``, nil, required},
		"no_keys":          {`{}`, nil, required},
		"null":             {`null`, nil, required},
		"a_list":           {`[]`, nil, required},
		"a_text":           {`"x"`, nil, required},
		"mobile_null":      {`{"mobile":null}`, nil, required},
		"mobile_true":      {`{"mobile":true}`, nil, required},
		"mobile_object":    {`{"mobile":{}}`, nil, required},
		"mobile_letters":   {`{"mobile":"abcdefghij"}`, nil, required},
		"too_short":        {`{"mobile":"98765"}`, nil, required},
		"a_landline":       {`{"mobile":"1234567890"}`, nil, required},
		"from_abroad":      {`{"mobile":"+6591234567"}`, nil, required},
		"cut_off":          {`{"mobile":"98765`, nil, required},
		"not_json":         {`mobile=9876543210`, nil, required},
		"deep":             {strings.Repeat("[", 20_000), nil, required},
		"too_long":         {`{"mobile":"9876543210","secret":"` + strings.Repeat("x", 64<<10) + `"}`, nil, required},
		"not_utf8":         {"{\"mobile\":\"\xff\xfe\"}", nil, required},
	} {
		t.Run(name, func(t *testing.T) {
			body := c.body
			if strings.Contains(body, "%d") {
				n++
				body = fmt.Sprintf(body, 9_000_000_000+n)
			}
			a := r.post("generateMobileOTP", body, c.header...)
			if c.want == "" && (a.status != 200 || a.field("txnId") == "") || c.want != "" && a.String() != c.want {
				t.Errorf("%v", a)
			}
		})
	}
}

func TestAuth_says_what_is_missing(t *testing.T) {
	t.Parallel()
	r := newRig(t, plenty)
	txn, code := r.ask("generateMobileOTP", ours)
	const invalid = `400 {"errorCode":"USRAUT0014","error":"Invalid OTP"}`
	for name, c := range map[string]struct{ body, want string }{
		"nothing":      {``, `400 {"errorCode":"USRAUT0012","error":"OTP is Required"}`},
		"no_otp":       {`{"txnId":"` + txn + `"}`, `400 {"errorCode":"USRAUT0012","error":"OTP is Required"}`},
		"otp_null":     {`{"otp":null,"txnId":"` + txn + `"}`, `400 {"errorCode":"USRAUT0012","error":"OTP is Required"}`},
		"no_txn":       {`{"otp":"` + otp.Hash(code) + `"}`, `400 {"errorCode":"USRAUT0013","error":"txnId is Required"}`},
		"plain":        {`{"otp":"` + code + `","txnId":"` + txn + `"}`, invalid},
		"plain_number": {`{"otp":` + strings.TrimLeft(code, "0") + `,"txnId":"` + txn + `"}`, invalid},
		"bad_txn":      {claim("x", code), invalid},
		"no_such_txn":  {claim(uuid.NewString(), code), invalid},
		"txn_a_number": {`{"otp":"` + otp.Hash(code) + `","txnId":1}`, invalid},
	} {
		if a := r.post("validateMobileOtp", c.body); a.String() != c.want {
			t.Errorf("%s: %v", name, a)
		}
	}
	if a := r.post("validateMobileOtp", claim(txn, code)); a.status != 200 {
		t.Errorf("none of that was a try, and then: %v", a)
	}
}

func TestAuth_guessing(t *testing.T) {
	t.Parallel()
	r := newRig(t, plenty)
	txn, code := r.ask("generateMobileOTP", ours)
	for range 3 {
		r.post("validateMobileOtp", claim(txn, other(code)))
	}
	for range 2 {
		if a := r.post("validateMobileOtp", claim(txn, code)); a.String() != `400 {"errorCode":"USRAUT0014","error":"Invalid OTP"}` {
			t.Errorf("the right one after three wrong ones: %v", a)
		}
	}
	r.worked()
	for range 500 {
		r.post("validateMobileOtp", claim(txn, code))
	}
	if w := r.worked(); len(w) > 0 {
		t.Errorf("who goes on after a refusal makes the database work: %d statements", len(w))
	}

	// One address against everybody: the twentieth wrong password is the last.
	r = newRig(t, access.Figures{})
	wrong, refused := 0, 0
	for i := range 15 {
		txn, code := r.ask("generateMobileOTP", booking.MSISDN(fmt.Sprintf("+91900000%04d", i)))
		for range 3 {
			switch a := r.post("validateMobileOtp", claim(txn, other(code))); a.status {
			case http.StatusBadRequest:
				wrong++
			case http.StatusForbidden:
				if refused++; a.header.Get("Retry-After") == "" {
					t.Error("refused without a time")
				}
			}
		}
	}
	if wrong != 20 || refused != 25 {
		t.Errorf("%d guesses over many numbers, %d refused", wrong, refused)
	}
	r.from = "192.0.2.2"
	r.wait(time.Minute)
	txn, code = r.ask("generateMobileOTP", ours)
	if a := r.post("validateMobileOtp", claim(txn, code)); a.status != 200 {
		t.Errorf("it disturbs others: %v", a)
	}
}

func TestAuth_limits_of_a_number(t *testing.T) {
	t.Parallel()
	r := newRig(t, plenty)
	r.ask("generateMobileOTP", ours)
	body := `{"mobile":"9876543210"}`
	a := r.post("generateMobileOTP", body)
	if a.String() != `400 {"error":"OTP Already Sent"}` || a.header.Get("Retry-After") != "60" {
		t.Errorf("at once: %v, %s", a, a.header.Get("Retry-After"))
	}
	if a := r.post("public/generateOTP", body); a.String() != `400 {"error":"OTP Already Sent"}` {
		t.Errorf("in another family: %v", a)
	}
	for range 49 {
		r.wait(time.Minute)
		r.ask("generateMobileOTP", ours)
	}
	r.wait(time.Minute)
	a = r.post("generateMobileOTP", body)
	if a.String() != `429 {"error":"Generate OTP failed"}` || a.header.Get("Retry-After") != "86340" {
		t.Errorf("after fifty: %v, %s", a, a.header.Get("Retry-After"))
	}
	r.worked()
	for range 500 {
		r.post("generateMobileOTP", body)
	}
	if w := r.worked(); len(w) > 0 {
		t.Errorf("who goes on makes the database work: %d statements", len(w))
	}
}

func TestAuth_limits_of_an_address(t *testing.T) {
	t.Parallel()
	r := newRig(t, access.Figures{})
	given, last := 0, answer{}
	for i := range 150 {
		last = r.post("generateMobileOTP", fmt.Sprintf(`{"mobile":"90000%05d"}`, i))
		if last.status == 200 {
			given++
		}
	}
	if given != 100 || last.String() != `403 {"message":"Forbidden"}` || last.header.Get("Retry-After") == "" {
		t.Errorf("gave %d, then %v", given, last)
	}
	r.worked()
	for i := range 500 {
		r.post("generateMobileOTP", fmt.Sprintf(`{"mobile":"91000%05d"}`, i))
	}
	if w := r.worked(); len(w) > 0 {
		t.Errorf("who goes on makes the database work: %d statements", len(w))
	}
	r.from = "192.0.2.2"
	r.ask("generateMobileOTP", ours)
	r.from = "192.0.2.1"
	r.wait(5 * time.Minute)
	r.ask("generateMobileOTP", ours)
}

// TestAuth_tells_nobody_who_is_registered: neither by the answer, nor by the work
// that is done for it, nor by its time.
func TestAuth_tells_nobody_who_is_registered(t *testing.T) {
	t.Parallel()
	r := newRig(t, plenty)
	number := func(known bool, i int) booking.MSISDN {
		return booking.MSISDN(fmt.Sprintf("+9190000%d%04d", map[bool]int{true: 1, false: 2}[known], i))
	}
	const each = 25
	for i := range each {
		r.register(number(true, i), "Asha Devi")
	}
	type seen struct {
		answers []string
		work    []string
		took    time.Duration
	}
	// try makes every request that somebody without the phone can make.
	try := func(path, check string, n booking.MSISDN) (s seen) {
		r.worked()
		begun := time.Now()
		a := r.post(path, `{"mobile":"`+string(n)[3:]+`"}`)
		s.took = time.Since(begun)
		txn := a.field("txnId")
		s.answers = append(s.answers, strings.Replace(a.String(), txn, "{txn}", 1), fmt.Sprint(len(txn), a.header))
		a = r.post(path, `{"mobile":"`+string(n)[3:]+`"}`)
		s.answers = append(s.answers, fmt.Sprint(a, a.header))
		begun = time.Now()
		a = r.post(check, claim(txn, "000000"))
		s.took += time.Since(begun)
		s.answers = append(s.answers, fmt.Sprint(a, a.header))
		s.work = sorted(r.worked())
		return s
	}
	for _, family := range [][2]string{{"public/generateOTP", "public/confirmOTP"}, {"generateMobileOTP", "validateMobileOtp"}} {
		try(family[0], family[1], number(false, 9000)) // the very first request prepares its statements
		try(family[0], family[1], number(false, 9001))
		least := map[bool]time.Duration{}
		var want seen
		for i := range each {
			for _, known := range []bool{true, false} {
				got := try(family[0], family[1], number(known, i))
				if want.answers == nil {
					want = got
				}
				if !slices.Equal(got.answers, want.answers) {
					t.Errorf("known %v: answers %q, want %q", known, got.answers, want.answers)
				}
				if !slices.Equal(got.work, want.work) {
					t.Errorf("known %v: %d statements, want %d", known, len(got.work), len(want.work))
				}
				if least[known] == 0 || got.took < least[known] {
					least[known] = got.took
				}
			}
		}
		// The least of many leaves out whatever else the machine does.
		if ratio := float64(least[true]) / float64(least[false]); ratio < 0.5 || ratio > 2 {
			t.Errorf("%s takes %.2f times as long for who is registered", family[0], ratio)
		}
		r.wait(time.Hour)
	}
}
