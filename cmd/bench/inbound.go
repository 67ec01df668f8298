package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"tikaline/postgres/benchdb"
)

// texted are the texts of each number, and the message id of the expected
// reply: keywords and answers, of a person who has never written before.
var texted = []struct{ text, says string }{
	{"पिन " + benchPincode, "find.centre"},
	{"1", "find.about"},
	{"मदद", "reply.help"},
	{"पंजीकरण 1958 आशा देवी", "register.gender"},
	{"2", "register.aadhaar"},
	{"स्थिति", "home.pick"},
}

// firstTexter is the first of the texters' numbers. Each sends its texts and is
// followed by the next, because the replies to a number in an hour are limited.
const firstTexter = 919_811_000_000

// textersEach is how many numbers a connection has to itself.
const textersEach = 10_000

// inbound measures texts as Kannel brings them: each has its own id, is
// answered with 200 once it, its step of the conversation and its queued reply
// are on the disk, and is looked up there afterwards.
func inbound(ctx context.Context, l *lab) ([]figure, error) {
	db, err := l.database(ctx, "bench_inbound")
	if err != nil {
		return nil, err
	}
	if err := fillPlaces(ctx, db); err != nil {
		return nil, err
	}
	if err := l.settle(ctx, db); err != nil {
		return nil, err
	}
	// No provider is configured to send: queued replies stay pending, and cost
	// nothing.
	p, err := start(ctx, l.tikaline, nil, func(addr string) []string { return l.serveArgs(addr, db, "--kannel="+secret) })
	if err != nil {
		return nil, err
	}
	defer p.stop()
	callers := make([]*caller, l.callers)
	for i := range callers {
		callers[i] = &caller{messages: textMessages(), held: firstTexter + int64(i)*textersEach}
	}
	var all []measure
	for range l.rounds {
		m, err := l.round(ctx, p, callers, func(int) []byte { return []byte{} })
		if err != nil {
			return nil, err
		}
		all = append(all, m)
		l.note("%.0f texts/s (%.0f µs of processor, Postgres %.0f µs)", m.perSecond, m.cpu, m.postgres)
	}
	numbers := 0
	for i, c := range callers {
		numbers += int(c.held - firstTexter - int64(i)*textersEach)
	}
	if err := textsKept(ctx, db, numbers); err != nil {
		return nil, err
	}
	var rate, p50, p99, cpu, postgres []float64
	for _, m := range all {
		rate, p50, p99 = append(rate, m.perSecond), append(p50, m.quantile(50)), append(p99, m.quantile(99))
		cpu, postgres = append(cpu, m.cpu), append(postgres, m.postgres)
	}
	return []figure{
		told(fmt.Sprintf("texts in Hindi by Kannel, each with its reply on the disk, %d connections", l.callers), "%.0f texts/s", median(rate)),
		told("– half / 99 of 100 answered within", "%.1f ms / %.1f ms", median(p50), median(p99)),
		told("– processor time for a text: program / Postgres", "%.0f µs / %.0f µs", median(cpu), median(postgres)),
	}, nil
}

// textMessages returns the requests of one number, as the get-url in
// docs/providers.md has Kannel make them.
func textMessages() []message {
	var list []message
	nobody := strings.Repeat("0", sessionDigits)
	for i, t := range texted {
		head := fmt.Sprintf("GET /sms/kannel/%s?id=", secret)
		id := fmt.Sprintf("-%d&from=%%2B", i)
		rest := "&to=56161&at=1623048000&coding=2&charset=UTF-8&udh=&text=" + url.QueryEscape(t.text) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
		list = append(list, message{
			request: []byte(head + nobody + id + nobody + rest), session: len(head), again: len(head) + sessionDigits + len(id),
		})
	}
	return list
}

// textsKept compares the answers with the database: every text is stored once
// and has one reply, the expected one.
func textsKept(ctx context.Context, db string, numbers int) error {
	kept, err := benchdb.CountTexts(ctx, db)
	if err != nil {
		return err
	}
	if kept.Numbers != numbers || kept.Count != numbers*len(texted) {
		return fmt.Errorf("%d texts of %d numbers are stored, %d of %d were answered", kept.Count, kept.Numbers, numbers*len(texted), numbers)
	}
	said := map[string]int{}
	for _, r := range kept.Replies {
		said[r.Says] = r.Count
		if r.Numbers != r.Count || r.Languages != 1 {
			return fmt.Errorf("%s was said %d times to %d numbers in %d languages", r.Says, r.Count, r.Numbers, r.Languages)
		}
	}
	for _, t := range texted {
		if said[t.says] != numbers {
			return fmt.Errorf("%s was said %d times and not %d: %v", t.says, said[t.says], numbers, said)
		}
		delete(said, t.says)
	}
	if len(said) > 0 {
		return fmt.Errorf("nobody asked for %v", said)
	}
	return nil
}

// serveArgs returns the arguments that start the program on a database.
func (l *lab) serveArgs(addr, db string, more ...string) []string {
	return slices.Concat([]string{"serve", "--addr=" + addr, "--database-url=" + db, "--public-url=https://tika.example.in",
		"--africastalking=" + secret, "--token-keys=" + tokenKey, "--proxies=127.0.0.1/32", "--log-level=error"}, more, strings.Fields(l.args))
}
