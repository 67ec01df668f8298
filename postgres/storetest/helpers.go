package storetest

import (
	"strings"
	"tikaline/booking"
	"tikaline/outbox"
	"tikaline/postgres"
	"time"

	"github.com/google/uuid"
)

// Claimed claims the notices that are due, for a minute.
func (f *Fixture) Claimed(at time.Time, n int, mediums ...string) []outbox.Claimed {
	f.T.Helper()
	list, err := f.Claim(f.T.Context(), mediums, at, at.Add(time.Minute), n)
	if err != nil {
		f.T.Fatal(err)
	}
	return list
}

// Handed hands a claimed notice over until lease.
func (f *Fixture) Handed(c *outbox.Claimed, provider string, at, lease time.Time) bool {
	f.T.Helper()
	ours, err := f.Hand(f.T.Context(), at, outbox.Handover{Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Lease: lease, Provider: provider, Attempt: c.Attempts + 1})
	if err != nil {
		f.T.Fatal(err)
	}
	if ours {
		c.Lease, c.Attempts, c.Provider = lease, c.Attempts+1, provider
	}
	return ours
}

// Recorded records a change of a notice and reports whether it had an effect.
func (f *Fixture) Recorded(c outbox.Claimed, ch outbox.Change) bool {
	f.T.Helper()
	ch.Cell, ch.ID = c.To.Cell(), c.ID
	done, err := f.Record(f.T.Context(), Noon(), ch)
	if err != nil {
		f.T.Fatal(err)
	}
	return done != nil
}

// Stands returns a notice's status, attempts, provider, its id and the reason.
func (f *Fixture) Stands(id uuid.UUID) string {
	f.T.Helper()
	var s string
	if err := f.Pool.QueryRow(f.T.Context(), `SELECT concat_ws(' ', status, attempts, provider, provider_id, reason) FROM outbox WHERE id = $1`, id).Scan(&s); err != nil {
		f.T.Fatal(err)
	}
	return strings.Join(strings.Fields(s), " ")
}

// MustNotify queues notices.
func (f *Fixture) MustNotify(list ...booking.Notice) {
	f.T.Helper()
	if err := f.Notify(f.T.Context(), list...); err != nil {
		f.T.Fatal(err)
	}
}

func Cancel(a booking.Appointment) booking.Ending {
	return booking.Ending{
		Household: a.Household, Appointment: a.ID, Status: booking.Cancelled, Channel: booking.SMS, At: Noon(),
		Notices: []booking.Notice{NewNotice(a.Household, booking.NoticeCancelled, a.ID.String())},
	}
}

// Booked returns how many places of a slot are booked.
func (f *Fixture) Booked(id booking.SlotID) int {
	f.T.Helper()
	return f.CountRows(`SELECT booked FROM slot WHERE centre_id = $1 AND id = $2`, id.Centre, id.Slot)
}

// Sibling returns another store on the same database, as another node has,
// which speaks to it as through PgBouncer.
func (f *Fixture) Sibling() Rooms {
	f.T.Helper()
	s, err := postgres.Open(f.T.Context(), f.URL+PoolSize(f.URL), postgres.Options{Now: Noon, PgBouncer: true})
	if err != nil {
		f.T.Fatal(err)
	}
	f.T.Cleanup(func() {
		if err := s.Close(f.T.Context()); err != nil && f.T.Context().Err() == nil {
			f.T.Error(err)
		}
	})
	return RoomsOf(s)
}
