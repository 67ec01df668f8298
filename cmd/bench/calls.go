package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tikaline/ivr/exchange"
	"tikaline/locales"
)

// The settings of Twilio in the program that is measured. The program makes no
// request to it: nobody answers at its address.
const (
	callAccount = "AC00000000000000000000000000000001"
	callToken   = "a0token0for0the0bench0a0token0fo"
	callPublic  = "https://tika.example.in"
	callNumber  = "+15005550006"
)

// pressed are the keys of each call: the menu, the centres near the pincode
// that the number used last, further ones, and the end of the call. It leaves
// nothing unfinished.
var pressed = []struct {
	path string
	form url.Values
}{
	{"/ivr/twilio", url.Values{"CallStatus": {"ringing"}}},
	{"/ivr/twilio/turn?n=1", url.Values{"CallStatus": {"in-progress"}, "Digits": {"3"}}},
	{"/ivr/twilio/turn?n=2", url.Values{"CallStatus": {"in-progress"}, "Digits": {"8"}}},
	{"/ivr/twilio/status", url.Values{"CallStatus": {"completed"}, "CallDuration": {"40"}}},
}

// The target: how many calls go on at once, and after how many seconds each of
// them makes its next request: eight of speech and a key.
const (
	liveCalls  = 2000
	callEvery  = 8.0
	callRate   = liveCalls / callEvery
	longestMay = 240.0 // seconds that a first booking may take
)

// callLoad measures the requests of telephone calls, signed as Twilio signs,
// and how long a person takes who books for the first time.
func callLoad(ctx context.Context, l *lab) ([]figure, error) {
	db, err := l.database(ctx, "bench_calls")
	if err != nil {
		return nil, err
	}
	if err := fillPlaces(ctx, db); err != nil {
		return nil, err
	}
	if err := fillHouseholds(ctx, db, l.callers); err != nil {
		return nil, err
	}
	if err := l.settle(ctx, db); err != nil {
		return nil, err
	}
	p, err := start(ctx, l.tikaline, nil, func(addr string) []string {
		return l.serveArgs(addr, db, "--twilio-account="+callAccount, "--twilio-tokens="+callToken, "--twilio-from="+callNumber, "--twilio-url=http://127.0.0.1:9")
	})
	if err != nil {
		return nil, err
	}
	defer p.stop()

	figures, err := l.firstBookings(ctx, p.addr)
	if err != nil {
		return nil, err
	}
	callers := make([]*caller, l.callers)
	for i := range callers {
		callers[i] = &caller{messages: callMessages(firstCaller + int64(i))}
	}
	heard, err := callers[0].learn(ctx, p.addr)
	if err != nil {
		return nil, err
	}
	for i, word := range []string{"टीका", "केंद्र", "केंद्र", "<Response/>"} {
		if !strings.Contains(string(heard[i]), word) {
			return nil, fmt.Errorf("what is heard after %s has no %q: %s", pressed[i].path, word, heard[i])
		}
	}
	var all []measure
	for range l.rounds {
		m, err := l.round(ctx, p, callers, func(step int) []byte { return heard[step] })
		if err != nil {
			return nil, err
		}
		all = append(all, m)
		l.note("%.0f webhooks/s (%.0f µs of processor, Postgres %.0f µs)", m.perSecond, m.cpu, m.postgres)
	}
	var rate, p50, p99, cpu, postgres []float64
	for _, m := range all {
		rate, p50, p99 = append(rate, m.perSecond), append(p50, m.quantile(50)), append(p99, m.quantile(99))
		cpu, postgres = append(cpu, m.cpu), append(postgres, m.postgres)
	}
	return append(figures,
		told(fmt.Sprintf("webhooks of calls in Hindi, signed, %d callers", l.callers), "%.0f webhooks/s", median(rate)),
		told("– half / 99 of 100 answered within", "%.1f ms / %.1f ms", median(p50), median(p99)),
		told("– processor time for one: program / Postgres", "%.0f µs / %.0f µs", median(cpu), median(postgres)),
		atLeast("– calls that may last at once, each asking every 8 s", median(rate)*callEvery, liveCalls, "%.0f"),
	), nil
}

