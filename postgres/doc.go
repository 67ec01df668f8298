// Package postgres keeps households, bookings, conversations and notices in
// Postgres. It is the booking.Store and the dialog.Store of the program, the
// otp.Store and the limits.Store.
//
//	if err := postgres.Migrate(ctx, url); err != nil {
//		return err
//	}
//	store, err := postgres.Open(ctx, url, postgres.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close(ctx)
//	h, err := store.Household(ctx, "+919876543210")
//
// # What it promises
//
//   - A write that returned nil is on the disk; of a conversation alone, the
//     last moment may be lost when Postgres itself crashes, and is asked again.
//   - No slot is given to more people than it holds, and nobody has two live
//     appointments for a dose, however many programs share the database.
//   - Every write is idempotent, so all are tried again, for 20 seconds, when a
//     connection is lost or the database fails over: nobody's place is taken or
//     given back twice, and no notice is owed twice.
//   - One caller's fault is never another's, and who leaves disturbs nobody.
//   - Who is refused gets a *booking.Problem: Busy when a queue is full or
//     patience is at an end.
//
// # How it works: group commit
//
// What many callers ask for at once is done in one transaction (batch.go): a
// worker takes whatever waits, up to MaxBatch, and while it commits the next
// batch gathers. There is no timer, so a lone caller waits for nobody. Reads of
// households and conversations go the same way. A failed batch is tried again
// if the failure passes, else halved until the poison is alone.
//
// A booking's batch (book.go) claims the doses by INSERT … ON CONFLICT DO
// NOTHING RETURNING, writes the notices, and takes the places last by one
// UPDATE per batch, in which a slot wanted by hundreds is one row written once.
// The first callers get what the UPDATE says it gave; claims without a place are
// deleted before the commit. Slots that can be seen to be full are refused
// before anything is claimed, so a day's many refusals only read.
//
// Batches lock in one order: appointments, then slots, each by their key; the
// plans that would not keep it are forbidden (batch.Ordered). Tests run several
// stores against each other, and the server noted no deadlock; should one
// happen, it is tried again.
//
// # One-time passwords and limits
//
// Asking for a one-time password and checking one go by batches like the rest
// (otp.go, otp_check.go). A check takes its try in the statement that sees whether
// there is one, compares under that row's lock, and uses up the number's codes by
// an UPDATE that names the hash: of any number of guesses at once no more are
// compared than there are tries, and a code answers one request. Only hashes under
// a key that is not here are stored. 256 people at once: some 6,000 a second ask
// and give the code back (BenchmarkOTP, nothing flushed).
//
// What nodes count of who asks too much (limits.go) is a row for each node and
// subject, written in place of what it said before: no two nodes write the same.
//
// # What was decided, and why
//
// SQL is what Postgres and Citus both run unmodified, with cell or centre_id in
// front of every key; a test looks for the rest.
//
// No foreign key leads from appointment to beneficiary: it would write a lock
// into the person's row with each booking. What it would have to stop is done
// otherwise: a removed person holds every dose with a row of status 'removed',
// in the same unique index that keeps two bookings apart.
//
// Claims name that index as the one where conflicts are expected. To search
// all three before each insert, and both of the outbox's, took two fifths of the
// database's time; now it is a sixth. The rare repetition that only the others
// would find fails the statement, and its batch is done again without the name.
//
// Conversations are in a logged table, committed with synchronous_commit off:
// as quick as an unlogged table, and they survive restarts and failovers. One
// that is saved with a text that came in and its reply (inbound.go) waits for the
// disk like a booking: nobody brings the text again.
//
// slot.changed_at is the database's clock rounded down to ten seconds. An
// indexed column that changed with each booking would cost three index entries
// every time; this way a hot slot's updates stay on its page.
//
// Of calls and hand-overs a row is only ever added to (calls.Call.And), by one
// statement that joins what comes with what is there: no order, number or grouping
// of events makes a difference, and a test shuffles ten thousand of them. A call
// without a number has a cell of its own. A call back is taken out of the queue by
// the row's status, which the note before the handover asks for too: it is made or
// taken back, never both.
//
// Measured on four cores with a durable Postgres beside the program and other
// work going on, 256 callers (bench_test.go). Three writers make up for the
// moments in which one waits for the disk; writers by centre never meet at a
// slot, but a popular centre then has one of them alone.
//
//	bookings a second               one hot slot    10,000 slots
//	a transaction for each caller   590 to 910      4,300 to 6,800
//	one writer                      19,700          13,100
//	two writers                     31,000          27,300
//	three writers                   31,100          32,000
//	two writers by centre           14,100          22,600
//
// That is 31 to 53 times as many on the hot slot, and 5.2 to 5.4 times over many,
// with two or three writers. Steps of conversations, each a load and a save, 128
// callers, one writer: 40,000 to 56,000 a second.
//
// More writers help until the cores are busy. On Citus, give each machine's
// cells a writer. The program's garbage collector took half of its time at the
// default setting and a heap of a few megabytes: GOGC=800 halved the cost of a
// booking outside the database, from 35 to 18 µs; inside it is about 40 µs, most
// of it spent on the seven index entries of a booking and its notice.
package postgres
