// Package cowin is the Co-WIN API v2 over the booking core: the programs that
// people wrote for the original book here too, unchanged.
//
//	err := cowin.Register(e, cowin.Deps{Core: core, Words: words, Press: press, Fonts: fonts, Tokens: tokens, Limits: limits})
//	// GET /api/v2/appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021 …
//
// # What it promises
//
//   - Addresses, field names, types, formats, statuses and error bodies are the
//     original's. openapi.json, served at /api/v2/openapi.json, says which, and
//     tests hold it to the handlers both ways.
//   - What comes in is taken as real programs send it: dates in a dozen forms,
//     numbers as texts, JSON under any content type or none. What goes out is
//     exact: every key, its type, no null but doc_type.
//   - Nobody waits longer than Deps.Patience: then it is 429, and when to come
//     back.
//   - No input makes a 500. A wrong address or method, a panic, a body that is
//     too large: everything under /api is answered in JSON, with CORS, but for
//     the 401, which is plain text.
//   - What is public is answered from memory, without a query.
//   - People booked by one request are booked all or none, and asking again
//     books nothing: APPOIN0022. 409 on schedule means full and nothing else.
//   - Of a photo id the last four characters are kept. Neither it, a name, a
//     token nor a number gets into an error or a log.
//
// # What was decided, and why
//
// A session is the core's sessions of one centre, day, vaccine and age, whatever
// their dose: a booking.Group. Its session_id is a uuid of version 8 that says
// all of that, with a check, so it is stable, needs no table and can be read
// back. Of a day that is over the core knows no ages any more: then they are 0.
//
// Sessions come by centre, then day, age and vaccine; centres by id. findBy… lists
// sessions with a place, calendars the full ones as well. slots are those with a
// place for either dose, and all of them where there is none: a program that
// takes the first need not be refused. Capacities are what can be booked now:
// for today none after the last minute, and no second doses. Third doses are
// not in this version of the API, and sessions for them are not listed.
//
// from and to are the ends of the windows that are listed. A centre without
// sessions is open from 09:00 to 17:00, for want of better.
//
// Answers about places are given again for a second (Deps.Keep): then they are
// made anew if anybody asks. Counts are some seconds old in any case; whether a
// place is there is decided when it is booked.
//
// Where a code of the original is not known, errorCode is TIKA_ and the core's
// own name for the reason; refusals is the one table. In the places that are
// unknown: too late to cancel or move is 409; a slot, a person, an appointment or
// a session that is not there is 400; an unparsable date is 400 USRRES0001; an
// unknown state, district or centre is 200 and nothing in it; no dose given yet
// is no certificate, 404; too many callers is 429, because that is what makes
// clients wait.
//
// A full session is refused from memory, before it is asked who wants it: who has
// a place there already and asks again may so hear 409 in place of APPOIN0022, and
// goes on looking. It costs him nothing, and us no query for the hundreds who
// repeat themselves.
//
// The vaccinators' API and the dashboard's are not served: for neither is it
// known what they answered. What they were for is on the page for a centre's
// staff.
//
// Without Accept-Language, or with the list that a browser sends for English,
// there are no _l fields. hi and bn in any form, and en_IN as the original's
// documents have it, add them.
//
// A retry of beneficiary/new, which has nothing to be known by, gets the
// reference id of the first: same name, year, gender and photo id in one
// household. Anything less is refused. A whole Aadhaar number must be a valid
// one, as that is when the person is there to mend it; then all but four digits
// are dropped.
//
// cancel takes people out of an appointment one after another: if it stops
// half-way, asking again finishes it.
//
// The captcha is a setting, off by default. Answers are kept by the node that
// drew the picture, so with it several nodes need callers to stay with one.
//
// The slip and the certificate are package slip's.
package cowin
