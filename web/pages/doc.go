// Package pages is the citizens' pages at /: language, number, one-time
// password, family, find, book, move, cancel. Forms straight onto booking, made
// by the server, for an old phone on a slow network.
//
//	site, err := pages.Register(e, pages.Deps{
//		Core: core, Words: words, Passwords: codes, Guard: limits,
//		Keys: keys, Secure: true, Origin: "https://tika.example.in", Language: "hi",
//		Dial: "*384*100#",
//	})
//	...
//	if site.Answers(c) { // in the one error handler
//		return site.Sorry(c, status, reference)
//	}
//
// # What it promises
//
//   - No page needs a script, and there is none. Nothing is loaded from anywhere
//     else. The first page is below 30 KB with everything.
//   - Every form has one effect, however often it is sent and whatever the back
//     button does: it carries a request id, and is answered with a redirect. A
//     form that is too old is shown again, with what was typed.
//   - A form is taken only from a page of ours, shown to the same session.
//   - A number beyond its rate limit is refused before any query.
//   - No page shows whether a number is registered: it is looked up after the
//     code.
//   - No reference id, number or code is in an address.
//   - A problem stands beside its field and at the top, in the reader's language.
//   - The language is part of the address, so a link that is passed on keeps it.
//
// # What was decided, and why
//
// A session is a sealed cookie (AES-256-GCM): any node can read it, nobody
// else, and nothing about it is stored. It ends after twenty minutes without
// use, two hours at the most, and when somebody logs out; a copy of the cookie
// is then refused here at once and by other nodes seconds later, by way of the
// limits that they share. A login makes a new session, so knowledge of the one
// before is worth nothing.
//
// The message of one page to the next (a problem, what was typed, what was
// done) travels in a sealed cookie as well. So even a form with a mistake is
// answered with 303, and reload never asks whether to send it again.
//
// The token of a form is the session's id, sealed: each time another text, as
// pages are compressed. Besides, net/http's CrossOriginProtection looks at
// where the form came from. Old browsers send no such header; the token covers
// them.
//
// A person is named in addresses by a keyed hash, which nobody else can
// make: the reference id ends in the secret code, and addresses stay in the
// history of a phone that is lent.
//
// The forms of number and code have a request id made of their values: where
// somebody presses twice and the browser drops the first answer, the second is
// the same, and no second text is queued. The code in it is good for no other
// form.
//
// A request id is hashed with what the form asks for. A visitor who goes back,
// changes the name and sends the same form means another person.
//
// Looking (find, centre, help) needs no login and writes nothing. The pincode is
// remembered when something is booked near it.
//
// Everything that is wrong with a registration is said at once; the other
// channels ask one thing at a time, so they learn one thing at a time.
package pages
