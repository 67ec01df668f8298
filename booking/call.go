package booking

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A Direction is who called whom. It is stored.
type Direction string

// The directions.
const (
	CallIn  Direction = "in"
	CallOut Direction = "out"
)

// A CallOutcome is what became of a call. It is stored.
type CallOutcome string

// The outcomes of a call.
const (
	CallOpen      CallOutcome = "open"        // it lasts
	CallLost      CallOutcome = "lost"        // nobody ever told its end
	CallFailed    CallOutcome = "failed"      // it could not be put through
	CallNoAnswer  CallOutcome = "no_answer"   //
	CallBusy      CallOutcome = "busy"        //
	CallHungUp    CallOutcome = "hungup"      // by the caller, within the dialogue
	CallMachine   CallOutcome = "machine"     // a machine answered
	CallMissed    CallOutcome = "missed"      // rejected unanswered, to be called back
	CallCompleted CallOutcome = "completed"   // the dialogue ended
	CallQueueLeft CallOutcome = "queued_left" // hung up while waiting for an agent
	CallPromised  CallOutcome = "callback"    // ended with the promise to call back
	CallAgent     CallOutcome = "agent"       // an agent spoke with the caller
)

// CallOutcomes lists every outcome; a later one is never replaced by one before
// it. What a provider says of a call ("completed", whoever ended it) is so less
// than what the dialogue knows of it, in whatever order they come.
var CallOutcomes = []CallOutcome{
	CallOpen, CallLost, CallFailed, CallNoAnswer, CallBusy, CallHungUp, CallMachine, CallMissed,
	CallCompleted, CallQueueLeft, CallPromised, CallAgent,
}

// Reached tells whether a person was on the line.
func (o CallOutcome) Reached() bool {
	return o == CallHungUp || slices.Index(CallOutcomes, o) >= slices.Index(CallOutcomes, CallCompleted)
}

// A CallKey names a call. A call without a number, withheld or unreadable, is
// known by its provider's id alone.
type CallKey struct {
	Number     MSISDN // "" is withheld
	Provider   string
	ProviderID string
}

// Cell is the shard that the call is kept in: its number's, or one of its own.
func (k CallKey) Cell() int16 {
	if k.Number == "" {
		return MSISDN(k.Provider + "/" + k.ProviderID).Cell()
	}
	return k.Number.Cell()
}

// A Call is the record of a call. There is no audio in it.
type Call struct {
	CallKey
	ID        uuid.UUID
	Direction Direction
	Language  string
	Spoken    int // the step from which Language was the caller's
	StartedAt time.Time
	EndedAt   time.Time // as first told; zero while it lasts
	Duration  time.Duration
	Outcome   CallOutcome
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
	if slices.Index(CallOutcomes, o.Outcome) > slices.Index(CallOutcomes, c.Outcome) {
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
	CallsOf(ctx context.Context, number MSISDN, limit int) ([]Call, error)

	// OpenCalls is how many calls that we made since a time last.
	OpenCalls(ctx context.Context, since time.Time) (int, error)

	// LoseCalls ends calls that began before a time and of which no end was
	// told, at most limit, and says how many.
	LoseCalls(ctx context.Context, before time.Time, limit int) (int, error)
}

// CallBegan notes that a call has begun, and gives its record; told again, it
// gives the same. StartedAt is now where it is zero.
func (c *Core) CallBegan(ctx context.Context, call Call) (Call, error) {
	if call.StartedAt.IsZero() {
		call.StartedAt = c.Now()
	}
	return c.noteCall(ctx, call)
}

// CallStepped notes how far a call has come, and in which language.
func (c *Core) CallStepped(ctx context.Context, key CallKey, language string, steps int) error {
	_, err := c.noteCall(ctx, Call{CallKey: key, Language: language, Spoken: steps, Steps: steps})
	return err
}

// CallEnded notes how a call ended: Outcome, and what else is known by then.
// EndedAt is now where it is zero. It may come before the call has begun, and
// more than once: what says more wins.
func (c *Core) CallEnded(ctx context.Context, end Call) error {
	if end.EndedAt.IsZero() {
		end.EndedAt = c.Now()
	}
	call, err := c.noteCall(ctx, end)
	if err == nil && (end.Outcome == CallHungUp || end.Outcome == CallCompleted) {
		// Who waited for an agent does no longer, whether or not the end of the
		// wait was told.
		err = c.Store.EndHandOvers(ctx, end.CallKey, end.EndedAt)
	}
	if err != nil || call.Number == "" || call.Direction != CallIn || !call.through() {
		return err
	}
	// Who has called us need not be called, unless it was asked for in that call.
	b, ok, err := c.Store.CallBackOf(ctx, call.Number)
	if err != nil || !ok || !b.Open || !b.AskedAt.Before(call.StartedAt) {
		return err
	}
	return c.Reached(ctx, call.Number)
}

// through tells whether the caller has had what the call was for, as far as
// anybody can tell: some hang up when they have heard the answer.
func (c Call) through() bool {
	return c.Outcome == CallCompleted || c.Outcome == CallAgent || c.Outcome == CallHungUp && c.Steps > 3
}

func (c *Core) noteCall(ctx context.Context, call Call) (Call, error) {
	if call.ID == uuid.Nil {
		// The same from whoever tells of the call first.
		call.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("tikaline:call:"+call.Provider+"/"+call.ProviderID+"/"+string(call.Number)))
	}
	call.Direction = cmp.Or(call.Direction, CallIn)
	call.Outcome = cmp.Or(call.Outcome, CallOpen)
	return c.Store.NoteCall(ctx, call)
}

// callLongest is how long a call may last before it is taken for over: longer
// than any provider lets one.
const callLongest = 4 * time.Hour

// LoseCalls ends the calls of which nobody told the end.
func (c *Core) LoseCalls(ctx context.Context, limit int) (int, error) {
	return c.Store.LoseCalls(ctx, c.Now().Add(-callLongest), limit)
}

// FreeLines is how many more calls we may make when most may last at once.
func (c *Core) FreeLines(ctx context.Context, most int) (int, error) {
	n, err := c.Store.OpenCalls(ctx, c.Now().Add(-CallLimit))
	return max(most-n, 0), err
}

// CallLimit is how long a call that we make may last: after that its line is
// free, whether or not its end was told.
const CallLimit = time.Hour
