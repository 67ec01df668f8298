package outbox

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Nodes counts the nodes that send, so that they share the rate that a provider
// allows all of them together. Package postgres/leases implements it.
type Nodes interface {
	// Alive renews the lease of a node until a time, and returns how many nodes
	// hold one at now, this one included. A node that stops releases its lease
	// by an until of now.
	Alive(ctx context.Context, node uuid.UUID, now, until time.Time) (n int, err error)
}

// missedBeats is how many heartbeats in a row a node may miss before the others
// take it for dead.
const missedBeats = 3

// A heartbeat makes a node known and learns how many there are. Its methods are
// called by one goroutine at a time.
type heartbeat struct {
	node  uuid.UUID
	until time.Time // when this node's lease ends
	trust time.Time // from when on a lower number is believed
	nodes int       // the last known number; 0 is before the first answer
}

// beats sends heartbeats until ctx ends, and then releases the node's lease.
func (r *run) beats(ctx context.Context) {
	tick := time.NewTicker(r.Settings.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Settings.Heartbeat)
			defer cancel()
			if _, err := r.Nodes.Alive(ctx, r.heart.node, r.now(), r.now()); err != nil {
				r.Log.Error("releasing the lease of this node failed", "err", err)
			}
			return
		case <-tick.C:
			r.beat(ctx)
		}
	}
}

// beat sends one heartbeat and shares the rates among the nodes that are alive.
// Where the store does not answer, the last known number holds.
func (r *run) beat(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, r.Settings.Heartbeat)
	defer cancel()
	now := r.now()
	until := now.Add(missedBeats * r.Settings.Heartbeat)
	n, err := r.Nodes.Alive(within, r.heart.node, now, until)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("counting the nodes that send failed", "err", err, "known", r.heart.nodes)
		}
		return
	}
	// After a time in which nobody could renew, the first to come sees only
	// itself: all who are alive are back within one lease.
	if now.After(r.heart.until) {
		r.heart.trust = until
	}
	r.heart.until = until
	if n = max(n, 1); n == r.heart.nodes || n < r.heart.nodes && now.Before(r.heart.trust) {
		return
	}
	r.Log.Info("nodes that send", "nodes", n, "before", r.heart.nodes)
	r.heart.nodes = n
	for _, l := range r.lanes {
		l.share(n)
	}
}

// limited reports whether there is a rate to share.
func (r *run) limited() bool {
	for _, l := range r.lanes {
		if l.Rate > 0 || l.Sender > 0 {
			return true
		}
	}
	return false
}
