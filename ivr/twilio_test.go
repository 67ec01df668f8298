package ivr

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
	"tikaline/ivr/exchange"
	"tikaline/locales"
)

// begin is what Twilio sends when somebody calls.
func begin(change ...string) url.Values {
	v := url.Values{
		"CallSid": {"CA01"}, "AccountSid": {account}, "From": {hindiCaller}, "To": {ourNumber}, "CallStatus": {"ringing"},
		"Direction": {"inbound"}, "ApiVersion": {"2010-04-01"}, "FromCountry": {"IN"}, "CallToken": {"x"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return v
}

// asked is a request to the server, with a signature.
func (r *rig) asked(path string, form url.Values, signature, extra string) *http.Request {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()+extra))
	req.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	if signature != "" {
		req.Header.Set("X-Twilio-Signature", signature)
	}
	return req
}

func (r *rig) status(req *http.Request) (int, string) {
	rec := httptest.NewRecorder()
	r.server.Config.Handler.ServeHTTP(rec, req)
	b, _ := io.ReadAll(rec.Body)
	return rec.Code, string(b)
}

// What Twilio did not sign is a 403, and nothing is done.
func TestSignature(t *testing.T) {
	good := func(path string, form url.Values) string { return exchange.Sign(twilioToken, publicURL+path, form) }
	cases := map[string]func(r *rig, path string) (*http.Request, int){
		"right": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), good(path, begin()), ""), 200
		},
		"with the token that takes its place": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), exchange.Sign(nextToken, publicURL+path, begin()), ""), 200
		},
		"behind a proxy, by http": func(r *rig, path string) (*http.Request, int) {
			req := r.asked(path, begin(), good(path, begin()), "")
			req.Host = "10.1.2.3:8080"
			return req, 200
		},
		"missing": func(r *rig, path string) (*http.Request, int) { return r.asked(path, begin(), "", ""), 403 },
		"wrong": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), exchange.Sign("other", publicURL+path, begin()), ""), 403
		},
		"with no token": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), exchange.Sign("", publicURL+path, begin()), ""), 403
		},
		"of another host": func(r *rig, path string) (*http.Request, int) {
			req := r.asked(path, begin(), exchange.Sign(twilioToken, "https://evil.example"+path, begin()), "")
			req.Host = "evil.example"
			req.Header.Set("X-Forwarded-Host", "evil.example")
			return req, 403
		},
		"of http where we are https": func(r *rig, path string) (*http.Request, int) {
			req := r.asked(path, begin(), exchange.Sign(twilioToken, strings.Replace(publicURL, "https", "http", 1)+path, begin()), "")
			req.Header.Set("X-Forwarded-Proto", "http")
			return req, 403
		},
		"of another path": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), good(path+"x", begin()), ""), 403
		},
		"of another turn": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path+"?n=2", begin(), good(path+"?n=1", begin()), ""), 403
		},
		"of other words": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin("Digits", "1"), good(path, begin("Digits", "2")), ""), 403
		},
		"and a key that comes again": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin("Digits", "1"), good(path, begin("Digits", "1")), "&Digits=2"), 403
		},
		"of another account": func(r *rig, path string) (*http.Request, int) {
			f := begin("AccountSid", "AC02")
			return r.asked(path, f, good(path, f), ""), 403
		},
		"of a body that is too large": func(r *rig, path string) (*http.Request, int) {
			return r.asked(path, begin(), good(path, begin()), "&x="+strings.Repeat("a", 64<<10)), 413
		},
		"not a post": func(r *rig, path string) (*http.Request, int) {
			return httptest.NewRequest(http.MethodGet, path+"?"+begin().Encode(), nil), 404
		},
	}
	for name, c := range cases {
		for _, path := range []string{"", "/turn", "/outbound", "/wait", "/left", "/recording", "/status", "/fallback"} {
			t.Run(name+path, func(t *testing.T) {
				r := newRig(t)
				req, want := c(r, "/ivr/twilio"+path)
				got, body := r.status(req)
				if got != want {
					t.Errorf("%d, want %d: %s", got, want, body)
				}
				if want != 200 && (r.shelf.Saves > 0 || len(r.ledger.calls) > 0 || len(r.ledger.asked) > 0 || len(r.ledger.handed) > 0) {
					t.Error("and something was done")
				}
			})
		}
	}
}

