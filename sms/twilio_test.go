package sms

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tikaline/outbox"
)

const (
	twilioPublic = "https://vax.example.in"
	twilioToken  = "0123456789abcdef0123456789abcdef"
	twilioNext   = "fedcba9876543210fedcba9876543210"
)

// twilioSignature signs as Twilio's page says, without the SDK.
func twilioSignature(token, address string, form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		address += name + form[name][0]
	}
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(address))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func TestTwilioSignature(t *testing.T) {
	form := url.Values{"Body": {"PIN 110001"}, "From": {"+919876543210"}, "MessageSid": {"SM1"}}
	if got := twilioSignature("tok", "https://vax.example.in/twilio/sms?x=1", form); got != "kFHowTlIOPykl2YLFK+zphUIASY=" {
		t.Errorf("the known answer is %s", got)
	}
}

// twilioForm is what Twilio sends with a text.
func twilioForm(change ...string) url.Values {
	v := url.Values{
		"MessageSid": {"SM01"}, "SmsSid": {"SM01"}, "SmsMessageSid": {"SM01"}, "AccountSid": {"AC01"},
		"From": {"+919876543210"}, "To": {"+15005550006"}, "Body": {hindi}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"}, "FromCountry": {"IN"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return v
}

// twilioRequest is a signed request; extra is added to its body afterwards.
func twilioRequest(token, path string, form url.Values, extra string) string {
	return "POST " + path + "\nContent-Type: application/x-www-form-urlencoded\nX-Twilio-Signature: " +
		twilioSignature(token, twilioPublic+path, form) + "\n\n" + form.Encode() + extra
}

func newTestTwilio(t testing.TB) Adapter {
	t.Helper()
	a, err := NewTwilio(TwilioSettings{PublicURL: twilioPublic + "/", AuthTokens: []string{twilioNext, twilioToken}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTwilio(t *testing.T) {
	event := func(text string) Event {
		return Event{Provider: "twilio", ID: "SM01", From: asha, To: "+15005550006", Text: text}
	}
	good := twilioRequest(twilioToken, "/sms/twilio", twilioForm(), "")
	forbidden := wireCase{status: 403, message: "Forbidden"}
	with := func(x wireCase, request string) wireCase { x.request = request; return x }

	at := "/sms/twilio/status?" + reportQuery
	reported := func(status, errorCode string) string {
		return twilioRequest(twilioToken, at, url.Values{"MessageSid": {"SM02"}, "MessageStatus": {status}, "ErrorCode": {errorCode}, "To": {string(asha)}}, "")
	}
	report := func(s ReportStatus, code string) *Report {
		return &Report{Provider: "twilio", Token: wireToken, ProviderID: "SM02", Status: s, Code: code}
	}

	cases := map[string]wireCase{
		"hindi":              {request: good, answer: twilioEmpty, event: event(hindi)},
		"bengali":            {request: twilioRequest(twilioToken, "/sms/twilio", twilioForm("Body", bengali), ""), answer: twilioEmpty, event: event(bengali)},
		"token_being_taken":  {request: twilioRequest(twilioNext, "/sms/twilio", twilioForm(), ""), answer: twilioEmpty, event: event(hindi)},
		"with_a_query":       {request: twilioRequest(twilioToken, "/sms/twilio?x=1&y=%20", twilioForm(), ""), answer: twilioEmpty, event: event(hindi)},
		"unknown_field":      {request: twilioRequest(twilioToken, "/sms/twilio", twilioForm("OptOutType", "STOP"), ""), answer: twilioEmpty, event: event(hindi)},
		"no_signature":       with(forbidden, strings.Replace(good, "X-Twilio-Signature", "X-Signature", 1)),
		"wrong_token":        with(forbidden, twilioRequest("other", "/sms/twilio", twilioForm(), "")),
		"empty_token":        with(forbidden, twilioRequest("", "/sms/twilio", twilioForm(), "")),
		"other_path":         with(forbidden, strings.Replace(good, "POST /sms/twilio", "POST /sms/twilio?x=1", 1)),
		"changed_text":       with(forbidden, strings.Replace(good, "1990", "1991", 1)),
		"repeated_key":       with(forbidden, good+"&Body=other"),
		"moved_to_the_query": with(forbidden, strings.Replace(strings.Replace(good, "POST /sms/twilio", "POST /sms/twilio?Body=x", 1), "Body=", "Bod=", 1)),
		"not_a_post":         with(wireCase{status: 404, message: "Not Found"}, "GET /sms/twilio"),
		"too_large":          with(wireCase{status: 413, message: "Request Entity Too Large"}, twilioRequest(twilioToken, "/sms/twilio", twilioForm(), "&x="+tooMuch)),
		"malformed":          with(forbidden, "POST /sms/twilio\nX-Twilio-Signature: x\n\n%zz"),
		"from_abroad": {request: twilioRequest(twilioToken, "/sms/twilio", twilioForm("From", "+14155550100"), ""),
			status: 400, message: "From is not an Indian mobile number"},
		// What the signature lets pass: moved boundaries between names and values.
		"body_that_swallows_from": {request: moved(twilioForm("Body", hindi+"From+919876543210", "From", "")),
			status: 400, message: "From is required"},
		"name_that_swallows_a_value": {request: moved(twilioForm("Body", "", "BodyPIN 1", "10001")),
			status: 400, message: "Body is required"},

		"report_delivered":     {request: reported("delivered", ""), report: report(Delivered, "")},
		"report_sent":          {request: reported("sent", ""), report: report(Sent, "")},
		"report_failed":        {request: reported("undelivered", "30005"), report: report(Failed, "30005")},
		"report_stopped":       {request: reported("failed", "21610"), report: report(Stopped, "21610")},
		"report_queued":        {request: reported("queued", ""), report: report("", "")},
		"report_of_2030":       {request: reported("teleported", ""), report: report("", "")},
		"report_unsigned":      with(forbidden, strings.Replace(reported("delivered", ""), "X-Twilio-Signature", "X-Signature", 1)),
		"report_on_another":    with(forbidden, strings.Replace(reported("delivered", ""), "t=A", "t=B", 1)), // the signature is for the address, too
		"report_without_token": {request: twilioRequest(twilioToken, "/sms/twilio/status", twilioForm(), ""), status: 400, message: "t is required"},
		"report_of_nothing":    {request: twilioRequest(twilioToken, at, twilioForm(), ""), status: 400, message: "MessageStatus is required"},
	}
	for _, name := range []string{"MessageSid", "From", "To", "Body"} {
		cases["missing_"+name] = wireCase{request: twilioRequest(twilioToken, "/sms/twilio", twilioForm(name, ""), ""), status: 400, message: name + " is required"}
	}
	runWire(t, newTestTwilio(t), cases)
}

// moved is a request whose signature is right for its own form: an attacker
// makes such a one of a captured request, as the bytes signed are the same.
func moved(form url.Values) string { return twilioRequest(twilioToken, "/sms/twilio", form, "") }

// The Host of a request is the sender's to choose: it decides nothing.
func TestTwilioHost(t *testing.T) {
	for signedFor, status := range map[string]int{twilioPublic: 200, "https://evil.example": 403, "http://vax.example.in": 403} {
		form := twilioForm()
		req := wireRequest("POST /sms/twilio\nContent-Type: application/x-www-form-urlencoded\n\n" + form.Encode())
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		req.Header.Set("X-Twilio-Signature", twilioSignature(twilioToken, signedFor+"/sms/twilio", form))
		var event Event
		var report *Report
		rec := httptest.NewRecorder()
		wireServer(newTestTwilio(t), &event, &report).ServeHTTP(rec, req)
		if rec.Code != status {
			t.Errorf("signed for %s: %d, want %d", signedFor, rec.Code, status)
		}
	}
}

func TestTwilioSettings(t *testing.T) {
	for name, s := range map[string]TwilioSettings{
		"no_address": {AuthTokens: []string{"t"}}, "no_token": {PublicURL: twilioPublic}, "empty_token": {PublicURL: twilioPublic, AuthTokens: []string{"t", ""}},
		"underscore": {PublicURL: "https://vax_line.example.in", AuthTokens: []string{"t"}},
	} {
		if _, err := NewTwilio(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, s := range map[string]TwilioSettings{
		"no_account": {AuthTokens: []string{"t"}, From: "+15005550006"}, "no_sender": {AuthTokens: []string{"t"}, AccountSID: "AC01"},
		"odd_token": {AuthTokens: []string{"t-1"}, AccountSID: "AC01", From: "+1"}, "no_address": {AuthTokens: []string{"t"}, AccountSID: "AC01", From: "+1", BaseURL: "/x"},
	} {
		if _, err := NewTwilioSender(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func twilioTo(url string) (outbox.Provider, error) {
	return NewTwilioSender(TwilioSettings{AccountSID: "AC01", AuthTokens: []string{"passw0rd"}, From: "+15005550006", BaseURL: url + "/v"})
}

func TestTwilioSend(t *testing.T) {
	says := func(status, code int) http.HandlerFunc {
		return answers(status, fmt.Sprintf(`{"code":%d,"message":"The number +919876543210 is wrong","more_info":"https://www.twilio.com/docs/errors","status":%d}`, code, status))
	}
	runSends(t, twilioTo, map[string]sendCase{
		"taken":               {say: answers(201, `{"sid":"SM02","status":"queued","error_code":null,"to":"+919876543210"}`), id: "SM02"},
		"taken_unreadable":    {say: answers(201, `<html>`), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "201 unreadable"}},
		"taken_without_id":    {say: answers(201, `{}`), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "201 unreadable"}},
		"number_wrong":        {say: says(400, 21211), want: outbox.Failure{Policy: outbox.GiveUp, Code: "400 21211"}},
		"text_too_long":       {say: says(400, 21617), want: outbox.Failure{Policy: outbox.GiveUp, Code: "400 21617"}},
		"stopped":             {say: says(400, 21610), want: outbox.Failure{Policy: outbox.Stopped, Code: "400 21610"}},
		"not_from_this_one":   {say: says(400, 21612), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "400 21612"}},
		"sender_wrong":        {say: says(400, 21606), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "400 21606"}},
		"queue_full":          {say: says(400, 21611), want: outbox.Failure{Policy: outbox.Retry, After: 10 * time.Minute, Code: "400 21611"}},
		"phone_off":           {say: says(400, 30003), want: outbox.Failure{Policy: outbox.Retry, After: 2 * time.Hour, Code: "400 30003"}},
		"unknown_code":        {say: says(400, 99999), want: outbox.Failure{Policy: outbox.Retry, Code: "400 99999"}},
		"not_json_400":        {say: answers(400, "<html>"), want: outbox.Failure{Policy: outbox.Retry, Code: "400"}},
		"wrong_password":      {say: says(401, 20003), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "401 20003"}},
		"account_gone":        {say: says(404, 20404), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "404 20404"}},
		"class_before_code":   {say: says(503, 21211), want: outbox.Failure{Policy: outbox.Retry, Code: "503 21211"}},
		"too_many_says_code":  {say: answers(429, `{"code":20429,"status":429}`, "Retry-After", "3"), want: outbox.Failure{Policy: outbox.Retry, After: 3 * time.Second, Code: "429 20429"}},
		"body_cut_short":      {say: answers(201, `{"sid":"SM02"`, "Content-Length", "900"), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "201 unreadable"}},
		"endless_body":        {say: answers(201, `{"sid":"`+tooMuch), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "201 unreadable"}},
		"moved_for_good":      {say: answers(301, "", "Location", "http://127.0.0.1:1/"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "301"}},
		"kept_method_307":     {say: answers(307, "", "Location", "http://127.0.0.1:1/"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "307"}},
		"something_else_teap": {say: answers(418, "{}"), want: outbox.Failure{Policy: outbox.Retry, Code: "418"}},
	})
}

func TestTwilioSendRequest(t *testing.T) {
	p := newPeer(t, answers(201, `{"sid":"SM02"}`))
	s, err := twilioTo(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	plain := wireMessage("HELP")
	plain.Template, plain.Validity, plain.Report = outbox.Template{}, 0, ""
	long := wireMessage(bengali)
	long.Validity = 48 * time.Hour
	for name, x := range map[string]struct {
		message outbox.Message
		want    url.Values
	}{
		"hindi": {wireMessage(hindi), url.Values{"From": {"VAXIND"}, "Body": {hindi}, "ValidityPeriod": {"5400"}}},
		"long":  {long, url.Values{"From": {"VAXIND"}, "Body": {bengali}, "ValidityPeriod": {"36000"}}},
		"plain": {plain, url.Values{"From": {"+15005550006"}, "Body": {"HELP"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Send(t.Context(), x.message); err != nil {
				t.Fatal(err)
			}
			req, body := p.last(t)
			user, password, _ := req.BasicAuth()
			if req.Method != http.MethodPost || req.URL.String() != "/v/2010-04-01/Accounts/AC01/Messages.json" || user != "AC01" || password != "passw0rd" {
				t.Errorf("%s %s by %s", req.Method, req.URL, user)
			}
			got, err := url.ParseQuery(body)
			if err != nil {
				t.Fatal(err)
			}
			x.want.Set("To", "+919876543210")
			x.want.Set("SmartEncoded", "false")
			if x.message.Report != "" {
				x.want.Set("StatusCallback", wireReport)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(x.want)
			if string(a) != string(b) {
				t.Errorf("asked for\n%s\nwant\n%s", a, b)
			}
		})
	}
}

func FuzzTwilio(f *testing.F) {
	sign := func(req *http.Request, body string) {
		form, err := url.ParseQuery(body)
		if err == nil {
			req.Header.Set("X-Twilio-Signature", twilioSignature(twilioToken, twilioPublic+req.URL.RequestURI(), form))
		}
	}
	fuzzWire(f, newTestTwilio(f), sign,
		"POST x=1\n"+twilioForm().Encode(),
		"POST "+reportQuery+"\nMessageSid=SM02&MessageStatus=failed&ErrorCode=21610",
		"POST bodySHA256=00\n"+twilioForm().Encode())
}
