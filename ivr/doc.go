// Package ivr is the channel of telephone calls: it says a dialog.Prompt aloud,
// and takes keys, or for a name a recording, as the answer.
//
//	gw := &ivr.Gateway{
//		Conversations: &dialog.Conversations{Store: store, Now: time.Now},
//		Engine:        dialog.New(uuid.New),
//		Desk:          func(n booking.MSISDN) dialog.Core { return calls.Desk(core.Desk(n, booking.IVR, "")) },
//		Calls:         core,
//		Words:         words,
//		Now:           time.Now,
//	}
//	if err := gw.Check(); err != nil { ... }
//	twilio, err := ivr.NewTwilio(ivr.TwilioSettings{PublicURL: "https://vax.example.in", AuthTokens: tokens})
//	...
//	err = ivr.Register(e, gw, []ivr.Adapter{twilio}, nil)
//
// An error of ours comes out of the route as an *Unanswered. The program's one
// error handler logs it, makes a reference, and lets it say sorry.
//
// The gateway answers with Verbs: say, play, gather, record, queue and so on.
// One file for each provider reads its requests and writes these in its words:
// twilio.go and exotel.go. A third is such a file and its table.
//
// What goes out is outcall.go (queued calls), fetch.go (recorded names)
// and play.go (to hear them again). Package audio has an operator's own
// recordings; package exchange reads TwiML as Twilio does, for tests.
//
// # The keys
//
//	1 2 3   the choices of the present page       8  further choices
//	9       to hear it again                      7  the question before
//	0       a person, or a call back              *  another language
//
// While a number is asked for all digits are its own; * there starts it over and
// # ends it. While a name is asked for any key ends it, and 0, 9, 7 and * are
// what they are elsewhere.
//
// # What it promises
//
//   - One key has one effect, and one answer, however often and in whatever order
//     its webhook comes: the number of the question is in the address that it
//     goes to.
//   - No more than three choices are offered at once, and no more than twelve
//     seconds are said without a pause, as locales.Spoken estimates it. The walk
//     in the tests goes through every step in every language.
//   - Nobody is hung up on for being silent or wrong. It is asked again, slower;
//     the third time of either, counted apart, leads to a person or a call back.
//   - "We call you" is only said when it is on the disk.
//   - What is read back is heard before anything is written, by the dialogues.
//   - Every text has a voice that speaks its language, and a name one that reads
//     its letters.
//   - Neither a number nor what was keyed gets into an error or, by an Event,
//     into a log.
//
// # What was decided, and why
//
// A choice that may also be answered by typing (a pincode in place of a centre)
// is not offered typing: a single key could be its beginning, and a wait of some
// seconds after every key would be the price for all. "Another pincode" asks.
//
// Lists have pages of their own here, other than those on a screen: the ear keeps
// three things in mind. What 1, 2 and 3 stood for is kept with the conversation,
// so that a key means what was heard. Further pages do not say the question
// again. A list of two is never taken apart: who has to say yes hears how to say
// no; after a long read-back there is a pause first.
//
// After a wrong key the question is not said again, only what there is to press.
// Who wants it whole presses 9.
//
// One number has one conversation. Two calls from one number, as from an office's
// exchange, take it from each other: each key that comes from the other line is
// answered with the question as it stands, and used for nothing.
//
// Whoever cannot be called back (a withheld number, a landline, one from abroad)
// is told so in three languages and can talk to a person. Nothing is kept of it
// but the call. A landline cannot get the SMS with the code.
//
// A name is recorded and written down later; booking goes on meanwhile. There is
// no speech recognition: at 8 kHz, in villages, with names, it is not good enough
// to be worth the silence while it thinks. Keys come first everywhere.
//
// A call of ours has reached somebody when a key is pressed, not when it is taken:
// networks answer for phones that are off. Where nobody ever presses one no agent
// is troubled; the attempt fails, and the next is made hours later.
//
// The fallback address needs neither a database nor a conversation, but it needs
// this process. Where a whole site may be away Twilio keeps what it says itself:
// `tikaline calls fallback` prints it.
//
// A queued caller's wait is told from the provider's own count: we keep no second
// one that could differ.
package ivr