// The signature covers names and values without anything between them, so what
// we read must be under its own name.
func TestMalformed(t *testing.T) {
	cases := map[string]struct {
		path   string
		form   url.Values
		status int
		says   string
	}{
		"no call":             {"/ivr/twilio", begin("CallSid", ""), 400, "CallSid is required"},
		"no number of ours":   {"/ivr/twilio", begin("To", ""), 400, "To is required"},
		"moved boundary":      {"/ivr/twilio", begin("CallSid", "", "CallSidCA", "01"), 400, "CallSid is required"},
		"a call with a space": {"/ivr/twilio", begin("CallSid", "CA 01"), 400, "CallSid is malformed"},
		"no turn":             {"/ivr/twilio/turn?n=x", begin(), 400, "n is malformed"},
		"a turn below":        {"/ivr/twilio/turn?n=0", begin(), 400, "n is malformed"},
		"a turn too far":      {"/ivr/twilio/turn?n=99999999", begin(), 400, "n is malformed"},
		"no notice":           {"/ivr/twilio/outbound?notice=x", begin(), 400, "notice is malformed"},
		"keys that are none":  {"/ivr/twilio/turn?n=1", begin("Digits", "drop"), 400, "Digits is malformed"},
		"too many keys":       {"/ivr/twilio/turn?n=1", begin("Digits", strings.Repeat("1", 41)), 400, "Digits is malformed"},
		"no recording":        {"/ivr/twilio/recording", begin("RecordingStatus", "absent"), 400, "RecordingSid is required"},
		"of no call":          {"/ivr/twilio/recording", begin("RecordingStatus", "absent", "CallSid", "", "RecordingSid", "RE1"), 400, "CallSid is required"},
		"nothing of ours":     {"/ivr/twilio/x", begin(), 404, "Not Found"},
		"nor of a provider":   {"/ivr/other", begin(), 404, "Not Found"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			got, body := r.status(r.asked(c.path, c.form, exchange.Sign(twilioToken, publicURL+c.path, c.form), ""))
			if got != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d %s", got, body)
			}
		})
	}
}

