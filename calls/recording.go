package calls

import (
	"context"
	"errors"
	"tikaline/booking"
	"time"
)

// A RecordingState is where the recording of a name stands. It is stored, and
// only moves forward.
type RecordingState string

// The states of a recording.
const (
	RecordingWanted  RecordingState = "wanted"  // to be fetched from the provider
	RecordingFetched RecordingState = "fetched" // we have it
	RecordingWritten RecordingState = "written" // the name was written down and the recording deleted
	RecordingGone    RecordingState = "gone"    // deleted, or never to be had
)

// How long recordings are kept, and how they are tried to be had.
const (
	recordingKept     = 30 * 24 * time.Hour
	recordingIdle     = 24 * time.Hour   // until when one may still become somebody's name: a conversation's life
	recordingFirst    = 30 * time.Second // providers need a moment to have it ready
	recordingPatience = 12 * time.Hour
	recordingCopy     = time.Hour // the provider's copy may be played in the call itself, so it is kept so long
	recordingDeletes  = 20        // tries, after which the provider is asked once a day
	recordingGivenUp  = 3 * recordingKept
)

// A Recording is a name that was spoken and has to be written down.
type Recording struct {
	ID       string // the provider's; it is booking.Applicant.Recording of whose name it is
	Number   booking.MSISDN
	Provider string
	URL      string // where the provider has it
	Language string
	At       time.Time
	State    RecordingState
	Tries    int
	Due      time.Time // when something is to be done about it; the sign of who holds it too
	Dropped  bool      // the provider has no copy any more
	Audio    []byte
}

// An Unwritten is a person whose name is still to be written down. State is
// RecordingGone where there is no recording: such a person must be asked.
type Unwritten struct {
	booking.Beneficiary
	State    RecordingState
	Language string
	SpokenAt time.Time
}

// ErrWritten is that a name was written down before, as another.
var ErrWritten = errors.New("the name was written down already")

// Recordings keeps what people spoke in place of a name. It is part of Store,
// with its promises.
type Recordings interface {
	// KeepRecording notes a recording that is to be fetched, or (RecordingGone)
	// that there is none after all, in any order.
	KeepRecording(ctx context.Context, r Recording) error

	// Recording is a recording by its id; false where there is none.
	Recording(ctx context.Context, id string) (Recording, bool, error)

	// TakeRecordings gives at most limit recordings about which something is to
	// be done, without audio; nobody else is given them until lease.
	TakeRecordings(ctx context.Context, now, lease time.Time, limit int) ([]Recording, error)

	// PutRecording stores what was done about a recording that we hold by its
	// lease: audio, tries, when to come again (zero is never), and a later state.
	PutRecording(ctx context.Context, lease time.Time, r Recording) error

	// Unwritten is at most limit people whose names are to be written down, the
	// longest waiting first.
	Unwritten(ctx context.Context, limit int) ([]Unwritten, error)

	// WriteDown gives a person without a name one, and deletes the recording.
	// What the person has already is returned, whatever it is. Problem:
	// booking.NobodyYet.
	WriteDown(ctx context.Context, reference, name, agent string, at time.Time) (booking.Beneficiary, error)

	// ForgetRecordings deletes the audio of recordings older than old, and of
	// those older than idle that are nobody's name; at most limit, and how many.
	ForgetRecordings(ctx context.Context, old, idle, now time.Time, limit int) (int, error)
}

// KeepRecording notes that a name was spoken and where the provider has it. It
// fetches nothing. Without a number there is nobody to keep it for, and it does
// nothing.
func (s *Service) KeepRecording(ctx context.Context, r Recording) error {
	if r.Number == "" || r.ID == "" {
		return nil
	}
	r.State = RecordingWanted
	return s.keep(ctx, r)
}

// NoRecording notes that a provider has no such recording after all: nothing was
// heard. Who is called by it must be asked for the name. A provider that tells of
// it without the number tells of one that we keep, or of nobody's.
func (s *Service) NoRecording(ctx context.Context, r Recording) error {
	if r.ID == "" {
		return nil
	}
	if r.Number == "" {
		kept, found, err := s.Store.Recording(ctx, r.ID)
		if err != nil || !found || kept.Provider != r.Provider {
			return err
		}
		r.Number = kept.Number
	}
	r.State, r.Dropped = RecordingGone, true
	return s.keep(ctx, r)
}

func (s *Service) keep(ctx context.Context, r Recording) error {
	if r.At.IsZero() {
		r.At = s.Now()
	}
	if r.State == RecordingWanted {
		r.Due = r.At.Add(recordingFirst)
	}
	return s.Store.KeepRecording(ctx, r)
}

// Fetched is what to store of a recording that was had: the provider's copy is
// then deleted, when the call that plays it is over.
func (s *Service) Fetched(r Recording, audio []byte) Recording {
	r.State, r.Audio, r.Tries = RecordingFetched, audio, 0
	r.Due = r.At.Add(recordingCopy)
	if now := s.Now(); r.Due.Before(now) {
		r.Due = now
	}
	return r
}

// NotFetched is what to store of a recording that could not be had, or whose
// copy could not be deleted: it is tried again, less and less often, and not for
// ever.
func (s *Service) NotFetched(r Recording) Recording {
	now := s.Now()
	r.Due = now.Add(min(recordingFirst<<min(r.Tries, 8), 2*time.Hour))
	r.Tries++
	switch {
	case r.State == RecordingWanted && now.Sub(r.At) > recordingPatience:
		r.State, r.Tries = RecordingGone, 0
	case r.State != RecordingWanted && now.Sub(r.At) > recordingGivenUp:
		r.Due = time.Time{}
	case r.State != RecordingWanted && r.Tries >= recordingDeletes:
		r.Tries = recordingDeletes
		r.Due = now.Add(24 * time.Hour)
	}
	return r
}

// WriteDown gives a person whose name was spoken the name that an agent heard;
// the recording is deleted. Writing the same again is no error, writing another
// is ErrWritten. Problems: those of ParseName; booking.NobodyYet.
func (s *Service) WriteDown(ctx context.Context, reference, name, agent string) (booking.Beneficiary, error) {
	name, err := booking.ParseName(name)
	if err != nil {
		return booking.Beneficiary{}, err
	}
	b, err := s.Store.WriteDown(ctx, reference, name, agent, s.Now())
	if err == nil && b.Name != name {
		return b, ErrWritten
	}
	return b, err
}

// ForgetRecordings deletes recordings that were kept for long enough, and those
// that became nobody's name.
func (s *Service) ForgetRecordings(ctx context.Context, limit int) (int, error) {
	now := s.Now()
	return s.Store.ForgetRecordings(ctx, now.Add(-recordingKept), now.Add(-recordingIdle), now, limit)
}
