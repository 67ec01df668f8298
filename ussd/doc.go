// Package ussd is the channel of keypad menus: it shows a dialog.Prompt on a
// screen of 60 or 150 characters and reads the key that answers it, for every
// gateway that speaks HTTP.
//
//	gw := &ussd.Gateway{
//		Conversations: &dialog.Conversations{Store: store, Now: time.Now},
//		Engine:        dialog.New(uuid.New),
//		Desk:          func(n booking.MSISDN) dialog.Core { return calls.Desk(core.Desk(n, booking.USSD, "")) },
//		Words:         words,
//		Now:           time.Now,
//	}
//	if err := gw.Check(); err != nil { ... }
//	err := ussd.Register(e, gw, map[string]ussd.Settings{
//		"africastalking": {Secret: secret, Codes: map[string]string{"*384*100#": ""}},
//	})
//
// An error of ours comes out of the route as a channel.Apology: the program's one
// error handler logs it, makes a reference, and lets it say sorry.
//
// # What it promises
//
//   - One message has one effect and one answer, however often and in whatever
//     order it is delivered, as far as the provider lets one tell.
//   - A screen never exceeds the provider's Budget, in the units the network
//     counts. Nothing is lost: what does not fit is on the next page.
//   - A page is a question and at least one option; cutter.go has the rules. 98
//     stands there only where there is more, 0 and 00 where they still fit, and
//     work on every page where they are not an answer. 9, "the letters look wrong",
//     acts only where it is offered. Options keep their numbers from page to page.
//   - A key counts only where its option was shown: else the page that shows it is
//     turned to. What writes something (dialog.Prompt's Agree) is taken only from
//     who read the question, and never from a dialled string: that stops there.
//   - A wrong key never ends a session. A caller who is cut off resumes where they
//     stopped.
//   - Every call that waits for a screen gets one, in the caller's language as
//     far as it is known; also when we are busy, late, or at fault.
//   - Who calls from a number that cannot be served hears so in words.
//   - Neither a number nor what was keyed gets into an error or, by an Event,
//     into a log.
//   - Nothing under /ussd tells who has not the secret that it is there.
//
// # A provider
//
// There is no standard. Each provider is one file, that opens with a sample of
// its wire, and one table of raw requests and raw answers; africastalking.go
// is the shortest. It holds its settings, too: the tags of its fields
// are their names, helps and defaults. A new one is such a file, its table and a
// line in Providers.
// What only differs in names and values is a GenericConfig instead: see
// generic_test.go, which has a dozen. What answers later, by a call of its own
// (BDApps, OneAPI), or speaks TCP is not covered.
//
// # What was decided, and why
//
// No provider signs. What there is: a secret in the address, a list of networks,
// a match of the service code, a password where one is sent. The caller's
// number is never taken for proof of who holds the phone.
//
// Of a provider that sends all that was keyed so far, only its length and a hash
// are kept; what is new is what follows. Walking the whole text every time, as
// most examples do, would book again. A text that is shorter than the one
// handled is an old one that comes late: it gets the last reply. A session that
// is not known and comes with a text is a dial string, *384*100*1*800001#; some
// send the code itself at the front of each text, from where it is taken off.
//
// A whole Aadhaar number that is keyed is refused, and no hash is kept of it: of so
// few digits a hash tells the number.
//
// Where a provider sends neither an id nor the whole text, the same key twice is
// two answers unless they come within dialog.DedupeWindow: more cannot be told.
//
// A session's id may change half-way and need not be one: it is believed for
// SessionTTL, and only to tell a new message from an old one. The conversation
// belongs to the number.
//
// Pages are made again from the same question when 98 is pressed, with the
// reason for asking again kept in words. Only last words are stored page by
// page, as there is no question behind them any more.
//
// On the last page of last words the session ends. Before, any key goes on, so
// that nobody loses the day of their appointment to a wrong one.
//
// When the language is not known (the database is away) what we say is in two,
// if both fit a screen, else in DefaultLang.
package ussd
