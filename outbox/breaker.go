package outbox

import (
	"sync"
	"time"
)

// How many failures in a row open a breaker, and how long it stays so at first
// and at most.
const (
	breakerFails = 10
	breakerFirst = 5 * time.Second
	breakerMost  = time.Minute
)

// A breaker is the circuit breaker of one provider: it opens after breakerFails
// failures in a row. After a pause it lets one message through, whose outcome
// closes it or opens it again.
type breaker struct {
	mu     sync.Mutex
	fails  int           // in a row
	pause  time.Duration // how long it stays open; 0 is closed
	until  time.Time     // open until then; afterwards one message may try
	trying bool
}

// room returns how many messages it would let through: 0, 1, or -1 for any number.
func (b *breaker) room(now time.Time) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.pause == 0:
		return -1
	case b.trying || now.Before(b.until):
		return 0
	}
	return 1
}

// allow reports whether a message may go to the provider. After true the caller
// must call done or cancel.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pause == 0 {
		return true
	}
	if b.trying || now.Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// cancel takes back an allow: the message was not given to the provider.
func (b *breaker) cancel() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// done records an attempt: ok is that the provider answered as one that works.
func (b *breaker) done(now time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if ok {
		b.fails, b.pause = 0, 0
		return
	}
	b.fails++
	if b.pause > 0 && now.Before(b.until) {
		return // one that was under way when it opened
	}
	if b.pause > 0 || b.fails >= breakerFails {
		b.pause = min(max(2*b.pause, breakerFirst), breakerMost)
		b.until = now.Add(b.pause)
	}
}
