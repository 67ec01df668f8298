package outbox

import (
	"slices"
	"sync/atomic"
	"time"
)

// A Route is a provider with the terms of our contract. The order of Routes is the
// order in which they are asked.
type Route struct {
	Provider Provider
	Medium   string                    // "sms" or "call"; "" is both
	Rate     float64                   // segments a second, of all nodes together; 0 is no limit
	Sender   float64                   // the same for each sender (Template.Header)
	Report   func(token string) string // the address for delivery reports; nil asks for none
}

// A lane is a Route at work.
type lane struct {
	Route
	name    string
	pace    *pacer
	breaker breaker
	nodes   atomic.Int64 // how many nodes share the rates; 0 is this one alone
}

// share divides the rates by the number of nodes.
func (l *lane) share(nodes int) {
	l.nodes.Store(int64(nodes))
	l.pace.share(nodes)
}

// rate returns how many segments a second this node may send; 0 is no limit.
func (l *lane) rate() float64 { return l.Rate / float64(max(1, l.nodes.Load())) }

// lanesOf returns the lanes that carry a medium.
func lanesOf(all []*lane, medium string) []*lane {
	var list []*lane
	for _, l := range all {
		if l.Medium == "" || l.Medium == medium {
			list = append(list, l)
		}
	}
	return list
}

// A history sums up the attempts of a notice since the operator last queued it
// again.
type history struct {
	tries   int
	retries map[string]int  // by provider: failures after which it may be asked again
	refused map[string]bool // the providers that can never send it
	doubts  int             // ambiguous attempts
	doubted map[string]bool // the providers of the ambiguous attempts
	doubt   string          // the provider of the last attempt, if that was ambiguous
}

// historyOf sums up attempts, the first one first.
func historyOf(tried []Try) history {
	for i := len(tried) - 1; i >= 0; i-- {
		if tried[i].Code == tryAgain {
			tried = tried[i+1:]
			break
		}
	}
	h := history{tries: len(tried), retries: map[string]int{}, refused: map[string]bool{}, doubted: map[string]bool{}}
	for _, t := range tried {
		h.doubt = ""
		switch t.Policy {
		case Retry:
			h.retries[t.Provider]++
		case Elsewhere:
			h.refused[t.Provider] = true
		case Ambiguous:
			h.doubts++
			h.doubt, h.doubted[t.Provider] = t.Provider, true
		}
	}
	return h
}

// choices returns the lanes that may be given a notice, the best first: in their
// order, after them those that have used up their tries. While a provider may have
// sent it already no other is asked: only a definite failure leads elsewhere. An
// urgent notice goes first to the providers that have not failed with it.
func choices(lanes []*lane, h history, tries int, urgent bool) []*lane {
	if urgent {
		var list []*lane
		for _, l := range lanes {
			if !h.refused[l.name] {
				list = append(list, l)
			}
		}
		slices.SortStableFunc(list, func(a, b *lane) int { return h.troubles(a.name) - h.troubles(b.name) })
		return list
	}
	if h.doubt != "" && !slices.ContainsFunc(lanes, func(l *lane) bool { return l.name == h.doubt }) {
		h.doubt = "" // it is no longer configured
	}
	var list []*lane
	for _, l := range lanes {
		if !h.refused[l.name] && (h.doubt == "" || h.doubt == l.name) {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b *lane) int { return h.retries[a.name]/tries - h.retries[b.name]/tries })
	return list
}

// troubles returns how often a provider has failed with the notice; all its
// ambiguous attempts count as one.
func (h history) troubles(provider string) int {
	n := h.retries[provider]
	if h.doubted[provider] {
		n++
	}
	return n
}

// room returns how many messages may be under way by these lanes: none while every
// circuit is open, one to probe, and otherwise no more than two seconds' worth of
// the rate, so that a more urgent message that comes later waits no longer.
func room(lanes []*lane, now time.Time, most int) int {
	one := 0
	for _, l := range lanes {
		switch l.breaker.room(now) {
		case 0:
			continue
		case 1:
			one = 1
			continue
		}
		if l.Rate > 0 {
			return min(most, max(1, int(2*l.rate())))
		}
		return most
	}
	return one
}

// MayBeMade reports of a call that was given up whether a provider may have
// made it: it was not made if every provider answered that it could not make
// it. An attempt without an answer may have been made. A call to a number that
// does not exist was made as far as it ever can be.
func MayBeMade(attempts int, tried []Try) bool {
	return attempts > len(tried) || slices.ContainsFunc(tried, func(t Try) bool {
		return t.Policy != Retry && t.Policy != Elsewhere
	})
}
