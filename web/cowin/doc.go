// Package cowin is the Co-WIN API v2 over the booking core: the programs that
// people wrote for the original book here too, unchanged.
//
//	err := cowin.Register(e, cowin.Deps{Core: core, Words: words, Press: press, Fonts: fonts, Tokens: tokens, Limits: limits})
//	// GET /api/v2/appointment/sessions/public/findByPin?pincode=800001&date=06-05-2021 …
//
// # What it promises
//
//   - Addresses, field names, types, formats, statuses and error bodies are the
//     original's. openapi.json, served at /api/v2/openapi.json, describes them,
//     and tests compare it with the handlers both ways.
//   - Requests are accepted as real programs send them: dates in a dozen forms,
//     numbers as texts, JSON under any content type or none. Answers are exact:
//     every key, its type, no null but doc_type.
//   - No request takes longer than Deps.Patience: then it is 429, with a
//     Retry-After.
//   - No input makes a 500. A wrong address or method, a panic, a body that is
//     too large: everything under /api is answered in JSON, with CORS, but for
//     the 401, which is plain text.
//   - Public endpoints are answered from memory, without a query.
//   - One request books all of its people or none, and a repetition books
//     nothing: APPOIN0022. 409 on schedule means full and nothing else.
//   - Of a photo id only the last four characters are kept. No photo id, name,
//     token or number gets into an error or a log.
//
// # What was decided, and why
//
// A session is the core's sessions of one centre, day, vaccine and age,
// whatever their dose: a booking.Group. Its session_id is a uuid of version 8
// that holds all of that, with a check sum, so it is stable, needs no table and
// can be read back. For a day that is over the core has no ages any more: then
// they are 0.
//
// Sessions come by centre, then day, age and vaccine; centres by id. findBy…
// lists sessions with a place, calendars the full ones as well. slots are those
// with a place for either dose, and all of them where there is none: so a
// program that takes the first slot is not refused. Capacities are what can be
// booked now: for today none after the last minute, and no second doses. Third
// doses are not in this version of the API, and sessions for them are not
// listed.
//
// from and to are the ends of the windows that are listed. A centre without
// sessions is shown as open from 09:00 to 17:00, as nothing better is known.
//
// Answers about places are cached for a second (Deps.Keep), then made again
// when a client asks. Counts are some seconds old in any case; whether a place
// is there is decided when it is booked.
//
// Where a code of the original is not known, errorCode is TIKA_ and the core's
// own code; refusals is the one table. Where the original's answer is unknown:
// too late to cancel or move is 409; a slot, a person, an appointment or a
// session that is not there is 400; an unparsable date is 400 USRRES0001; an
// unknown state, district or centre is 200 and nothing in it; no dose given yet
// is no certificate, 404; too many callers is 429, because that makes clients
// wait.
//
// A full session is refused from memory, before the household is read: so a
// client that has a place there already and asks again may get 409 in place of
// APPOIN0022, and goes on looking. It loses nothing by that, and the hundreds
// of clients that repeat a request cost no query.
//
// The vaccinators' API and the dashboard's are not served: the answers of
// neither are known. The page for a centre's staff has their functions.
//
// Without Accept-Language, or with the list that a browser sends for English,
// there are no _l fields. hi and bn in any form, and en_IN as in the original's
// documents, add them.
//
// A retry of beneficiary/new, which has no dedupe key, gets the reference id of
// the first: same name, year, gender and photo id in one household. Anything
// less is refused. A whole Aadhaar number must be valid, as the person is there
// to correct it; then all but four digits are dropped.
//
// cancel takes people out of an appointment one after another: if it stops
// half-way, asking again finishes it.
//
// The captcha is a setting, off by default. The right answers are kept by the
// node that drew the picture, so with the captcha several nodes need sticky
// sessions.
//
// Package slip makes the slip and the certificate.
package cowin
