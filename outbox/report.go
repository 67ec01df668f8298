package outbox

import (
	"context"
	"fmt"
	"time"

	"tikaline/booking"
)

// A Report is a delivery report: what a provider says later became of a message.
type Report struct {
	Provider   string // its Provider.Name
	Status     Status // Sent, Delivered or Failed
	ProviderID string // its own id of the message; "" where it gives none
	Code       string // with Failed: the provider's code
	Stopped    bool   // with Failed: the number wants no messages from us
}

// Reports takes delivery reports, in any order and any number. Its fields must
// not change once it is used; it is safe for concurrent use.
type Reports struct {
	Store    Store
	Key      []byte // the same as Settings.Key
	Now      func() time.Time
	Observer Observer
}

// Report records a delivery report on the attempt that the token names; it is
// durable when nil is returned. A status only moves forward, and the failure of an
// attempt is ignored once there is a newer one. The error is ErrToken for a token
// that we did not make, or made for another provider; a message that is gone is
// no error.
func (r *Reports) Report(ctx context.Context, token string, p Report) error {
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
		// First, whether or not the report changes anything: if we die in between,
		// the provider reports again.
		if err := r.Store.StopOf(ctx, m.Cell, m.ID, r.Now()); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	done, err := r.Store.Record(ctx, r.Now(), c)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if done != nil && r.Observer != nil {
		r.Observer.Happened(booking.NoticeKind(done.Kind), done.Provider, event)
	}
	return nil
}
