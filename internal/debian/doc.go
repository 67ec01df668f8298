// Package debian installs what tests need from Debian's packages, where it may:
//
//	err := debian.Install(ctx, "chromium", "fontconfig")
//
// # What it promises
//
//   - One of all the programs of this machine that use it installs at a time;
//     the others wait, as go test runs the tests of several packages at once.
//   - Without root, or not on Debian, it returns an error and tries nothing.
package debian
