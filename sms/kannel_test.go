package sms

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tikaline/outbox"
)

func newTestKannel(t testing.TB) Adapter {
	t.Helper()
	a, err := NewKannel(KannelSettings{Secret: wireSecret})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What Kannel 1.4.5 was seen to send.
const (
	kannelMO   = "GET /sms/kannel/s3cret?id=1c138699-9136-4311-80ea-9cfc70ad923f&from=%2B919876543210&to=56161&at=1623048000&coding=0&charset=UTF-8&udh=&text="
	kannelPOST = "POST /sms/kannel/s3cret?id=1c138699-9136-4311-80ea-9cfc70ad923f\nX-Kannel-From: 919876543210\nX-Kannel-To: 56161\nX-Kannel-Time: 2021-06-07 06:40:00\nX-Kannel-Coding: "
)

func TestKannel(t *testing.T) {
	at := time.Date(2021, 6, 7, 6, 40, 0, 0, time.UTC)
	event := func(text string) Event {
		return Event{Provider: "kannel", ID: "1c138699-9136-4311-80ea-9cfc70ad923f", From: asha, To: "56161", Text: text, At: at}
	}
	part := event("part two é")
	part.Ref, part.Part, part.Parts = 7, 2, 3
	wide := event("x")
	wide.Ref, wide.Part, wide.Parts = 0x0102, 1, 2
	late := event("HELP")
	late.At = time.Time{}
	report := func(s ReportStatus, fid, code string) *Report {
		return &Report{Provider: "kannel", Token: wireToken, ProviderID: fid, Status: s, Code: code}
	}
	dlr := "GET /sms/kannel/s3cret/status?" + reportQuery
	runWire(t, newTestKannel(t), map[string]wireCase{
		"hindi":                     {request: kannelMO + "%E0%A4%AA%E0%A4%82%E0%A4%9C%E0%A5%80%E0%A4%95%E0%A4%B0%E0%A4%A3+1990+%E0%A4%86%E0%A4%B6%E0%A4%BE+%E0%A4%A6%E0%A5%87%E0%A4%B5%E0%A5%80", event: event(hindi)},
		"hindi_as_utf_16":           {request: strings.NewReplacer("coding=0", "coding=2", "UTF-8", "UTF-16BE").Replace(kannelMO) + "%09.%09%26%09%26%00+%D8%3D%DE%00", event: event("मदद 😀")},
		"utf_16_without_a_charset":  {request: strings.NewReplacer("coding=0", "coding=2", "charset=UTF-8&", "").Replace(kannelMO) + "%09.%09%26%09%26", event: event("मदद")},
		"bengali_by_post":           {request: kannelPOST + "0\nContent-Type: text/plain; charset=\"UTF-8\"\n\n" + bengali, event: event(bengali)},
		"bengali_by_post_as_utf_16": {request: kannelPOST + "2\nContent-Type: text/plain; charset=\"UTF-16BE\"\n\n\x09\x9f\x09\xbf\x09\x95\x09\xbe", event: event("টিকা")},
		"a_part_by_post":            {request: kannelPOST + "1\nX-Kannel-UDH: %05%00%03%07%03%02\nContent-Type: application/octet-stream\n\npart two é", event: part},
		"a_part":                    {request: strings.Replace(kannelMO, "udh=", "udh=%05%00%03%07%03%02", 1) + "part+two+%C3%A9", event: part},
		"a_part_with_a_wide_number": {request: strings.Replace(kannelMO, "udh=", "udh=%06%08%04%01%02%02%01", 1) + "x", event: wide},
		"a_broken_header":           {request: strings.Replace(kannelMO, "udh=", "udh=%05%00%09%07%03%02", 1) + "x", event: event("x")},
		"latin_1":                   {request: strings.Replace(kannelMO, "UTF-8", "ISO-8859-1", 1) + "caf%E9", event: event("café")},
		"rubbish_bytes":             {request: kannelMO + "a%FF%00b", event: event("a\uFFFDb")},
		"empty_text":                {request: kannelMO, event: event("")},
		"number_without_plus":       {request: strings.Replace(kannelMO, "%2B91", "91", 1) + "HELP", event: event("HELP")},
		"number_with_zeros":         {request: strings.Replace(kannelMO, "%2B91", "0091", 1) + "HELP", event: event("HELP")},
		"time_in_words":             {request: strings.Replace(kannelMO, "1623048000", "2021-06-07+06:40:00", 1) + "HELP", event: event("HELP")},
		"no_time":                   {request: strings.Replace(kannelMO, "1623048000", "", 1) + "HELP", event: late},

		"missing_id":     {request: strings.Replace(kannelMO, "id=1c", "i=1c", 1) + "HELP", status: 400, message: "id is required"},
		"odd_id":         {request: strings.Replace(kannelMO, "id=1c", "id=%00", 1) + "HELP", status: 400, message: "id is malformed"},
		"missing_from":   {request: strings.Replace(kannelMO, "from=", "form=", 1) + "HELP", status: 400, message: "from is required"},
		"missing_text":   {request: strings.Replace(kannelMO, "&text=", "", 1), status: 400, message: "text is required"},
		"abroad":         {request: strings.Replace(kannelMO, "%2B919876543210", "%2B254711222333", 1) + "HELP", status: 400, message: "from is not an Indian mobile number"},
		"an_operator":    {request: strings.Replace(kannelMO, "%2B919876543210", "VM-AIRTEL", 1) + "HELP", status: 400, message: "from is not an Indian mobile number"},
		"twice_a_field":  {request: kannelMO + "HELP&from=919876543211", status: 400, message: "the request is malformed"},
		"malformed":      {request: kannelMO + "%zz", status: 400, message: "the request is malformed"},
		"too_large":      {request: kannelPOST + "0\n\n" + tooMuch, status: 413, message: "Request Entity Too Large"},
		"bad_secret":     {request: strings.Replace(kannelMO, "s3cret", "guess", 1) + "HELP", status: 404, message: "Not Found"},
		"another_method": {request: strings.Replace(kannelMO, "GET", "DELETE", 1) + "HELP", status: 405, message: "Method Not Allowed"},

		"report_delivered":       {request: dlr + "&type=1&fid=24d58667-ab57&answer=", report: report(Delivered, "24d58667-ab57", "")},
		"report_accepted":        {request: dlr + "&type=8&fid=&answer=ACK%2F", report: report(Sent, "", "ACK")},
		"report_refused":         {request: dlr + "&type=16&fid=&answer=NACK%2F0x0000000b%2FInvalid+Destination+Address", report: report(Failed, "", "NACK/0x0000000b")},
		"report_throttled":       {request: dlr + "&type=16&fid=&answer=NACK%2FRetries+Exceeded", report: report(Failed, "", "NACK/Retries_Exceeded")},
		"report_undeliverable":   {request: dlr + "&type=2&fid=7&answer=id%3A7+sub%3A001+dlvrd%3A000+submit+date%3A2106071000+done+date%3A2106071001+stat%3AUNDELIV+err%3A001+text%3ADear+Asha", report: report(Failed, "7", "UNDELIV/001")},
		"report_with_our_text":   {request: dlr + "&type=2&fid=7&answer=Dear+Asha", report: report(Failed, "7", "")},
		"report_buffered":        {request: dlr + "&type=4&fid=&answer=", report: report("", "", "")},
		"report_of_no_kind":      {request: dlr + "&fid=", status: 400, message: "type is required"},
		"report_unknown":         {request: dlr + "&type=-1", status: 400, message: "type is none that we know"},
		"report_without_token":   {request: "GET /sms/kannel/s3cret/status?type=1", status: 400, message: "t is required"},
		"report_with_an_odd_one": {request: "GET /sms/kannel/s3cret/status?type=1&t=%00", status: 400, message: "t is malformed"},
		"report_with_two":        {request: dlr + "&type=1&t=other", status: 400, message: "the request is malformed"},
		"report_with_no_secret":  {request: strings.Replace(dlr, "s3cret", "guess", 1) + "&type=1", status: 404, message: "Not Found"},
	})
}

func TestKannelSettings(t *testing.T) {
	for name, s := range map[string]KannelSettings{
		"no_secret": {},
	} {
		if _, err := NewKannel(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, s := range map[string]KannelSettings{
		"no_address": {User: "u", Password: "p"}, "no_user": {URL: "http://127.0.0.1:13013/"},
		"no_scheme": {URL: "127.0.0.1:13013", User: "u", Password: "p"},
	} {
		if _, err := NewKannelSender(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func kannelTo(url string) (outbox.Provider, error) {
	return NewKannelSender(KannelSettings{URL: url + "/cgi-bin/sendsms", User: "tikaline", Password: "passw0rd", From: "56161", EntityTLV: "dlt_entity_id"})
}

func TestKannelSend(t *testing.T) {
	runSends(t, kannelTo, map[string]sendCase{
		"accepted":          {say: answers(202, "0: Accepted for delivery")},
		"queued":            {say: answers(202, "3: Queued for later delivery")},
		"accepted_by_whom":  {say: answers(202, "OK"), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "202"}},
		"another_server":    {say: answers(200, "<html>"), want: outbox.Failure{Policy: outbox.Ambiguous, Code: "200"}},
		"no_receiver":       {say: answers(400, "Missing receiver(s) number(s), rejected"), want: outbox.Failure{Policy: outbox.GiveUp, Code: "400 receiver"}},
		"denied_by_list":    {say: answers(400, "Number(s) has/have been denied by white- and/or black-lists."), want: outbox.Failure{Policy: outbox.GiveUp, Code: "400 denied"}},
		"no_sender":         {say: answers(400, "Sender missing and no global set, rejected"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "400 sender"}},
		"malformed":         {say: answers(400, "Coding field misformed, rejected"), want: outbox.Failure{Policy: outbox.GiveUp, Code: "400"}},
		"wrong_password":    {say: answers(403, "Authorization failed for sendsms"), want: outbox.Failure{Policy: outbox.Elsewhere, Code: "403"}},
		"temporal_failure":  {say: answers(503, "Temporal failure, try again later."), want: outbox.Failure{Policy: outbox.Retry, Code: "503"}},
		"too_many_and_says": {say: answers(503, "", "Retry-After", "5"), want: outbox.Failure{Policy: outbox.Retry, After: 5 * time.Second, Code: "503"}},
	})
}

func TestKannelSendRequest(t *testing.T) {
	p := newPeer(t, answers(202, "0: Accepted for delivery"))
	s, err := kannelTo(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	english := wireMessage("Dr {Asha} [ok] €5")
	english.Template, english.Validity, english.Report = outbox.Template{}, 0, ""
	bare := wireMessage(hindi)
	bare.Report = "https://vax.example.in/" + wireToken
	for name, x := range map[string]struct {
		message outbox.Message
		want    map[string]string
	}{
		"hindi": {wireMessage(hindi), map[string]string{
			"X-Kannel-Coding": "2", "X-Kannel-From": "VAXIND", "X-Kannel-To": "+919876543210", "X-Kannel-Validity": "90",
			"X-Kannel-Meta-Data": "?smpp?dlt_entity_id=1101&dlt_template_id=1107", "X-Kannel-Dlr-Mask": "27",
			"X-Kannel-Dlr-Url": "https://vax.example.in/sms/any/s%%20t/status?" + reportQuery + "&type=%d&fid=%F&answer=%A",
		}},
		"bengali": {wireMessage(bengali), map[string]string{"X-Kannel-Coding": "2"}},
		"rupees":  {wireMessage("₹5"), map[string]string{"X-Kannel-Coding": "2"}},
		"english_no_extra": {english, map[string]string{"X-Kannel-Coding": "0", "X-Kannel-From": "56161", "X-Kannel-Meta-Data": "", "X-Kannel-Validity": "",
			"X-Kannel-Dlr-Mask": "", "X-Kannel-Dlr-Url": ""}},
		"report_without_a_query": {bare, map[string]string{"X-Kannel-Dlr-Url": "https://vax.example.in/" + wireToken + "?type=%d&fid=%F&answer=%A"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Send(t.Context(), x.message); err != nil {
				t.Fatal(err)
			}
			req, body := p.last(t)
			if req.Method != http.MethodPost || req.URL.String() != "/cgi-bin/sendsms" || body != x.message.Text || req.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
				t.Errorf("%s %s %q %q", req.Method, req.URL, req.Header.Get("Content-Type"), body)
			}
			for h, want := range x.want {
				if got := req.Header.Get(h); got != want {
					t.Errorf("%s is %q, want %q", h, got, want)
				}
			}
		})
	}
}

func FuzzKannel(f *testing.F) {
	fuzzWire(f, newTestKannel(f), nil,
		"GET id=1&from=919876543210&text=%09.%09%26&coding=2&charset=UTF-16BE&udh=%05%00%03%07%03%02&at=1",
		"POST id=1&from=00919876543210\nमदद",
		"GET "+reportQuery+"&type=2&answer=id:7 stat:UNDELIV err:001 text:x",
		"GET "+reportQuery+"&type=16&answer=NACK/0x0000000b/Invalid")
}
