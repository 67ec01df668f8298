package ivr

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tikaline/calls"

	"github.com/labstack/echo/v4"
)

const exotelSecret = "s3cret of exotel's"

// newExotelRig is a rig with Exotel in one of its forms.
func newExotelRig(t *testing.T, form ExotelForm, phones ...string) *rig {
	r := newRig(t)
	a, err := NewExotel(ExotelSettings{
		PublicURL: publicURL, Secret: exotelSecret, Form: form, Missed: []string{"08012345679"}, Phones: phones, CallerID: "08012345678",
	})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(a)
	return r
}

// exotelCall is the fields of every request.
func exotelCall(change ...string) url.Values {
	v := url.Values{"CallSid": {"80bf"}, "CallFrom": {"09876543202"}, "CallTo": {"08012345678"}, "CallStatus": {"in-progress"}, "Direction": {"incoming"}}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return v
}

func exotelPath(rest string) string { return "/ivr/exotel/" + url.PathEscape(exotelSecret) + rest }

// post is a form, and get the same in the address.
func (r *rig) post(path string, form url.Values) (int, string) {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	return r.status(req)
}

func (r *rig) get(path string, form url.Values) (int, string) {
	return r.status(httptest.NewRequest(http.MethodGet, path+"?"+form.Encode(), nil))
}

// tree is a document without what Twilio would say to it.
func tree(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, `<?xml version="1.0" encoding="UTF-8"?><Response>`) {
		t.Fatalf("no document: %s", body)
	}
	return body
}

func TestExoML(t *testing.T) {
	r := newExotelRig(t, ExoML, "+918012340001", "+918012340002")
	base := publicURL + "/ivr/exotel/s3cret%20of%20exotel%27s"
	_, first := r.post(exotelPath(""), exotelCall())
	for _, want := range []string{
		`<Gather numDigits="1" timeout="8" finishOnKey="" method="POST" action="` + base + `/turn?n=1">`,
		`<Say language="en-IN">For booking a vaccination, press 1.</Say>`, `<Redirect method="POST">` + base + `/turn?n=1</Redirect></Response>`,
	} {
		if !strings.Contains(strings.ReplaceAll(tree(t, first), "&#39;", "%27"), want) {
			t.Errorf("%s\nhas no\n%s", first, want)
		}
	}
	if strings.Contains(first, "voice=") || strings.Contains(first, "prosody") {
		t.Error(first)
	}
	_, name := r.post(exotelPath("/turn?n=1"), exotelCall("DigitsPressed", "1"))
	if !strings.Contains(name, "<Record ") || !strings.Contains(name, "n=2&amp;record=1") {
		t.Errorf("no name is asked for: %s", name)
	}
	_, year := r.post(exotelPath("/turn?n=2&record=1"), exotelCall("RecordingUrl", "https://recordings.exotel.com/exotelrecordings/a/b.mp3"))
	if !strings.Contains(year, "year of birth") || len(r.ledger.kept) != 1 {
		t.Errorf("%s, kept %v", year, r.ledger.kept)
	}
	// the same again, and in the wrong order
	for range 2 {
		if _, again := r.post(exotelPath("/turn?n=2&record=1"), exotelCall("RecordingUrl", "https://recordings.exotel.com/exotelrecordings/a/b.mp3")); again != year {
			t.Errorf("again: %s", again)
		}
		if _, old := r.post(exotelPath("/turn?n=1"), exotelCall("DigitsPressed", "1")); old != year {
			t.Errorf("the one before: %s", old)
		}
	}
	_, gender := r.post(exotelPath("/turn?n=3"), exotelCall("DigitsPressed", `"1958"`)) // quotes are the other form's
	if !strings.Contains(gender, "male") {
		t.Error(gender)
	}
	_, agent := r.post(exotelPath("/turn?n=4"), exotelCall("DigitsPressed", "0"))
	if want := `<Number>+918012340001</Number><Number>+918012340002</Number></Dial>`; !strings.Contains(agent, want) || !strings.Contains(agent, `callerId="08012345678"`) {
		t.Errorf("nobody is dialled: %s", agent)
	}
	_, left := r.post(exotelPath("/left?lang=en"), exotelCall("DialCallStatus", "no-answer"))
	if !strings.Contains(left, r.word("en", textCallBack)) || !r.ledger.pending[englishCaller] {
		t.Errorf("nobody is called back: %s", left)
	}
	r.post(exotelPath("/left?lang=en"), exotelCall("DialCallStatus", "completed"))
	for _, o := range r.ledger.handed {
		if o.Outcome != calls.HandOverTalked {
			t.Errorf("ended as %s", o.Outcome)
		}
	}
}

