package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/outbox"
)

func TestWorker_policies(t *testing.T) {
	took := func(outbox.Message, int) (outbox.Receipt, error) { return outbox.Receipt{ProviderID: "7"}, nil }
	firstFails := func(policy outbox.Policy) func(outbox.Message, int) (outbox.Receipt, error) {
		return func(m outbox.Message, nth int) (outbox.Receipt, error) {
			if nth == 1 {
				return outbox.Receipt{}, &outbox.Failure{Policy: policy, Code: "x1"}
			}
			return outbox.Receipt{ProviderID: "7"}, nil
		}
	}
	for name, c := range map[string]struct {
		a, b  func(outbox.Message, int) (outbox.Receipt, error)
		p     booking.Priority
		want  string // how it stands
		given string // how often each provider had it
		event outbox.Event
	}{
		"sent":                                {a: took, want: "sent 1 a 7", given: "1 0", event: outbox.EventSent},
		"delivered":                           {a: func(outbox.Message, int) (outbox.Receipt, error) { return outbox.Receipt{Delivered: true}, nil }, want: "delivered 1 a", given: "1 0", event: outbox.EventDelivered},
		"retried":                             {a: firstFails(outbox.Retry), want: "sent 2 a 7", given: "2 0", event: outbox.EventRetried},
		"elsewhere":                           {a: fails(outbox.Elsewhere, "x"), b: took, want: "sent 2 b 7", given: "1 1", event: outbox.EventElsewhere},
		"elsewhere_after_retries_are_used_up": {a: fails(outbox.Retry, "x"), b: took, want: "sent 3 b 7", given: "2 1", event: outbox.EventRetried},
		"nobody_can":                          {a: fails(outbox.Elsewhere, "x"), b: fails(outbox.Elsewhere, "y"), want: "dead 2 b y", given: "1 1", event: outbox.EventDead},
		"given_up_is_not_elsewhere":           {a: fails(outbox.GiveUp, "21614"), b: took, want: "dead 1 a 21614", given: "1 0", event: outbox.EventDead},
		"stopped":                             {a: fails(outbox.Stopped, "21610"), b: took, want: "dead 1 a stopped", given: "1 0", event: outbox.EventStopped},
		"in_doubt_is_not_elsewhere":           {a: fails(outbox.Ambiguous, "hung up"), b: took, want: "sending 1 a hung up", given: "1 0", event: outbox.EventAmbiguous},
		"plain_error_is_in_doubt": {a: func(outbox.Message, int) (outbox.Receipt, error) {
			return outbox.Receipt{}, errors.New("+919000000001")
		}, b: took, want: "sending 1 a no answer", given: "1 0", event: outbox.EventAmbiguous},
		"panic_is_in_doubt":          {a: func(outbox.Message, int) (outbox.Receipt, error) { panic("x") }, b: took, want: "sending 1 a panic", given: "1 0", event: outbox.EventAmbiguous},
		"made_up_policy_is_in_doubt": {a: fails("whatever", "x"), b: took, want: "sending 1 a x", given: "1 0", event: outbox.EventAmbiguous},
		"ugly_code_is_cleaned":       {a: fails(outbox.GiveUp, "a\x00b\xffc\n"+strings.Repeat("d", 200)), want: "dead 1 a abc" + strings.Repeat("d", 77), given: "1 0", event: outbox.EventDead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, noon)
			a, b := &provider{name: "a", script: c.a}, &provider{name: "b", script: c.b}
			n := o.queue(1, booking.PriorityConfirm)
			stop := start(t, o.worker(outbox.Route{Provider: a}, outbox.Route{Provider: b}))
			o.becomes(n.ID, c.want)
			stop() // what it has noted is counted by then
			if got := fmt.Sprint(len(a.messages()), len(b.messages())); got != c.given {
				t.Errorf("given to a and b %s times, want %s", got, c.given)
			}
			if o.seen.of(c.event) == 0 {
				t.Errorf("%s was not counted: %v", c.event, o.seen)
			}
		})
	}
}

