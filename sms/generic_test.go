package sms

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tikaline/outbox"
)

// Wires of others, as their configuration.
const (
	// Names as in Gupshup's enterprise gateway; a form, errors in words.
	genericForm = `{
		"name": "gupshup",
		"inbound": {"body": "query", "fields": {"id": "id", "from": "msisdn", "to": "phonecode", "text": "content", "at": "timestamp"}, "time": "unix"},
		"report": {"body": "form", "fields": {"provider_id": "externalId", "status": "status", "code": "errCode"},
			"statuses": {"SENT": "sent", "SUCCESS": "delivered", "FAILED": "failed", "*": ""}},
		"send": {
			"url": "%s/GatewayAPI/rest", "body": "form",
			"fields": {"userid": "2000", "password": "passw0rd", "method": "SendMessage", "send_to": "{to_digits}", "msg": "{text}",
				"mask": "{header}", "msg_type": "{type}", "principalEntityId": "{entity}", "dltTemplateId": "{template}", "extra": "{category}"},
			"types": {"gsm": "TEXT", "unicode": "UNICODE_TEXT"},
			"success": {"match": "^success"}, "id": {"match": "\\| *([0-9-]+)\\s*$"},
			"rules": [{"match": "^error \\| 10[2-6]", "policy": "elsewhere", "code": {"match": "\\| (\\d+)"}},
				{"match": "^error \\| 311", "policy": "retry", "after": "10m"}, {"match": "^error", "policy": "give_up", "code": {"match": "\\| (\\d+)"}}]
		}}`
	// Infobip's way: nested JSON, and one address for all reports.
	genericJSON = `{
		"name": "infobip",
		"inbound": {"method": "POST", "body": "json", "fields": {"id": "results.0.messageId", "from": "results.0.from", "to": "results.0.to", "text": "results.0.text", "at": "results.0.receivedAt", "ref": "ref", "part": "part", "parts": "parts"},
			"time": "2006-01-02T15:04:05.000-0700", "auth_headers": {"Authorization": "App k3y"}, "answer": {"type": "application/json", "body": "{\"ok\":true}"}},
		"report": {"method": "POST", "body": "json", "fields": {"ref": "results.0.callbackData", "provider_id": "results.0.messageId", "status": "results.0.status.groupName", "code": "results.0.status.id"},
			"statuses": {"delivered": "delivered", "undeliverable": "failed", "expired": "failed", "rejected": "stopped", "pending": "sent"}},
		"send": {
			"url": "%s/sms/2/text/advanced", "body": "json", "headers": {"Authorization": "App k3y"},
			"fields": {"bulk": false, "n": 1, "messages": [{"from": "{header}", "destinations": [{"to": "{to}", "messageId": "{id}"}], "text": "{text}",
				"callbackData": "{ref}", "notifyUrl": "{callback}", "validityPeriod": "{minutes}", "flash": "",
				"regional": {"indiaDlt": {"principalEntityId": "{entity}", "contentTemplateId": "{template}"}}}]},
			"success": {"status": [200]}, "id": {"json": "messages.0.messageId"},
			"rules": [{"status": [400], "match": "EC_BLACKLISTED", "policy": "stopped", "code": {"json": "requestError.code"}}]
		}}`
	// The simplest there is: a GET, and no id of a text.
	genericGet = `{
		"inbound": {"method": "GET", "body": "query", "fields": {"from": "from", "text": "text", "at": "time"}, "auth": {"user": "us", "pass": "passw0rd"}},
		"send": {"method": "GET", "url": "%s/send?key=passw0rd", "body": "query", "fields": {"to": "{to_national}", "text": "{text}", "dlr": "{callback}"}}}`
)

