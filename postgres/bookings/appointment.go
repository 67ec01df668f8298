package bookings

import (
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// removed is the status of the rows by which a person taken off the number
// holds every dose; see 0001_tables.sql. It never leaves this package.
const removed booking.Status = "removed"

// columnsOf are the columns of an appointment, in the order of appointmentRow.
const columnsOf = `
	a.id,
	COALESCE(a.party, a.id),
	a.dose,
	a.vaccine,
	a.centre_id,
	a.slot_id,
	a.session_id,
	a.day - DATE '1970-01-01',
	a.starts,
	a.ends,
	a.status,
	a.spot,
	a.channel,
	a.agent,
	a.booked_at`

// An appointmentRow is an appointment's columns, NULL where there is none.
type appointmentRow struct {
	id, party                       *[16]byte
	dose, starts, ends              *int16
	day                             *int32
	vaccine, status, channel, agent *string
	centre, slot, session           *int64
	spot                            *bool
	bookedAt                        *time.Time
}

func (r *appointmentRow) nullable() []any {
	return []any{
		&r.id, &r.party, &r.dose, &r.vaccine, &r.centre, &r.slot, &r.session, &r.day,
		&r.starts, &r.ends, &r.status, &r.spot, &r.channel, &r.agent, &r.bookedAt,
	}
}

func (r *appointmentRow) appointment(number booking.MSISDN, reference string) booking.Appointment {
	return booking.Appointment{
		ID: uuid.UUID(*r.id), Party: uuid.UUID(*r.party), Household: number, Reference: reference,
		Dose: int(*r.dose), Vaccine: *r.vaccine,
		Slot: booking.SlotID{Centre: *r.centre, Slot: *r.slot}, Session: *r.session,
		Day: booking.Date(*r.day), Window: booking.Window{From: *r.starts, To: *r.ends},
		Status: booking.Status(*r.status), Spot: *r.spot,
		Channel: booking.Channel(*r.channel), Agent: *r.agent, BookedAt: *r.bookedAt,
	}
}

// A scanned is the destination of a row of columnsOf.
type scanned struct {
	booking.Appointment
	day int32
}

func (s *scanned) pointers() []any {
	return []any{
		(*[16]byte)(&s.ID), (*[16]byte)(&s.Party), &s.Dose, &s.Vaccine, &s.Slot.Centre, &s.Slot.Slot, &s.Session, &s.day,
		&s.Window.From, &s.Window.To, &s.Status, &s.Spot, &s.Channel, &s.Agent, &s.BookedAt,
	}
}

// whole returns the appointment once a row was scanned.
func (s *scanned) whole() booking.Appointment {
	a := s.Appointment
	a.Day = booking.Date(s.day)
	return a
}