func TestWorker_gives_the_provider_all_it_needs(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a"}
	n := o.queue(1, booking.PriorityOTP)
	start(t, o.worker(outbox.Route{Provider: a, Report: func(token string) string { return "https://x.example/" + token }}))
	o.becomes(n.ID, "sent 1 a id")
	m := a.messages()[0]
	token, _ := strings.CutPrefix(m.Report, "https://x.example/")
	mark, err := outbox.ParseToken([]byte("key"), "a", token)
	if err != nil || mark != (outbox.Mark{Cell: n.To.Cell(), ID: n.ID, Attempt: 1, Provider: "a"}) {
		t.Errorf("reports to %q: %v, %v", m.Report, mark, err)
	}
	if m.ID != n.ID || m.To != n.To || m.Kind != n.Kind || m.Medium != "sms" || m.Text != "words" || m.Validity <= 2*time.Minute || m.Validity > 3*time.Minute {
		t.Errorf("given %+v", m)
	}
}

func TestWorker_doubt(t *testing.T) {
	for name, c := range map[string]struct {
		p     booking.Priority
		want  string
		given int
	}{
		"a_confirmation_is_not_sent_twice": {booking.PriorityConfirm, "sent 1 a unconfirmed", 1},
		"a_reply_is_sent_again_once":       {booking.PriorityReply, "sent 2 a unconfirmed", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, noon)
			a, b := &provider{name: "a", script: fails(outbox.Ambiguous, "x")}, &provider{name: "b"}
			n := o.queue(1, c.p)
			start(t, o.worker(outbox.Route{Provider: a}, outbox.Route{Provider: b}))
			for i := range c.given {
				o.becomes(n.ID, fmt.Sprintf("sending %d a x", i+1))
				o.clock.add(2 * time.Minute)
			}
			o.becomes(n.ID, c.want)
			o.until("all is counted", func() bool {
				return o.seen.of(outbox.EventResent) == c.given-1 && o.seen.of(outbox.EventAmbiguous) == c.given && o.seen.of(outbox.EventUnconfirmed) == 1
			})
			if len(a.messages()) != c.given || len(b.messages()) != 0 {
				t.Errorf("given %d and %d times, counted %v", len(a.messages()), len(b.messages()), o.seen)
			}
			// A report that comes after all is believed.
			r := &outbox.Reports{Store: o.Store, Key: []byte("key"), Now: o.clock.Now}
			if err := r.Report(t.Context(), outbox.Token(r.Key, outbox.Mark{Cell: n.To.Cell(), ID: n.ID, Attempt: 1}), outbox.Report{Status: outbox.Delivered}); err != nil {
				t.Error(err)
			}
			if s := o.stands(n.ID); !strings.HasPrefix(s, "delivered") {
				t.Errorf("it is %q", s)
			}
			if n := o.count(`SELECT count(*) FROM outbox WHERE doubt`); n != 0 {
				t.Error("it is still in doubt")
			}
		})
	}
}

// TestWorker_urgent: a one-time password goes by the next provider at once,
// whatever became of it with the first.
func TestWorker_urgent(t *testing.T) {
	for name, c := range map[string]struct {
		a, b  func(outbox.Message, int) (outbox.Receipt, error)
		alone bool
		want  string
		given string
		event outbox.Event
	}{
		"cannot":              {a: fails(outbox.Elsewhere, "x"), want: "sent 2 b id", given: "1 1", event: outbox.EventElsewhere},
		"later":               {a: fails(outbox.Retry, "x"), want: "sent 2 b id", given: "1 1", event: outbox.EventElsewhere},
		"in_doubt":            {a: fails(outbox.Ambiguous, "x"), want: "sent 2 b id", given: "1 1", event: outbox.EventResent},
		"made_up":             {a: fails("whatever", "x"), want: "sent 2 b id", given: "1 1", event: outbox.EventResent},
		"given_up":            {a: fails(outbox.GiveUp, "x"), want: "dead 1 a x", given: "1 0", event: outbox.EventDead},
		"stopped":             {a: fails(outbox.Stopped, "x"), want: "dead 1 a stopped", given: "1 0", event: outbox.EventStopped},
		"both_in_doubt":       {a: fails(outbox.Ambiguous, "x"), b: fails(outbox.Ambiguous, "y"), want: "sending 2 b y", given: "1 1", event: outbox.EventAmbiguous},
		"both_later":          {a: fails(outbox.Retry, "x"), b: fails(outbox.Retry, "y"), want: "dead", event: outbox.EventRetried},
		"alone_and_in_doubt":  {a: fails(outbox.Ambiguous, "x"), alone: true, want: "sending 1 a x", given: "1 0", event: outbox.EventAmbiguous},
		"the_first_does_hang": {a: nil, want: "sent 2 b id", given: "1 1", event: outbox.EventResent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, noon)
			a, b := &provider{name: "a", script: c.a}, &provider{name: "b", script: c.b}
			routes := []outbox.Route{{Provider: a}, {Provider: b}}
			if c.alone {
				routes = routes[:1]
			}
			w := o.worker(routes...)
			if c.a == nil {
				rule := outbox.DefaultRules()[booking.PriorityOTP]
				rule.SendTimeout = 20 * time.Millisecond
				w.Settings.Kinds = map[booking.NoticeKind]outbox.Rule{booking.NoticeOTP: rule}
				w.Providers[0].Provider = silent{a}
			}
			n := o.queue(1, booking.PriorityOTP, func(n *booking.Notice) { n.Kind = booking.NoticeOTP })
			stop := start(t, w)
			if c.want == "dead" { // by and by
				o.until("both have had it twice", func() bool { return len(a.messages()) > 1 && len(b.messages()) > 1 })
			} else {
				o.becomes(n.ID, c.want)
			}
			stop()
			if got := fmt.Sprint(len(a.messages()), len(b.messages())); c.given != "" && got != c.given {
				t.Errorf("given to a and b %s times, want %s", got, c.given)
			}
			if o.seen.of(c.event) == 0 {
				t.Errorf("%s was not counted: %v", c.event, o.seen)
			}
		})
	}
}

