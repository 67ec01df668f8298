package ops

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tikaline/ivr/exchange"
)

// talkCommand holds a conversation in the terminal.
type talkCommand struct {
	URL    string `default:"http://127.0.0.1:8080" help:"A running demo. Where none answers, one is started for the time of the talk."`
	Number string `default:"+919800000001" help:"The caller's number."`
	Secret string `default:"demo" help:"The secret of africastalking there."`
}

// DemoPublic is what our addresses begin with in the demo, where no provider
// calls: talk signs for it.
const DemoPublic = "https://demo.invalid"

const talkHelp = `You hold a keypad phone. Type
  dial                 to call the service    dial 1*800001   to dial straight to a place
  a number or a name   to answer the screen   0 back  00 home  98 more
  sms PIN 800001       to send a text     inbox           to read the messages
  call                 to telephone: then keys, "name" to say one, "silence"
  hang up              to lose the line       again           to deliver the last message twice
  quit                 to stop and see it as a test file
`

// Run talks until "quit" or the end of the input, then prints what was said
// in the form of a conversation test.
func (c *talkCommand) Run(ctx context.Context, w World) error {
	base, stop, err := c.server(ctx, w)
	if err != nil {
		return err
	}
	defer stop()
	t := &talk{out: w.Out, phone: Phone{Base: base, Secret: c.Secret, Number: c.Number}, twilio: c.Secret}
	fmt.Fprint(w.Out, talkHelp)
	if all, err := t.phone.Inbox(ctx); err == nil {
		t.read = len(all)
	}
	lines := bufio.NewScanner(w.In)
	for fmt.Fprint(w.Out, "> "); lines.Scan(); fmt.Fprint(w.Out, "> ") {
		line := strings.TrimSpace(lines.Text())
		if line == "quit" || line == "exit" {
			break
		}
		if err := t.say(ctx, line); err != nil {
			fmt.Fprintln(w.Out, "!", err)
		}
	}
	fmt.Fprintf(w.Out, "\n\nA conversation in the terminal.\n%s", t.record.String())
	return lines.Err()
}

// server is the running demo, or one started for the talk.
func (c *talkCommand) server(ctx context.Context, w World) (base string, stop func(), err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/readyz", nil)
	if err != nil {
		return "", nil, fmt.Errorf("--url: %w", err)
	}
	if _, err := fetch(req); err == nil {
		return c.URL, func() {}, nil
	}
	fmt.Fprintln(w.Out, "No demo answers at", c.URL, "- starting one.")
	ctx, cancel := context.WithCancel(ctx)
	ready, done := make(chan string, 1), make(chan error, 1)
	inner := w
	inner.Out, inner.Ready = io.Discard, func(url string) { ready <- url }
	go func() {
		done <- w.Serve(ctx, []string{"serve", "--demo", "--addr=127.0.0.1:0", "--log-level=error"}, inner)
	}()
	select {
	case url := <-ready:
		return url, func() { cancel(); <-done }, nil
	case err := <-done:
		cancel()
		return "", nil, errors.Join(errors.New("the demo did not start"), err)
	}
}

// talk is a conversation as it is held and recorded.
type talk struct {
	out    io.Writer
	phone  Phone
	twilio string         // its account and token there
	line   *exchange.Line // while a call lasts
	record strings.Builder
	within string // the section of the record
	read   int    // messages read so far
}

func (t *talk) say(ctx context.Context, line string) error {
	var s Screen
	var err error
	switch {
	case line == "inbox":
		return t.messages(ctx, 0)
	case line == "call", t.line != nil:
		return t.telephone(ctx, line)
	case strings.HasPrefix(line, "sms "):
		t.section("sms")
		fmt.Fprintln(&t.record, "> "+strings.TrimPrefix(line, "sms "))
		if err := t.phone.Write(ctx, "talk-"+rand.Text(), strings.TrimPrefix(line, "sms ")); err != nil {
			return err
		}
		return t.messages(ctx, 2*time.Second)
	case line == "hang up":
		t.section("ussd")
		fmt.Fprintln(&t.record, "> hang up")
		return t.phone.HangUp(ctx)
	case line == "again":
		s, err = t.phone.Again(ctx)
	case line == "dial":
		s, err = t.phone.Dial(ctx, "")
	case strings.HasPrefix(line, "dial "):
		s, err = t.phone.Dial(ctx, strings.TrimPrefix(line, "dial "))
	default:
		s, err = t.phone.Press(ctx, line)
	}
	if err != nil {
		return err
	}
	t.section("ussd")
	fmt.Fprintln(&t.record, ">", line)
	for _, l := range strings.Split(s.Text, "\n") {
		fmt.Fprintln(&t.record, "<", l)
		fmt.Fprintln(t.out, "   ", l)
	}
	if !s.Open {
		fmt.Fprintln(t.out, "   (the session is over)")
		return t.messages(ctx, 2*time.Second)
	}
	return nil
}

// section begins another part of the record, where it is another.
func (t *talk) section(name string) {
	if t.within != name {
		t.within = name
		fmt.Fprintf(&t.record, "-- %s --\n", name)
	}
}

// telephone does what a line says on a call, and shows what is heard.
func (t *talk) telephone(ctx context.Context, line string) error {
	var heard exchange.Heard
	var err error
	does := line
	switch {
	case t.line == nil:
		t.line = &exchange.Line{
			Base: t.phone.Base, Public: DemoPublic, Token: t.twilio, Account: t.twilio, From: t.phone.Number, To: "+15005550006",
			SID: "CA" + strings.ToLower(rand.Text()),
		}
		heard, err = t.line.Call(ctx)
	case line == "hang up":
		err = t.line.HangUp(ctx)
		heard.State = exchange.Over
	case line == "silence", line == "":
		does = "(silence)"
		heard, err = t.line.Silence(ctx)
	case line == "name":
		does = "say name"
		heard, err = t.line.Speak(ctx, 3)
	case strings.Trim(line, "0123456789*#") == "":
		does = "press " + line
		heard, err = t.line.Press(ctx, line)
	default:
		return errors.New(`on the telephone there are keys, "name", "silence" and "hang up"`)
	}
	if err != nil {
		t.line = nil
		return err
	}
	t.section("ivr")
	fmt.Fprintln(&t.record, ">", does)
	for _, said := range heard.Said {
		text := said.Text
		if said.Play != "" {
			text = "(a recording)"
		}
		fmt.Fprintln(&t.record, "<", text)
		fmt.Fprintln(t.out, "   ", text)
	}
	switch heard.State {
	case exchange.Voice:
		fmt.Fprintln(t.out, "    (beep)")
	case exchange.Queued:
		fmt.Fprintln(t.out, "    (waiting for an agent)")
	case exchange.Over, exchange.Rejected:
		t.line = nil
		fmt.Fprintln(t.out, "    (the call is over)")
		return t.messages(ctx, 2*time.Second)
	}
	return nil
}

// messages shows what was delivered to the phone since the last look.
func (t *talk) messages(ctx context.Context, patience time.Duration) error {
	all, err := t.phone.Await(ctx, t.read, patience)
	if err != nil {
		return err
	}
	for _, m := range all[min(t.read, len(all)):] {
		fmt.Fprintf(t.out, "    [%s] %s\n", m.Medium, m.Text)
	}
	t.read = len(all)
	return nil
}
