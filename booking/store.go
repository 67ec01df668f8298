package booking

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// A Store keeps households and appointments, and queues their notices. It is
// what Core needs of a store; postgres/bookings is the real one. Every write is
// durable when it returns nil, is idempotent, and writes its notices in the
// same transaction. A refusal is a *Problem.
type Store interface {
	Holds
	Parties

	// Household reads a household with its people and their live and attended
	// appointments. A household that was never seen is no error.
	Household(ctx context.Context, number MSISDN) (Household, error)

	// Remember saves the fields that are set in a Memory and leaves the rest.
	Remember(ctx context.Context, number MSISDN, m Memory) error

	// Register adds a person. max is how many the number may have. Problems:
	// HouseholdFull, SamePerson, SameID.
	Register(ctx context.Context, p NewPerson) (Beneficiary, error)

	// Remove takes a person off the number. Problems: HasBooking, Vaccinated,
	// NobodyYet. Removing again is no error.
	Remove(ctx context.Context, number MSISDN, reference string, at time.Time) error

	// Book gives a person a place. Problems: AlreadyBooked, returned with the
	// appointment that the person has; SlotFull, SlotGone; NobodyYet where the
	// person was taken off the number meanwhile.
	Book(ctx context.Context, a NewAppointment) (Appointment, error)

	// Move changes the slot of a booked appointment. Problems: NoAppointment,
	// SlotFull, SlotGone. Moving to the slot that it already has is no error.
	Move(ctx context.Context, m SlotChange) (Appointment, error)

	// End gives an appointment its last status (Cancelled, Attended, Missed)
	// and, for Cancelled, its place back; or it makes a held one Booked. Problem:
	// NoAppointment. Ending it the same way again is no error.
	End(ctx context.Context, e Ending) (Appointment, error)

	// Expire marks as Missed at most limit appointments that were booked for a
	// day before today, and returns how many it marked.
	Expire(ctx context.Context, today Date, at time.Time, limit int) (int, error)

	// ByReference returns the household of a beneficiary. Problem: NobodyYet.
	ByReference(ctx context.Context, reference string) (Household, error)

	// DaySessions returns the sessions of a centre on a day, today or past,
	// with the present counts of their slots.
	DaySessions(ctx context.Context, centre int64, day Date) ([]Session, error)

	// DayList returns the appointments of a centre on a day, by time.
	DayList(ctx context.Context, centre int64, day Date) ([]Listed, error)
}

// A Memory is what to save of a household; an empty field stays as it is
// stored.
type Memory struct {
	Language string
	Pincode  string
	Consent  Consent
	At       time.Time
}

// A NewPerson is a Registration ready to be stored.
type NewPerson struct {
	Registration
	Household  MSISDN
	References func() string // returns another reference id of the household's cell, should one be taken
	Max        int           // people per number
	At         time.Time
	Notices    func(Beneficiary) []Notice
}

// A NewAppointment is a Booking ready to be stored.
type NewAppointment struct {
	Appointment
	Request uuid.UUID
	Notices []Notice
}

// A SlotChange is a Move ready to be stored: Appointment is as it will be.
type SlotChange struct {
	Appointment
	Notices []Notice
}

// An Ending is the last status of an appointment.
type Ending struct {
	Household   MSISDN
	Appointment uuid.UUID
	Status      Status
	Channel     Channel
	Agent       string
	At          time.Time
	Notices     []Notice
}

// Listed is a row of a centre's day list.
type Listed struct {
	Appointment
	Applicant
}
