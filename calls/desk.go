package calls

import (
	"context"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Desk is a booking.Desk that can also ask for a call. Dialogues use it.
type Desk struct {
	*booking.Desk
	calls *Service
}

// Desk adds call-backs to a household's desk.
func (s *Service) Desk(d *booking.Desk) *Desk { return &Desk{Desk: d, calls: s} }

// CallBack asks for a call to the household's number. The same request asks
// once.
func (d *Desk) CallBack(ctx context.Context, request uuid.UUID) error {
	return d.calls.CallBack(ctx, d.Number(), request)
}
