// Package spot is the page of a centre's staff: the day's list, who came, and
// walk-ins. It works on without a network.
//
//	err := spot.Register(e, spot.Deps{Core: core, Store: store, SignIns: store.SignIns(), Words: words, Now: time.Now})
//
// # What it promises
//
//   - Staff change the data of their own centre and nothing else. Their list is
//     their own centre's; of others they find a person by the whole number or
//     reference id, at most a hundred times in a quarter of an hour.
//   - A client that is not signed in costs no query, except for an attempt at a
//     password.
//   - An entry is recorded once, however often it is sent: it has an id from
//     the moment it is made, also without a network.
//   - No entry is lost: it leaves the phone or tablet only after the server has
//     confirmed that it is recorded, or a person has read why not and put it
//     away.
//   - The list of the day can be read without a network once it was loaded. Where
//     there is no script, everything works but that.
//
// # What was decided, and why
//
// Staff sign in with a login and a password that the operator hands out
// (tikaline staff add). Passwords are kept as argon2id. A login that is not
// there costs as much time as one that is. A new password ends what the old one
// began: it may have been made because a tablet was stolen. Guessing is limited
// by address, and not by login: nobody can lock a centre out by guessing.
// Against many guessers at once, passwords are random, of 80 bits.
//
// The device keeps names, years of birth and reference ids of one centre's day,
// and no mobile number except of walk-ins that wait for a network: a search is
// in no address, which would stay in its history, and an entry names its person
// by the reference id, from which the server finds the number. Signing out
// wipes the list from the device; entries that are not yet sent stay, for the
// next person who signs in there at the same centre.
//
// The secret code stands in the list beside the person, for the staff to
// compare with what the person says: it proves that this is the person who
// booked, and a page that works offline cannot keep it from the device anyway.
//
// That somebody came is final, as the dose is given; so it is asked twice, and
// the second button is hidden in a fold (details), which works without a script.
//
// A device's clock may be wrong. Entries carry when they were made and when
// they were sent by the same clock, so the server computes how long ago that
// was.
package spot