// silent is a provider that takes a message and never answers.
type silent struct{ *provider }

func (s silent) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	if _, err := s.provider.Send(ctx, m); err != nil {
		return outbox.Receipt{}, err
	}
	<-ctx.Done()
	return outbox.Receipt{}, ctx.Err()
}

// TestWorker_urgent_and_alone: with one provider it is sent again after a few
// seconds without a report, once, and not after a minute.
func TestWorker_urgent_and_alone(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a", script: fails(outbox.Ambiguous, "x")}
	n := o.queue(1, booking.PriorityOTP)
	start(t, o.worker(outbox.Route{Provider: a}))
	o.becomes(n.ID, "sending 1 a x")
	o.clock.add(6 * time.Second)
	o.becomes(n.ID, "sending 2 a x")
	o.clock.add(6 * time.Second)
	o.becomes(n.ID, "sent 2 a unconfirmed")
}

// TestWorker_a_password_waits_for_none: not for what is under way to the same
// number by a provider that hangs.
func TestWorker_a_password_waits_for_none(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	hung := make(chan struct{})
	a := &provider{name: "a", script: func(m outbox.Message, _ int) (outbox.Receipt, error) {
		if m.Kind != booking.NoticeOTP {
			<-hung
		}
		return outbox.Receipt{ProviderID: "id"}, nil
	}}
	slow, waits := o.queue(1, booking.PriorityConfirm), o.queue(1, booking.PriorityChange)
	stop := start(t, o.worker(outbox.Route{Provider: a}))
	o.becomes(slow.ID, "sending 1 a")
	otp := o.queue(1, booking.PriorityOTP, func(n *booking.Notice) { n.Kind = booking.NoticeOTP })
	o.becomes(otp.ID, "sent 1 a id")
	if s := o.stands(waits.ID); s != "queued 0" {
		t.Errorf("what does wait is %q", s)
	}
	close(hung)
	o.becomes(waits.ID, "sent 1 a id")
	stop()
}

// TestWorker_passwords_go_first: of what waits, and of one number.
func TestWorker_passwords_go_first(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	for i := range 20 {
		o.queue(i, booking.PriorityReply)
		o.queue(i, booking.PriorityConfirm)
	}
	n := o.queue(7, booking.PriorityOTP)
	list, err := o.Claim(t.Context(), nil, o.clock.Now(), o.clock.Now().Add(time.Minute), 1)
	if err != nil || len(list) != 1 || list[0].ID != n.ID {
		t.Errorf("claimed %v, %v", list, err)
	}
}

