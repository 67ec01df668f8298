// Package channel is what the doors of all channels share: who may come in,
// how much of a request is read, what is counted, and how a channel says sorry.
//
//	guard := channel.Guard{Secret: channel.NewSecret(secret), Networks: networks}
//	...
//	if err := guard.Check(c, c.Param("secret")); err != nil {
//		return err // 404, as for everything that is not there
//	}
//	body, err := channel.Body(c) // 413 beyond 64 KiB
//
// # What it promises
//
//   - A wrong secret, another network and an unknown provider get the same 404
//     after the same time: nobody learns which providers there are.
//   - An error for a request that we cannot use names the field and never shows
//     what was in it.
//   - The address of a caller is the other end of the connection, or what a proxy
//     of our own says of it; any other X-Forwarded-For is not believed.
//   - What is shown of an address by Redact has no secret, number or text in it.
//
// # What was decided, and why
//
// Secrets are compared by their SHA-256, so that neither their length nor how
// much of one was guessed shows in the time.
//
// Networks are checked before the secret or signature is looked at: whoever calls
// from elsewhere cannot try secrets.
//
// An apology belongs to the channel: what a caller hears and how the provider
// wants it written is nobody else's to know. A handler returns an error that is
// an Apology; the one error handler of the program logs it under a reference and
// calls Sorry. A channel whose errors come from outside its handlers (an unknown
// page) registers a Claim instead.
//
// Every route is registered with the name of its Guard, so that a golden file can
// list them and a route without a guard fails a test.
package channel