func parseGeneric(t testing.TB, config, base string) GenericConfig {
	t.Helper()
	if base == "" {
		base = "https://api.example.in"
	}
	c, err := ParseGeneric(strings.NewReader(fmt.Sprintf(config, base)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newTestGeneric(t testing.TB, config string) Adapter {
	t.Helper()
	c := parseGeneric(t, config, "")
	a, err := NewGeneric(GenericSettings{Secret: wireSecret, Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestGenericForm(t *testing.T) {
	mo := "GET /sms/gupshup/s3cret?id=3221&msisdn=919876543210&phonecode=9220092200&timestamp=1623048000&content="
	event := func(text string) Event {
		return Event{Provider: "gupshup", ID: "3221", From: asha, To: "9220092200", Text: text, At: time.Unix(1623048000, 0).UTC()}
	}
	undated := event("HELP")
	undated.At = time.Time{}
	dlr := "POST /sms/gupshup/s3cret/status?" + reportQuery + "\n\nexternalId=3222"
	report := func(s ReportStatus, code string) *Report {
		return &Report{Provider: "gupshup", Token: wireToken, ProviderID: "3222", Status: s, Code: code}
	}
	runWire(t, newTestGeneric(t, genericForm), map[string]wireCase{
		"hindi":         {request: mo + url.QueryEscape(hindi), event: event(hindi)},
		"bengali":       {request: mo + url.QueryEscape(bengali), event: event(bengali)},
		"odd_time":      {request: strings.Replace(mo, "1623048000", "soon", 1) + "HELP", event: undated},
		"missing_id":    {request: strings.Replace(mo, "id=", "i=", 1), status: 400, message: "id is required"},
		"missing_from":  {request: strings.Replace(mo, "msisdn=", "m=", 1), status: 400, message: "msisdn is required"},
		"missing_text":  {request: strings.Replace(mo, "content=", "c=", 1), status: 400, message: "content is required"},
		"twice_a_field": {request: mo + "&id=1", status: 400, message: "the request is malformed"},
		"bad_secret":    {request: strings.Replace(mo, "s3cret", "guess", 1), status: 404, message: "Not Found"},
		"no_method":     {request: strings.Replace(mo, "GET", "PUT", 1), status: 405, message: "Method Not Allowed"},

		"report_delivered":   {request: dlr + "&status=success", report: report(Delivered, "")},
		"report_failed":      {request: dlr + "&status=FAILED&errCode=E-7", report: report(Failed, "E-7")},
		"report_unknown":     {request: dlr + "&status=PONDERING", report: report("", "")},
		"report_of_nothing":  {request: dlr, status: 400, message: "status is required"},
		"report_too_large":   {request: dlr + tooMuch, status: 413, message: "Request Entity Too Large"},
		"report_no_secret":   {request: strings.Replace(dlr, "s3cret", "guess", 1) + "&status=SENT", status: 404, message: "Not Found"},
		"report_without_any": {request: "GET /sms/gupshup/s3cret/status?status=SENT", status: 400, message: "t is required"},
	})
}

func TestGenericJSON(t *testing.T) {
	head := "POST /sms/infobip/s3cret\nAuthorization: App k3y\nContent-Type: application/json\n\n"
	mo := head + `{"results":[{"messageId":817790313235066447,"from":"919876543210","to":"56161","text":"%s","receivedAt":"2021-06-07T10:00:00.000+0530"}]%s}`
	event := Event{Provider: "infobip", ID: "817790313235066447", From: asha, To: "56161", Text: hindi, At: time.Date(2021, 6, 7, 4, 30, 0, 0, time.UTC)}
	part := event
	part.Text, part.Ref, part.Part, part.Parts = bengali, 300, 2, 3
	escaped := event
	escaped.Text = "a\"b\uFFFDc"
	dlr := "POST /sms/infobip/s3cret/status\n\n" + `{"results":[{"messageId":"8","callbackData":"` + wireToken + `","status":{"id":5,"groupName":"%s"}}]}`
	const ok = `{"ok":true}`
	runWire(t, newTestGeneric(t, genericJSON), map[string]wireCase{
		"hindi":          {request: fmt.Sprintf(mo, hindi, ""), answer: ok, event: event},
		"bengali_part":   {request: fmt.Sprintf(mo, bengali, `,"ref":300,"part":"2","parts":3`), answer: ok, event: part},
		"part_of_none":   {request: fmt.Sprintf(mo, hindi, `,"ref":300,"part":4,"parts":3`), answer: ok, event: event},
		"escapes":        {request: fmt.Sprintf(mo, `a\"b\ud800\u0000c`, ""), answer: ok, event: escaped},
		"null_text":      {request: fmt.Sprintf(strings.Replace(mo, `"%s"`, "null%s", 1), "", ""), status: 400, message: "results.0.text is required"},
		"missing_id":     {request: head + `{}`, status: 400, message: "results.0.messageId is required"},
		"missing_from":   {request: head + `{"results":[{"messageId":1}]}`, status: 400, message: "results.0.from is required"},
		"not_json":       {request: head + `{"results":`, status: 400, message: "the request is malformed"},
		"two_values":     {request: head + `{} {}`, status: 400, message: "the request is malformed"},
		"too_deep":       {request: head + strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20), status: 400, message: "the request is malformed"},
		"too_large":      {request: head + tooMuch, status: 413, message: "Request Entity Too Large"},
		"wrong_header":   {request: strings.Replace(fmt.Sprintf(mo, hindi, ""), "k3y", "key", 1), status: 404, message: "Not Found"},
		"another_method": {request: "GET /sms/infobip/s3cret", status: 405, message: "Method Not Allowed"},

		"report_delivered": {request: fmt.Sprintf(dlr, "DELIVERED"), report: &Report{Provider: "infobip", Token: wireToken, ProviderID: "8", Status: Delivered, Code: "5"}},
		"report_stopped":   {request: fmt.Sprintf(dlr, "REJECTED"), report: &Report{Provider: "infobip", Token: wireToken, ProviderID: "8", Status: Stopped, Code: "5"}},
		"report_unknown":   {request: fmt.Sprintf(dlr, "WHO"), report: &Report{Provider: "infobip", Token: wireToken, ProviderID: "8", Code: "5"}},
		"report_no_ref":    {request: "POST /sms/infobip/s3cret/status?" + reportQuery + "\n\n{}", status: 400, message: "results.0.callbackData is required"},
		"report_odd_ref":   {request: fmt.Sprintf(strings.Replace(dlr, wireToken, `a\u0000`, 1), "DELIVERED"), status: 400, message: "results.0.callbackData is malformed"},
	})
}

func TestGenericGet(t *testing.T) {
	a := newTestGeneric(t, genericGet)
	mo := "GET /sms/generic/s3cret?user=us&pass=passw0rd&from=9876543210&time=2021-06-07+10%3A00%3A00&text="
	read := func(request string) Event {
		t.Helper()
		var e Event
		var r *Report
		wireServer(a, &e, &r).ServeHTTP(discard{}, wireRequest(request))
		return e
	}
	one := read(mo + "HELP")
	if one.ID == "" || one.Text != "HELP" || !one.At.Equal(time.Date(2021, 6, 7, 4, 30, 0, 0, time.UTC)) {
		t.Errorf("read %q %v", one.ID, one.At)
	}
	if again := read(mo + "HELP"); again != one {
		t.Error("a text that is delivered again is another")
	}
	if other := read(mo + "HELP1"); other.ID == one.ID || other.ID == "" {
		t.Error("another text is the same")
	}
	if later := read(strings.Replace(mo, "10%3A00", "10%3A01", 1) + "HELP"); later.ID == one.ID || later.ID == "" {
		t.Error("the same text a minute later is the same")
	}
	runWire(t, a, map[string]wireCase{
		"wrong_password": {request: strings.Replace(mo, "passw0rd", "x", 1), status: 404, message: "Not Found"},
		"missing_time":   {request: strings.Replace(mo, "time=", "t=", 1), status: 400, message: "time is required"},
		"no_reports":     {request: "GET /sms/generic/s3cret/status?" + reportQuery, status: 404, message: "Not Found"},
	})
}

// discard is a response that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func genericTo(t testing.TB, config string) func(string) (outbox.Provider, error) {
	return func(base string) (outbox.Provider, error) {
		c := parseGeneric(t, config, base)
		return NewGenericSender(GenericSettings{Config: c, From: "VAXDEF"})
	}
}

func TestGenericSend(t *testing.T) {
	t.Run("form", func(t *testing.T) {
		runSends(t, genericTo(t, genericForm), map[string]sendCase{
			"taken":         {say: answers(200, "success | 919876543210 | 3222-7 \n"), id: "3222-7"},
			"our_account":   {say: answers(200, "error | 102 | wrong password for 919876543210"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "200 102"}},
			"throttled":     {say: answers(200, "error | 311"), want: outbox.Failure{Policy: outbox.Retry, After: 10 * time.Minute, Code: "200"}},
			"refused":       {say: answers(200, "error | 175 | of 919876543210"), want: outbox.Failure{Policy: outbox.GiveUp, Code: "200 175"}},
			"nothing_known": {say: answers(200, "<html>login"), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "200"}},
			"bad_request":   {say: answers(400, "?"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "400"}},
		})
	})
	t.Run("json", func(t *testing.T) {
		runSends(t, genericTo(t, genericJSON), map[string]sendCase{
			"taken":   {say: answers(200, `{"messages":[{"messageId":817790313235066447}]}`), id: "817790313235066447"},
			"stopped": {say: answers(400, `{"requestError":{"code":"EC_BLACKLISTED"}}`), want: outbox.Failure{Policy: outbox.Stopped, Code: "400 EC_BLACKLISTED"}},
			"created": {say: answers(201, `{}`), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "201"}},
		})
	})
	// By GET, too, a message is sent once only, also over a kept connection.
	t.Run("get", func(t *testing.T) {
		runSends(t, genericTo(t, genericGet), map[string]sendCase{"taken": {say: answers(200, "ok")}})
		n := 0
		p := newPeer(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n == 2 {
				hangsUp(w, r)
			}
		})
		s, err := genericTo(t, genericGet)(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Send(t.Context(), wireMessage(hindi)); err != nil {
			t.Fatal(err)
		}
		_, err = s.Send(t.Context(), wireMessage(hindi))
		checkFailure(t, err, outbox.Failure{Policy: outbox.Ambiguous, Code: "no answer"})
		if p.times() != 2 {
			t.Errorf("asked %d times", p.times())
		}
	})
}

func TestGenericSendRequest(t *testing.T) {
	plain := wireMessage("Say {to} & \"50%\"")
	plain.Template, plain.Validity, plain.Report = outbox.Template{}, 0, ""
	nested := func(report, text, rest string) string {
		return `{"bulk":false,"messages":[{` + report + `"destinations":[{"messageId":"` + wireID.String() +
			`","to":"+919876543210"}],"flash":"",` + rest + `"text":` + text
	}
	for name, x := range map[string]struct {
		config  string
		message outbox.Message
		address string
		want    url.Values
		json    string
	}{
		"form_hindi": {config: genericForm, message: wireMessage(hindi), address: "/GatewayAPI/rest", want: url.Values{"userid": {"2000"}, "password": {"passw0rd"}, "method": {"SendMessage"},
			"send_to": {"919876543210"}, "msg": {hindi}, "mask": {"VAXIND"}, "msg_type": {"UNICODE_TEXT"}, "principalEntityId": {"1101"}, "dltTemplateId": {"1107"}, "extra": {"service-implicit"}}},
		"form_plain": {config: genericForm, message: plain, address: "/GatewayAPI/rest", want: url.Values{"userid": {"2000"}, "password": {"passw0rd"}, "method": {"SendMessage"},
			"send_to": {"919876543210"}, "msg": {plain.Text}, "mask": {"VAXDEF"}, "msg_type": {"TEXT"}}},
		"json_bengali": {config: genericJSON, message: wireMessage(bengali), address: "/sms/2/text/advanced",
			json: nested(`"callbackData":"`+wireToken+`",`, `"`+bengali+`"`, `"from":"VAXIND","notifyUrl":"`+wireReport+`","regional":{"indiaDlt":{"contentTemplateId":"1107","principalEntityId":"1101"}},`) + `,"validityPeriod":"90"}],"n":1}` + "\n"},
		"json_plain": {config: genericJSON, message: plain, address: "/sms/2/text/advanced",
			json: nested("", `"Say {to} & \"50%\""`, `"from":"VAXDEF","regional":{"indiaDlt":{}},`) + `}],"n":1}` + "\n"},
		"get_hindi": {config: genericGet, message: wireMessage(hindi),
			address: "/send?" + url.Values{"key": {"passw0rd"}, "to": {"9876543210"}, "text": {hindi}, "dlr": {wireReport}}.Encode()},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, answers(200, "success"))
			s, err := genericTo(t, x.config)(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Send(t.Context(), x.message); err != nil {
				t.Fatal(err)
			}
			req, body := p.last(t)
			if req.URL.String() != x.address {
				t.Errorf("asked %s, want %s", req.URL, x.address)
			}
			if x.json != "" {
				if body != x.json || req.Header.Get("Authorization") != "App k3y" || req.Header.Get("Content-Type") != "application/json" {
					t.Errorf("sent %v\n%swant\n%s", req.Header, body, x.json)
				}
				return
			}
			got, _ := url.ParseQuery(body)
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(x.want)
			if string(a) != string(b) && len(got)+len(x.want) > 0 {
				t.Errorf("sent\n%s\nwant\n%s", a, b)
			}
		})
	}
}