// An end comes as several parts.
func TestExotelEnd(t *testing.T) {
	for status, want := range map[string]calls.Outcome{
		"completed": calls.HungUp, "busy": calls.Busy, "no-answer": calls.NoAnswer, "failed": calls.Failed,
	} {
		r := newExotelRig(t, ExoML)
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for name, v := range map[string]string{"CallSid": "80bf", "From": "09876543202", "To": "08012345678", "Status": status, "CustomField": noticeID, "ConversationDuration": "61"} {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		req := httptest.NewRequest(http.MethodPost, exotelPath("/status"), &b)
		req.Header.Set(echo.HeaderContentType, w.FormDataContentType())
		if code, body := r.status(req); code != 200 {
			t.Fatalf("%d %s", code, body)
		}
		for _, c := range r.ledger.calls {
			if c.Outcome != want || c.Direction != calls.Out || c.Number != englishCaller || c.Duration.Seconds() != 61 {
				t.Errorf("%s is kept as %+v", status, c)
			}
		}
		if len(r.ledger.calls) != 1 || len(r.ledger.failed) != 1 {
			t.Errorf("%s: %d calls, %v", status, len(r.ledger.calls), r.ledger.failed)
		}
	}
}

func TestExotelGuard(t *testing.T) {
	cases := map[string]struct {
		method, path string
		form         url.Values
		status       int
		says         string
	}{
		"wrong secret":        {"POST", "/ivr/exotel/other/turn?n=1", exotelCall(), 404, "Not Found"},
		"no secret":           {"POST", "/ivr/exotel", exotelCall(), 404, "Not Found"},
		"nothing of ours":     {"POST", exotelPath("/x"), exotelCall(), 404, "Not Found"},
		"the other form":      {"POST", exotelPath("/gather"), exotelCall(), 404, "Not Found"},
		"no call":             {"POST", exotelPath(""), exotelCall("CallSid", ""), 400, "CallSid is required"},
		"no number of ours":   {"POST", exotelPath(""), exotelCall("CallTo", ""), 400, "CallTo is required"},
		"keys that are none":  {"POST", exotelPath("/turn?n=1"), exotelCall("DigitsPressed", "one"), 400, "DigitsPressed is malformed"},
		"a turn that is none": {"POST", exotelPath("/turn?n=one"), exotelCall(), 400, "n is malformed"},
		"a field twice":       {"POST", exotelPath("/turn?n=1&CallSid=2"), exotelCall(), 400, "malformed"},
		"no notice":           {"POST", exotelPath(""), exotelCall("CustomField", "x"), 400, "CustomField is malformed"},
		"too large":           {"POST", exotelPath(""), exotelCall("x", strings.Repeat("a", 64<<10)), 413, "Too Large"},
		"another method":      {"PUT", exotelPath(""), exotelCall(), 405, "Not Allowed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newExotelRig(t, ExoML)
			req := httptest.NewRequest(c.method, c.path, strings.NewReader(c.form.Encode()))
			req.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
			code, body := r.status(req)
			if code != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d %s", code, body)
			}
			if strings.Contains(body, "98765") || r.shelf.Saves > 0 || len(r.ledger.calls) > 0 {
				t.Error("something was done, or told")
			}
		})
	}
	for name, s := range map[string]ExotelSettings{
		"no secret": {PublicURL: publicURL, Form: ExoML}, "no form": {PublicURL: publicURL, Secret: "x"}, "no address": {Secret: "x", Form: ExoML},
	} {
		if _, err := NewExotel(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A number of ours that takes only missed calls: what is not cut off by then is
// put down.
func TestExotelMissed(t *testing.T) {
	r := newExotelRig(t, ExoML)
	for range 3 {
		if _, body := r.post(exotelPath(""), exotelCall("CallTo", "+918012345679")); !strings.HasSuffix(body, "<Response><Hangup/></Response>") {
			t.Error(body)
		}
	}
	if !r.ledger.pending[englishCaller] || r.shelf.Saves > 0 {
		t.Error("nothing is pending, or a conversation begun")
	}
}

func TestApplets(t *testing.T) {
	r := newExotelRig(t, Applets, "+918012340001")
	gather := func(from string) exotelGather {
		t.Helper()
		code, body := r.get(exotelPath("/gather"), exotelCall("CallFrom", from, "CallSid", "c"+from))
		var g exotelGather
		if err := json.Unmarshal([]byte(body), &g); code != 200 || err != nil {
			t.Fatalf("%d %s", code, body)
		}
		return g
	}
	second := 0
	pass := func(from, digits string, again ...string) int {
		t.Helper()
		second++
		at := "2021-06-07 10:00:" + string(rune('0'+second/10)) + string(rune('0'+second%10))
		if len(again) > 0 {
			at = again[0]
		}
		code, _ := r.get(exotelPath("/pass"), exotelCall("CallFrom", from, "CallSid", "c"+from, "CurrentTime", at, "digits", `"`+digits+`"`))
		return code
	}
	asha := "09876543202"
	first := gather(asha)
	if first.Keys != 1 || first.Timeout != 8 || first.Finish != "" || !strings.Contains(first.Prompt.Text, "For booking a vaccination, press 1.") {
		t.Errorf("%+v", first)
	}
	if got := gather(asha); got != first {
		t.Errorf("asked again: %+v", got)
	}
	if code := pass(asha, "8"); code != 200 {
		t.Error(code)
	}
	second1 := gather(asha)
	if second1 == first {
		t.Error("8 leads nowhere")
	}
	// the same request again is the same key
	at := "2021-06-07 10:00:01"
	for range 2 {
		if code := pass(asha, "8", at); code != 200 || gather(asha) != second1 {
			t.Errorf("%d, then %+v", code, gather(asha))
		}
	}
	// a name cannot be said: an agent
	r.core(englishCaller)
	for i := 0; gather(asha) != first && i < 5; i++ {
		pass(asha, "8")
		if strings.Contains(gather(asha).Prompt.Text, "press 1") && strings.Contains(gather(asha).Prompt.Text, "booking a vaccination") {
			break
		}
	}
	if code := pass(asha, "1"); code != 302 {
		t.Errorf("a name is asked for: %d %+v", code, gather(asha))
	}
	code, body := r.get(exotelPath("/connect"), exotelCall("CallFrom", asha, "CallSid", "c"+asha))
	if code != 200 || body != `{"destination":{"numbers":["+918012340001"]}}`+"\n" {
		t.Errorf("%d %s", code, body)
	}
	for _, o := range r.ledger.handed {
		if o.Why != string(NoVoice) {
			t.Errorf("why is %s", o.Why)
		}
	}
	r.get(exotelPath("/status"), exotelCall("CallFrom", asha, "CallSid", "c"+asha, "CallType", "completed", "DialCallDuration", "80"))
	for k, c := range r.ledger.calls {
		if k.Number == englishCaller && c.Outcome != calls.Agent {
			t.Errorf("kept as %s", c.Outcome)
		}
	}

	// at night words, and then the end
	r.set(22)
	babu := "09876543212"
	gather(babu)
	if code := pass(babu, "0"); code != 200 {
		t.Error(code)
	}
	if got := gather(babu); got.Prompt.Text != r.word("en", textLater) || got.Timeout != 1 {
		t.Errorf("%+v", got)
	}
	if code := pass(babu, ""); code != 302 {
		t.Errorf("it does not end: %d", code)
	}
	if _, body := r.get(exotelPath("/connect"), exotelCall("CallFrom", babu, "CallSid", "c"+babu)); body != `{"destination":{"numbers":[]}}`+"\n" {
		t.Error(body)
	}
}

// Whoever withholds their number and asks for a person is put through to one, though
// nothing is kept of where their call stands.
func TestApplets_stranger(t *testing.T) {
	r := newExotelRig(t, Applets, "+918012340001")
	call := func(part, keys string) (int, string) {
		return r.get(exotelPath(part), exotelCall("CallFrom", "anonymous", "digits", keys))
	}
	call("/gather", "")
	for _, c := range []struct {
		keys string
		code int
	}{{"", 200}, {`"2"`, 302}} {
		if code, _ := call("/pass", c.keys); code != c.code {
			t.Errorf("%q is answered %d", c.keys, code)
		}
	}
	if _, body := call("/connect", ""); body != `{"destination":{"numbers":["+918012340001"]}}`+"\n" {
		t.Error(body)
	}
}

// Exotel has no second address to ask: what goes wrong here is said here.
func TestExotel_a_mistake_of_ours(t *testing.T) {
	r := newExotelRig(t, ExoML)
	r.Calls = struct{ Calls }{}
	code, body := r.post(exotelPath(""), exotelCall())
	if code != 200 || !strings.Contains(tree(t, body), "4 7 1, 1 0 0") || !strings.Contains(body, "<Hangup/>") {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := r.post(exotelPath("/status"), exotelCall("Status", "completed")); code != 500 { // and is told again
		t.Error(code)
	}
}

// What two keys write is told apart, and what one key writes twice is not.
func TestRuns(t *testing.T) {
	e := Event{Provider: exotelName, Call: "80bf", Number: englishCaller}
	turn := func(n int) Event { e := e; e.Turn = n; return e }
	key := func(at, keys string) Event { e := e; e.Present, e.Stamp, e.Keys = true, at, keys; return e }
	same := [][2]Event{{turn(3), turn(3)}, {key("10:00:01", "1"), key("10:00:01", "1")}}
	apart := [][2]Event{
		{turn(3), turn(4)}, {key("10:00:01", "1"), key("10:00:02", "1")}, {key("10:00:01", "1"), key("10:00:01", "2")}, {turn(0), key("10:00:01", "1")},
	}
	for _, p := range same {
		if p[0].runs()() != p[1].runs()() {
			t.Errorf("%d and %d write apart", p[0].Turn, p[1].Turn)
		}
	}
	for _, p := range apart {
		if p[0].runs()() == p[1].runs()() {
			t.Errorf("%d %s and %d %s write as one", p[0].Turn, p[0].Stamp, p[1].Turn, p[1].Stamp)
		}
	}
	ids := turn(1).runs()
	if first, second := ids(), ids(); first == second {
		t.Error("two runs of one turn are one")
	}
	if key("", "1").runs() != nil {
		t.Error("what nothing tells apart has ids of its own")
	}
}
