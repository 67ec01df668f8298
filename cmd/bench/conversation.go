package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tikaline/locales"
)

// secret is the secret in the address that the callers use.
const secret = "a-secret-for-the-bench"

// firstCaller is the lowest of the callers' numbers.
const firstCaller = 919_811_000_000

// keyed are the keys of the conversation: the menu and its next page, the centres
// near the pincode that the number used last, and the next page of them. It leaves
// nothing unfinished, so that the next conversation begins as it did.
var keyed = []string{"", "98", "3", "98"}

// conversation measures the whole program beside a handler that does nothing.
func conversation(ctx context.Context, l *lab) ([]figure, error) {
	tikaline, err := l.startTikaline(ctx)
	if err != nil {
		return nil, err
	}
	defer tikaline.stop()
	callers := make([]*caller, l.callers)
	for i := range callers {
		callers[i] = &caller{messages: messages(secret, firstCaller+int64(i), keyed...)}
	}
	screens, err := callers[0].learn(ctx, tikaline.addr)
	if err != nil {
		return nil, err
	}
	if err := believable(screens); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	bare, err := start(ctx, self, nil, func(addr string) []string { return []string{bareCommand, addr, string(screens[0])} })
	if err != nil {
		return nil, err
	}
	defer bare.stop()

	var bares, ours []measure
	var ratios []float64
	for round := range l.rounds {
		a, err := l.round(ctx, bare, callers, func(int) []byte { return screens[0] })
		if err != nil {
			return nil, fmt.Errorf("bare handler: %w", err)
		}
		if round == l.rounds-1 {
			l.signal(tikaline, syscall.SIGUSR1)
		}
		b, err := l.round(ctx, tikaline, callers, func(step int) []byte { return screens[step] })
		if err != nil {
			return nil, err
		}
		bares, ours = append(bares, a), append(ours, b)
		ratios = append(ratios, b.perSecond/a.perSecond)
		l.note("round %d: bare %.0f/s (%.0f µs of processor), tikaline %.0f/s (%.0f µs, Postgres %.0f µs), ratio %.3f",
			round+1, a.perSecond, a.cpu, b.perSecond, b.cpu, b.postgres, b.perSecond/a.perSecond)
	}
	l.signal(tikaline, syscall.SIGUSR2)
	return append(append(
		table(fmt.Sprintf("bare echo handler, %d callers", l.callers), bares),
		table(fmt.Sprintf("conversation in Hindi, %d callers", l.callers), ours)...),
		ratio("ratio of the two", ratios, 0.30, "%.2f")), nil
}

// round has the callers talk to a program and is strict about every reply.
func (l *lab) round(ctx context.Context, p *process, callers []*caller, want func(step int) []byte) (measure, error) {
	for _, c := range callers {
		for i := range c.messages {
			c.messages[i].want = want(i)
		}
	}
	before, postgres := p.cpu(), l.postgresCPU()
	m, err := press(ctx, p.addr, callers, time.Second, time.Duration(l.seconds)*time.Second)
	m.cpu = float64((p.cpu() - before).Microseconds()) / float64(max(m.answered, 1))
	m.postgres = float64((l.postgresCPU() - postgres).Microseconds()) / float64(max(m.answered, 1))
	if err == nil && m.wrong > 0 {
		err = fmt.Errorf("%d replies were wrong, such as %s", m.wrong, m.example)
	}
	return m, err
}

// signal begins and ends the program's profile, where one is wanted.
func (l *lab) signal(p *process, s syscall.Signal) {
	if l.profiles != "" {
		p.cmd.Process.Signal(s)     // if the program has ended, the next round shows it
		time.Sleep(2 * time.Second) // what it writes takes a moment
	}
}

func table(name string, all []measure) []figure {
	var rate, p50, p99, cpu, postgres []float64
	for _, m := range all {
		rate, p50, p99 = append(rate, m.perSecond), append(p50, m.quantile(50)), append(p99, m.quantile(99))
		cpu, postgres = append(cpu, m.cpu), append(postgres, m.postgres)
	}
	return []figure{
		told(name, "%.0f steps/s", median(rate)),
		told("– half / 99 of 100 replies within", "%.1f ms / %.1f ms", median(p50), median(p99)),
		told("– processor time for a step: program / Postgres", "%.0f µs / %.0f µs", median(cpu), median(postgres)),
	}
}

// believable reports whether the replies are different screens in Hindi
// and no apology.
func believable(screens [][]byte) error {
	words, err := locales.Default()
	if err != nil {
		return err
	}
	for i, s := range screens {
		if !bytes.HasPrefix(s, []byte("CON ")) {
			return fmt.Errorf("screen %d does not go on: %q", i+1, s)
		}
		if !strings.ContainsAny(string(s), "अआइकगटनमरसह") {
			return fmt.Errorf("screen %d is not in Hindi: %q", i+1, s)
		}
		if i > 0 && bytes.Equal(s, screens[i-1]) {
			return fmt.Errorf("screen %d is the same as the one before: %q", i+1, s)
		}
	}
	menu, err := words.Text("hi", "ussd", "option.home.find", nil)
	if err != nil {
		return err
	}
	if !bytes.Contains(screens[1], []byte("3 "+menu)) {
		return fmt.Errorf("the second screen does not offer centres by 3: %q", screens[1])
	}
	for i, name := range []string{"", "", "केंद्र 1", "केंद्र"} {
		if !bytes.Contains(screens[i], []byte(name)) {
			return fmt.Errorf("screen %d shows no centres: %q", i+1, screens[i])
		}
	}
	return nil
}

// startTikaline starts the program on a database with callers who have called
// before and a district full of centres.
func (l *lab) startTikaline(ctx context.Context) (*process, error) {
	db, err := l.database(ctx, "bench_conversation")
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
	program, env := l.tikaline, []string(nil)
	if l.profiles != "" {
		if program, err = l.buildProfiled(ctx); err != nil {
			return nil, err
		}
		path, err := filepath.Abs(filepath.Join(l.profiles, "conversation.prof"))
		if err != nil {
			return nil, fmt.Errorf("profile: %w", err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("profile: %w", err)
		}
		env = []string{"BENCH_CPUPROFILE=" + path}
	}
	return start(ctx, program, env, func(addr string) []string {
		return l.serveArgs(addr, db)
	})
}
