// Package twilioapi is what texts and calls by Twilio have in common: who asks
// us is checked by the signature, and we ask by its REST interface.
//
//	check, err := twilioapi.NewCheck("https://vax.example.in", tokens, account)
//	...
//	form, err := check.Form(c) // 403 for whatever Twilio did not send
//
//	rest, err := twilioapi.NewREST(twilioapi.Account{SID: account, Key: key, KeySecret: secret})
//	...
//	receipt, err := rest.Ask(ctx, func(api *openapi.ApiService) (*string, error) { ... }, policy)
//
// # What it promises
//
//   - A form comes out only if one of the tokens signed it, for the address
//     that Twilio was told, with every name once.
//   - Nothing is done, and nothing of a request is shown, before that is known.
//   - What comes of asking is an id of Twilio's or an *outbox.Failure, in which
//     there is neither a number nor a secret.
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
//
// The SDK knows neither a context nor a base address, and shows no header of a
// refusal. One round tripper a request does.
//
// What an error code means is for whoever asked: a number that takes no texts may
// take calls.
package twilioapi
