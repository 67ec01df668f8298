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

// A breaker keeps us from a provider that fails again and again. After a pause
// it lets one message through; that one decides.
type breaker struct {
	mu     sync.Mutex
	fails  int           // in a row
	pause  time.Duration // 0 is closed: all is well
	until  time.Time     // when one may try
	trying bool
}

// room is how many messages it would let through: none, one, or any number
// (negative).
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

// allow lets a message through or not. Who was let through must call done or
// cancel.
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

// cancel says that the message was not given to the provider after all.
func (b *breaker) cancel() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// done says how the provider did.
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
