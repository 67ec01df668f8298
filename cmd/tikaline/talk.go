package main

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
)

// talkCommand holds a conversation in the terminal.
type talkCommand struct {
	URL    string `default:"http://127.0.0.1:8080" help:"A running demo. Where none answers, one is started for the time of the talk."`
	Number string `default:"+919800000001" help:"The caller's number."`
	Secret string `default:"demo" help:"The secret of africastalking there."`
}

const talkHelp = `You hold a keypad phone. Type
  dial                 to call the service    dial 1*800001   to dial straight to a place
  a number or a name   to answer the screen   0 back  00 home  98 more
  sms PIN 800001       to send a text     inbox           to read the messages
  hang up              to lose the line       again           to deliver the last message twice
  quit                 to stop and see it as a test file
`

// Run talks until "quit" or the end of the input, then prints what was said
// in the form of a conversation test.
func (c *talkCommand) Run(ctx context.Context, w world) error {
	base, stop, err := c.server(ctx, w)
	if err != nil {
		return err
	}
	defer stop()
	t := &talk{out: w.Out, phone: phone{base: base, secret: c.Secret, number: c.Number}}
	fmt.Fprint(w.Out, talkHelp)
	if all, err := t.phone.inbox(ctx); err == nil {
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
	fmt.Fprintf(w.Out, "\n\nA conversation in the terminal.\n-- ussd --\n%s", t.record.String())
	return lines.Err()
}

// server is the running demo, or one started for the talk.
func (c *talkCommand) server(ctx context.Context, w world) (base string, stop func(), err error) {
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
		done <- run(ctx, []string{"serve", "--demo", "--addr=127.0.0.1:0", "--log-level=error"}, inner)
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
	phone  phone
	record strings.Builder
	read   int // messages read so far
}

func (t *talk) say(ctx context.Context, line string) error {
	var s screen
	var err error
	switch {
	case line == "inbox":
		return t.messages(ctx, 0)
	case strings.HasPrefix(line, "sms "):
		fmt.Fprintln(&t.record, ">", line)
		if err := t.phone.write(ctx, "talk-"+rand.Text(), strings.TrimPrefix(line, "sms ")); err != nil {
			return err
		}
		return t.messages(ctx, 2*time.Second)
	case line == "hang up":
		fmt.Fprintln(&t.record, "> hang up")
		return t.phone.hangUp(ctx)
	case line == "again":
		s, err = t.phone.again(ctx)
	case line == "dial":
		s, err = t.phone.dial(ctx, "")
	case strings.HasPrefix(line, "dial "):
		s, err = t.phone.dial(ctx, strings.TrimPrefix(line, "dial "))
	default:
		s, err = t.phone.press(ctx, line)
	}
	if err != nil {
		return err
	}
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

// messages shows what was delivered to the phone since the last look.
func (t *talk) messages(ctx context.Context, patience time.Duration) error {
	all, err := t.phone.await(ctx, t.read, patience)
	if err != nil {
		return err
	}
	for _, m := range all[min(t.read, len(all)):] {
		fmt.Fprintf(t.out, "    [%s] %s\n", m.Medium, m.Text)
	}
	t.read = len(all)
	return nil
}
