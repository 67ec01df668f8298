// Package conversations keeps where each number stands in a dialogue, and which
// messages came in, in Postgres.
//
//	store := conversations.New(db)
//	r, err := store.Load(ctx, "+919876543210")
//	saved, err := store.Save(ctx, r) // false: another delivery was quicker
//
// # What was decided, and why
//
// A conversation is saved by compare-and-swap on its version. The table is logged
// but its commits do not wait for the disk (async commit): as quick as an unlogged
// table, and conversations survive restarts and failovers. When Postgres itself
// crashes the last moment's answers may be lost, and are asked again. One that is
// saved with a message that came in and its reply (inbound.go) waits for the disk
// like a booking: nobody brings the message again.
package conversations
