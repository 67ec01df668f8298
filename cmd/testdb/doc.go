// Command testdb runs a command beside a throw-away Postgres, and names the
// server in TEST_DATABASE_URL:
//
//	go run ./cmd/testdb -- go test ./...
//
// Every test binary then shares one server and one migrated template instead
// of starting its own.
//
// # What it promises
//
// The command has our input, output and working directory, gets the signals
// that we get, and its exit code is ours (128 and the signal's number where a
// signal ended it). The server is gone when we are, even after kill -9.
//
// # What was decided, and why
//
// A TEST_DATABASE_URL that is set already is replaced: who wants that server
// runs the command without testdb.
package main
