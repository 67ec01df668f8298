// Package page holds what every page of ours has: its security headers, the
// check of where its forms come from, and addresses for files that never
// change.
//
//	forms, err := page.Forms("https://tika.example.in")
//	page.Headers(c.Response().Header(), "default-src 'none'; style-src 'self'", true)
//	if err := forms.Check(c.Request()); err != nil {
//		// sent by another site
//	}
//
// # What it promises
//
//   - A page is kept in no cache, shown in no frame of another site, and sends
//     no referrer to other sites.
//   - A form of another site is recognised by the headers that browsers send
//     with it. That is no proof, as old browsers send none: a form needs a
//     token as well.
//
// # What was decided, and why
//
// The referrer is kept among our own pages rather than never sent: with
// no-referrer, browsers send "Origin: null" with our own forms, and old
// browsers and those on plain http send nothing better.
//
// Each page decides what it may load: the citizens' pages have no script, the
// others have.
package page
