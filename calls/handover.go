package calls

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A HandOverOutcome is how the wait for an agent ended. It is stored.
type HandOverOutcome string

// The outcomes of a hand-over; "" means that the caller waits.
const (
	HandOverWaits    HandOverOutcome = ""
	HandOverFailed   HandOverOutcome = "failed"   // the queue was full, or did not work
	HandOverLeft     HandOverOutcome = "left"     // the caller hung up
	HandOverCallBack HandOverOutcome = "callback" // the wait took too long: we call back
	HandOverTalked   HandOverOutcome = "talked"
)

// HandOverOutcomes lists every outcome; a later one is never replaced by one
// before it.
var HandOverOutcomes = []HandOverOutcome{HandOverWaits, HandOverFailed, HandOverLeft, HandOverCallBack, HandOverTalked}

// A HandOver is a caller who was put into the queue for an agent, and where the
// conversation stood at that moment.
type HandOver struct {
	ID       uuid.UUID // the same for all deliveries of one hand-over
	Call     Key
	Language string
	Flow     string // where the conversation stood
	Step     string
	State    []byte // the conversation as it was, JSON
	Why      string // asked, silence, mistakes
	QueuedAt time.Time
	TakenAt  time.Time
	TakenBy  string // the agent
	LeftAt   time.Time
	Outcome  HandOverOutcome
}

// And returns what is known of a hand-over from both records, in whatever order
// they came. The agent who took it first has it.
func (h HandOver) And(o HandOver) HandOver {
	if h.QueuedAt.IsZero() || !o.QueuedAt.IsZero() && o.QueuedAt.Before(h.QueuedAt) {
		h.QueuedAt = o.QueuedAt
	}
	h.Language, h.Flow, h.Step, h.Why = cmp.Or(h.Language, o.Language), cmp.Or(h.Flow, o.Flow), cmp.Or(h.Step, o.Step), cmp.Or(h.Why, o.Why)
	if len(h.State) == 0 {
		h.State = o.State
	}
	if h.TakenBy == "" {
		h.TakenBy, h.TakenAt = o.TakenBy, o.TakenAt
	}
	if h.LeftAt.IsZero() || !o.LeftAt.IsZero() && o.LeftAt.Before(h.LeftAt) {
		h.LeftAt = o.LeftAt
	}
	if slices.Index(HandOverOutcomes, o.Outcome) > slices.Index(HandOverOutcomes, h.Outcome) {
		h.Outcome = o.Outcome
	}
	return h
}

// HandOvers keeps the callers who wait for an agent. It is part of Store, with
// its promises.
type HandOvers interface {
	// NoteHandOver adds an event to the record of its hand-over, as
	// HandOver.And does, and returns the whole record.
	NoteHandOver(ctx context.Context, h HandOver) (HandOver, error)

	// EndHandOvers records that a call is over: its caller waits no longer. An
	// outcome that is known already stays.
	EndHandOvers(ctx context.Context, call Key, at time.Time) error

	// WaitingHandOvers returns at most limit callers whom no agent has taken
	// and who have not left, the longest waiting first.
	WaitingHandOvers(ctx context.Context, since time.Time, limit int) ([]HandOver, error)

	// ForgetHandOvers drops the conversations of at most limit hand-overs from
	// before a time, and returns how many.
	ForgetHandOvers(ctx context.Context, before time.Time, limit int) (int, error)
}

// HandOver puts a caller into the agents' queue. A duplicate does nothing.
func (s *Service) HandOver(ctx context.Context, h HandOver) error {
	if h.QueuedAt.IsZero() {
		h.QueuedAt = s.Now()
	}
	_, err := s.Store.NoteHandOver(ctx, h)
	return err
}

// TakeHandOver gives a waiting caller to an agent, and reports whether it did:
// the first agent to ask has the caller.
func (s *Service) TakeHandOver(ctx context.Context, call Key, id uuid.UUID, agent string) (HandOver, bool, error) {
	h, err := s.Store.NoteHandOver(ctx, HandOver{ID: id, Call: call, TakenBy: agent, TakenAt: s.Now()})
	return h, err == nil && h.TakenBy == agent && h.LeftAt.IsZero(), err
}

// HandOverEnded records how the wait ended. A duplicate, or an outcome before
// the known one in HandOverOutcomes, changes nothing.
func (s *Service) HandOverEnded(ctx context.Context, call Key, id uuid.UUID, o HandOverOutcome) error {
	_, err := s.Store.NoteHandOver(ctx, HandOver{ID: id, Call: call, Outcome: o, LeftAt: s.Now()})
	return err
}

// handOverLongest is the longest that a caller waits for an agent.
const handOverLongest = 2 * time.Hour

// handOverKept is how long the conversation is kept with a hand-over: as long
// as a conversation is kept anyway.
const handOverKept = 24 * time.Hour

// ForgetHandOvers drops the conversations of at most limit old hand-overs,
// keeps the rest of the records, and returns how many it changed.
func (s *Service) ForgetHandOvers(ctx context.Context, limit int) (int, error) {
	return s.Store.ForgetHandOvers(ctx, s.Now().Add(-handOverKept), limit)
}

// WaitingHandOvers returns at most limit callers who wait for an agent, the
// longest waiting first.
func (s *Service) WaitingHandOvers(ctx context.Context, limit int) ([]HandOver, error) {
	return s.Store.WaitingHandOvers(ctx, s.Now().Add(-handOverLongest), limit)
}
