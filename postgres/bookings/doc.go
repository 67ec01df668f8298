// Package bookings keeps households, their people and their appointments in
// Postgres, with holds, parties, the waiting list, sessions that are called off,
// and who was reminded.
//
//	store := bookings.New(db, places.New(db))
//	h, err := store.Household(ctx, "+919876543210")
//	booked, err := store.Book(ctx, booking.NewAppointment{Appointment: appointment, Request: uuid.New()})
//	if p, ok := booking.AsProblem(err); ok && p.Code == booking.SlotFull {
//		// somebody was quicker
//	}
//
// # What it promises
//
//   - No slot is given to more people than it holds, and nobody has two live
//     appointments for a dose, however many programs share the database.
//   - Every write is idempotent: nobody's place is taken or given back twice, and
//     no notice is queued twice.
//
// # How it works
//
// A booking's batch (book.go) claims the doses by INSERT … ON CONFLICT DO
// NOTHING RETURNING, queues the notices, and takes the places last by one
// UPDATE per batch, in which a slot wanted by hundreds is one row written once.
// The first callers get the places that the UPDATE returns; claims without a
// place are deleted before the commit. A slot that is visibly full is refused
// before anything is claimed, so a day's many refusals only read.
//
// Batches lock in one order: appointments, then slots, each by their key; the
// plans that would not keep it are forbidden (batch.Ordered). Tests run several
// stores against each other, and the server logged no deadlock; should one
// happen, the batch is retried.
//
// An operation that few call at a time (a hold, a party) is a transaction for
// each caller.
//
// A person's columns stand in three places: PersonColumns and PersonRow, by which
// all people are read, and insertPerson. TestPersonColumns finds a column that is
// missing in one of them.
//
// # What was decided, and why
//
// No foreign key leads from appointment to beneficiary: it would write a lock
// into the person's row with each booking. A booking for a removed person is
// prevented in another way: a removed person holds every dose with a row of
// status 'removed', in the same unique index that keeps two bookings apart.
//
// Claims name that index as the one where conflicts are expected: to search all
// three before each insert, and both of the outbox's, took two fifths of the
// database's time. The rare duplicate that only the others would find fails the
// statement, and its batch is run again without the name.
package bookings
