package outbox

import (
	"slices"
	"sync/atomic"
	"time"
)

// A Route is a provider with what we agreed on with it. Their order is the
// order in which they are asked.
type Route struct {
	Provider Provider
	Medium   string                    // "sms" or "call"; "" carries both
	Rate     float64                   // segments a second, of all nodes together; 0 is no limit
	Sender   float64                   // the same for each sender (Template.Header)
	Report   func(token string) string // where it shall report to; nil asks for no reports
}

// A lane is a Route at work.
type lane struct {
	Route
	name    string
	pace    *pacer
	breaker breaker
	nodes   atomic.Int64 // how many share the rates; 0 is this one alone
}

// share leaves this node one part of so many of the rates.
func (l *lane) share(nodes int) {
	l.nodes.Store(int64(nodes))
	l.pace.share(nodes)
}

// rate returns how many segments a second this node may send; 0 is no limit.
func (l *lane) rate() float64 { return l.Rate / float64(max(1, l.nodes.Load())) }

// lanesOf is the lanes that carry a medium.
func lanesOf(all []*lane, medium string) []*lane {
	var list []*lane
	for _, l := range all {
		if l.Medium == "" || l.Medium == medium {
			list = append(list, l)
		}
	}
	return list
}

// A history is what is known of a notice's tries since the operator last
// ordered it to begin anew.
type history struct {
	tries   int
	retries map[string]int  // by provider: what may be tried there again
	refused map[string]bool // the providers that cannot send it, ever
	doubts  int             // tries that may or may not have sent it
	doubted map[string]bool // the providers that made them
	doubt   string          // the provider that the last try left it in doubt with; "" is none
}

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

// choices is the lanes that may be given a notice, the best first: in order,
// but for those that have tried as often as they may. One who may have sent it
// already is not gone around: only a definite failure leads elsewhere. What is
// urgent goes around everybody with whom it did not come off.
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
		h.doubt = "" // it is no longer a provider of ours
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

// troubles is how often it did not come off with a provider, as far as is known.
func (h history) troubles(provider string) int {
	n := h.retries[provider]
	if h.doubted[provider] {
		n++
	}
	return n
}

// room is how many messages may be under way by these lanes: none while every
// breaker is open, one to try again, and otherwise no more than two seconds'
// worth of the rate, so that who comes later and is more urgent waits no longer.
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
