// Package booking is the core: households, people, centres, slots and
// appointments, and the rules over them. Every channel books through it. It
// knows no channel, no language, no HTTP and no SQL.
//
//	core := &booking.Core{Store: store, Places: places, Programme: booking.India2021(), Now: time.Now}
//	desk := core.Desk("+919876543210", booking.USSD, "")
//
//	asha, err := desk.Register(ctx, uuid.New(), booking.Applicant{
//		Name: "Asha Devi", BirthYear: 1958, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234",
//	})
//	at, err := desk.Locate("801503")
//	centre := desk.Nearest(at, &asha, 1)[0].Centre
//	slot := desk.Slots(centre.ID, &asha)[0]
//	appointment, err := desk.Book(ctx, uuid.New(), asha.Reference, slot.ID)
//	if p, ok := booking.AsProblem(err); ok {
//		// p.Code says why not, and is worded with what to do next
//	}
//
// Its parts:
//
//   - Core, the rules over a Store; Desk, the Core as one household sees it.
//   - Programme, the rules of the drive, which are a file: programmes/.
//   - Places, the search for centres, from memory.
//   - Store, what bookings need of one; postgres/bookings is the real one.
//   - Problem and its Codes, every reason for a refusal.
//   - Party, people who book, move and leave together, all of them or none.
//   - MSISDN, Date, Window and the parsers of what people type.
//   - Waitlist, CallOffs, Reminders and Leases, what the rest of the Core needs of
//     a store.
//
// # What it promises
//
//   - A slot is never given to more people than it holds, and a person has at
//     most one live appointment per dose. The Store holds both, by constraint;
//     the rules that Core checks first are only there to word the refusal.
//   - Every operation is idempotent. Asked again with the same request, or for
//     something that is there already, it returns the answer that it gave,
//     before any rule is checked: the answer to a repeated message does not
//     change with the clock.
//   - A refusal is a Problem from the closed list Codes. Any other error is a
//     fault of ours, and its text is for the log.
//   - What the Store acknowledged is durable, with its notices: they are queued
//     in the same transaction, one for each Key.
//   - A whole Aadhaar number is never kept: ParseIDLast4 drops it before
//     anything is stored or compared, and nothing here logs.
//   - Core, Desk and Places may be used by any number of goroutines. A search
//     takes no lock and no query.
//
// # What was decided, and why
//
// The programme is a file and the file is checked strictly, down to misspelt
// keys and lists out of order. Ages, gaps and ids changed more than ten times
// in a year, under pressure: a rule with a typing error must not be no rule.
//
// Age is calendar year less year of birth, as in the programme, so that the
// birthday need not be asked. A phase opens registration and doses on separate
// days, and a person who has begun a vaccine gets its second dose whatever the
// phase then says.
//
// Bookings made before a gap grew stay valid and are never checked again. The
// gap in force on the day of booking counts, not that of the dose.
//
// A Date is a day in India and not a time, and India a fixed offset: the
// machine's zone, and its zone data, decide nothing.
//
// A number from abroad is refused and not guessed at: some of ten digits look
// like Indian ones, and would reach a stranger's household.
//
// A reference id has 14 digits, as in the original: the household's cell, nine
// random digits and Damm's check digit. The cell makes it unique without asking
// any other node, and finds the household from the id alone; the check digit
// finds every single wrong digit and every swap of neighbours, which is how
// digits are misheard on a call. The secret code is its last four digits.
//
// Cell is crc32 of the number modulo 1024, and is part of every stored key. It
// never changes, so that households can be spread over more machines later.
//
// Cancel and Move are refused from the day of the appointment on: by then a
// place that is given back helps nobody, and the centre has its list.
//
// People who booked together share a party, which is all that the Co-WIN API
// knows as an appointment's id. It is kept in the appointment and not in a
// table of its own: a person who moves alone has left the party, and nothing is
// left to tidy up.
//
// Places may be a moment behind. A slot that turns out full is marked so at
// once, in the process that met it, and the next caller is not sent there.
//
// Notices hold values and no sentence: a notice is worded when it is sent, in
// the language that the household has then.
package booking
