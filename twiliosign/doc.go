// Package twiliosign reads the requests that Twilio has signed: one check for
// texts and for calls.
//
//	check, err := twiliosign.New("https://vax.example.in", tokens, account)
//	...
//	form, err := check.Form(c) // 403 for whatever Twilio did not send
//
// # What it promises
//
//   - A form comes out only if one of the tokens signed it, for the address
//     that Twilio was told, with every name once.
//   - Nothing is done, and nothing of a request is shown, before that is known.
//
// # What was decided, and why
//
// The signature (https://www.twilio.com/docs/usage/security#validating-requests)
// covers the address that Twilio was told, so ours must be the configured one:
// the Host of a request, and what a proxy says of it, is the sender's to choose.
//
// It covers only the first value of a repeated name, and names and values
// without anything between them: repeated names are refused, and whoever reads
// a form has to find all that he needs under its name.
//
// It has no date: a captured request is good for ever. What a request does must
// be known by an id of its own and be done once.
//
// Two tokens are taken, as one takes the other's place.
package twiliosign