// A document is what it says, whatever the order of what is in it.
func TestDocument(t *testing.T) {
	a, err := NewTwilio(TwilioSettings{PublicURL: publicURL, AuthTokens: []string{twilioToken}, Queue: "q"})
	if err != nil {
		t.Fatal(err)
	}
	tw := a.(*twilio)
	say := func(lang, text string) Verb { return Verb{Do: Say, Lang: lang, Text: text} }
	cases := map[string]struct {
		verb Verb
		want string
	}{
		"hindi":           {say("hi", "नमस्ते."), `<Say voice="Polly.Kajal-Neural" language="hi-IN">नमस्ते.</Say>`},
		"bengali":         {say("bn", "নমস্কার।"), `<Say voice="Google.bn-IN-Wavenet-A" language="bn-IN">নমস্কার।</Say>`},
		"signs":           {say("en", `"Tom" & <b>\0`+"\x00\x07"), `<Say voice="Polly.Kajal-Neural" language="en-IN">&#34;Tom&#34; &amp; &lt;b&gt;\0</Say>`},
		"slow":            {Verb{Do: Say, Lang: "hi", Text: "1", Slow: true}, `<Say voice="Polly.Kajal-Neural" language="hi-IN"><prosody rate="85%">1</prosody></Say>`},
		"a path of ours":  {Verb{Do: Play, URL: "/audio/hi/x.wav"}, `<Play>https://vax.example.in/audio/hi/x.wav</Play>`},
		"one of others":   {Verb{Do: Play, URL: "https://api.twilio.com/x?a=1&b=2"}, `<Play>https://api.twilio.com/x?a=1&amp;b=2</Play>`},
		"pause":           {Verb{Do: Pause, Secs: 2}, `<Pause length="2"/>`},
		"one key":         {Verb{Do: Gather, Keys: 1, Secs: 8, Turn: 3}, `<Gather input="dtmf" numDigits="1" timeout="8" finishOnKey="" actionOnEmptyResult="true" method="POST" action="https://vax.example.in/ivr/twilio/turn?n=3"/>`},
		"six":             {Verb{Do: Gather, Keys: 6, Secs: 8, Turn: 3, In: []Verb{say("en", "PIN")}}, `<Gather input="dtmf" numDigits="6" timeout="8" finishOnKey="#" actionOnEmptyResult="true" method="POST" action="https://vax.example.in/ivr/twilio/turn?n=3"><Say voice="Polly.Kajal-Neural" language="en-IN">PIN</Say></Gather>`},
		"in the line":     {Verb{Do: Gather, Keys: 1, Secs: 5, Waits: true, Lang: "bn"}, `<Gather input="dtmf" numDigits="1" timeout="5" finishOnKey="" actionOnEmptyResult="false" method="POST" action="https://vax.example.in/ivr/twilio/wait?lang=bn"/>`},
		"on":              {Verb{Do: Go, Turn: 3}, `<Redirect method="POST">https://vax.example.in/ivr/twilio/turn?n=3</Redirect>`},
		"on, in the line": {Verb{Do: Go, Waits: true, Lang: "bn"}, `<Redirect method="POST">https://vax.example.in/ivr/twilio/wait?lang=bn</Redirect>`},
		"queue":           {Verb{Do: Queue, Lang: "hi"}, `<Enqueue waitUrl="https://vax.example.in/ivr/twilio/wait?lang=hi" waitUrlMethod="POST" action="https://vax.example.in/ivr/twilio/left?lang=hi" method="POST">q-hi</Enqueue>`},
		"leave":           {Verb{Do: Leave}, `<Leave/>`},
		"reject":          {Verb{Do: Reject}, `<Reject reason="busy"/>`},
		"hang up":         {Verb{Do: Hangup}, `<Hangup/>`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n, err := tw.node(c.verb)
			if err != nil {
				t.Fatal(err)
			}
			b, err := document(node{name: "Response", nodes: []node{n}})
			if err != nil {
				t.Fatal(err)
			}
			head := `<?xml version="1.0" encoding="UTF-8"?>`
			if want := head + `<Response>` + c.want + `</Response>`; string(b) != want {
				t.Errorf("%s\nwant\n%s", b, want)
			}
			for range 20 { // and always so
				again, _ := document(node{name: "Response", nodes: []node{n}})
				if string(again) != string(b) {
					t.Error(string(again))
				}
			}
		})
	}
	if _, err := tw.node(Verb{Do: Dial}); err == nil {
		t.Error("twilio dials")
	}
	if _, err := document(node{name: "Response", text: strings.Repeat("a", 64<<10)}); err == nil {
		t.Error("a document may be too long")
	}
}

// Who has to think has the time to: silence counts from the tone on.
func TestRecord(t *testing.T) {
	p := newRig(t).line(englishCaller)
	p.do("call", "1")
	for _, n := range p.tree(t, p.Last()).Nodes {
		if n.Name != "Record" {
			continue
		}
		if n.Attrs["timeout"] != "5" || n.Attrs["maxLength"] != "12" || n.Attrs["finishOnKey"] != "1234567890*#" || n.Attrs["recordingStatusCallbackEvent"] != "completed absent" {
			t.Errorf("%v", n.Attrs)
		}
		return
	}
	t.Error("no name is recorded")
}

