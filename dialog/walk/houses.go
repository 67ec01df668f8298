package walk

import (
	"iter"
	"maps"
	"sync"
	"time"

	"tikaline/booking"
)

// Houses is a Core for each number, for the tests of channels: numbers that end
// in 1 speak Hindi, in 2 English, and others are new. The zero one but for Now is
// ready.
type Houses struct {
	Now   func() time.Time
	mu    sync.Mutex
	cores map[booking.MSISDN]*Core
}

// Of is a number's.
func (h *Houses) Of(n booking.MSISDN) *Core {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.cores[n]
	if c != nil {
		return c
	}
	c = New(h.Now)
	switch n[len(n)-1] {
	case '1':
		c.House.Language = "hi"
	case '2':
		c.House.Language = "en"
	}
	if h.cores == nil {
		h.cores = map[booking.MSISDN]*Core{}
	}
	h.cores[n] = c
	return c
}

// All is those that were asked for.
func (h *Houses) All() iter.Seq2[booking.MSISDN, *Core] {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.All(maps.Clone(h.cores))
}