// callMessages returns the requests of one number's call, each signed.
func callMessages(number int64) []message {
	nobody := strings.Repeat("0", sessionDigits)
	sid := "CA" + strings.Repeat("0", 20) + nobody
	var list []message
	for _, q := range pressed {
		form := url.Values{
			"CallSid": {sid}, "AccountSid": {callAccount}, "From": {fmt.Sprintf("+%d", number)}, "To": {callNumber},
			"Direction": {"inbound"}, "ApiVersion": {"2010-04-01"},
		}
		for name, v := range q.form {
			form[name] = v
		}
		body := form.Encode()
		const mark = "X-Twilio-Signature: "
		signature := strings.Repeat("x", base64.StdEncoding.EncodedLen(sha1.Size))
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n%s%s\r\nContent-Length: %d\r\n\r\n",
			q.path, mark, signature, len(body))
		request := []byte(head + body)
		list = append(list, message{
			request: request, session: strings.Index(string(request), sid) + len(sid) - sessionDigits, seal: sealer(callPublic+q.path, form, strings.Index(head, mark)+len(mark)),
		})
	}
	return list
}

// sealer writes the signature of a form at a place in a request, for the digits
// of its call.
func sealer(address string, form url.Values, at int) func(request, digits []byte) {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		address += name + form.Get(name)
	}
	signed := []byte(address)
	place := strings.Index(address, strings.Repeat("0", 20+sessionDigits)) + 20
	h := hmac.New(sha1.New, []byte(callToken))
	return func(request, digits []byte) {
		copy(signed[place:], digits)
		h.Reset()
		h.Write(signed)
		base64.StdEncoding.Encode(request[at:], h.Sum(nil))
	}
}

// How long a caller takes beside listening. With a name there is the beep.
const (
	firstKey   = 1500 * time.Millisecond // after the words, as old people do
	nextKey    = 600 * time.Millisecond
	sayingName = 4 * time.Second
	playing    = 2 * time.Second // of a recorded name
	between    = 500 * time.Millisecond
)

// firstBookings returns, for each language, the seconds of a call in which a
// person books for the first time: every prompt is heard to its end.
func (l *lab) firstBookings(ctx context.Context, addr string) ([]figure, error) {
	var figures []figure
	for i, lang := range []string{locales.Hindi, locales.Bengali, locales.English} {
		line := &exchange.Line{
			Base: "http://" + addr, Public: callPublic, Token: callToken, Account: callAccount,
			From: fmt.Sprintf("+91981190000%d", i), To: callNumber, Client: http.DefaultClient,
		}
		var took time.Duration
		prompts := 0
		hear := func(h exchange.Heard, err error) error {
			took += between
			prompts++
			for _, s := range h.Said {
				if s.Play != "" {
					took += playing
				}
				took += locales.Spoken(s.Lang, s.Text)
			}
			return err
		}
		if err := hear(line.Call(ctx)); err != nil {
			return nil, err
		}
		for _, keys := range []string{string(rune('1' + i)), "1", "name", "1958", "1", "1234", "1", benchPincode, "1"} {
			var err error
			if keys == "name" {
				took += sayingName
				err = hear(line.Speak(ctx, 2))
			} else {
				took += firstKey + time.Duration(len(keys)-1)*nextKey
				err = hear(line.Press(ctx, keys))
			}
			if err != nil {
				return nil, fmt.Errorf("after %q in %s: %w", keys, lang, err)
			}
		}
		if err := booked(ctx, line); err != nil {
			return nil, fmt.Errorf("in %s: %w", lang, err)
		}
		figures = append(figures, atMost(fmt.Sprintf("first booking by voice, %s, %d prompts heard to the end", lang, prompts), took.Seconds(), longestMay, "%.0f s"))
	}
	return figures, nil
}

// booked reports whether the call came to its last words: silence after them is
// a goodbye.
func booked(ctx context.Context, line *exchange.Line) error {
	h, err := line.Silence(ctx)
	if err == nil && h.State != exchange.Over {
		err = fmt.Errorf("it is not the end of the booking: %s", h.Text())
	}
	return err
}
