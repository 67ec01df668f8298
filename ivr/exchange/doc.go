// Package exchange is a telephone exchange for tests: it reads TwiML as Twilio's
// does and has a caller at the other end, who listens, presses keys, speaks and
// hangs up.
//
//	line := &exchange.Line{Base: server.URL, Public: "https://vax.example.in", Token: token, Account: "AC01", From: caller, To: ours}
//	heard, err := line.Call(ctx)      // what is said, and what is waited for
//	heard, err = line.Press(ctx, "1")
//
// # What it promises
//
//   - It follows Gather, Record, Redirect, Enqueue, Leave, Dial, Reject and
//     Hangup, with their timeouts and what comes after them, as Twilio's pages
//     say; what they do not allow is an error: an unknown verb or attribute, a
//     verb within another where it may not be, a text without a voice, a voice
//     that does not speak the language, too long a document, a document that
//     leads nowhere.
//   - It signs by itself, without the SDK, for the public address.
//   - An address that fails, or takes longer than Twilio waits, leads to the
//     fallback address.
//
// # What was decided, and why
//
// Documents are compared as trees of what they mean: the order of attributes is
// no promise of anybody's.
//
// Keys that are pressed before the question is over count, as with barge-in;
// keys that one question does not take are the next one's.
package exchange
