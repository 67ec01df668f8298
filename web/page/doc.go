// Package page is what every page of ours has, whoever it is for: the headers
// that say what a browser may do with it, where its forms may come from, and
// addresses for files that never change.
//
//	forms, err := page.Forms("https://tika.example.in")
//	page.Headers(c.Response().Header(), "default-src 'none'; style-src 'self'", true)
//	if err := forms.Check(c.Request()); err != nil {
//		// sent by another site
//	}
//
// # What it promises
//
//   - A page is kept in no cache, shown in no frame of others, and says to no
//     other site where a reader comes from.
//   - A form of another site is told by what browsers say of it. What they say is
//     no proof, as old ones say nothing: a form needs a token as well.
//
// # What was decided, and why
//
// The referrer is kept among our own pages rather than never sent: with
// no-referrer, browsers send "Origin: null" with our own forms, and old ones and
// those on plain http say nothing better.
//
// What a page may load is for the page to say: the citizens' have no script, the
// others have.
package page
