package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"tikaline/cmd/tikaline/ops"
	"tikaline/ivr/exchange"
)

// Twilio as it is set up in the tests. Nothing is fetched from it: the address
// is one where nobody answers.
const (
	testAccount = "AC00000000000000000000000000000001"
	testToken   = "atokenforthetests0123456789abcdef"
	testPublic  = "https://tika.example.in"
	testNumber  = "+15005550006"
	testMissed  = "+15005550007"
)

var testTwilio = []string{
	"--twilio-account=" + testAccount, "--twilio-tokens=" + testToken, "--twilio-from=" + testNumber, "--twilio-url=http://127.0.0.1:9",
	"--ivr-missed=" + testMissed,
}

// call plays what a caller does and returns it with what was heard.
func (s *stage) call(words []string, script string) string {
	s.hold(words)
	var out strings.Builder
	for _, line := range strings.Split(script, "\n") {
		does, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		fmt.Fprintln(&out, line)
		heard, err := s.dial(does)
		if err != nil {
			s.t.Fatalf("> %s: %v", does, err)
		}
		if heard == nil {
			continue
		}
		for _, said := range heard.Said {
			fmt.Fprintln(&out, "< "+s.veilHeard(said))
		}
		if end, ok := atTheEnd[heard.State]; ok {
			fmt.Fprintln(&out, "< "+end)
		}
	}
	return out.String()
}

// atTheEnd is what is heard in place of words; a question that waits for keys
// has nothing.
var atTheEnd = map[exchange.State]string{
	exchange.Voice: "(beep)", exchange.Queued: "(music)", exchange.Over: "(over)", exchange.Rejected: "(rejected)",
}

// dial does what a line of a script says; nil is nothing to hear.
func (s *stage) dial(does string) (*exchange.Heard, error) {
	heard := func(h exchange.Heard, err error) (*exchange.Heard, error) { return &h, err }
	keys, presses := strings.CutPrefix(does, "press ")
	switch {
	case does == "call", does == "missed call", does == "answer":
		s.calls++
		s.line = &exchange.Line{
			Base: s.url, Public: testPublic, Token: testToken, Account: testAccount, From: s.phone.Number, To: testNumber,
			SID: fmt.Sprintf("CA%s%020d", strings.TrimPrefix(s.phone.Number, "+"), s.calls),
		}
		switch does {
		case "missed call":
			s.line.To = testMissed
		case "answer":
			id, err := s.owedCall()
			if err != nil {
				return nil, err
			}
			s.line.Out = "/ivr/twilio/outbound?notice=" + id
		}
		return heard(s.line.Call(s.ctx))
	case presses:
		return heard(s.line.Press(s.ctx, keys))
	case does == "(silence)":
		return heard(s.line.Silence(s.ctx))
	case does == "say name":
		return heard(s.line.Speak(s.ctx, 3))
	case does == "agent":
		return heard(s.line.Agent(s.ctx))
	case does == "hang up":
		return nil, s.line.HangUp(s.ctx)
	case does == "again":
		_, err := s.line.Deliver(s.ctx, s.line.Last())
		return nil, err
	}
	_, shown := s.act(does)
	if shown {
		return nil, fmt.Errorf("nobody does this on the telephone")
	}
	return nil, nil
}

// owedCall is the notice of the call that was made to the phone last.
func (s *stage) owedCall() (string, error) {
	all, err := s.phone.Inbox(s.ctx)
	if err != nil {
		return "", err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Medium == "call" {
			return all[i].ID, nil
		}
	}
	return "", fmt.Errorf("nobody calls")
}

var recordedName = regexp.MustCompile(`^https://tika\.example\.in/ivr/name/.*`)

// veilHeard is what was heard, with {code} for what is random.
func (s *stage) veilHeard(said exchange.Said) string {
	if said.Play != "" {
		return recordedName.ReplaceAllString(said.Play, "(the name that was said)")
	}
	rows, err := s.connect().Query(s.ctx, `SELECT right(reference, 4) FROM beneficiary`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	text := said.Text
	if said.Slow {
		text = "(slowly) " + text
	}
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			s.t.Fatal(err)
		}
		text = strings.ReplaceAll(text, fmt.Sprintf("%c %c, %c %c", code[0], code[1], code[2], code[3]), "{code}")
	}
	return text
}

