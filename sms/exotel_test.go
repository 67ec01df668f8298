package sms

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/exotelapi"
	"tikaline/outbox"
)

func newTestExotel(t testing.TB) Adapter {
	t.Helper()
	a, err := NewExotel(ExotelSettings{Account: exotelapi.Account{Secret: wireSecret}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestExotel(t *testing.T) {
	const fields = "SmsSid=0b6c&From=09876543210&To=09513886363&Date=2021-06-07+10%3A00%3A00&Body="
	event := func(text string) Event {
		return Event{Provider: "exotel", ID: "0b6c", From: asha, To: "09513886363", Text: text, At: time.Date(2021, 6, 7, 4, 30, 0, 0, time.UTC)}
	}
	undated := event("HELP")
	undated.At = time.Time{}
	get, post := "GET /sms/exotel/s3cret?"+fields, "POST /sms/exotel/s3cret\nContent-Type: application/x-www-form-urlencoded\n\n"+fields

	dlr := "POST /sms/exotel/s3cret/status?" + reportQuery + "\n\nSmsSid=0b6d&To=09876543210&SmsUnits=1"
	report := func(s ReportStatus, code string) *Report {
		return &Report{Provider: "exotel", Token: wireToken, ProviderID: "0b6d", Status: s, Code: code}
	}
	runWire(t, newTestExotel(t), map[string]wireCase{
		"hindi":         {request: get + url.QueryEscape(hindi), event: event(hindi)},
		"bengali":       {request: post + url.QueryEscape(bengali), event: event(bengali)},
		"empty_text":    {request: post, event: event("")},
		"no_date":       {request: strings.Replace(get, "Date=", "D=", 1) + "HELP", event: undated},
		"missing_id":    {request: strings.Replace(get, "SmsSid=", "Sid=", 1), status: 400, message: "SmsSid is required"},
		"missing_from":  {request: strings.Replace(get, "From=", "F=", 1), status: 400, message: "From is required"},
		"missing_text":  {request: strings.Replace(get, "Body=", "B=", 1), status: 400, message: "Body is required"},
		"abroad":        {request: strings.Replace(get, "09876543210", "%2B6561234567", 1), status: 400, message: "From is not an Indian mobile number"},
		"twice_a_field": {request: strings.Replace(post, "s3cret", "s3cret?Body=x", 1), status: 400, message: "the request is malformed"},
		"malformed":     {request: post + "%zz", status: 400, message: "the request is malformed"},
		"too_large":     {request: post + tooMuch, status: 413, message: "Request Entity Too Large"},
		"bad_secret":    {request: strings.Replace(get, "s3cret", "guess", 1), status: 404, message: "Not Found"},
		"no_method":     {request: strings.Replace(get, "GET", "PUT", 1), status: 405, message: "Method Not Allowed"},

		"report_on_the_phone":    {request: dlr + "&Status=sent&DetailedStatus=DELIVERED_TO_HANDSET&DetailedStatusCode=20005", report: report(Delivered, "20005")},
		"report_delivered":       {request: dlr + "&Status=delivered", report: report(Delivered, "")},
		"report_by_the_operator": {request: dlr + "&Status=sent&DetailedStatus=DELIVERED_TO_OPERATOR&DetailedStatusCode=20006", report: report(Sent, "20006")},
		"report_failed":          {request: dlr + "&Status=failed&DetailedStatus=FAILED_DLT_TEMPLATE&DetailedStatusCode=23082", report: report(Failed, "23082")},
		"report_dnd":             {request: dlr + "&Status=failed_dnd", report: report(Failed, "")},
		"report_queued":          {request: dlr + "&Status=queued", report: report("", "")},
		"report_without_status":  {request: dlr, status: 400, message: "Status is required"},
		"report_without_sid":     {request: strings.Replace(dlr, "SmsSid", "Sid", 1) + "&Status=sent", status: 400, message: "SmsSid is required"},
		"report_without_token":   {request: strings.Replace(dlr, reportQuery, "", 1) + "&Status=sent&" + reportQuery, status: 400, message: "t is required"},
		"report_without_secret":  {request: strings.Replace(dlr, "s3cret", "guess", 1) + "&Status=sent", status: 404, message: "Not Found"},
	})
}

func exotelTo(url string) (outbox.Provider, error) {
	return NewExotelSender(ExotelSettings{Account: exotelapi.Account{SID: "tikaline1", Key: "key", Token: "passw0rd", BaseURL: url + "/"}, From: "09513886363"})
}

func TestExotelSend(t *testing.T) {
	runSends(t, exotelTo, map[string]sendCase{
		"taken":               {say: answers(200, "<TwilioResponse><SMSMessage><Sid>0b6d</Sid><To>09876543210</To></SMSMessage></TwilioResponse>"), id: "0b6d"},
		"taken_in_json":       {say: answers(200, `{"SMSMessage":{"Sid": "0b6d","To":"09876543210"}}`), id: "0b6d"},
		"taken_without_id":    {say: answers(200, "OK")},
		"refused_with_200":    {say: answers(200, "<TwilioResponse><RestException><Status>400</Status></RestException></TwilioResponse>"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "200"}},
		"no_such_template":    {say: answers(400, "<TwilioResponse><RestException><Status>400</Status><Message>Invalid Recipient [09876543210]</Message></RestException></TwilioResponse>"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "400"}},
		"no_money":            {say: answers(403, "Insufficient balance"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "403"}},
		"plan_used_up":        {say: answers(402, ""), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "402"}},
		"upstream_is_away":    {say: answers(502, "<html>"), want: outbox.Failure{Policy: outbox.Retry, Code: "502"}},
		"down_until_tomorrow": {say: answers(503, "", "Retry-After", "7200000"), want: outbox.Failure{Policy: outbox.Retry, After: 24 * time.Hour, Code: "503"}},
	})
	for name, s := range map[string]exotelapi.Account{"no_account": {Key: "k", Token: "t"}, "no_token": {SID: "a", Key: "k"}, "no_address": {SID: "a", Key: "k", Token: "t", BaseURL: "x"}} {
		if _, err := NewExotelSender(ExotelSettings{Account: s}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := NewExotel(ExotelSettings{}); err == nil {
		t.Error("no secret is taken")
	}
}

func TestExotelSendRequest(t *testing.T) {
	p := newPeer(t, answers(200, ""))
	s, err := exotelTo(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	plain := wireMessage("HELP {}")
	plain.Template, plain.Report = outbox.Template{}, ""
	for name, x := range map[string]struct {
		message outbox.Message
		want    url.Values
	}{
		"hindi":   {wireMessage(hindi), url.Values{"From": {"VAXIND"}, "Body": {hindi}, "EncodingType": {"unicode"}, "DltEntityId": {"1101"}, "DltTemplateId": {"1107"}, "SmsType": {"transactional"}}},
		"bengali": {wireMessage(bengali), url.Values{"From": {"VAXIND"}, "Body": {bengali}, "EncodingType": {"unicode"}, "DltEntityId": {"1101"}, "DltTemplateId": {"1107"}, "SmsType": {"transactional"}}},
		"plain":   {plain, url.Values{"From": {"09513886363"}, "Body": {"HELP {}"}, "EncodingType": {"plain"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Send(t.Context(), x.message); err != nil {
				t.Fatal(err)
			}
			req, body := p.last(t)
			user, password, _ := req.BasicAuth()
			if req.Method != http.MethodPost || req.URL.String() != "/v1/Accounts/tikaline1/Sms/send" || user != "key" || password != "passw0rd" {
				t.Errorf("%s %s by %s", req.Method, req.URL, user)
			}
			got, _ := url.ParseQuery(body)
			x.want.Set("To", "+919876543210")
			x.want.Set("CustomField", wireID.String())
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
	for category, want := range map[string]string{"service-implicit": "transactional", "service-explicit": "transactional_opt_in", "promotional": "promotional", "government": "transactional", "transactional": "transactional", "": ""} {
		if got := exotelType(category); got != want {
			t.Errorf("%q is %q", category, got)
		}
	}
}

func FuzzExotel(f *testing.F) {
	fuzzWire(f, newTestExotel(f), nil,
		"GET SmsSid=1&From=09876543210&Body=%E0%A4%AE&Date=2021-06-07+10:00:00",
		"POST \nSmsSid=1&From=9876543210&Body=x",
		"POST "+reportQuery+"\nSmsSid=1&Status=sent&DetailedStatusCode=20005")
}

// TestExotel_looks: before Exotel takes an address it asks whether somebody is
// there. Who does not know the secret learns nothing by it.
func TestExotel_looks(t *testing.T) {
	r := newRig(t)
	e := echo.New()
	if err := Register(e, r.Gateway, toOutbox{}, []Adapter{newTestExotel(t)}, nil); err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{
		"/sms/exotel/s3cret": 200, "/sms/exotel/s3cret/status": 200, "/sms/exotel/guess": 404, "/sms/exotel/guess/status": 404,
		"/sms/exotel/s3cret?SmsSid=1&From=09876543210&Body=STOP": 200,
	} {
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest(http.MethodHead, path, nil))
		if rec.Code != status || status == 200 && rec.Body.Len() != 0 {
			t.Errorf("%s: %d %q, want %d", path, rec.Code, rec.Body, status)
		}
	}
	if len(r.seen.outcomes) != 1 || r.seen.outcomes[Rejected] != 1 || len(r.replies("+919876543210")) != 0 {
		t.Errorf("a look did something: %v", r.seen.outcomes)
	}
}