func TestVoices(t *testing.T) {
	with := func(voices map[string]string) TwilioSettings {
		return TwilioSettings{PublicURL: publicURL, AuthTokens: []string{twilioToken}, Voices: voices}
	}
	for _, good := range []map[string]string{
		nil, {"hi": "Polly.Aditi"}, {"hi": "Google.hi-IN-Neural2-A"}, {"bn": "Google.bn-IN-Chirp3-HD-Kore"}, {"en": "Polly.Raveena", "bn": "Google.bn-IN-Standard-A"},
		{"hi": "Polly.Kajal-Generative"},
	} {
		a, err := NewTwilio(with(good))
		if err != nil {
			t.Errorf("%v: %v", good, err)
			continue
		}
		// What says something always names its voice; the newest take no SSML.
		for lang, voice := range a.(*twilio).settings.Voices {
			n := a.(*twilio).say(Verb{Do: Say, Lang: lang, Text: "1", Slow: true})
			if n.attrs[1] != voice || voice == "" {
				t.Errorf("%s is said by %q", lang, n.attrs[1])
			}
			if plain := strings.Contains(voice, "Chirp") || strings.Contains(voice, "Generative"); plain != (len(n.nodes) == 0) {
				t.Errorf("%s has SSML: %t", voice, !plain)
			}
		}
	}
	for _, bad := range []map[string]string{
		{"hi": "Polly.Kajal"}, {"bn": "Polly.Kajal-Neural"}, {"bn": "Google.hi-IN-Standard-A"}, {"hi": "alice"}, {"hi": ""}, {"ta": "Google.ta-IN-Standard-A"},
		{"hi-Latn": "Polly.Aditi"},
	} {
		if _, err := NewTwilio(with(bad)); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if got := slices.Sorted(maps.Keys(DefaultVoices)); len(got) != len(Languages) {
		t.Error(got)
	}
}

// Nothing of a person is in what may be logged.
func TestNothingToLog(t *testing.T) {
	e := Event{Provider: "twilio", Call: "CA01", Number: hindiCaller, Keys: "1958", Turn: 3, Recording: Recording{ID: "RE01"}}
	for _, s := range []string{fmt.Sprint(e), fmt.Sprintf("%+v %#v", e, e), e.LogValue().String()} {
		if strings.Contains(s, "98765") || strings.Contains(s, "1958") || strings.Contains(s, "RE01") || strings.Contains(s, "CA01") {
			t.Error(s)
		}
	}
	u, _ := url.Parse("/ivr/exotel/s3cret/turn?n=1&CallFrom=09876543201")
	if got := channel.Redact("ivr", u); got != "/ivr/exotel/…" {
		t.Error(got)
	}
}

// A recorded voice is played where there is one, and text-to-speech says the
// rest.
func TestVoice(t *testing.T) {
	r := newRig(t)
	r.Gateway.Voice = shelfOf{"hi/home.pick": "/audio/hi/home.pick.1a2b.wav", "hi/option.home.book.press.1": "/audio/hi/book.1.3c4d.wav"}
	h := r.line(hindiCaller).do("call")
	if h.Said[1].Play != publicURL+"/audio/hi/home.pick.1a2b.wav" || h.Said[2].Play != publicURL+"/audio/hi/book.1.3c4d.wav" || h.Said[3].Lang != locales.Hindi {
		t.Errorf("%+v", h.Said)
	}
}

type shelfOf map[string]string

func (s shelfOf) URL(lang, id string) (string, bool) {
	path, ok := s[lang+"/"+id]
	return path, ok
}

// What Twilio keeps for when we are away needs nothing of ours.
func TestTwilioFallback(t *testing.T) {
	r := newRig(t)
	b, err := TwilioFallback(r.Words, map[string]string{"hi": "Polly.Aditi"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := exchange.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Nodes) != len(Languages)+1 || n.Nodes[0].Attrs["voice"] != "Polly.Aditi" || n.Nodes[len(Languages)].Name != "Hangup" || strings.Contains(string(b), "http") {
		t.Errorf("%s", b)
	}
	if _, err := TwilioFallback(r.Words, map[string]string{"hi": "alice"}); err == nil {
		t.Error("a voice that is none is taken")
	}
}
