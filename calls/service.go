package calls

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Store keeps the records of the telephone; postgres/calls is the real one.
// Every write is durable when it returns nil, is idempotent, and writes its
// notices in the same transaction. A refusal is a *booking.Problem.
type Store interface {
	Calls
	CallBacks
	Recordings
	HandOvers
}

// A Service is the rules of the telephone over a Store. Its methods are safe
// for concurrent use and idempotent, as providers repeat events, and in any
// order.
type Service struct {
	Store Store
	Now   func() time.Time // the clock
	Rand  io.Reader        // nil is crypto/rand
}

// notice returns a notice of the telephone.
func (s *Service) notice(to booking.MSISDN, kind booking.NoticeKind, key string, p booking.Priority) booking.Notice {
	return booking.NewNotice(s.newID(), to, kind, key, p, s.Now(), booking.NoticeData{})
}

func (s *Service) newID() uuid.UUID { return booking.NewID(s.Rand) }

// StillPending reports, at the moment of sending, whether the notice of a
// call-back is still that of its present attempt: the person may have called
// us, or another attempt may have taken its place.
func (s *Service) StillPending(ctx context.Context, n booking.Notice) (bool, error) {
	b, ok, err := s.Store.CallBackOf(ctx, n.To)
	return ok && b.Open && b.Notice == n.ID, err
}
