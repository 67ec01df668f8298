// Package calls holds the records of the telephone and the rules over them:
// records of calls, call-backs that were asked for, spoken names that are still
// to be written down, and callers who wait for an agent. It knows no provider,
// no HTTP and no SQL.
//
//	service := &calls.Service{Store: store, Now: time.Now}
//	err := service.MissedCall(ctx, "+919876543210", uuid.New()) // called back in half a minute
//
// A conversation asks for a call through a Desk, which is a booking.Desk with
// that method:
//
//	desk := service.Desk(core.Desk("+919876543210", booking.USSD, ""))
//	err = desk.CallBack(ctx, request)
//
// # What it promises
//
//   - Every operation is idempotent, in any order: providers report an event
//     three times, and the end of a call before its beginning. An event of a
//     call or a hand-over only ever adds to its record (Call.And,
//     HandOver.And).
//   - A number has one call-back at a time, whoever asks and however often.
//   - A call-back is made or withdrawn, never both.
//   - Nobody is called between 21 and 9.
//   - A recording is deleted when its name is written down, after thirty days, or
//     after a day where nobody was registered with it.
//
// # What was decided, and why
//
// The dialogue knows more of a call's end than its provider reports, so an
// outcome is never replaced by one that stands before it in Outcomes.
//
// A call-back comes after half a minute, when the phone has been put down; then
// after some two and a half hours; then in another part of the day; then there is
// an SMS. The phone may be a neighbour's, and the agents have gone home: nobody is
// called at night, not even a caller who has just asked. A person who asks again
// while the next attempt waits, or while even the last one rings, is called soon,
// as they are there now. A person who asks for an agent at a time when there is
// none is called when there is one.
//
// A call of which no event comes within a quarter of an hour was not answered.
// A caller who gets through to us is not called back, unless they asked for it
// in that very call. The end of a call ends the wait for an agent too: the end
// of the wait is not always reported.
//
// A spoken name books like a typed one. Until an agent writes it down the person
// is called by the year of birth; two of a family are told apart by their
// recordings and ids. The recording is fetched half a minute later, and the
// provider's copy is deleted after an hour, as it may be played in the call.
package calls
