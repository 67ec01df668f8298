// Package spot is the page of a centre's staff: the day's list, who came, and
// people who come without a booking. It goes on without a network.
//
//	err := spot.Register(e, spot.Deps{Core: core, Store: store, SignIns: store.SignIns(), Words: words, Now: time.Now})
//
// # What it promises
//
//   - Staff change what belongs to their own centre and nothing else. Their list
//     is their own centre's; of others they see who is asked for by the whole
//     number or reference id, a hundred times in a quarter of an hour at the most.
//   - Who is not signed in costs no query, but for a try at a password.
//   - What was entered is written down once, however often it is sent: an entry
//     has an id from the moment it is made, also without a network.
//   - Nothing entered is lost: an entry leaves the phone or tablet only after the
//     server has said that it is written down, or a person has read why not and
//     put it away.
//   - The list of the day can be read without a network once it was loaded. Where
//     there is no script, everything works but that.
//
// # What was decided, and why
//
// Staff sign in with a login and a password that the operator hands out (tikaline
// staff add). Passwords are kept as argon2id. A login that is not there costs as
// much time as one that is. A new password ends what the old one began: it may
// have been made because a tablet was stolen. Who guesses is stopped by his
// address, and not the login: nobody can lock a centre out by guessing. What keeps
// out many who guess at once is that passwords are drawn, of 80 bits.
//
// The device keeps names, years of birth and reference ids of one centre's day,
// and no mobile number but of walk-ins that wait for a network: a search stands in
// no address, which would stay in its history, and an entry names its person by the reference id, and
// the server finds the number. Signing out wipes the list from the device; what
// was entered and not yet sent stays, for whoever signs in there next at the same
// centre.
//
// The secret code stands in the list beside the person, for the staff to compare
// with what the person says: it proves that this is who booked, and a page that
// works offline cannot keep it from the device anyway.
//
// That somebody came is final, as the dose is given; so it is asked twice, and
// the second button is hidden in a fold (details), which works without a script.
//
// A device's clock may be wrong. Entries carry when they were made and when they
// were sent by the same clock, so the server reckons how long ago that was.
package spot
