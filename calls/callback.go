package calls

import (
	"context"
	"fmt"
	"tikaline/booking"
	"time"

	"github.com/google/uuid"
)

// When calls back are made. Nobody is called at night, not even who has just
// missed-called: the phone is often a neighbour's, and nobody is there to answer.
const (
	callSoon     = 30 * time.Second             // the phone has been put down by then
	callAfter    = 2*time.Hour + 30*time.Minute // from the first try to the second
	callApart    = 3 * time.Hour                // the least from the second to the third
	callTries    = 3
	callUnsaid   = 15 * time.Minute // after which a call of which nothing was heard was not answered
	callPatience = 48 * time.Hour   // how long a call that is not even tried is pending
)

// callDay is when people may be called.
var callDay = booking.Window{From: 9 * 60, To: 21 * 60}

// callParts is the middle of each part of the day: a third try comes at one of
// them, as who is not at home in the morning may be in the evening.
var callParts = []time.Duration{10 * time.Hour, 15 * time.Hour, 18*time.Hour + 30*time.Minute}

// A CallBack is a call that a number is owed, or the last one that it was. A
// number has one, however often it asks.
type CallBack struct {
	Number   booking.MSISDN
	Request  uuid.UUID // that it began with
	AskedAt  time.Time // the last time
	Open     bool
	Attempt  int       // the present one, from 1
	Notice   uuid.UUID // of that attempt
	Due      time.Time // of that attempt
	Why      string    // the last attempt failed, or the call-back was closed
	ClosedAt time.Time
}

// Why a call-back was closed.
const (
	CallBackReached = "reached"
	CallBackGivenUp = "given_up"
)

// CallBacks keeps the calls that numbers are owed. It is part of Store, with
// its promises.
type CallBacks interface {
	// AskCall notes that a number asks for a call. One that has none open gets
	// the one given, and its notice is queued; for one that has, what waits is
	// brought forward to the notice's Due. A request that asked before does
	// nothing.
	AskCall(ctx context.Context, b CallBack, n booking.Notice) error

	// CallBackOf is the number's call-back; false where it never had one.
	CallBackOf(ctx context.Context, number booking.MSISDN) (CallBack, bool, error)

	// OwedCalls is at most limit open call-backs, those due first, first.
	OwedCalls(ctx context.Context, limit int) ([]CallBack, error)

	// NextCall puts a call-back in the place of one that is as it was read, with
	// what is then owed, and says whether it was.
	NextCall(ctx context.Context, was, is CallBack, pending ...booking.Notice) (bool, error)

	// CloseCall closes the number's call-back and takes back what waits to be
	// sent for it.
	CloseCall(ctx context.Context, number booking.MSISDN, why string, at time.Time) error

	// Unheard is at most limit open call-backs whose attempt was due by now and
	// given up, or made before a time, without anything being told of the call.
	Unheard(ctx context.Context, now, before time.Time, limit int) ([]Unheard, error)
}

// An Unheard is a call-back of whose attempt nothing was heard. Asked is whether a
// provider was asked for it: it may have waited in vain for a line. Made is whether
// one may have made it: it may not have been able to.
type Unheard struct {
	CallBack
	Asked, Made bool
}

// CallBack queues a call to the number, one however many ask: missed calls, the
// help menu, an agent, a queue that took too long. Asked again meanwhile, it is
// made sooner if it was to be made later. The same request asks once.
func (s *Service) CallBack(ctx context.Context, number booking.MSISDN, request uuid.UUID) error {
	return s.CallBackFrom(ctx, number, request, time.Time{})
}

// CallBackFrom is CallBack to who asked for a person at a time when there is
// none: it is made when there is one again. A call that is owed sooner is made
// sooner.
func (s *Service) CallBackFrom(ctx context.Context, number booking.MSISDN, request uuid.UUID, from time.Time) error {
	now := s.Now()
	b := CallBack{Number: number, Request: request, AskedAt: now, Open: true, Attempt: 1, Due: now.Add(callSoon)}
	if from.After(b.Due) {
		b.Due = from
	}
	b.Due = byDay(b.Due)
	n := s.attempt(&b)
	return s.Store.AskCall(ctx, b, n)
}

