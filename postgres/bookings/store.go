package bookings

import (
	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres/batch"
	"tikaline/postgres/places"
)

// A Store keeps households, their people and their appointments. It implements
// booking.Store.
type Store struct {
	db     *batch.DB
	places *places.Store

	households *batch.Writer[booking.MSISDN, booking.Household]
	remember   *batch.Writer[memory, none]
	register   *batch.Writer[booking.NewPerson, booking.Beneficiary]
	book       *batch.Writer[newAppointment, booking.Appointment]
	move       *batch.Writer[slotChange, booking.Appointment]
	end        *batch.Writer[ending, booking.Appointment]
}

// A Waitlist keeps the waiting list. It implements booking.Waitlist.
type Waitlist struct{ db *batch.DB }

// CallOffs calls sessions off. It implements booking.CallOffs.
type CallOffs struct{ db *batch.DB }

// Reminders records who was reminded. It implements booking.Reminders.
type Reminders struct{ db *batch.DB }

var (
	_ booking.Store     = (*Store)(nil)
	_ booking.Waitlist  = (*Waitlist)(nil)
	_ booking.CallOffs  = (*CallOffs)(nil)
	_ booking.Reminders = (*Reminders)(nil)
)

// none is the answer of an operation without one.
type none struct{}

// New makes a Store and starts its batch writers; db.Close stops them.
func New(db *batch.DB, p *places.Store) *Store {
	s := &Store{db: db, places: p}
	s.households = batch.NewWriter(db, "household", s.householdBatch)
	s.remember = batch.NewWriter(db, "remember", s.rememberBatch)
	s.register = batch.NewWriter(db, "register", s.registerBatch)
	s.book = batch.NewWriter(db, "book", s.bookBatch)
	s.move = batch.NewWriter(db, "move", s.moveBatch)
	s.end = batch.NewWriter(db, "end", s.endBatch)
	return s
}

// NewWaitlist makes a Waitlist.
func NewWaitlist(db *batch.DB) *Waitlist { return &Waitlist{db} }

// NewCallOffs makes a CallOffs.
func NewCallOffs(db *batch.DB) *CallOffs { return &CallOffs{db} }

// NewReminders makes a Reminders.
func NewReminders(db *batch.DB) *Reminders { return &Reminders{db} }

// requestOr returns the request, or id where there is none: then nothing is a
// duplicate of it.
func requestOr(request, id uuid.UUID) uuid.UUID {
	if request == uuid.Nil {
		return id
	}
	return request
}
