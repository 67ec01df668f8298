// Package otp is one-time passwords: it asks for them, makes them at the moment
// of sending, shows them to a caller who dials, and checks them.
//
//	codes := &otp.Service{Store: store, Keys: keys, Now: time.Now}
//	txn, err := codes.Ask(ctx, "+919876543210", otp.ForPages, address) // the outbox sends it
//	number, err := codes.Check(ctx, txn, otp.Hash("459831"))
//	if r, ok := otp.AsRefusal(err); ok {
//		// r.Reason says why not: wrong, over, already sent …
//	}
//
// Its parts: Service, what channels talk to; Store, what it needs of one
// (postgres/otp implements it); Keys, which are in no database and also sign the
// tokens of the API; Limiter, which limits requests by address.
//
// # What it promises
//
//   - A code is stored nowhere: not with its request, not with its notice, not in
//     a log. The request has a hash under a key, the notice a seed that is worth
//     nothing without it.
//   - A request takes three tries and not one more, however many come at once, and
//     is answered once. A code is good for three minutes, and once; a form with
//     it that is sent twice is one form (AskOnce, CheckOnce).
//   - A number that nobody is registered with is treated as any other, in what is
//     answered and in the work that is done.
//   - Comparing takes as long for a code that is nearly right as for any other.
//   - Who goes on after a refusal is answered from memory.
//
// # What was decided, and why
//
// A code belongs to the number, a request to whoever asked. Of a number the two
// newest codes are good, for whichever of its requests is open: texts overtake
// each other, and on a bad day the first one comes after the second. So a guess
// has two chances in a million, and a number, which may ask once a minute and 50
// times a day, 150 guesses.
//
// A request stays open for ten minutes although its code is good for three. Who
// got no text can dial, or call, within that time, and is told a fresh code:
// texts were what failed in 2021. Only USSD and calls tell it, to the number that
// the network names, never to an agent. Where a network lets callers choose the
// number they show, calls must not tell codes: a setting of the program.
//
// Asking again is refused for one minute, unless the code was used; the original is said to have refused
// it for three, which is as long as the code was good. Somebody whose text is lost
// should not have to wait so long, and somebody who asks for another's number does
// not keep its owner from asking: the request before stays open.
//
// More than 50 codes in 24 hours block the number for 24 hours, as in the
// original. Its owner can then still dial and book; it is only the web that asks
// for codes.
//
// The name of a request (Txn) carries its cell, as reference ids do: it leads to
// its row without a search. All else in it is random.
//
// A code is made of a seed by HMAC. Numbers above the greatest multiple of a
// million are drawn again, so that no code is likelier than another.
//
// A hash that is none (a plain code above all) is no try: nobody can have
// guessed with it.
//
// Which numbers have a request open is kept in memory, learnt from the store once
// a second by when they asked: a dialled session that is about something else
// costs no query.
package otp
