package booking

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// A Status is where an appointment stands. It is stored.
type Status string

// The statuses.
const (
	Held      Status = "held"      // a place kept until the person answers
	Booked    Status = "booked"    // a place promised
	Attended  Status = "attended"  // the dose was given
	Missed    Status = "missed"    // the day passed without the person
	Cancelled Status = "cancelled" // given back
)

// follows lists the statuses that may come after each. A status that is not
// here is final.
var follows = map[Status][]Status{
	Held:   {Booked, Cancelled},
	Booked: {Attended, Missed, Cancelled},
	Missed: {Attended}, // written down late
}

// MayBecome reports whether an appointment may go from s to next.
func (s Status) MayBecome(next Status) bool { return slices.Contains(follows[s], next) }

// Holds reports whether an appointment with this status keeps the beneficiary
// from another for the same dose. The store has a unique index on it.
func (s Status) Holds() bool { return s == Held || s == Booked || s == Attended }

// Statuses lists every Status.
var Statuses = []Status{Held, Booked, Attended, Missed, Cancelled}

// An Appointment is a beneficiary's place in a slot, for one dose. A move
// changes its slot and keeps its id.
type Appointment struct {
	ID        uuid.UUID
	Party     uuid.UUID // shared by people who booked together; equal to ID for a person who booked alone
	Household MSISDN
	Reference string
	Dose      int
	Vaccine   string
	Slot      SlotID
	Session   int64
	Day       Date
	Window    Window
	Status    Status
	Spot      bool // from the on-the-spot share
	Channel   Channel
	Agent     string
	BookedAt  time.Time
}

// A SlotID names a slot: everything of a centre is stored under the centre.
type SlotID struct {
	Centre int64 `json:"c"`
	Slot   int64 `json:"s"`
}

// A Booking asks for a place. Asking again with the same Request, or for the
// slot the person already has, gives the same appointment.
type Booking struct {
	Request   uuid.UUID
	Reference string
	Dose      int
	Slot      SlotID
	Spot      bool // take it from the on-the-spot share
	Channel   Channel
	Agent     string

	// Fresh refuses a person who has the very slot already, for clients that
	// cannot name a request and are to hear that they asked before. A place
	// that is held for the person is no reason to refuse.
	Fresh bool
}

// A Move asks for another slot for an appointment.
type Move struct {
	Appointment uuid.UUID
	To          SlotID
	Channel     Channel
	Agent       string
}