// Somebody at a terminal telephones too.
func TestTalk_telephone(t *testing.T) {
	t.Parallel()
	const both = "demo0demo0demo0demo"
	s := serving(t, "--public-url="+ops.DemoPublic, "--twilio-account="+both, "--twilio-tokens="+both)
	var out bytes.Buffer
	err := run(t.Context(), []string{"talk", "--url=" + s.url, "--secret=" + both, "--number=+919811000078"}, ops.World{
		In: strings.NewReader("call\n3\nsilence\n1\nname\n1958\nhang up\ncall\nAsha Devi\nquit\n"), Out: &out, Err: &out, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{
		"heard": "For English, press 3.", "a beep": "(beep)", "the end": "(the call is over)",
		"a record": "-- ivr --\n> call\n< हिन्दी के लिए 1 दबाइए.\n", "keys": "> press 1958\n", "silence": "> (silence)\n", "a name": "> say name\n", "hung up": "> hang up\n",
		"a name that is keyed": "! on the telephone there are keys",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing: %q in\n%s", what, want, out.String())
		}
	}
}

func TestServe_says_what_is_wrong_with_calls(t *testing.T) {
	for name, c := range map[string]struct{ arg, want string }{
		"no_hours":         {"--ivr-agents=nine to five", "TIKALINE_IVR_AGENTS"},
		"hours_the_wrong":  {"--ivr-agents=18:00-09:00", "TIKALINE_IVR_AGENTS"},
		"no_day":           {"--ivr-days-off=funday", "TIKALINE_IVR_DAYS_OFF"},
		"no_voice":         {"--ivr-voices=hi=Polly.Kajal", "calls by twilio"},
		"voice_of_another": {"--ivr-voices=bn=Polly.Kajal-Neural", "does not speak bn"},
		"no_form":          {"--exotel-form=fax", "exotel-form"},
		"too_patient":      {"--ivr-deadline=14s", "TIKALINE_IVR_DEADLINE"},
		"not_patient":      {"--ivr-deadline=0s", "TIKALINE_IVR_DEADLINE"},
		"no_waiting":       {"--ivr-wait=-1m", "TIKALINE_IVR_WAIT"},
		"no_music":         {"--ivr-music=music.mp3", "TIKALINE_IVR_MUSIC"},
		"no_number_of_us":  {"--ivr-missed=+15005550007,ours", "TIKALINE_IVR_MISSED"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runs(t, "serve", "--demo", "--database-url=postgres://nobody@127.0.0.1:1/none", c.arg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v does not name %q", err, c.want)
			}
		})
	}
}

func TestServe_wants_a_secret_of_exotel(t *testing.T) {
	if _, err := runs(t, "serve", "--exotel=short", "--database-url=postgres://nobody@127.0.0.1:1/none"); err == nil || !strings.Contains(err.Error(), "secret of exotel is shorter") {
		t.Errorf("got %v", err)
	}
}

// Whoever is not Twilio is told nothing, and it is counted.
func TestCalls_refused(t *testing.T) {
	t.Parallel()
	s := serving(t)
	for path, want := range map[string]int{"/ivr/twilio": 403, "/ivr/twilio/turn?n=1": 403, "/ivr/exotel/demo": 404, "/ivr/other": 404, "/ivr/name/x/y": 404} {
		if code, body := s.postForm(path, "CallSid=CA01&From=%2B919811000001&To=%2B15005550006&AccountSid="+testAccount); code != want && (want != 404 || code != 405) {
			t.Errorf("%s is %d: %s", path, code, body)
		}
	}
	_, metrics := s.get("/metrics")
	for _, want := range []string{
		`tikaline_requests_total{channel="ivr",outcome="bad",provider="twilio"} 2`, `tikaline_requests_total{channel="ivr",outcome="missed",provider="twilio"} 0`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s", want)
		}
	}
}
