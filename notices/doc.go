// Package notices words what households are told: a row of the outbox goes in,
// a message in its final words comes out.
//
//	w := notices.Writer{Words: words, Places: places, Lang: "hi", Household: store.Household, Pending: stillPending, Code: codes.Code}
//	m, err := w.Word(ctx, notice) // m.Text, m.Lang, m.Segments
//
// stillPending asks the rules that know: calls.Service.StillPending about the
// notice of a call-back, booking.Core.StillPending about all others.
//
// A notice is worded when it is sent, not when it is queued: in the language
// that the household has by then, with the name that is written down by then,
// and not at all where it is no longer true.
//
// A notice costs one segment in Latin letters and two in other scripts. A name
// is shortened for it, and nothing else: the centre, the time, the numbers and
// what to bring a citizen needs as they are.
//
// India's registry of texts (DLT) must know every text before it is sent.
// [Forms] lists them with the longest likely values, [ReadRegistry] reads the
// ids that an operator filled in, and [Registered] gives each message its own.
//
// # Adding a notice
//
//	booking/notice.go    its kind, in NoticeKinds
//	booking/…            the rule that queues it
//	locales/*.toml       its words in each of the five languages, under [sms.notice]
//
// What a notice may name is in [Values]; its example in dialog/walk, its row for
// the registry and its series in the metrics follow from NoticeKinds.
//
// The package knows no HTTP and no SQL: what it reads is handed in.
package notices
