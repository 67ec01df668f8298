// Package conversations keeps in Postgres where each number stands in a
// dialogue, and the messages that came in.
//
//	store := conversations.New(db)
//	r, err := store.Load(ctx, "+919876543210")
//	saved, err := store.Save(ctx, r) // false: another delivery was quicker
//
// # What was decided, and why
//
// A conversation is saved by compare-and-swap on its version. The table is
// logged but its commits do not wait for the disk (async commit): as quick as
// an unlogged table, and conversations survive restarts and failovers. When
// Postgres itself crashes the answers of the last moment may be lost, and their
// questions are asked again. A conversation that is saved with a message that
// came in and its reply (inbound.go) waits for the disk like a booking: no
// provider delivers the message again.
package conversations
