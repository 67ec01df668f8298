package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A crowd makes people who book, each for the first time.
type crowd struct{ n atomic.Int64 }

// next returns the next person's booking of a slot, as the core would hand it
// to the store. Both ways of storing are given the same.
func (c *crowd) next(r *rand.Rand, slot booking.SlotID, now time.Time) booking.NewAppointment {
	number := booking.MSISDN(fmt.Sprintf("+91%010d", 6_000_000_000+c.n.Add(1)))
	a := booking.Appointment{
		ID: newID(r, now), Household: number, Reference: booking.NewReference(number, bits{r}), Dose: 1, Vaccine: booking.Covishield,
		Slot: slot, Session: slot.Centre, Day: booking.DateOf(now) + 1, Window: booking.Window{From: 540, To: 660},
		Status: booking.Booked, Channel: booking.USSD, BookedAt: now,
	}
	return booking.NewAppointment{
		Appointment: a, Request: newID(r, now),
		Notices: []booking.Notice{{
			ID: newID(r, now), To: number, Key: string(booking.NoticeBooked) + ":" + a.ID.String(), Kind: booking.NoticeBooked,
			Medium: "sms", Priority: booking.PriorityConfirm, Due: now,
			Data: booking.NoticeData{
				Name: "Sita Devi", Reference: a.Reference, PhotoID: "aadhaar", Dose: 1, Vaccine: a.Vaccine,
				Centre: slot.Centre, Day: a.Day, Window: a.Window,
			},
		}},
	}
}

// newID returns a time-ordered id, made from a generator of the caller's own:
// the system's, asked by hundreds at once, would be part of what is measured.
func newID(r *rand.Rand, now time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(now.UnixMilli())<<16|r.Uint64()&0xfff|0x7000)
	binary.BigEndian.PutUint64(id[8:], r.Uint64()&^(3<<62)|2<<62)
	return id
}

// bits reads a generator as bytes.
type bits struct{ *rand.Rand }

func (b bits) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b.Uint32())
	}
	return len(p), nil
}
