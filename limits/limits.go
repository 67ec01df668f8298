package limits

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Options say how a Limits works.
type Options struct {
	Key      []byte           // subjects are hashed with it; the same on every node
	Store    Store            // nil shares with no other node
	Now      func() time.Time // the clock
	Log      *slog.Logger     // nil logs nothing
	Remember int              // subjects that each rule keeps in mind; 0 is 100,000
}

// shareMost bounds how many counts one node shares at once; the rest follows.
const shareMost = 5000

// Limits counts in memory and now and then adds what other nodes have counted.
// Its methods are safe for concurrent use.
type Limits struct {
	o     Options
	node  uuid.UUID
	rules []*rule
	byID  map[string]*rule

	refused func(rule string)
}

// New makes Limits of rules.
func New(rules []Rule, o Options) *Limits {
	o.Remember = cmp.Or(o.Remember, 100_000)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Limits{o: o, node: uuid.New(), byID: make(map[string]*rule), refused: func(string) {}}
	for _, r := range rules {
		w := newRule(r, o.Remember)
		l.rules = append(l.rules, w)
		l.byID[r.Name] = w
	}
	return l
}

// Rules returns the names of the rules.
func (l *Limits) Rules() []string {
	var list []string
	for _, r := range l.rules {
		list = append(list, r.Name)
	}
	return list
}

// Observe has f told the rule of each refusal. It is called before anything is
// counted.
func (l *Limits) Observe(f func(rule string)) { l.refused = f }

// Address returns an address as a subject: of IPv6 the /64, as everybody there has
// more addresses than can be counted. One that is none is counted as one.
func Address(a netip.Addr) []byte {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return a.AsSlice()
}

// subject returns the hash of what a rule counts.
func (l *Limits) subject(rule string, what []byte) (s Subject) {
	h := hmac.New(sha256.New, l.o.Key)
	h.Write([]byte(rule))
	h.Write([]byte{0})
	h.Write(what)
	copy(s[:], h.Sum(nil))
	return s
}

// Take counts one of a subject; where that is one too many, ok is false and wait is
// how long until the next one is accepted. What is refused is not counted.
func (l *Limits) Take(rule string, what []byte) (wait time.Duration, ok bool) {
	return l.take(rule, what, 1)
}

// Ask is Take without counting: whether the next one would be taken.
func (l *Limits) Ask(rule string, what []byte) (wait time.Duration, ok bool) {
	return l.take(rule, what, 0)
}

func (l *Limits) take(rule string, what []byte, n int) (wait time.Duration, ok bool) {
	if wait, ok = l.byID[rule].take(l.subject(rule, what), l.o.Now(), n); !ok {
		l.refused(rule)
	}
	return wait, ok
}

// ShareEvery is how often what Sharing returns is to be called.
const ShareEvery = 2 * time.Second

// Sharing returns what tells the other nodes what was counted here since its
// last call, and learns from them. It is to be called every ShareEvery, never
// twice at once. Where that fails each node goes by what it knows.
func (l *Limits) Sharing() func(context.Context) error {
	var since time.Time
	return func(ctx context.Context) error {
		if l.o.Store == nil {
			return nil
		}
		next, err := l.Share(ctx, since)
		if err == nil {
			since = next
		}
		return err
	}
}

// Share does it once: since is what it gave the last time.
func (l *Limits) Share(ctx context.Context, since time.Time) (next time.Time, err error) {
	now := l.o.Now()
	var mine []Count
	for _, r := range l.rules {
		mine = append(mine, r.pending(l.node, now, shareMost-len(mine))...)
	}
	others, next, err := l.o.Store.ShareLimits(ctx, l.node, now, mine, since)
	if err != nil {
		for _, c := range mine {
			l.byID[c.Rule].putBack(c.Subject)
		}
		return since, err
	}
	for _, c := range others {
		if r, ok := l.byID[c.Rule]; ok { // another release may have other rules
			r.learn(c, now)
		}
	}
	return next, nil
}
