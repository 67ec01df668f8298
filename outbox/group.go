package outbox

import (
	"context"
	"runtime"
	"sync"

	"tikaline/booking"
)

// A group writes for many what each asks for alone: while one batch is written
// the next one gathers. There is no timer, so a lone caller waits for nobody.
// It needs no start and no end.
type group[Q, R any] struct {
	write   func(ctx context.Context, list []Q) ([]R, error) // an answer for each
	most    int
	writers int

	mu      sync.Mutex
	waiting []*member[Q, R]
	busy    int
}

type member[Q, R any] struct {
	q    Q
	r    R
	err  error
	done chan struct{}
}

// do writes q in a batch and gives its answer. It does not end with ctx: what
// has happened must be written down.
func (g *group[Q, R]) do(ctx context.Context, q Q) (R, error) {
	m := &member[Q, R]{q: q, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, m)
	lead := g.busy < g.writers
	if lead {
		g.busy++
	}
	g.mu.Unlock()
	if lead {
		go g.lead(context.WithoutCancel(ctx))
	}
	<-m.done
	return m.r, m.err
}

// lead writes batches until nobody waits.
func (g *group[Q, R]) lead(ctx context.Context) {
	for {
		runtime.Gosched() // who is just about to ask comes along
		g.mu.Lock()
		batch := g.waiting[:min(len(g.waiting), g.most)]
		g.waiting = g.waiting[len(batch):]
		if len(batch) == 0 {
			g.busy--
			g.waiting = nil
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		g.serve(ctx, batch)
	}
}

// serve writes a batch. One that fails is halved until the culprit is alone:
// one notice's fault is never another's. A store out of patience (Busy) is
// nobody's fault.
func (g *group[Q, R]) serve(ctx context.Context, batch []*member[Q, R]) {
	list := make([]Q, len(batch))
	for i, m := range batch {
		list[i] = m.q
	}
	answers, err := g.write(ctx, list)
	if err != nil && len(batch) > 1 && !booking.Refused(err, booking.Busy) {
		half := len(batch) / 2
		g.serve(ctx, batch[:half])
		g.serve(ctx, batch[half:])
		return
	}
	for i, m := range batch {
		if m.err = err; err == nil {
			m.r = answers[i]
		}
		close(m.done)
	}
}
