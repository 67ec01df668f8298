// Package ask asks providers over HTTP to send or to call, and tells what their
// answers mean for the outbox, as far as that is the same with all of them.
//
//	caller := ask.NewCaller(0)
//	answer, f := caller.Send(ctx, http.MethodPost, address, "text/plain", text, header)
//	if f == nil {
//		f, _ = ask.Refused(answer.Status, answer.Header)
//	}
//
// # What it promises
//
//   - A message that may have been taken is Ambiguous, and is not sent again by
//     anything below us.
//   - No Failure has in it what was asked: an address has a password in it, or a
//     text, or a number.
//   - No redirect is followed: it would take the password elsewhere.
//
// # What was decided, and why
//
// Whether a message may have been taken is told by whether there was a
// connection: from there on nobody knows how much of it arrived.
//
// What a 400 means each provider says in words of its own, so it is for each
// provider's file.
package ask
