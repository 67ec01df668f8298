package calls

import (
	"cmp"
	"context"
	"slices"
	"tikaline/booking"
	"time"

	"github.com/google/uuid"
)

// A Direction is who called whom. It is stored.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// A Outcome is what became of a call. It is stored.
type Outcome string

// The outcomes of a call.
const (
	Open      Outcome = "open"        // it lasts
	Lost      Outcome = "lost"        // nobody ever told its end
	Failed    Outcome = "failed"      // it could not be put through
	NoAnswer  Outcome = "no_answer"   //
	Busy      Outcome = "busy"        //
	HungUp    Outcome = "hungup"      // by the caller, within the dialogue
	Machine   Outcome = "machine"     // a machine answered
	Missed    Outcome = "missed"      // rejected unanswered, to be called back
	Completed Outcome = "completed"   // the dialogue ended
	QueueLeft Outcome = "queued_left" // hung up while waiting for an agent
	Promised  Outcome = "callback"    // ended with the promise to call back
	Agent     Outcome = "agent"       // an agent spoke with the caller
)

// Outcomes lists every outcome; a later one is never replaced by one before
// it. What a provider says of a call ("completed", whoever ended it) is so less
// than what the dialogue knows of it, in whatever order they come.
var Outcomes = []Outcome{
	Open, Lost, Failed, NoAnswer, Busy, HungUp, Machine, Missed,
	Completed, QueueLeft, Promised, Agent,
}

// Reached tells whether a person was on the line.
func (o Outcome) Reached() bool {
	return o == HungUp || slices.Index(Outcomes, o) >= slices.Index(Outcomes, Completed)
}

// A Key names a call. A call without a number, withheld or unreadable, is
// known by its provider's id alone.
type Key struct {
	Number     booking.MSISDN // "" is withheld
	Provider   string
	ProviderID string
}

// Cell is the shard that the call is kept in: its number's, or one of its own.
func (k Key) Cell() int16 {
	if k.Number == "" {
		return booking.MSISDN(k.Provider + "/" + k.ProviderID).Cell()
	}
	return k.Number.Cell()
}

// A Call is the record of a call. There is no audio in it.
type Call struct {
	Key
	ID        uuid.UUID
	Direction Direction
	Language  string
	Spoken    int // the step from which Language was the caller's
	StartedAt time.Time
	EndedAt   time.Time // as first told; zero while it lasts
	Duration  time.Duration
	Outcome   Outcome
	Steps     int       // questions put
	Notice    uuid.UUID // of a call that we made: the call-back's
}

// Lasted is how long the call took: as the provider says or, where that one does
// not, from its beginning to its end.
func (c Call) Lasted() time.Duration {
	if c.Duration > 0 || !c.Outcome.Reached() || c.StartedAt.IsZero() || !c.EndedAt.After(c.StartedAt) {
		return c.Duration
	}
	return c.EndedAt.Sub(c.StartedAt)
}

// And is what is known of a call from both. It does not matter in which order,
// how often and in what groups things are told.
func (c Call) And(o Call) Call {
	if o.Language != "" && (c.Language == "" || cmp.Or(cmp.Compare(o.Spoken, c.Spoken), cmp.Compare(o.Language, c.Language)) > 0) {
		c.Language, c.Spoken = o.Language, o.Spoken
	}
	c.Steps = max(c.Steps, o.Steps)
	c.Duration = max(c.Duration, o.Duration)
	if c.StartedAt.IsZero() || !o.StartedAt.IsZero() && o.StartedAt.Before(c.StartedAt) {
		c.StartedAt = o.StartedAt
	}
	if c.EndedAt.IsZero() || !o.EndedAt.IsZero() && o.EndedAt.Before(c.EndedAt) {
		c.EndedAt = o.EndedAt
	}
	if slices.Index(Outcomes, o.Outcome) > slices.Index(Outcomes, c.Outcome) {
		c.Outcome = o.Outcome
	}
	c.Direction = max(c.Direction, o.Direction)
	if slices.Compare(o.Notice[:], c.Notice[:]) > 0 {
		c.Notice = o.Notice
	}
	return c
}

