package channel

import (
	"fmt"
	"runtime/debug"
	"time"
)

// An Outcome is what became of a request: a label of a metric.
type Outcome string

// The outcomes that every channel has; each adds its own.
const (
	Repeated Outcome = "repeat" // a duplicate of what had been answered before
	Busied   Outcome = "busy"   // refused as too much, or too slow
	Rejected Outcome = "bad"    // a request that we could not use
	Failed   Outcome = "error"  // our fault
)

// An Observer counts. Its methods must be quick and safe for concurrent use.
type Observer interface {
	// Answered counts a provider's request in a channel, with what became of it
	// and how long it took.
	Answered(channel, provider string, o Outcome, took time.Duration)

	// Asked counts a question put, by the flow and step it belongs to; both are
	// "" for the last words of a conversation.
	Asked(flow, step string)
}

// Observe runs do and tells an Observer what became of it; nil is nobody. A panic
// becomes an error with the stack in it and the Outcome Failed, so that the caller
// hears an apology and not a provider's error page.
func Observe[R any](to Observer, now func() time.Time, channel, provider string, do func() (R, Outcome, error)) (R, error) {
	start := now()
	r, o, err := safely(do)
	Count(to, channel, provider, o, now().Sub(start))
	return r, err
}

// Count tells an Observer of one request; nil is nobody.
func Count(to Observer, channel, provider string, o Outcome, took time.Duration) {
	if to != nil {
		to.Answered(channel, provider, o, took)
	}
}

// safely makes an error of a panic.
func safely[R any](do func() (R, Outcome, error)) (r R, o Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			var none R
			r, o, err = none, Failed, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