func TestWorker_a_report_ends_the_doubt(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a", script: fails(outbox.Ambiguous, "x")}
	n := o.queue(1, booking.PriorityReply)
	w := o.worker(outbox.Route{Provider: a})
	looks := watched(w)
	start(t, w)
	o.becomes(n.ID, "sending 1 a x")
	r := &outbox.Reports{Store: o.Store, Key: []byte("key"), Now: o.clock.Now, Observer: o.seen}
	if err := r.Report(t.Context(), outbox.Token(r.Key, outbox.Mark{Cell: n.To.Cell(), ID: n.ID, Attempt: 1}), outbox.Report{Status: outbox.Sent, ProviderID: "9"}); err != nil {
		t.Fatal(err)
	}
	o.clock.add(time.Hour)
	looks.again(o)
	if s := o.stands(n.ID); s != "sent 1 a 9" || len(a.messages()) != 1 || o.seen.of(outbox.EventSent) != 1 { // by the report, which was first
		t.Errorf("it is %q, given %d times", s, len(a.messages()))
	}
}

func TestWorker_backs_off_within_the_validity(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	o.clock.stands = true
	a := &provider{name: "a", script: fails(outbox.Retry, "busy")}
	n := o.queue(1, booking.PriorityReply) // valid for an hour
	w := o.worker(outbox.Route{Provider: a})
	w.Settings.Jitter = func(d time.Duration) time.Duration { return d }
	looks := watched(w)
	start(t, w)
	for i, d := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute} {
		o.becomes(n.ID, fmt.Sprintf("queued %d a busy", i+1))
		o.clock.add(d - time.Second)
		looks.again(o)
		if got := len(a.messages()); got != i+1 {
			t.Fatalf("tried %d times before %v had passed", got, d)
		}
		o.clock.add(time.Second)
	}
	o.becomes(n.ID, "dead 5 a busy") // an hour later it would be of no use
	if n := o.count(`SELECT jsonb_array_length(tried) FROM outbox`); n != 5 {
		t.Errorf("%d tries kept for the operator, want 5", n)
	}
}

func TestWorker_another_provider_when_time_is_short(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a", script: func(outbox.Message, int) (outbox.Receipt, error) {
		return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Retry, Code: "busy", After: 20 * time.Minute}
	}}
	b := &provider{name: "b"}
	n := o.queue(1, booking.PriorityOTP)
	start(t, o.worker(outbox.Route{Provider: a}, outbox.Route{Provider: b}))
	o.becomes(n.ID, "sent 2 b id")
}

func TestWorker_what_is_too_late_is_not_sent(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a"}
	late := o.queue(1, booking.PriorityConfirm, func(n *booking.Notice) { n.Due = noon.Add(-25 * time.Hour) })
	begun := o.queue(2, booking.PriorityReminder, func(n *booking.Notice) {
		n.Data = booking.NoticeData{Day: booking.DateOf(noon), Window: booking.Window{From: 11 * 60, To: 13 * 60}}
	})
	start(t, o.worker(outbox.Route{Provider: a}))
	o.becomes(late.ID, "dead 0 expired")
	o.becomes(begun.ID, "dead 0 expired")
	o.until("it is counted", func() bool { return o.seen.of(outbox.EventExpired) == 2 })
	if len(a.messages()) != 0 {
		t.Errorf("sent %d, counted %v", len(a.messages()), o.seen)
	}
}

func TestWorker_lets_people_sleep(t *testing.T) {
	t.Parallel()
	o := open(t, time.Date(2021, 5, 3, 22, 0, 0, 0, booking.India))
	a := &provider{name: "a"}
	reminder, confirm := o.queue(1, booking.PriorityReminder), o.queue(2, booking.PriorityConfirm)
	w := o.worker(outbox.Route{Provider: a})
	looks := watched(w)
	start(t, w)
	o.becomes(confirm.ID, "sent 1 a id")
	o.becomes(reminder.ID, "queued 0")
	o.until("it is put off", func() bool { return o.seen.of(outbox.EventPostponed) == 1 })
	o.clock.add(10*time.Hour + 59*time.Minute)
	looks.again(o)
	if s := o.stands(reminder.ID); s != "queued 0" {
		t.Errorf("at 8:59 it is %q", s)
	}
	o.clock.add(time.Minute)
	o.becomes(reminder.ID, "sent 1 a id")
}

