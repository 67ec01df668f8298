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

// The outcomes of a hand-over; "" is that the caller waits.
const (
	HandOverWaits    HandOverOutcome = ""
	HandOverFailed   HandOverOutcome = "failed"   // the queue was full, or did not work
	HandOverLeft     HandOverOutcome = "left"     // the caller hung up
	HandOverCallBack HandOverOutcome = "callback" // it took too long: we call back
	HandOverTalked   HandOverOutcome = "talked"
)

// HandOverOutcomes lists every outcome; a later one is never replaced by one
// before it.
var HandOverOutcomes = []HandOverOutcome{HandOverWaits, HandOverFailed, HandOverLeft, HandOverCallBack, HandOverTalked}

// A HandOver is a caller who was put into the queue for an agent: who it is and
// where the conversation stood at that moment.
type HandOver struct {
	ID       uuid.UUID // the same for the same queueing, however often it is told
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

// And is what is known of a hand-over from both, in whatever order it was told.
// The agent who took it first has it.
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

// HandOvers keeps who waits for an agent. It is part of Store, with its
// promises.
type HandOvers interface {
	// NoteHandOver adds what is told of a hand-over to what is known, as
	// HandOver.And does, and returns all of it.
	NoteHandOver(ctx context.Context, h HandOver) (HandOver, error)

	// EndHandOvers notes that a call is over: nobody waits on it any more. What
	// is known of how a wait ended stays.
	EndHandOvers(ctx context.Context, call Key, at time.Time) error

	// WaitingHandOvers is at most limit callers whom no agent has taken and who
	// have not left, the longest waiting first.
	WaitingHandOvers(ctx context.Context, since time.Time, limit int) ([]HandOver, error)

	// ForgetHandOvers drops the conversations of those queued before a time, at
	// most limit, and says how many.
	ForgetHandOvers(ctx context.Context, before time.Time, limit int) (int, error)
}

// HandOver puts a caller before the agents, at the moment of queueing. Told
// again it does nothing.
func (s *Service) HandOver(ctx context.Context, h HandOver) error {
	if h.QueuedAt.IsZero() {
		h.QueuedAt = s.Now()
	}
	_, err := s.Store.NoteHandOver(ctx, h)
	return err
}

// TakeHandOver gives a waiting caller to an agent, and says whether it did: who
// asks first has the caller.
func (s *Service) TakeHandOver(ctx context.Context, call Key, id uuid.UUID, agent string) (HandOver, bool, error) {
	h, err := s.Store.NoteHandOver(ctx, HandOver{ID: id, Call: call, TakenBy: agent, TakenAt: s.Now()})
	return h, err == nil && h.TakenBy == agent && h.LeftAt.IsZero(), err
}

// HandOverEnded notes how the wait ended. A later end of the same says no less.
func (s *Service) HandOverEnded(ctx context.Context, call Key, id uuid.UUID, o HandOverOutcome) error {
	_, err := s.Store.NoteHandOver(ctx, HandOver{ID: id, Call: call, Outcome: o, LeftAt: s.Now()})
	return err
}

// handOverLongest is how long anybody waits on the line.
const handOverLongest = 2 * time.Hour

// handOverKept is how long the conversation is kept with a hand-over: as long as
// it is by itself.
const handOverKept = 24 * time.Hour

// ForgetHandOvers drops from hand-overs what was said, and keeps that they were.
func (s *Service) ForgetHandOvers(ctx context.Context, limit int) (int, error) {
	return s.Store.ForgetHandOvers(ctx, s.Now().Add(-handOverKept), limit)
}

// WaitingHandOvers is who waits for an agent, the longest waiting first.
func (s *Service) WaitingHandOvers(ctx context.Context, limit int) ([]HandOver, error) {
	return s.Store.WaitingHandOvers(ctx, s.Now().Add(-handOverLongest), limit)
}
