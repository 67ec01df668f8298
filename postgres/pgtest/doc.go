// Package pgtest gives each test a real Postgres database of its own, migrated.
//
//	func TestHold(t *testing.T) {
//		t.Parallel()
//		pool := pgtest.New(t)
//		…
//	}
//
// # What it promises
//
//   - The database is fresh, has every migration, and is dropped when the test
//     ends, whoever is still connected.
//   - Tests may run in parallel, in any number of test binaries.
//   - The server is the one named in TEST_DATABASE_URL (go run ./cmd/testdb --
//     go test ./... sets it) or, in a bare go test, a throw-away one that goes
//     when the test binary ends, however that ends.
//
// # What was decided, and why
//
// Migrations run once per server and per change to them, into a template that
// the tests' databases are copies of: a copy takes a fraction of the time. The
// template's name holds a hash of the migrations, so one that is there is
// right. It is made under another name and renamed when complete; it takes no
// connections, as nobody can copy a database that somebody is in. An advisory
// lock lets one test binary at a time make it; that is good enough for tests,
// which talk to one plain server.
//
// A test without a server fails and does not skip: the launcher finds one
// almost anywhere, and where it does not, it says what to do.
//
// A server of one's own in TEST_DATABASE_URL keeps the databases of tests that
// were killed (tikaline_test_…) and the templates of earlier migrations
// (tikaline_t_…). They may be dropped at any time.
package pgtest
