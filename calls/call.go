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

// An Outcome is how a call ended. It is stored.
type Outcome string

// The outcomes of a call.
const (
	Open      Outcome = "open"        // the call goes on
	Lost      Outcome = "lost"        // no provider ever reported its end
	Failed    Outcome = "failed"      // it could not be put through
	NoAnswer  Outcome = "no_answer"   //
	Busy      Outcome = "busy"        //
	HungUp    Outcome = "hungup"      // by the caller, within the dialogue
	Machine   Outcome = "machine"     // a machine answered
	Missed    Outcome = "missed"      // rejected unanswered, to call the number back
	Completed Outcome = "completed"   // the dialogue ended
	QueueLeft Outcome = "queued_left" // hung up while waiting for an agent
	Promised  Outcome = "callback"    // ended with the promise to call back
	Agent     Outcome = "agent"       // an agent spoke with the caller
)

// Outcomes lists every outcome; a later one is never replaced by one before it.
// So the provider's report of a call ("completed", whoever ended it) does not
// replace what the dialogue knows of it, in whatever order the two come.
var Outcomes = []Outcome{
	Open, Lost, Failed, NoAnswer, Busy, HungUp, Machine, Missed,
	Completed, QueueLeft, Promised, Agent,
}

// Reached reports whether a person answered the call.
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

// Cell returns the shard that the call is kept in: its number's, or one of its
// own.
func (k Key) Cell() int16 {
	if k.Number == "" {
		return booking.MSISDN(k.Provider + "/" + k.ProviderID).Cell()
	}
	return k.Number.Cell()
}

// A Call is the record of a call, without audio.
type Call struct {
	Key
	ID        uuid.UUID
	Direction Direction
	Language  string
	Spoken    int // the step from which Language was the caller's
	StartedAt time.Time
	EndedAt   time.Time // as first reported; zero while the call goes on
	Duration  time.Duration
	Outcome   Outcome
	Steps     int       // questions put
	Notice    uuid.UUID // the call-back's notice, of a call that we made
}

// Lasted returns how long the call took: as the provider reports or, where it
// does not, from its beginning to its end.
func (c Call) Lasted() time.Duration {
	if c.Duration > 0 || !c.Outcome.Reached() || c.StartedAt.IsZero() || !c.EndedAt.After(c.StartedAt) {
		return c.Duration
	}
	return c.EndedAt.Sub(c.StartedAt)
}

// And returns what is known of a call from both records. It does not matter in
// which order, how often and in what groups events are joined.
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
	// NoteCall adds an event to the record of its call, as Call.And does, and
	// returns the whole record.
	NoteCall(ctx context.Context, c Call) (Call, error)

	// CallsOf returns the last calls of a number, the latest first.
	CallsOf(ctx context.Context, number booking.MSISDN, limit int) ([]Call, error)

	// OpenCalls returns how many of the calls that we made since a time have
	// not ended.
	OpenCalls(ctx context.Context, since time.Time) (int, error)

	// LoseCalls marks as Lost at most limit calls that began before a time and
	// whose end was not reported, and returns how many.
	LoseCalls(ctx context.Context, before time.Time, limit int) (int, error)
}

// Began records that a call has begun, and returns its record; a duplicate
// returns the same. StartedAt is now where it is zero.
func (s *Service) Began(ctx context.Context, call Call) (Call, error) {
	if call.StartedAt.IsZero() {
		call.StartedAt = s.Now()
	}
	return s.noteCall(ctx, call)
}

// Stepped records how many questions a call has had, and in which language.
func (s *Service) Stepped(ctx context.Context, key Key, language string, steps int) error {
	_, err := s.noteCall(ctx, Call{Key: key, Language: language, Spoken: steps, Steps: steps})
	return err
}

// Ended records how a call ended: Outcome, and what else is known by then.
// EndedAt is now where it is zero. It may come before Began, and more than
// once: the later outcome of Outcomes wins.
func (s *Service) Ended(ctx context.Context, end Call) error {
	if end.EndedAt.IsZero() {
		end.EndedAt = s.Now()
	}
	call, err := s.noteCall(ctx, end)
	if err == nil && (end.Outcome == HungUp || end.Outcome == Completed) {
		// A caller who waited for an agent does so no longer, whether or not
		// the end of the wait was reported.
		err = s.Store.EndHandOvers(ctx, end.Key, end.EndedAt)
	}
	if err != nil || call.Number == "" || call.Direction != In || !call.through() {
		return err
	}
	// A number that has called us need not be called, unless the caller asked
	// for it in that call.
	b, ok, err := s.Store.CallBackOf(ctx, call.Number)
	if err != nil || !ok || !b.Open || !b.AskedAt.Before(call.StartedAt) {
		return err
	}
	return s.Reached(ctx, call.Number)
}

// through reports whether the caller got what they called for, as far as a
// record shows: some hang up when they have heard the answer.
func (c Call) through() bool {
	return c.Outcome == Completed || c.Outcome == Agent || c.Outcome == HungUp && c.Steps > 3
}

func (s *Service) noteCall(ctx context.Context, call Call) (Call, error) {
	if call.ID == uuid.Nil {
		// The id is the same whichever event of the call comes first.
		call.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("tikaline:call:"+call.Provider+"/"+call.ProviderID+"/"+string(call.Number)))
	}
	call.Direction = cmp.Or(call.Direction, In)
	call.Outcome = cmp.Or(call.Outcome, Open)
	return s.Store.NoteCall(ctx, call)
}

// callLongest is how long a call may last before it is taken for over: longer
// than any provider allows.
const callLongest = 4 * time.Hour

// LoseCalls marks as Lost at most limit calls whose end nobody reported, and
// returns how many.
func (s *Service) LoseCalls(ctx context.Context, limit int) (int, error) {
	return s.Store.LoseCalls(ctx, s.Now().Add(-callLongest), limit)
}

// CallCapacity returns how many more calls may start; most is the concurrency
// limit.
func (s *Service) CallCapacity(ctx context.Context, most int) (int, error) {
	n, err := s.Store.OpenCalls(ctx, s.Now().Add(-LongestOut))
	return max(most-n, 0), err
}

// LongestOut is how long a call that we make may last: after that it no longer
// counts against the capacity, whether or not its end was reported.
const LongestOut = time.Hour
