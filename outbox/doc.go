// Package outbox sends what is owed: it claims due notices from the store,
// words them, hands them to a provider, and notes what became of each.
//
//	w := &outbox.Worker{
//		Store: store, Now: time.Now, Word: words,
//		Providers: []outbox.Route{{Provider: kannel, Rate: 30}, {Provider: twilio}},
//	}
//	err := w.Run(ctx) // until ctx ends
//
// Delivery reports go to Reports, by the token in the address that the provider
// was given.
//
// # What it promises
//
//   - Nothing owed is lost: a notice ends as sent, delivered, failed, or dead
//     with a reason that the operator sees and can send again.
//   - Nothing is sent twice by us but in doubt, only if its Rule says so, and
//     that is counted (EventResent). What was in doubt and not sent again is
//     counted too (EventUnconfirmed).
//   - Of one number and medium, one message is under way at a time, but for
//     one-time passwords, which wait for none.
//   - A status only moves forward, whatever the order of reports.
//   - A worker that is told to stop sees through what it has handed over and
//     gives back the rest. It waits ShutdownGrace for a provider that hangs; what that
//     has is then in doubt.
//   - A report that a person wants no more messages is a STOP, kept before the
//     provider is told that we have it.
//
// # What was decided, and why
//
// A notice is queued until the moment before a provider has it, then sending
// (Store.Hand, with the provider and the attempt). A worker that dies before
// leaves a lease that ends, and the notice is claimed again; one that dies after
// leaves a doubt. So do a timeout and a provider that hangs up. A doubt waits
// for a report through our own token; after Grace a reply or a one-time password
// is sent again, once and by the same provider, and all else is taken for sent.
// Only a definite failure (Elsewhere, or Retry as often as Tries says) leads to
// the next provider. An open breaker does too: nothing was handed over.
//
// A one-time password is urgent (Rule.Urgent): it goes before everything else,
// a provider has four seconds for it, and whatever goes wrong with one, a doubt
// included, the next is asked at once. It may come twice, and is the same twice.
//
// The order for a number is that of urgency, then of being due. Whatever was
// put off (tried again later, in doubt, or kept for the morning) lets the next
// ones go, and comes back in its new place: a number must not fall silent for an
// hour because of one message.
//
// Quiet hours are for reminders only. STOP stops everything but replies and
// one-time passwords, which somebody is waiting for; START does not bring back
// what was not sent meanwhile.
//
// Rates are in segments, per provider and per sender. No more is claimed than
// goes in two seconds, so that what is urgent does not wait behind what is not.
//
// A rate is what a provider allows all our nodes together, so those that are
// alive share it: each renews a lease of its own in the store (Nodes) and has one
// part of as many as there are leases. A node that stops takes leave, one that
// dies counts no more after three heartbeats. While the store does not answer the
// last known number holds, and for three heartbeats more, as the first to come
// back would find itself alone. A node that joins is known to the others
// a heartbeat later, and what they have claimed by then goes at the old rate: for
// up to four seconds more may be sent than was agreed, and less after that.
//
// Calls last, so a rate is not enough for them: Settings.Room tells how many more
// may begin. It is asked before anything is claimed, and what has no room waits in
// the queue in its order, without a try.
//
// A token names the attempt as well as the notice and its cell: that an older
// attempt failed says nothing about a newer one. It is good only for the provider
// that was given it, and it is the only mark that a message has.
//
// Three short writes make a message, each shared by many: the claim, the note
// before the handover and the outcome. With a provider that takes a millisecond,
// four cores shared with a server that does not flush send 8,000 to 9,500 messages
// a second (BenchmarkWorker); a claim of 200 took 14 ms from an empty outbox and
// 17 ms beside a million finished notices (TestClaim_does_not_slow_down).
package outbox
