// Package access is who may call the API and how often: the endpoints by which
// programs log in, the tokens that they get, and the limits.
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
// Behind Require, access.Number(c) is whose token came. What adds headers to
// every answer (CORS) goes before the guards: refusals need them as well.
//
// # What it promises
//
//   - A token cannot be made or changed without a key, is over after a quarter of
//     an hour, and is good for nothing but its family.
//   - Whoever is refused hears when to come back (Retry-After), and has cost
//     neither a query nor anybody else's turn.
//   - Nothing that comes in makes an endpoint answer 500: what is missing is said
//     by the original's codes.
//   - Nothing that comes out tells whether a number is registered, before its owner
//     has proved that it is his.
//
// # What was decided, and why
//
// Spelling, statuses and words are those of the Co-WIN API v2. Where it is not
// known what the original said: a number that is none is "Mobile is Required"; a
// number with too many passwords is 429 with "Generate OTP failed"; too much from
// an address is 403 with the words of the original's gateway, and of a token 429.
// After 403 and 429 clients wait, after everything else some come back at once.
// More than 20 searches with a token are not answered with 401, as the original
// did: its clients then asked for a new password, and texts are what is scarcest.
//
// A limit of 300 calls in five minutes for each number is ours: a known client
// repeats a refused booking some 500 times a second. The citizens' pages count
// in the same one (Calling).
//
// Of an address 20 passwords may be wrong in a quarter of an hour, over all
// numbers. Three tries keep a guesser from one account; this keeps him from trying
// his luck with everybody's. Many people share an address in India (CGNAT), so it
// is not less.
//
// A token says for which family it is in aud, which is ours; the original told
// public tokens by txnId, which is there as well. It is not bound to the client
// it was given to: clients change their User-Agent. What is done about theft is
// its short life, and keys that can be changed at once.
package access
