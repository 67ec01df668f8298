// Package ask makes HTTP requests to providers, to send or to call, and returns what
// their answers mean for the outbox, as far as that is the same with all of them.
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
//   - No Failure contains the request: its address may have a password, a text or a
//     number in it.
//   - No redirect is followed: it would take the password elsewhere.
//
// # What was decided, and why
//
// A message may have been taken if there was a connection: from then on nobody knows
// how much of it arrived.
//
// What a 400 means differs from provider to provider, so each adapter decides it.
package ask
