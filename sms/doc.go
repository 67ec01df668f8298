// Package sms is the channel of text messages: it reads what people text, in
// keywords of every script or as answers to the same dialogues that USSD holds,
// and queues the reply in the outbox. It also speaks to the providers that carry
// texts, both ways.
//
//	keywords, err := sms.LoadKeywords()
//	...
//	gw := &sms.Gateway{
//		Conversations: &dialog.Conversations{Inbox: store, Now: time.Now},
//		Engine:        dialog.New(uuid.New),
//		Desk:          func(n booking.MSISDN) dialog.Core { return calls.Desk(core.Desk(n, booking.SMS, "")) },
//		Words:         words,
//		Keywords:      keywords,
//		Now:           time.Now,
//	}
//	if err := gw.Check(); err != nil { ... }
//	err = sms.Register(e, gw, journal, []sms.Adapter{kannel, twilio}, nil)
//
// # What it promises
//
//   - One text has one effect and one answer, however often and in whatever
//     order it is delivered. That it was had, what it did to the conversation
//     and the answer to it are one transaction; the provider hears 200 after it
//     is on the disk. Any trouble of ours is an error, so the text comes again.
//   - What it writes to the core before that carries ids made from the text's
//     name: doing it again, at once or after a crash, does nothing more.
//   - The conversation is the number's: what was begun by USSD is finished here
//     and the other way round. An answer counts only for a question that was
//     put here.
//   - A keyword is understood at any time; what is guessed is said. STOP, START,
//     CANCEL, YES and NO are never guessed. STOP is confirmed once, and then
//     only START and HELP are answered.
//   - Who is not understood is helped, then offered a call, and then left in
//     peace, so that no machine talks with us for ever: nor does one whose texts
//     say what it is or are our own come back, a number of ours, or anybody more
//     than PerHour times.
//   - A newcomer who asks for help or a call gets it before they are asked for their
//     language: in that of the text's letters, or of a keyword that is of one
//     language alone, and else in the default one.
//   - A notice takes two segments in Hindi and Bengali and one in Latin letters,
//     with the longest likely values; so does what the channel says by itself.
//   - Neither a number nor a text gets into an error or, by an Event, into a
//     log.
//
// # A provider
//
// Each provider is one file, that opens with a sample of its wire, and its
// table of cases; Adapter is what brings texts and reports, an outbox.Provider
// what sends them.
//
// # What was decided, and why
//
// The words of a reply are made when the text is read and stored with it: what
// "2" means later is what the numbered list said. Notices, which nobody answers
// by number, are worded when they are sent.
//
// A text is taken in this order: the answer to a question of the channel's own
// (what to cancel, which language); an option by its full name; the letters
// settle the language; while words are asked for, whatever is not surely a
// keyword; a keyword; an answer. So a person called Tika can be registered, and
// somebody half-way through can still say HELP without losing anything.
//
// REG 1958 Asha Devi is answers to questions that come later: they are kept
// (memory.Ahead) and given where their question is put. The dialogues do not
// know that there are keywords.
//
// The parts of a long text that come singly are kept in the State until all are
// there or DefaultGather has passed. The reminder is in memory only: after a
// crash the next text from that number brings them out. A table and a sweep
// would buy little more.
//
// "Tell me when a place opens" is refused, with what to do instead, as long as
// nobody would keep the promise.
//
// What fits a notice was chosen so: reference, code, centre, time and what to
// bring are said in full, as they are what somebody has in their hand at the gate.
// The dose is not said (a person has one booking at a time), the month is a
// number in Hindi and Bengali, the identity card has its short name, and the
// name is cut where all the others are at their longest. A name in other letters
// than its text costs a third segment. That somebody is registered says the code
// as the last four digits, which is what it is: one variable less to register.
//
// Nothing answers in the HTTP response, though Twilio and Kannel could: an
// answer there is lost with the connection and cannot be sent by another
// provider.
//
// Of Kannel's direct reply in particular: a reply would have to be noted as
// handed over before the response is written, and each response that breaks off
// is then a doubt. Nor would Kannel ask again when it was smsbox that died, as it
// has acknowledged the text by then; only a report could end the doubt, where
// accept-x-kannel-headers is on, and without one the reply goes out twice or
// never. It would also pass by the rate, the breaker and whatever is under way to
// that number. A message by sendsms costs one more request, and is none of this.
//
// A report is on what its token says, and only the outbox reads tokens: the
// adapters take one from the address (TokenField) or, where all reports go to one
// address, from the reference that a provider repeats. A secret in the path or a
// signature tells who reports; that they may report on this message is what the
// token tells, which is good for one provider and one attempt.
package sms
