// Package twilioapi is what texts and calls by Twilio have in common: the check
// of the signature of its webhooks, and its REST interface.
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
//   - Nothing is done, and nothing of a request is shown, before the signature
//     is checked.
//   - A request to Twilio returns an id of Twilio's or an *outbox.Failure, in
//     which there is neither a number nor a secret.
//
// # What was decided, and why
//
// The signature
// (https://www.twilio.com/docs/usage/security#validating-requests) covers the
// address that Twilio was told, so ours must be the configured one: the sender
// chooses the Host of a request, and the headers of a proxy.
//
// It covers only the first value of a repeated name, and names and values
// without anything between them: repeated names are refused, and a reader of a
// form must find every value under its name.
//
// It has no date: a captured request is valid for ever. So every effect of a
// request needs a dedupe key.
//
// Two tokens are taken, as one takes the other's place.
//
// The SDK knows neither a context nor a base address, and shows no header of a
// refusal. One round tripper a request does.
//
// The caller of Ask decides what an error code means: a number that takes no
// texts may take calls.
package twilioapi
