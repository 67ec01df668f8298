// Package places keeps districts, pincodes, centres and their sessions in
// Postgres: an operator imports them, and the search reads them.
//
//	store := places.New(db)
//	ids, err := store.PutCentres(ctx, centres)
//	directory, err := store.LoadDirectory(ctx) // for booking.Places
//	counts, next, err := store.SlotCounts(ctx, since)
//
// # What was decided, and why
//
// An import is one transaction, all of it or nothing, and safe to repeat. It locks
// only the slots that it changes, so that bookings go on meanwhile.
//
// slot.changed_at is the database's clock rounded down to ten seconds. An
// indexed column that changed with each booking would cost three index entries
// every time; this way a hot slot's updates stay on its page.
package places
