package main

import "sync/atomic"

// A gate lets in as many requests as can be worked on at once. Those who begin
// stop being let in while a fifth is still kept for those who are inside a
// conversation: it is better to finish with some than to drop all half-way.
type gate struct {
	most   int64
	inside atomic.Int64
}

// enter lets a request in and gives the way out, or refuses it at once.
func (g *gate) enter(begins bool) (leave func(), ok bool) {
	most := g.most
	if begins {
		most -= g.most / 5
	}
	if g.inside.Add(1) > most {
		g.inside.Add(-1)
		return nil, false
	}
	return func() { g.inside.Add(-1) }, true
}
