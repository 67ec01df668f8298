// Package limits is rate limits: it counts what each address, token or number does,
// and refuses what is too much. It knows no HTTP: web/access makes guards of it.
//
//	l := limits.New([]limits.Rule{{Name: "public", Most: 100, In: 5 * time.Minute}},
//		limits.Options{Key: key, Store: store, Now: time.Now})
//	share := l.Sharing() // to be called every ShareEvery
//	if wait, ok := l.Take("public", address); !ok {
//		// refuse, and say when to come back
//	}
//
// # What it promises
//
//   - Take waits for nothing: no query, no other node. A refusal costs a hash and
//     a look into memory.
//   - Its memory is bounded. A flood of addresses that come once each pushes out
//     the longest unheard of, and nobody else.
//   - Nodes count together, some seconds late: see Run.
//   - Neither an address nor a number is in its memory or its table, only hashes
//     under a key.
//
// # What was decided, and why
//
// Fixed times and not buckets: so many in so long is what the original said, is
// what people are told, and is a sum, which nodes can add. Each subject's time
// begins at a moment of its own, so that not all come back at once.
//
// A node shares the count of a subject once that is a tenth of what is allowed. Most
// addresses call a few times, and no other node need know of them. So with
// n nodes a little more than the limit may pass before it is known: at most n
// tenths of it, and what happens within ShareEvery.
//
// The counts of a node are stored in place of what it said before, never added
// up in the table: telling again does no harm. A node that starts anew has a new
// name, and what it counted before still counts.
//
// What is refused is not counted. A client that goes on asking is refused until the
// time is over, as it would be if it waited.
//
// When the key changes, counting begins anew.
package limits
