package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tikaline/booking"
)

// A Report is what a provider says of a message later on.
type Report struct {
	Provider   string // who says it, by the name that it sends under
	Status     Status // Sent, Delivered or Failed
	ProviderID string // its id, where it says it
	Code       string // why it failed
	Stopped    bool   // with Failed: the person wants no messages from us
}

// Reports takes delivery reports, in any order and any number. Its fields must
// not change once it is used; it is safe for concurrent use.
type Reports struct {
	Store    Store
	Key      []byte // the one that Settings has
	Now      func() time.Time
	Observer Observer

	once  sync.Once
	group *group[Change, *Recorded]
}

// Report notes a report on the attempt that the token names; it is durable when
// it returns nil. A status only moves forward, and the failure of an attempt
// means nothing once there is a newer one. A token that we did not make, or made
// for another provider, is ErrToken; a message that is gone is no error.
func (r *Reports) Report(ctx context.Context, token string, p Report) error {
	r.once.Do(func() {
		r.group = &group[Change, *Recorded]{most: 500, writers: 2, write: func(ctx context.Context, list []Change) ([]*Recorded, error) {
			return writeChanges(ctx, r.Store, r.Now(), list)
		}}
	})
	m, err := ParseToken(r.Key, p.Provider, token)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	c := Change{Cell: m.Cell, ID: m.ID, Status: p.Status, ProviderID: clean(p.ProviderID)}
	event := EventDelivered
	switch p.Status {
	case Sent:
		event = EventSent
	case Delivered:
	case Failed:
		c.Attempt, c.Reason, event = m.Attempt, clean(p.Code), EventFailed
	default:
		return fmt.Errorf("report: status %q is none that a provider reports", p.Status)
	}
	if p.Stopped {
		// First, and whatever the report changes: should we die in between, the
		// provider reports again.
		if err := r.Store.StopOf(ctx, m.Cell, m.ID, r.Now()); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	done, err := r.group.do(ctx, c)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if done != nil && r.Observer != nil {
		r.Observer.Happened(booking.NoticeKind(done.Kind), done.Provider, event)
	}
	return nil
}
