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
	RecordingWanted  RecordingState = "wanted"  // pending: to fetch from the provider
	RecordingFetched RecordingState = "fetched" // we have it
	RecordingWritten RecordingState = "written" // the name was written down and the recording deleted
	RecordingGone    RecordingState = "gone"    // deleted, or the provider never had it
)

// How long recordings are kept, and how often they are fetched.
const (
	recordingKept     = 30 * 24 * time.Hour
	recordingIdle     = 24 * time.Hour   // until when a recording may still become somebody's name: as long as a conversation is kept
	recordingFirst    = 30 * time.Second // providers need a moment to prepare it
	recordingPatience = 12 * time.Hour
	recordingCopy     = time.Hour // the provider's copy may be played in the call itself, so it is kept so long
	recordingDeletes  = 20        // attempts, after which the provider is asked once a day
	recordingGivenUp  = 3 * recordingKept
)

// A Recording is a spoken name that is still to be written down.
type Recording struct {
	ID       string // the provider's; equal to booking.Applicant.Recording of the person
	Number   booking.MSISDN
	Provider string
	URL      string // where the provider has it
	Language string
	At       time.Time
	State    RecordingState
	Tries    int
	Due      time.Time // when it is next worked on; while it is leased, also the sign of the lease
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

// ErrWritten means that another name was written down before.
var ErrWritten = errors.New("the name was written down already")

// Recordings keeps spoken names. It is part of Store, with its promises.
type Recordings interface {
	// KeepRecording records that a recording is to be fetched, or
	// (RecordingGone) that there is none after all, in any order.
	KeepRecording(ctx context.Context, r Recording) error

	// Recording returns a recording by its id, or false where there is none.
	Recording(ctx context.Context, id string) (Recording, bool, error)

	// TakeRecordings leases and returns at most limit recordings that are due,
	// without audio; no other call returns them until lease.
	TakeRecordings(ctx context.Context, now, lease time.Time, limit int) ([]Recording, error)

	// PutRecording stores the result of work on a recording that we hold by its
	// lease: audio, attempts, when it is next due (zero is never), and a later
	// state.
	PutRecording(ctx context.Context, lease time.Time, r Recording) error

	// Unwritten returns at most limit people whose names are to be written
	// down, the longest waiting first.
	Unwritten(ctx context.Context, limit int) ([]Unwritten, error)

	// WriteDown gives a person without a name one, and deletes the recording. A
	// name that the person has already is returned as it is. Problem:
	// booking.NobodyYet.
	WriteDown(ctx context.Context, reference, name, agent string, at time.Time) (booking.Beneficiary, error)

	// ForgetRecordings deletes the audio of at most limit recordings older than
	// old, or older than idle and nobody's name, and returns how many.
	ForgetRecordings(ctx context.Context, old, idle, now time.Time, limit int) (int, error)
}

// KeepRecording records that a name was spoken and where the provider has it.
// It fetches nothing. Without a number there is nobody to keep it for, and it
// does nothing.
func (s *Service) KeepRecording(ctx context.Context, r Recording) error {
	if r.Number == "" || r.ID == "" {
		return nil
	}
	r.State = RecordingWanted
	return s.keep(ctx, r)
}

// NoRecording records that a provider has no such recording after all: nothing
// was heard. A person who was registered with it must be asked for the name. A
// provider that reports it without the number reports a recording that we keep,
// or one of nobody.
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

// Fetched returns what to store of a recording that was fetched: the provider's
// copy is deleted later, when the call that may play it is over.
func (s *Service) Fetched(r Recording, audio []byte) Recording {
	r.State, r.Audio, r.Tries = RecordingFetched, audio, 0
	r.Due = r.At.Add(recordingCopy)
	if now := s.Now(); r.Due.Before(now) {
		r.Due = now
	}
	return r
}

// NotFetched returns what to store of a recording that could not be fetched, or
// whose copy could not be deleted: it is tried again, less and less often, and
// not for ever.
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
// is ErrWritten. Problems: those of booking.ParseName; booking.NobodyYet.
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

// ForgetRecordings deletes at most limit recordings that were kept for long
// enough or became nobody's name, and returns how many.
func (s *Service) ForgetRecordings(ctx context.Context, limit int) (int, error) {
	now := s.Now()
	return s.Store.ForgetRecordings(ctx, now.Add(-recordingKept), now.Add(-recordingIdle), now, limit)
}