func TestGenericConfig(t *testing.T) {
	const in, out = `{"inbound": {"body": "query", "fields": {"id": "i", "from": "f", "text": "t"%s}%s}}`, `{"send": {"url": "https://h/", "body": "form", "fields": {"x": "{to}"}%s}}`
	for name, x := range map[string]struct{ config, why string }{
		"good_in":        {fmt.Sprintf(in, "", ""), ""},
		"good_out":       {fmt.Sprintf(out, ""), ""},
		"typing_mistake": {fmt.Sprintf(in, "", `, "metod": "GET"`), "unknown field"},
		"no_body":        {`{"inbound": {"fields": {"id": "i", "from": "f", "text": "t"}}}`, "body is none of"},
		"no_from":        {`{"inbound": {"body": "form", "fields": {"id": "i", "text": "t"}}}`, "from and text"},
		"no_id_no_time":  {`{"inbound": {"body": "form", "fields": {"from": "f", "text": "t"}}}`, "id and at"},
		"half_a_part":    {fmt.Sprintf(in, `, "part": "p"`, ""), "belong together"},
		"no_such_zone":   {fmt.Sprintf(in, "", `, "zone": "Mars/North"`), "zone"},
		"method":         {fmt.Sprintf(in, "", `, "method": "PUT"`), "neither GET nor POST"},
		"status":         {`{"report": {"body": "form", "fields": {"status": "s"}, "statuses": {"A": "gone"}}}`, "none of sent"},
		"no_statuses":    {`{"report": {"body": "form", "fields": {"status": "s"}}}`, "statuses are needed"},
		"placeholder":    {strings.Replace(fmt.Sprintf(out, ""), "{to}", "{too}", 1), "{too}"},
		"nested_in_form": {strings.Replace(fmt.Sprintf(out, ""), `"{to}"`, `["{to}"]`, 1), "is no text"},
		"get_with_form":  {fmt.Sprintf(out, `, "method": "GET"`), "in the query"},
		"address":        {strings.Replace(fmt.Sprintf(out, ""), "https://h/", "h", 1), "no http"},
		"expression":     {fmt.Sprintf(out, `, "success": {"match": "("}`), "success"},
		"no_group":       {fmt.Sprintf(out, `, "id": {"match": "x"}`), "one group"},
		"policy":         {fmt.Sprintf(out, `, "rules": [{"status": [400], "policy": "shrug"}]`), "shrug"},
		"rule_for_all":   {fmt.Sprintf(out, `, "rules": [{"policy": "retry"}]`), "neither status nor match"},
		"after":          {fmt.Sprintf(out, `, "rules": [{"status": [400], "policy": "give_up", "after": "1m"}]`), "after"},
	} {
		_, err := ParseGeneric(strings.NewReader(x.config))
		if (x.why == "" && err != nil) || (x.why != "" && (err == nil || !strings.Contains(err.Error(), x.why))) {
			t.Errorf("%s: %v, want %q", name, err, x.why)
		}
	}
	if got := fmt.Sprintf("%v %+v %#v", parseGeneric(t, genericForm, ""), parseGeneric(t, genericForm, ""), parseGeneric(t, genericForm, "")); strings.Contains(got, "passw0rd") {
		t.Error("a configuration shows its password")
	}
}

func FuzzGenericForm(f *testing.F) {
	fuzzWire(f, newTestGeneric(f, genericForm), nil,
		"GET id=1&msisdn=919876543210&content=%E0%A4%AE&timestamp=1623048000",
		"POST "+reportQuery+"\nstatus=SENT&errCode=1")
}

func FuzzGenericJSON(f *testing.F) {
	a := newTestGeneric(f, strings.Replace(genericJSON, `, "auth_headers": {"Authorization": "App k3y"}`, "", 1))
	fuzzWire(f, a, nil,
		"POST \n"+`{"results":[{"messageId":1,"from":"919876543210","text":"मदद","receivedAt":"2021-06-07T10:00:00.000+0530"}],"ref":1,"part":1,"parts":2}`,
		"POST \n"+`{"results":[{"callbackData":"`+wireToken+`","status":{"id":5,"groupName":"DELIVERED"}}]}`)
}
