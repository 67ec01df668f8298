package walk

import (
	"iter"
	"maps"
	"sync"
	"time"

	"tikaline/booking"
)

// Houses has a Core for each number, for the tests of channels: households whose
// number ends in 1 speak Hindi, in 2 English, and others are new. Only Now must be
// set before use.
type Houses struct {
	Now   func() time.Time
	mu    sync.Mutex
	cores map[booking.MSISDN]*Core
}

// Of returns a number's Core; the first time it makes one.
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

// All returns every Core that Of has made.
func (h *Houses) All() iter.Seq2[booking.MSISDN, *Core] {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.All(maps.Clone(h.cores))
}