func TestWorker_stop_stops_all_but_answers(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a"}
	if err := o.Stop(t.Context(), number(1), noon); err != nil {
		t.Fatal(err)
	}
	want := map[booking.Priority]string{
		booking.PriorityReply: "sent 1 a id", booking.PriorityOTP: "sent 1 a id",
		booking.PriorityConfirm: "dead 0 stopped", booking.PriorityChange: "dead 0 stopped", booking.PriorityReminder: "dead 0 stopped",
	}
	list := map[booking.Priority]booking.Notice{}
	for p := range want {
		list[p] = o.queue(1, p)
	}
	start(t, o.worker(outbox.Route{Provider: a}))
	for p, w := range want {
		o.becomes(list[p].ID, w)
	}
	if err := o.Start(t.Context(), number(1)); err != nil {
		t.Fatal(err)
	}
	o.becomes(o.queue(1, booking.PriorityConfirm).ID, "sent 1 a id")
}

func TestWorker_words(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a"}
	tries := 0
	bad, slow, broken := o.queue(1, booking.PriorityConfirm), o.queue(2, booking.PriorityConfirm), o.queue(3, booking.PriorityConfirm)
	w := o.worker(outbox.Route{Provider: a})
	w.Settings.InFlight = 1
	w.Word = func(ctx context.Context, n booking.Notice) (outbox.Message, error) {
		switch n.ID {
		case bad.ID:
			return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no words"}
		case slow.ID:
			if tries++; tries < 3 {
				return outbox.Message{}, errors.New("the database is unavailable")
			}
		case broken.ID:
			panic("nil map")
		}
		return word(ctx, n)
	}
	start(t, w)
	o.becomes(bad.ID, "dead 0 no words")
	o.becomes(slow.ID, "sent 1 a id")
	o.until("the broken one is tried again", func() bool {
		return strings.HasPrefix(o.stands(broken.ID), "queued 0") && o.seen.of(outbox.EventRetried) > 2
	})
}

func TestWorker_again(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	a := &provider{name: "a", script: func(_ outbox.Message, nth int) (outbox.Receipt, error) {
		if nth == 1 {
			return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Elsewhere, Code: "20003"}
		}
		return outbox.Receipt{ProviderID: "7"}, nil
	}}
	n := o.queue(1, booking.PriorityConfirm)
	start(t, o.worker(outbox.Route{Provider: a}))
	o.becomes(n.ID, "dead 1 a 20003")
	o.clock.add(72 * time.Hour)
	if done, err := o.Requeue(t.Context(), o.clock.Now(), n.ID); err != nil || len(done) != 1 {
		t.Fatal(done, err)
	}
	o.becomes(n.ID, "sent 2 a 7")
}

func TestWorker_waits_while_every_provider_is_down(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	down := true
	a := &provider{name: "a"}
	a.script = func(outbox.Message, int) (outbox.Receipt, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if down {
			return outbox.Receipt{}, &outbox.Failure{Policy: outbox.Retry, Code: "503"}
		}
		return outbox.Receipt{}, nil
	}
	for i := range 30 {
		o.queue(i, booking.PriorityConfirm)
	}
	w := o.worker(outbox.Route{Provider: a})
	w.Settings.InFlight = 1
	looks := watched(w)
	start(t, w)
	o.until("the breaker opens", func() bool { return len(a.messages()) >= 10 })
	looks.sweepsAgain(o) // it claims nothing now: see TestBreaker_keeps_the_worker_from_a_provider
	if n := len(a.messages()); n > 10 {
		t.Errorf("asked %d times although it is down", n)
	}
	a.mu.Lock()
	down = false
	a.mu.Unlock()
	o.clock.add(time.Minute)
	o.until("all are sent", func() bool { return o.count(`SELECT count(*) FROM outbox WHERE status = 'sent'`) == 30 })
}

func TestWorker_says_what_is_missing(t *testing.T) {
	a := outbox.Route{Provider: &provider{name: "a"}}
	for name, w := range map[string]*outbox.Worker{
		"everything":    {},
		"twice":         (&office{clock: newClock(noon), seen: &tallies{}}).worker(a, a),
		"nothing_signs": {Store: &mortal{}, Word: word, Now: time.Now, Providers: []outbox.Route{{Provider: a.Provider, Report: func(string) string { return "" }}}},
		"slow":          {Store: &mortal{}, Word: word, Now: time.Now, Providers: []outbox.Route{a}, Settings: outbox.Settings{Lease: time.Second, SendTimeout: time.Minute}},
	} {
		if err := w.Check(); err == nil {
			t.Errorf("%s: nothing is wrong", name)
		}
	}
}