// MissedCall queues a call back to who gave a missed call.
func (s *Service) MissedCall(ctx context.Context, number booking.MSISDN, call uuid.UUID) error {
	return s.CallBack(ctx, number, call)
}

// attempt is the notice of a call-back's present attempt.
func (s *Service) attempt(b *CallBack) booking.Notice {
	n := s.notice(b.Number, booking.NoticeCallBack, fmt.Sprintf("%s/%d", b.Request, b.Attempt), booking.PriorityReply)
	n.Medium, n.Due = "call", b.Due
	b.Notice = n.ID
	return n
}

// Reached notes that we spoke with the number, whoever called: what was still
// to be called is not.
func (s *Service) Reached(ctx context.Context, number booking.MSISDN) error {
	return s.Store.CloseCall(ctx, number, CallBackReached, s.Now())
}

// NotReached notes that the attempt of that notice did not reach the person. The
// next one comes hours later, or soon where the person asked again meanwhile;
// after the third an SMS says so. Told again it does nothing.
func (s *Service) NotReached(ctx context.Context, number booking.MSISDN, notice uuid.UUID, why string) error {
	for {
		b, ok, err := s.Store.CallBackOf(ctx, number)
		if err != nil || !ok || !b.Open || b.Notice != notice {
			return err
		}
		is, pending := s.next(b, why)
		if done, err := s.Store.NextCall(ctx, b, is, pending); done || err != nil {
			return err
		}
	}
}

// next is what comes after an attempt that failed.
func (s *Service) next(b CallBack, why string) (CallBack, booking.Notice) {
	now, was := s.Now(), b
	b.Why = why
	again := was.AskedAt.After(was.Due) // it rang while the person called us
	if b.Attempt >= callTries && again {
		// Whoever asks anew is there, and has not had what he asked for.
		b.Request, b.Attempt = s.newID(), 0
	}
	if b.Attempt >= callTries {
		b.Open, b.Why, b.ClosedAt = false, CallBackGivenUp, now
		return b, s.notice(b.Number, booking.NoticeCallMissed, b.Request.String(), booking.PriorityConfirm)
	}
	b.Attempt++
	switch {
	case again:
		b.Due = byDay(now.Add(callSoon))
	case b.Attempt == 2:
		b.Due = byDay(now.Add(callAfter))
	default:
		b.Due = nextPart(now.Add(callApart))
	}
	return b, s.attempt(&b)
}

// byDay is t, or the next morning where t is at night.
func byDay(t time.Time) time.Time {
	day := booking.DateOf(t)
	switch minute := int16(t.Sub(day.Time()) / time.Minute); {
	case minute < callDay.From:
	case minute >= callDay.To:
		day++
	default:
		return t
	}
	return day.Time().Add(time.Duration(callDay.From) * time.Minute)
}

// nextPart is the middle of the first part of a day that is not before t.
func nextPart(t time.Time) time.Time {
	for day := booking.DateOf(t); ; day++ {
		for _, p := range callParts {
			if at := day.Time().Add(p); !at.Before(t) {
				return at
			}
		}
	}
}

// Unheard takes the attempts of which nothing was heard for not reached, and
// says of how many: their notice was given up, or the provider never told. One
// that nobody made is no attempt: it is owed again, and where it is the providers
// who cannot, not at once.
func (s *Service) Unheard(ctx context.Context, limit int) (int, error) {
	now := s.Now()
	list, err := s.Store.Unheard(ctx, now, now.Add(-callUnsaid), limit)
	if err != nil {
		return 0, err
	}
	for i, b := range list {
		if !b.Made && now.Sub(b.AskedAt) < callPatience {
			is := b.CallBack
			is.Why, is.Due = "untried", byDay(now.Add(callSoon))
			if b.Asked {
				is.Why, is.Due = "unmade", byDay(now.Add(callUnsaid))
			}
			n := s.attempt(&is)
			n.Key += fmt.Sprintf("/%d", is.Due.Unix())
			_, err = s.Store.NextCall(ctx, b.CallBack, is, n) // where it has moved on, all the better
		} else {
			err = s.NotReached(ctx, b.Number, b.Notice, "unheard")
		}
		if err != nil {
			return i, err
		}
	}
	return len(list), nil
}
