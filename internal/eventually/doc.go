// Package eventually waits, in tests, for what a program does by itself, and
// never longer than is said:
//
//	eventually.True(t, 10*time.Second, "the text was sent", func() bool { return len(carrier.Texts()) == 1 })
//
// It is the one place of the tests where time.Sleep may stand, which
// TestRepository holds: elsewhere a sleep is a guess that is too short on a slow
// machine and too long on any other. What must not happen is not waited for:
// the test lets something happen that would come after it, or runs within
// testing/synctest, where time passes once nobody has anything to do.
package eventually
