// Command bench measures Tikaline and prints the figures beside their targets.
//
//	make bench
//	go run ./cmd/bench -tikaline bin/tikaline -only conversation -seconds 10
//	go run ./cmd/bench -tikaline bin/tikaline -markdown
//	go run ./cmd/bench -only conversation -cpuprofile out
//
// It starts a durable Postgres of its own in a temporary directory, the built
// program, and a bare handler to compare with, all on 127.0.0.1, and stops
// them again. A run takes less than three minutes.
//
// # What is measured, and how
//
// conversation: as many callers as -callers, each on its own connection with
// its own number, dial, look for a centre and turn the page, in Hindi, as
// Africa's Talking would ask for them. Every reply is compared with the
// expected screen. The bare handler is the same HTTP server reading the same
// form and answering a fixed text of the same size, in a process of its own.
// The two take turns, so that whatever else the machine does strikes both, and
// the ratio is the median of the ratios of neighbours.
//
// inbound: as many connections bring texts as Kannel brings them, each with an
// id of its own, keywords and answers of people who write for the first time. A
// text is answered once it, its step of the conversation and its queued reply
// are on the disk. Nothing is sent: the outbox is measured by itself.
// Afterwards the database is counted: a text that was answered and not stored,
// or that has not exactly one reply, fails the run.
//
// calls: as many connections as -callers bring Twilio's requests during calls:
// the menu, the centres, further ones, the end, each request with a signature
// of its own. Every document is compared. Before that somebody books for the
// first time in each language, through package exchange: every prompt is heard
// to its end, for as long as locales.Spoken returns, half a second between two
// prompts, a second and a half before a key and 0.6 s between two, four for a
// name. A call makes a request every eight seconds.
//
// engine: a whole booking through the dialogue engine, the rules, the search
// and the words, on one processor, with the data in a map.
//
// bookings: 256 callers book through the Store, on one slot and over ten
// thousand, in turn with the naive way on the same server: one transaction per
// caller that locks the slot, counts it and writes the same rows. Afterwards
// the database is counted: a booking acknowledged and not stored, or stored
// beyond a slot's capacity, fails the run.
//
// nearest: the eight nearest of 50,000 centres with fourteen days of two
// sessions of four slots.
//
// web: as many connections as -callers ask the program for the sessions of a
// pincode, of a day and of a week, and in turn the bare handler, which answers
// the same bytes to any question. Every reply is compared. Then 128 people at once
// book, each for the first time: by the core alone, and by the API over loopback,
// each with a token; both in this process, on one store.
//
// # What was decided, and why
//
// The callers share the machine with the program, so they must cost little:
// requests are made beforehand, and a reply is read off the connection without
// net/http's client, which costs more than the bare handler.
//
// For a CPU profile the program is built with one more file by go build
// -overlay, which is not in the program as shipped.
package main
