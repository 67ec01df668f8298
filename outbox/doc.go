// Package outbox sends the notices that are queued: it claims those that are due
// from the store, words them, hands them to a provider, and records what became of
// each.
//
//	w := &outbox.Worker{
//		Store: store, Now: time.Now, Word: words,
//		Providers: []outbox.Route{{Provider: kannel, Rate: 30}, {Provider: twilio}},
//	}
//	err := w.Run(ctx) // until ctx ends
//
// Delivery reports go to Reports, with the token in the address that the provider
// was given.
//
// # What it promises
//
//   - No queued notice is lost: it ends as sent, delivered, failed, or dead with a
//     reason; the operator sees what failed and can queue it again.
//   - Only an ambiguous message is sent twice by us, only if its Rule says so, and
//     that is counted (EventResent). An ambiguous message that is not sent again is
//     counted too (EventUnconfirmed).
//   - Of one number and medium, one message is under way at a time, but for
//     one-time passwords, which wait for none.
//   - A status only moves forward, whatever the order of delivery reports.
//   - A worker that is to stop waits for what it has handed over, at most
//     ShutdownGrace, and gives back the rest. What a provider that hangs has is
//     then ambiguous.
//   - A delivery report that a number wants no more messages is a STOP, stored
//     before the provider's request is answered.
//
// # What was decided, and why
//
// What follows from an outcome is one pure function, decide, with a table test;
// send.go carries it out.
//
// A notice is queued until the moment before a provider has it, then sending
// (Store.Hand, with the provider and the attempt). A worker that dies before
// leaves a lease that ends, and the notice is claimed again; after one that dies
// later the message is ambiguous, as after a timeout or a broken connection. An
// ambiguous message waits for a delivery report through our own token; after Grace
// a reply or a one-time password is sent again, once and by the same provider, and
// all else is taken for sent. Only a definite failure (Elsewhere, or Retry as often
// as Tries says) leads to the next provider. An open circuit does too: nothing was
// handed over.
//
// A one-time password is urgent (Rule.Urgent): it goes before everything else, a
// provider has four seconds for it, and whatever goes wrong with one provider, even
// ambiguously, the next is asked at once. It may arrive twice, and is the same
// twice.
//
// The order for a number is by priority, then by when a notice was due. A notice
// that is put off (retried later, ambiguous, or kept for the morning) does not hold
// up the next ones, and returns in its new place: a number must not get nothing for
// an hour because of one message.
//
// Quiet hours are for reminders only. STOP stops everything but replies and
// one-time passwords, which somebody is waiting for; after START nothing is sent of
// what was held back before.
//
// Rates are in segments, per provider and per sender. No more is claimed than
// goes in two seconds, so that what is urgent does not wait behind what is not.
//
// A rate is what a provider allows all nodes together, so the nodes that are alive
// share it: each renews a lease of its own in the store (Nodes) and sends at the
// rate divided by the number of leases. A node that stops releases its lease; that
// of one that dies ends after three heartbeats. While the store does not answer,
// the last known number holds, and for three heartbeats more, as the first node to
// renew would find itself alone. A node that joins is known to the others a
// heartbeat later, and what they have claimed by then goes at the old rate: for up
// to four seconds more may be sent than the contract allows, and less after that.
//
// Calls last, so a rate is not enough for them: Settings.Room returns how many more
// may begin. It is asked before anything is claimed; what has no room waits in the
// queue in its order, without an attempt. It counts the calls of all nodes, so it
// is not divided.
//
// A token names the attempt as well as the notice and its cell: that an older
// attempt failed says nothing about a newer one. It is valid only for the provider
// that was given it, and nothing else identifies a message in a delivery report.
//
// A message costs three short writes, each in a batch with others: the claim, the
// handover and the outcome. BenchmarkWorker measures them; the figures stand in
// docs/performance.md.
package outbox
