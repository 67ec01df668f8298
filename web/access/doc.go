// Package access decides who may call the API and how often: the endpoints by
// which programs log in, the tokens that they get, and the rate limits.
//
//	tokens := &access.Tokens{Keys: keys, Now: time.Now}
//	guards := access.NewLimits(access.Figures{}, keys, store, time.Now, log)
//	go guards.Run(ctx)
//
//	api := e.Group("/api/v2")
//	auth := &access.Auth{Passwords: codes, Tokens: tokens, Limits: guards, Household: store.Household}
//	auth.Register(api.Group("/auth"))
//
//	public := api.Group("", guards.Public())
//	protected := api.Group("", access.Require(tokens, access.Portal, access.Partner), guards.Calls())
//	search := protected.Group("", guards.Search())
//	certificate := api.Group("", access.Require(tokens, access.Public))
//
// Behind Require, access.Number(c) is the number of the token. Middleware that
// adds headers to every answer (CORS) goes before the guards: refusals need
// them as well.
//
// # What it promises
//
//   - A token cannot be made or changed without a key, expires after a quarter
//     of an hour, and is valid for its family only.
//   - A refusal has a Retry-After, and costs neither a query nor anybody else's
//     allowance.
//   - No request makes an endpoint answer 500: a missing field is answered with
//     the original's codes.
//   - No answer shows whether a number is registered before its owner has
//     proved that it is theirs.
//
// # What was decided, and why
//
// Spelling, statuses and words are those of the Co-WIN API v2. Where the
// original's answer is not known: a malformed number is "Mobile is Required"; a
// number with too many passwords is 429 with "Generate OTP failed"; the rate
// limit of an address is 403 with the words of the original's gateway, and that
// of a token 429. After 403 and 429 clients wait, after everything else some
// come back at once. More than 20 searches with a token are not answered with
// 401, as the original did: its clients then asked for a new password, and
// texts are the scarcest resource.
//
// A limit of 300 calls in five minutes for each number is ours: a known client
// repeats a refused booking some 500 times a second. The citizens' pages count
// in the same limit (Calling).
//
// An address may send 20 wrong passwords in a quarter of an hour, over all
// numbers. Three attempts keep a guesser from one account; this keeps a guesser
// from trying everybody's. Many people share an address in India (CGNAT), so it
// is not less.
//
// A token names its family in aud, which is ours; the original recognised
// public tokens by txnId, which is there as well. It is not bound to the client
// it was given to: clients change their User-Agent. Against theft there are its
// short life, and keys that can be changed at once.
package access
