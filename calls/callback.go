package calls

import (
	"context"
	"fmt"
	"tikaline/booking"
	"time"

	"github.com/google/uuid"
)

// When calls back are made. Nobody is called at night, not even a caller who
// has just given a missed call: the phone is often a neighbour's, and nobody is
// there to answer.
const (
	callSoon     = 30 * time.Second             // the phone has been put down by then
	callAfter    = 2*time.Hour + 30*time.Minute // from the first attempt to the second
	callApart    = 3 * time.Hour                // the least from the second to the third
	callTries    = 3
	callUnsaid   = 15 * time.Minute // after which a call without any event was not answered
	callPatience = 48 * time.Hour   // how long a call stays pending that nobody has attempted
)

// callDay is when people may be called.
var callDay = booking.Window{From: 9 * 60, To: 21 * 60}

// callParts are the middles of the parts of the day: a third attempt comes at
// one of them, as a person who is not at home in the morning may be in the
// evening.
var callParts = []time.Duration{10 * time.Hour, 15 * time.Hour, 18*time.Hour + 30*time.Minute}

// A CallBack is a pending call to a number, or the last one that was. A number
// has one, however often it asks.
type CallBack struct {
	Number   booking.MSISDN
	Request  uuid.UUID // the first request
	AskedAt  time.Time // when it was last asked for
	Open     bool
	Attempt  int       // the present one, from 1
	Notice   uuid.UUID // of that attempt
	Due      time.Time // of that attempt
	Why      string    // why the last attempt failed, or the call-back was closed
	ClosedAt time.Time
}

// Why a call-back was closed.
const (
	CallBackReached = "reached"
	CallBackGivenUp = "given_up"
)

// CallBacks keeps the pending calls to numbers. It is part of Store, with its
// promises.
type CallBacks interface {
	// AskCall records that a number asks for a call. A number without an open
	// call-back gets b, and n is queued; for a number that has one, the pending
	// notice is brought forward to the Due of n. A duplicate of a request does
	// nothing.
	AskCall(ctx context.Context, b CallBack, n booking.Notice) error

	// CallBackOf returns the number's call-back; false where it never had one.
	CallBackOf(ctx context.Context, number booking.MSISDN) (CallBack, bool, error)

	// OpenCallBacks returns at most limit open call-backs, in the order in which
	// they are due.
	OpenCallBacks(ctx context.Context, limit int) ([]CallBack, error)

	// NextCall replaces a call-back that is still as it was read and queues the
	// notices, and reports whether it did.
	NextCall(ctx context.Context, was, is CallBack, pending ...booking.Notice) (bool, error)

	// CloseCall closes the number's call-back and cancels its pending notices.
	CloseCall(ctx context.Context, number booking.MSISDN, why string, at time.Time) error

	// Unheard returns at most limit open call-backs whose attempt was due by
	// now and given up, or made before a time, and of whose call no event came.
	Unheard(ctx context.Context, now, before time.Time, limit int) ([]Unheard, error)
}

// An Unheard is a call-back of whose attempt no event came. Asked reports
// whether a provider was asked for it: the call may have found no capacity.
// Made reports whether the provider may have made it: it may have failed to.
type Unheard struct {
	CallBack
	Asked, Made bool
}

// CallBack queues a call to the number, one however many ask for it: missed
// calls, the help menu, an agent, a queue that took too long. A further request
// brings a later call forward. The same request asks once.
func (s *Service) CallBack(ctx context.Context, number booking.MSISDN, request uuid.UUID) error {
	return s.CallBackFrom(ctx, number, request, time.Time{})
}

// CallBackFrom is CallBack for a caller who asked for an agent at a time when
// there is none: the call is made from the time from on, when there is one
// again. A call that is pending for an earlier time keeps that time.
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

// MissedCall queues a call to a number that gave us a missed call.
func (s *Service) MissedCall(ctx context.Context, number booking.MSISDN, call uuid.UUID) error {
	return s.CallBack(ctx, number, call)
}

// attempt returns the notice of a call-back's present attempt.
func (s *Service) attempt(b *CallBack) booking.Notice {
	n := s.notice(b.Number, booking.NoticeCallBack, fmt.Sprintf("%s/%d", b.Request, b.Attempt), booking.PriorityReply)
	n.Medium, n.Due = "call", b.Due
	b.Notice = n.ID
	return n
}

// Reached records that we spoke with the number, whoever called: a pending call
// to it is cancelled.
func (s *Service) Reached(ctx context.Context, number booking.MSISDN) error {
	return s.Store.CloseCall(ctx, number, CallBackReached, s.Now())
}

// NotReached records that the attempt of that notice did not reach the person.
// The next attempt comes hours later, or soon where the person asked again
// meanwhile; after the third an SMS tells them. A duplicate does nothing.
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

// next returns the call-back and the notice that follow an attempt that failed.
func (s *Service) next(b CallBack, why string) (CallBack, booking.Notice) {
	now, was := s.Now(), b
	b.Why = why
	again := was.AskedAt.After(was.Due) // it rang while the person called us
	if b.Attempt >= callTries && again {
		// A person who asks again is there now, and was not called yet.
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

// nextPart returns the middle of the first part of a day that is not before t.
func nextPart(t time.Time) time.Time {
	for day := booking.DateOf(t); ; day++ {
		for _, p := range callParts {
			if at := day.Time().Add(p); !at.Before(t) {
				return at
			}
		}
	}
}

// Unheard takes the attempts of which no event came for not reached, and
// returns how many: their notice was given up, or the provider never reported.
// A call that nobody made is no attempt: it is queued again, but not at once
// where the providers are unable to make it.
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
			_, err = s.Store.NextCall(ctx, b.CallBack, is, n) // false where the call-back has moved on, which is as well
		} else {
			err = s.NotReached(ctx, b.Number, b.Notice, "unheard")
		}
		if err != nil {
			return i, err
		}
	}
	return len(list), nil
}