// Calls keeps the records of calls. It is part of Store, with its promises.
type Calls interface {
	// NoteCall adds what is told of a call to what is known, as Call.And does,
	// and returns all of it.
	NoteCall(ctx context.Context, c Call) (Call, error)

	// CallsOf is the last calls of a number, the latest first.
	CallsOf(ctx context.Context, number booking.MSISDN, limit int) ([]Call, error)

	// OpenCalls is how many calls that we made since a time last.
	OpenCalls(ctx context.Context, since time.Time) (int, error)

	// LoseCalls ends calls that began before a time and of which no end was
	// told, at most limit, and says how many.
	LoseCalls(ctx context.Context, before time.Time, limit int) (int, error)
}

// CallBegan notes that a call has begun, and gives its record; told again, it
// gives the same. StartedAt is now where it is zero.
func (s *Service) Began(ctx context.Context, call Call) (Call, error) {
	if call.StartedAt.IsZero() {
		call.StartedAt = s.Now()
	}
	return s.noteCall(ctx, call)
}

// CallStepped notes how far a call has come, and in which language.
func (s *Service) Stepped(ctx context.Context, key Key, language string, steps int) error {
	_, err := s.noteCall(ctx, Call{Key: key, Language: language, Spoken: steps, Steps: steps})
	return err
}

// CallEnded notes how a call ended: Outcome, and what else is known by then.
// EndedAt is now where it is zero. It may come before the call has begun, and
// more than once: what says more wins.
func (s *Service) Ended(ctx context.Context, end Call) error {
	if end.EndedAt.IsZero() {
		end.EndedAt = s.Now()
	}
	call, err := s.noteCall(ctx, end)
	if err == nil && (end.Outcome == HungUp || end.Outcome == Completed) {
		// Who waited for an agent does no longer, whether or not the end of the
		// wait was told.
		err = s.Store.EndHandOvers(ctx, end.Key, end.EndedAt)
	}
	if err != nil || call.Number == "" || call.Direction != In || !call.through() {
		return err
	}
	// Who has called us need not be called, unless it was asked for in that call.
	b, ok, err := s.Store.CallBackOf(ctx, call.Number)
	if err != nil || !ok || !b.Open || !b.AskedAt.Before(call.StartedAt) {
		return err
	}
	return s.Reached(ctx, call.Number)
}

// through tells whether the caller has had what the call was for, as far as
// anybody can tell: some hang up when they have heard the answer.
func (c Call) through() bool {
	return c.Outcome == Completed || c.Outcome == Agent || c.Outcome == HungUp && c.Steps > 3
}

func (s *Service) noteCall(ctx context.Context, call Call) (Call, error) {
	if call.ID == uuid.Nil {
		// The same from whoever tells of the call first.
		call.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("tikaline:call:"+call.Provider+"/"+call.ProviderID+"/"+string(call.Number)))
	}
	call.Direction = cmp.Or(call.Direction, In)
	call.Outcome = cmp.Or(call.Outcome, Open)
	return s.Store.NoteCall(ctx, call)
}

// callLongest is how long a call may last before it is taken for over: longer
// than any provider lets one.
const callLongest = 4 * time.Hour

// LoseCalls ends the calls of which nobody told the end.
func (s *Service) LoseCalls(ctx context.Context, limit int) (int, error) {
	return s.Store.LoseCalls(ctx, s.Now().Add(-callLongest), limit)
}

// FreeLines is how many more calls we may make when most may last at once.
func (s *Service) CallCapacity(ctx context.Context, most int) (int, error) {
	n, err := s.Store.OpenCalls(ctx, s.Now().Add(-LongestOut))
	return max(most-n, 0), err
}

// LongestOut is how long a call that we make may last: after that its line is
// free, whether or not its end was told.
const LongestOut = time.Hour
