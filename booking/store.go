package booking

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// A Store keeps households, appointments and notices. It is what Core needs of
// one; postgres is the real one. Every write is durable when it
// returns nil, is idempotent, and writes its notices in the same transaction.
// A refusal is a *Problem.
type Store interface {
	Holds
	Parties
	Line
	CallOffs
	Reminders
	Calls
	CallBacks
	Recordings
	HandOvers

	// Household reads a household with its people and their live and attended
	// appointments. One that was never seen is no error.
	Household(ctx context.Context, number MSISDN) (Household, error)

	// Remember keeps what is set in a Memory and leaves the rest.
	Remember(ctx context.Context, number MSISDN, m Memory) error

	// Register adds a person. max is how many the number may have. Problems:
	// HouseholdFull, SamePerson, SameID.
	Register(ctx context.Context, p NewPerson) (Beneficiary, error)

	// Remove takes a person off the number. Problems: HasBooking, Vaccinated,
	// NobodyYet. Removing again is no error.
	Remove(ctx context.Context, number MSISDN, reference string, at time.Time) error

	// Book gives a person a place. Problems: AlreadyBooked, returned with the
	// appointment that is in the way; SlotFull, SlotGone; NobodyYet where the
	// person was taken off the number meanwhile.
	Book(ctx context.Context, a NewAppointment) (Appointment, error)

	// Move changes the slot of a booked appointment. Problems: NoAppointment,
	// SlotFull, SlotGone. Moving to where it already is is no error.
	Move(ctx context.Context, m SlotChange) (Appointment, error)

	// End gives an appointment its last status (Cancelled, Attended, Missed)
	// and, for Cancelled, its place back; or it makes a held one Booked. Problem:
	// NoAppointment. Ending it the same way again is no error.
	End(ctx context.Context, e Ending) (Appointment, error)

	// Expire marks as Missed what was booked for a day before today, at most
	// limit of them, and says how many it marked.
	Expire(ctx context.Context, today Date, at time.Time, limit int) (int, error)

	// ByReference is the household of a beneficiary. Problem: NobodyYet.
	ByReference(ctx context.Context, reference string) (Household, error)

	// DaySessions is the sessions of a centre on a day, today or past, with
	// their slots as they stand.
	DaySessions(ctx context.Context, centre int64, day Date) ([]Session, error)

	// DayList is the appointments of a centre on a day, by time.
	DayList(ctx context.Context, centre int64, day Date) ([]Listed, error)

	// Notify queues notices. One whose Key the number already has is not
	// queued again.
	Notify(ctx context.Context, notices ...Notice) error
}

// A Memory is what is remembered of a household; an empty field is left as it
// is.
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
	References func() string // a fresh reference id of the household's cell, should one be taken
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

// Listed is a line of a centre's day list.
type Listed struct {
	Appointment
	Name      string
	BirthYear int
	Gender    Gender
	PhotoID   string
	IDLast4   string
}

// A NoticeKind says what a notice is about. It is stored, and is the id of the
// text: notice.<kind>.
type NoticeKind string

// The notices that the core owes people.
const (
	NoticeRegistered NoticeKind = "registered"
	NoticeBooked     NoticeKind = "booked"
	NoticeMoved      NoticeKind = "moved"
	NoticeCancelled  NoticeKind = "cancelled"
	NoticeCallBack   NoticeKind = "call_back"
	NoticeCallMissed NoticeKind = "call_missed" // we called three times and reached nobody

	NoticeReminderEve     NoticeKind = "reminder_eve"     // tomorrow is the day
	NoticeReminderMorning NoticeKind = "reminder_morning" // today is the day
	NoticeDoseDue         NoticeKind = "dose_due"         // the next dose may be had from Day on
	NoticeSlotOpened      NoticeKind = "slot_opened"      // a place is open near who waits: YES or NO
	NoticeCalledOff       NoticeKind = "called_off"       // the session was; another place is held: YES or NO
	NoticeCalledOffLine   NoticeKind = "called_off_line"  // the session was; no place is free, so the person waits for one
	NoticeHeldReleased    NoticeKind = "held_released"    // nobody answered in time

	NoticeOTP NoticeKind = "otp" // a one-time password; the same words in every language
)

// NoticeReply is the answer to a text. It was worded when the text was read, as
// the words of a question belong to what was asked: it is none of NoticeKinds.
const NoticeReply NoticeKind = "reply"

// NoticeKinds lists every kind, for the tests that look for one without words.
var NoticeKinds = []NoticeKind{
	NoticeRegistered, NoticeBooked, NoticeMoved, NoticeCancelled, NoticeCallBack, NoticeCallMissed,
	NoticeReminderEve, NoticeReminderMorning, NoticeDoseDue, NoticeSlotOpened, NoticeCalledOff, NoticeCalledOffLine, NoticeHeldReleased,
	NoticeOTP,
}

// A Priority orders what waits to be sent; the lowest goes first. It is stored.
type Priority int16

// The priorities: one-time passwords before replies before confirmations
// before changes before reminders.
const (
	PriorityOTP      Priority = 5
	PriorityReply    Priority = 10
	PriorityConfirm  Priority = 30
	PriorityChange   Priority = 40
	PriorityReminder Priority = 50
)

// A Notice is a message owed to a household. It holds values, never a
// sentence: it is worded when it is sent, in the language the household has
// then.
type Notice struct {
	ID       uuid.UUID
	To       MSISDN
	Key      string // names what it is owed for: one is owed once per number and Key
	Kind     NoticeKind
	Medium   string // "sms" or "call"
	Priority Priority
	Due      time.Time
	Data     NoticeData
}

// NoticeData is the values of a notice. Centre and district names are looked
// up when it is sent.
type NoticeData struct {
	Name      string `json:"name,omitempty"`
	BirthYear int    `json:"birth_year,omitempty"` // where there is no Name yet: it was spoken
	Reference string `json:"reference,omitempty"`
	PhotoID   string `json:"photo_id,omitempty"`
	Dose      int    `json:"dose,omitempty"`
	Vaccine   string `json:"vaccine,omitempty"`
	Centre    int64  `json:"centre,omitempty"`
	Day       Date   `json:"day,omitzero"`
	Window    Window `json:"window,omitzero"`
	Slot      int64  `json:"slot,omitempty"` // with Centre the slot that it holds for: see Core.StillOwed

	// Of a reply alone.
	Text string `json:"text,omitempty"` // the very words to send
	Lang string `json:"lang,omitempty"` // they are in
	Says string `json:"says,omitempty"` // the id of the message that they mainly are

	// Of a one-time password alone: what it is made of when it is sent. Without
	// the key, which is in no database, this says nothing.
	OTP string `json:"otp,omitempty"`
}
