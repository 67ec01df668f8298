// Package kanneltest starts a real Kannel for a test, with the test as the
// operator's message centre behind it:
//
//	box := kanneltest.Start(t, kanneltest.Options{Get: "http://127.0.0.1:8080/sms/kannel/s3cret?id=%I&from=%p&text=%b"})
//	box.Centre.Send("919876543210", "56161", "मदद") // as if a citizen had sent it
//	got := box.Centre.Next(t)                       // what we sent by box.SendURL
//
// # What it promises
//
//   - Kannel is found, or installed where that can be done (Debian, as root).
//     Where neither works the test skips and says what to install; with CI=true
//     it fails instead.
//   - Everything is in a directory of the test, on ports that were free, for
//     127.0.0.1 only, and stopped by its pid when the test ends.
//
// # What was decided, and why
//
// The centre speaks the line protocol of Kannel's own fakesmsc, which is a
// dozen lines of Go; so the package kannel is enough, without kannel-extras.
// Such a centre cannot refuse a message: reports of failure are tested by what
// Kannel is known to send.
package kanneltest
