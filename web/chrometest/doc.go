// Package chrometest looks at pages with a real Chromium: what they show, what
// they weigh, and whether everybody can use them. For tests.
//
//	tab := chrometest.Open(t, chrometest.Options{Width: 320, Script: false})
//	tab.Go(url)
//	tab.Type("#number", "9811000001")
//	tab.Send("form button")       // waits for the next page
//	tab.Audit()                   // contrast, names, language, focus, targets, width
//	tab.Picture("family_hi_320")  // out/screens/family_hi_320.png
//
// Its parts: Open and Tab; Audit, with audit.js; find.go, which finds Chromium
// or installs Debian's packages.
//
// # What it promises
//
//   - As root on Debian, what is missing is installed: Chromium, and fonts in
//     which Hindi and Bengali can be read. Elsewhere the test is skipped and says
//     what to install; where CI is set it fails.
//   - A tab has cookies of its own, and loads nothing from anywhere but the
//     address it was sent to: what it asks for elsewhere fails the test.
//   - One Chromium serves a test binary, and goes with it.
//
// # What was decided, and why
//
// The audit is ours and not axe: what we promise can be measured on our own
// plain pages with some hundred lines, and nothing of others is committed. It
// looks at what is drawn, not at what the style sheet says.
//
// Chromium is not downloaded for an ordinary user: unpacked without its
// dependencies it starts on few machines. The message of a skipped test names
// the package.
//
// Without a script in the page the audit still works: it runs beside the page.
package chrometest
