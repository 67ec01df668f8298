package dialog

import (
	"context"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Reader is what a question may look at: the core as the caller sees it.
type Reader interface {
	Today() booking.Date
	Programme() *booking.Programme
	Household(ctx context.Context) (booking.Household, error)
	Locate(pincode string) (booking.Located, error)
	Centre(id int64) (booking.Centre, bool)
	District(id int) (booking.District, bool)
	Slot(id booking.SlotID) (booking.Session, booking.Slot, bool)
	Nearest(at booking.Located, person *booking.Beneficiary, max int) []booking.Offer
	Slots(centre int64, person *booking.Beneficiary) []booking.SlotOffer
	NextDose(b booking.Beneficiary) (booking.Due, error)
	MayChange(a booking.Appointment) error

	// Lack returns why there is no place for the person near a pincode.
	Lack(at booking.Located, person booking.Beneficiary) booking.Lack

	// OpenCode returns the one-time password that the number waits for; ok is
	// false where it waits for none.
	OpenCode(ctx context.Context) (code string, ok bool, err error)
}

// A Core is what an answer may change. calls.Desk is the real one.
type Core interface {
	Reader
	Speak(ctx context.Context, language string) error
	Near(ctx context.Context, pincode string) error
	Register(ctx context.Context, request uuid.UUID, a booking.Applicant) (booking.Beneficiary, error)
	Book(ctx context.Context, request uuid.UUID, reference string, slot booking.SlotID) (booking.Appointment, error)
	Move(ctx context.Context, appointment uuid.UUID, to booking.SlotID) (booking.Appointment, error)
	Cancel(ctx context.Context, appointment uuid.UUID) (booking.Appointment, error)
	Remove(ctx context.Context, reference string) error
	CallBack(ctx context.Context, request uuid.UUID) error
	JoinWaitlist(ctx context.Context, request uuid.UUID, pincode, reference string) error
}

// A Visit is one turn's view of the core: what was read once is not read
// again, until something is written.
type Visit struct {
	Core
	Run       uuid.UUID // request id of what this run of the flow writes
	Recording string    // the answer, where it was spoken: what the channel keeps it under
	state     *State
	home      *booking.Household
}

// Household returns the caller's household, read once a turn.
func (v *Visit) Household(ctx context.Context) (booking.Household, error) {
	if v.home != nil {
		return *v.home, nil
	}
	h, err := v.Core.Household(ctx)
	if err != nil {
		return h, err
	}
	v.home = &h
	return h, nil
}

// Speak changes the language of the conversation and stores it.
func (v *Visit) Speak(ctx context.Context, language string) error {
	v.home = nil
	v.state.Lang = language
	return v.Core.Speak(ctx, language)
}

// Near stores the caller's pincode.
func (v *Visit) Near(ctx context.Context, pincode string) error {
	if v.home != nil && v.home.Pincode == pincode {
		return nil
	}
	v.home = nil
	return v.Core.Near(ctx, pincode)
}

// Register registers a person, once for this run of the flow.
func (v *Visit) Register(ctx context.Context, a booking.Applicant) (booking.Beneficiary, error) {
	v.home = nil
	return v.Core.Register(ctx, v.Run, a)
}

// Book books a place, once for this run of the flow.
func (v *Visit) Book(ctx context.Context, reference string, slot booking.SlotID) (booking.Appointment, error) {
	v.home = nil
	return v.Core.Book(ctx, v.Run, reference, slot)
}

// Move changes an appointment's slot.
func (v *Visit) Move(ctx context.Context, appointment uuid.UUID, to booking.SlotID) (booking.Appointment, error) {
	v.home = nil
	return v.Core.Move(ctx, appointment, to)
}

// Cancel gives an appointment's place back.
func (v *Visit) Cancel(ctx context.Context, appointment uuid.UUID) (booking.Appointment, error) {
	v.home = nil
	return v.Core.Cancel(ctx, appointment)
}

// Remove takes a person off the number.
func (v *Visit) Remove(ctx context.Context, reference string) error {
	v.home = nil
	return v.Core.Remove(ctx, reference)
}

// CallBack asks for a call, once for this run of the flow.
func (v *Visit) CallBack(ctx context.Context) error { return v.Core.CallBack(ctx, v.Run) }

// JoinWaitlist puts a person on the waiting list near a pincode, once for this run
// of the flow.
func (v *Visit) JoinWaitlist(ctx context.Context, pincode, reference string) error {
	return v.Core.JoinWaitlist(ctx, v.Run, pincode, reference)
}

// person returns the caller's beneficiary with that reference id.
func person(ctx context.Context, r Reader, reference string) (booking.Beneficiary, error) {
	h, err := r.Household(ctx)
	if err != nil {
		return booking.Beneficiary{}, err
	}
	b, ok := h.Person(reference)
	if !ok {
		return b, booking.Refuse(booking.NobodyYet)
	}
	return b, nil
}
